import type { PageRun, PageRunAction } from "../page-data.js";
import { Bars } from "./bars.js";
import { count, duration, nameOf, time, words } from "./format.js";
import type { Project } from "./project.js";
import { href } from "./route.js";
import { StatusMark, standingOfStatus } from "./status.js";
import { type TableColumn, VirtualTable } from "./virtual-table.js";

export function Runs({ project }: { readonly project: Project }) {
  const { runs } = project.data;
  return (
    <>
      <header class="page-head">
        <h1>Runs</h1>
      </header>
      {runs.length === 0 ? (
        <p class="empty">Nothing has run yet.</p>
      ) : (
        <>
          <Bars runs={runs} />
          <VirtualTable caption="Runs, newest first" columns={RUNS} rows={runs} keyOf={({ id }) => id} />
        </>
      )}
    </>
  );
}

const RUNS: readonly TableColumn<PageRun>[] = [
  {
    title: "Started, UTC",
    cell: ({ id, startedAt }) => <a href={href("runs", id)}>{time(startedAt)}</a>,
    order: ({ startedAt }) => startedAt,
  },
  { title: "Command", cell: ({ command }) => command },
  { title: "Dates", cell: ({ window }) => window || "all" },
  { title: "Ended", cell: ({ status }) => <StatusMark status={status} /> },
  {
    title: "Ran",
    kind: "number",
    cell: ({ totals }) => count(totals.run ?? 0),
    order: ({ totals }) => totals.run ?? 0,
  },
  { title: "Skipped", kind: "number", cell: ({ skipped }) => count(skipped), order: ({ skipped }) => skipped },
  {
    title: "Rows written",
    kind: "number",
    cell: ({ totals }) => count(totals.rows_written ?? 0),
    order: ({ totals }) => totals.rows_written ?? 0,
  },
  {
    title: "Took",
    kind: "number",
    cell: ({ durationMs }) => duration(durationMs),
    order: ({ durationMs }) => durationMs,
  },
  {
    title: "Saved",
    kind: "number",
    cell: ({ savedMs }) => (savedMs > 0 ? duration(savedMs) : "–"),
    order: ({ savedMs }) => savedMs,
  },
];

/** One run as a timeline. */
export function Run({ project, run }: { readonly project: Project; readonly run: PageRun }) {
  const actions = [...run.actions].sort((a, b) => a.startMs - b.startMs);
  const end = Math.max(1, run.durationMs, ...actions.map(({ startMs, durationMs }) => startMs + durationMs));
  return (
    <>
      <header class="page-head">
        <p class="crumb">
          <a href={href("runs")}>Runs</a>
        </p>
        <h1>{time(run.startedAt)} UTC</h1>
        <p class="chips">
          <StatusMark status={run.status} />
          <span class="chip">{run.command}</span>
          {run.window !== "" && <span class="chip">{run.window}</span>}
          <span class="dim">{run.id}</span>
        </p>
        <p class="lead">
          {count(run.totals.run ?? 0)} ran, {count(run.skipped)} skipped, {count(run.totals.rows_written ?? 0)} rows
          written in {duration(run.durationMs)}
          {run.savedMs > 0 && `; skips saved about ${duration(run.savedMs)}`}.
        </p>
      </header>
      <section>
        <h2>Timeline</h2>
        <VirtualTable
          caption="What ran, in the order in which it began"
          columns={timeline(project, end)}
          rows={actions}
          keyOf={({ key }) => key}
        />
      </section>
    </>
  );
}

function timeline(project: Project, end: number): readonly TableColumn<PageRunAction>[] {
  return [
    {
      title: "Action",
      kind: "wide",
      cell: ({ key, model }) => (
        <a href={href("model", project.data.models[model]?.key ?? key)}>
          <bdi>{nameOf(key)}</bdi>
        </a>
      ),
      order: ({ key }) => key,
    },
    {
      title: `0 to ${duration(end)}`,
      kind: "bar",
      cell: (action) => <Span action={action} end={end} />,
      order: ({ startMs }) => startMs,
    },
    {
      title: "Took",
      kind: "number",
      cell: ({ durationMs }) => duration(durationMs),
      order: ({ durationMs }) => durationMs,
    },
    {
      title: "Rows",
      kind: "number",
      cell: ({ rowsWritten }) => count(rowsWritten),
      order: ({ rowsWritten }) => rowsWritten,
    },
    { title: "Ended", cell: ({ status }) => <StatusMark status={status} /> },
    {
      title: "Why",
      kind: "wide",
      cell: ({ reason, error }) => <span title={error || words(reason)}>{error || words(reason)}</span>,
    },
  ];
}

function Span({ action, end }: { readonly action: PageRunAction; readonly end: number }) {
  const { startMs, durationMs, status } = action;
  const left = (100 * startMs) / end;
  const width = Math.max(0.4, (100 * durationMs) / end);
  return (
    <span class="track">
      <span
        class={`span is-${standingOfStatus(status)}`}
        style={{ left: `${left}%`, width: `${width}%` }}
        title={`from ${duration(startMs)} to ${duration(startMs + durationMs)}`}
      />
    </span>
  );
}
