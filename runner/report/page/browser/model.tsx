import type { PageDecision, PageModel } from "../page-data.js";
import { count, datasetOf, duration, nameOf, plural, time, words } from "./format.js";
import { Breakable, ColumnLink, ModelLink } from "./links.js";
import type { Appearance, Project } from "./project.js";
import { ResultTable } from "./result-table.js";
import { href } from "./route.js";
import { RunForm } from "./run-form.js";
import { Sql } from "./sql.js";
import { StandingMark, StatusMark } from "./status.js";
import { type TableColumn, VirtualTable } from "./virtual-table.js";

export function Model({ project, place }: { readonly project: Project; readonly place: number }) {
  const model = project.model(place);
  const checks = project.checks[place] ?? [];
  return (
    <>
      <header class="page-head">
        <p class="crumb">
          <a href={href("models")}>Models</a> / <bdi>{datasetOf(model.key)}</bdi>
        </p>
        <h1>
          <bdi>{nameOf(model.key)}</bdi>
        </h1>
        <p class="chips">
          <StandingMark standing={project.standing(place)} />
          <span class="chip">{model.type}</span>
          {model.tags.map((tag) => (
            <bdi class="chip" key={tag}>
              {tag}
            </bdi>
          ))}
          <a href={href("graph", model.key)}>show in the graph</a>
        </p>
        {model.description !== "" && <p class="lead">{model.description}</p>}
      </header>
      <Facts model={model} last={project.appearances[place]?.[0]} />
      {model.decisions.length > 0 && <RunForm select={model.key} />}
      {model.decisions.length > 0 && <Decisions decisions={model.decisions} />}
      {model.sample !== null && (
        <section>
          <h2>Rows that it finds</h2>
          <ResultTable caption={`Rows that ${model.key} finds`} rows={model.sample} />
        </section>
      )}
      <Neighbours project={project} place={place} />
      {checks.length > 0 && <Checks project={project} checks={checks} />}
      {model.type !== "assertion" && <Columns project={project} model={model} />}
      <Runs appearances={project.appearances[place] ?? []} />
      {model.texts.length > 0 && (
        <section>
          <h2>SQL</h2>
          {model.texts.map(({ title, text }, index) => (
            <details open={index === 0} key={title}>
              <summary>
                <bdi>{title}</bdi> <span class="dim">{plural(text.split("\n").length, "line")}</span>
              </summary>
              <Sql text={text} label={title} />
            </details>
          ))}
        </section>
      )}
    </>
  );
}

