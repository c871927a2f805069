import { useState } from "preact/hooks";
import { count, duration, plural, words } from "./format.js";
import { ModelLink } from "./links.js";
import type { Project } from "./project.js";
import { StandingMark, standingWord } from "./status.js";
import { type TableColumn, VirtualTable } from "./virtual-table.js";

export function Models({ project }: { readonly project: Project }) {
  const [wanted, setWanted] = useState("");
  const [withChecks, setWithChecks] = useState(false);
  const places = matching(project, wanted, withChecks);
  return (
    <>
      <header class="page-head">
        <h1>Models</h1>
      </header>
      <search class="filters">
        <label>
          <span>Find by name, column, tag or description</span>
          <input
            type="search"
            id="find"
            autocomplete="off"
            spellcheck={false}
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={withChecks}
            onChange={(event) => setWithChecks(event.currentTarget.checked)}
          />
          assertions too
        </label>
        <output aria-live="polite">{plural(places.length, "entry").replace("entrys", "entries")}</output>
      </search>
      {places.length === 0 ? (
        <p class="empty">Nothing is called that, and no column, tag or description has it.</p>
      ) : (
        <VirtualTable
          caption="Models and sources"
          columns={columnsOf(project)}
          rows={places}
          keyOf={(place) => String(place)}
        />
      )}
    </>
  );
}

function columnsOf(project: Project): readonly TableColumn<number>[] {
  const last = (place: number) => project.appearances[place]?.[0];
  const reason = (place: number) => {
    const { decisions } = project.model(place);
    const told = decisions.find(({ decision }) => decision === "run") ?? decisions[0];
    return told === undefined ? "" : `${words(told.reason)} ${told.because}`.trim();
  };
  return [
    {
      title: "Name",
      kind: "wide",
      cell: (place) => <ModelLink project={project} place={place} />,
      order: (place) => project.model(place).key,
    },
    { title: "Type", cell: (place) => project.model(place).type, order: (place) => project.model(place).type },
    {
      title: "State",
      cell: (place) => <StandingMark standing={project.standing(place)} />,
      order: (place) => standingWord(project.standing(place)),
    },
    { title: "Why", kind: "wide", cell: (place) => <span title={reason(place)}>{reason(place)}</span>, order: reason },
    {
      title: "Rows",
      kind: "number",
      cell: (place) => {
        const { rows } = project.model(place);
        return rows === null ? "" : count(rows);
      },
      order: (place) => project.model(place).rows ?? -1,
    },
    {
      title: "Took",
      kind: "number",
      cell: (place) => {
        const appearance = last(place);
        return appearance === undefined ? "" : duration(appearance.action.durationMs);
      },
      order: (place) => last(place)?.action.durationMs ?? -1,
    },
  ];
}

function matching({ data }: Project, wanted: string, withChecks: boolean): readonly number[] {
  const isSource = (place: number) => (data.models[place]?.type === "source" ? 1 : 0);
  const needles = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = data.models.flatMap(({ key, type, tags, description, columns }, place) => {
    if (type === "assertion" && !withChecks) return [];
    const text = [key, ...tags, description, ...columns.flatMap((own) => [own.name, own.description])]
      .join("\n")
      .toLowerCase();
    return needles.every((needle) => text.includes(needle)) ? [place] : [];
  });
  return found.sort((a, b) => isSource(a) - isSource(b));
}
