import type { PageData } from "../page-data.js";
import { Bars } from "./bars.js";
import { count, duration, plural, time, words } from "./format.js";
import { ModelLink } from "./links.js";
import type { Project, Standing } from "./project.js";
import { href } from "./route.js";
import { RunForm } from "./run-form.js";
import { StandingMark } from "./status.js";

export function Overview({ project }: { readonly project: Project }) {
  const { data } = project;
  const [last] = data.runs;
  const working = data.models.flatMap(({ type, decisions }, place) =>
    type !== "assertion" && decisions.some(({ decision }) => decision === "run") ? [place] : [],
  );
  const saved = data.runs.reduce((sum, { savedMs }) => sum + savedMs, 0);
  const broken = [...placesOf(project, "failed"), ...placesOf(project, "blocked")];
  return (
    <>
      <header class="page-head">
        <h1>
          <bdi>{data.project}</bdi>
        </h1>
        <p class="lead">{verdict(working.length, broken.length, data)}</p>
      </header>
      <dl class="facts">
        <Fact name="Models and views" value={count(countOf(project, ["table", "incremental", "view", "operation"]))} />
        <Fact name="Sources" value={count(countOf(project, ["source"]))} />
        <Fact name="Columns" value={count(data.models.reduce((sum, { columns }) => sum + columns.length, 0))} />
        <Fact name="Checks that hold" value={checksThatHold(project)} />
        <Fact name="Last run" value={last === undefined ? "never" : time(last.startedAt)} />
        <Fact name="Saved by skips" value={saved > 0 ? duration(saved) : "nothing yet"} />
      </dl>
      {broken.length > 0 && (
        <section>
          <h2>Needs attention</h2>
          <ul class="plain">
            {broken.slice(0, MOST).map((place) => (
              <li class="row" key={place}>
                <StandingMark standing={project.standing(place)} />
                <ModelLink project={project} place={place} />
                <span class="dim clip">{project.appearances[place]?.[0]?.action.error}</span>
              </li>
            ))}
          </ul>
          {broken.length > MOST && (
            <p>
              <a href={href("models")}>and {broken.length - MOST} more</a>
            </p>
          )}
        </section>
      )}
      <section>
        <h2>What a run would do</h2>
        <RunForm select="" />
        <Work project={project} places={working} />
      </section>
      <section>
        <h2>Runs</h2>
        {data.runs.length === 0 ? (
          <p class="empty">
            Nothing has run yet. <code>fastbreak run</code> builds the project; its runs are told here.
          </p>
        ) : (
          <Bars runs={data.runs} />
        )}
      </section>
      {data.notes.length > 0 && (
        <section>
          <h2>Not known</h2>
          <ul>
            {data.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The most models that are listed in one place; the page of models has them all. */
const MOST = 24;

function Work({ project, places }: { readonly project: Project; readonly places: readonly number[] }) {
  if (places.length === 0) return <p class="empty">Nothing: every model is what a full rebuild would make.</p>;
  return (
    <dl class="work">
      {[...byReason(project, places)].map(([reason, group]) => (
        <div key={reason}>
          <dt>
            <bdi>{reason}</bdi> <span class="dim">{plural(group.length, "model")}</span>
          </dt>
          {group.slice(0, MOST).map((place) => (
            <dd key={place}>
              <ModelLink project={project} place={place} />
            </dd>
          ))}
          {group.length > MOST && (
            <dd>
              <a href={href("models")}>and {group.length - MOST} more</a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** Models by why they would run, the reason of most of them first. */
function byReason(project: Project, places: readonly number[]): readonly (readonly [string, readonly number[]])[] {
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const decision = project.model(place).decisions.find((one) => one.decision === "run");
    const reason = `${words(decision?.reason ?? "")} ${decision?.because ?? ""}`.trim();
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [place]);
    else group.push(place);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function placesOf(project: Project, standing: Standing): readonly number[] {
  return project.standings.flatMap((own, place) => (own === standing ? [place] : []));
}

function countOf({ data }: Project, types: readonly string[]): number {
  return data.models.filter(({ type }) => types.includes(type)).length;
}

function checksThatHold(project: Project): string {
  const checks = project.data.models.flatMap(({ type }, place) => (type === "assertion" ? [place] : []));
  const holding = checks.filter((place) => {
    const last = project.appearances[place]?.[0]?.action.status;
    return last === undefined ? project.standing(place) === "fresh" : last === "success" || last === "unchanged";
  });
  return `${count(holding.length)} of ${count(checks.length)}`;
}

function verdict(working: number, broken: number, { runs, window }: PageData): string {
  const dates = window === null ? "" : ` for ${window.from} to ${window.to}`;
  if (broken > 0) return `${plural(broken, "action")} failed or could not run.`;
  if (runs.length === 0 && working > 0) return `Nothing has run yet; ${plural(working, "model")} would be built.`;
  if (working > 0) return `${plural(working, "model")} would be built anew${dates}.`;
  return `Everything is what a full rebuild would make${dates}.`;
}