function Facts({ model, last }: { readonly model: PageModel; readonly last: Appearance | undefined }) {
  const facts: (readonly [string, string])[] = [["File", model.file], ...model.layout];
  if (model.rows !== null) facts.push(["Rows built", count(model.rows)]);
  if (last !== undefined) facts.push(["Last ran", `${time(last.startedAt)} UTC, ${duration(last.action.durationMs)}`]);
  return (
    <dl class="details">
      {facts.map(([name, value]) => (
        <div key={`${name}${value}`}>
          <dt>{name}</dt>
          <dd>
            <bdi>
              <Breakable text={value} />
            </bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Partitions beyond these are told by their number. */
const MOST_DECISIONS = 20;

function Decisions({ decisions }: { readonly decisions: readonly PageDecision[] }) {
  const told = decisions.slice(0, MOST_DECISIONS);
  return (
    <section>
      <h2>Why</h2>
      {told.map((decision) => (
        <details class="decision" key={`${decision.partitions}${decision.reason}`}>
          <summary>
            <span class={`mark is-${decision.decision === "run" ? "run" : "fresh"}`}>
              {decision.decision === "run" ? "would run" : "would be skipped"}
            </span>{" "}
            {decision.partitions !== "*" && <bdi>{decision.partitions}</bdi>} {words(decision.reason)}{" "}
            <bdi class="dim">{decision.because}</bdi>
          </summary>
          <p>
            {decision.lastBuild === null
              ? "It was never built."
              : `Last built at ${time(decision.lastBuild.at)} UTC by run ${decision.lastBuild.runId}, ${plural(decision.lastBuild.rows, "row")}.`}
          </p>
          <VirtualTable
            caption="Hashes that were compared"
            columns={HASHES}
            rows={decision.hashes}
            keyOf={({ what }) => what}
          />
        </details>
      ))}
      {decisions.length > told.length && <p class="dim">and {decisions.length - told.length} more partitions</p>}
    </section>
  );
}

const HASHES: readonly TableColumn<PageDecision["hashes"][number]>[] = [
  { title: "What", kind: "wide", cell: ({ what }) => <bdi>{what}</bdi> },
  {
    title: "Compared",
    cell: ({ same, recorded }) => (
      <span class={`mark is-${same ? "fresh" : "run"}`}>
        {same ? "same" : recorded === "" ? "not recorded" : "moved"}
      </span>
    ),
  },
  { title: "Recorded", kind: "wide", cell: ({ recorded }) => <code title={recorded}>{recorded}</code> },
  { title: "Now", kind: "wide", cell: ({ now }) => <code title={now}>{now}</code> },
];

function Neighbours({ project, place }: { readonly project: Project; readonly place: number }) {
  const { reads } = project.model(place);
  const readers = project.readers[place] ?? [];
  return (
    <section class="two">
      <div>
        <h2>Reads</h2>
        <Places project={project} places={reads} none="Nothing of the project." />
      </div>
      <div>
        <h2>Read by</h2>
        <Places project={project} places={readers} none="Nobody." />
      </div>
    </section>
  );
}

function Places({ project, places, none }: { project: Project; places: readonly number[]; none: string }) {
  if (places.length === 0) return <p class="empty">{none}</p>;
  return (
    <ul class="plain">
      {places.map((place) => (
        <li key={place}>
          <ModelLink project={project} place={place} />
        </li>
      ))}
    </ul>
  );
}

function Checks({ project, checks }: { readonly project: Project; readonly checks: readonly number[] }) {
  return (
    <section>
      <h2>Checks</h2>
      <ul class="plain">
        {checks.map((place) => {
          const { sample } = project.model(place);
          return (
            <li key={place}>
              <div class="row">
                <StandingMark standing={project.standing(place)} />
                <ModelLink project={project} place={place} />
              </div>
              {sample !== null && sample.rows.length > 0 && (
                <ResultTable caption={`Rows that ${project.model(place).key} finds`} rows={sample} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Columns({ project, model }: { readonly project: Project; readonly model: PageModel }) {
  if (model.columns.length === 0)
    return (
      <section>
        <h2>Columns</h2>
        <p class="empty">{model.unknown === "" ? "They are not known." : model.unknown}</p>
      </section>
    );
  const columns: readonly TableColumn<PageModel["columns"][number]>[] = [
    {
      title: "Column",
      kind: "wide",
      cell: ({ name }) => (
        <a href={href("model", model.key, name)}>
          <bdi>{name}</bdi>
        </a>
      ),
      order: ({ name }) => name,
    },
    { title: "Type", cell: ({ type }) => <code>{type}</code>, order: ({ type }) => type },
    { title: "Meaning", kind: "wide", cell: ({ description }) => <span title={description}>{description}</span> },
    {
      title: "Made of",
      kind: "wide",
      cell: ({ values }) => (
        <>
          {values.slice(0, 2).map((at) => (
            <span class="source" key={at.join()}>
              <ColumnLink project={project} at={at} />
            </span>
          ))}
          {values.length > 2 && <span class="dim">+{values.length - 2}</span>}
        </>
      ),
    },
  ];
  return (
    <section>
      <h2>
        Columns <span class="dim">{count(model.columns.length)}</span>
      </h2>
      <VirtualTable
        caption={`Columns of ${model.key}`}
        columns={columns}
        rows={model.columns}
        keyOf={({ name }) => name}
      />
    </section>
  );
}

const RUNS: readonly TableColumn<Appearance>[] = [
  {
    title: "Run",
    cell: ({ runId, startedAt }) => <a href={href("runs", runId)}>{time(startedAt)}</a>,
    order: ({ startedAt }) => startedAt,
  },
  { title: "Ended", cell: ({ action }) => <StatusMark status={action.status} /> },
  {
    title: "Took",
    kind: "number",
    cell: ({ action }) => duration(action.durationMs),
    order: ({ action }) => action.durationMs,
  },
  {
    title: "Rows written",
    kind: "number",
    cell: ({ action }) => count(action.rowsWritten),
    order: ({ action }) => action.rowsWritten,
  },
  {
    title: "Why",
    kind: "wide",
    cell: ({ action }) =>
      action.error === "" ? words(action.reason) : <span title={action.error}>{action.error}</span>,
  },
];

function Runs({ appearances }: { readonly appearances: readonly Appearance[] }) {
  if (appearances.length === 0) return null;
  return (
    <section>
      <h2>Runs</h2>
      <VirtualTable caption="Runs of this model" columns={RUNS} rows={appearances} keyOf={({ runId }) => runId} />
    </section>
  );
}
