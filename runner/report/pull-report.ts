import type { PlannedPull, PulledTable, PullPlan } from "../session/pull.js";
import { markdownCell, markdownCode, markdownTable } from "./markdown.js";
import { alignColumns, bytesText, costText, count, duration, plural } from "./text.js";

/** How a pull is told. */
export const PULL_FORMATS = ["text", "json", "markdown"] as const;

/** A table that is to be copied, or was. */
export type Told = PlannedPull | PulledTable;

/** What was copied, or would be, as one JSON document. */
export function pullJson(tables: readonly Told[], plan: PullPlan, started: number): object {
  return {
    tables: tables.map((table) => ({
      table: table.key,
      kind: table.read.table.kind,
      read: table.read.table.lists && table.read.window === undefined ? "listed" : "queried",
      window: table.read.window?.range ?? null,
      column: table.read.window?.column.name ?? null,
      sample: table.read.sample ?? null,
      bytes: table.bytes,
      ...("rows" in table ? { rows: table.rows, replaced: table.replaced ?? null, bytes_billed: table.billed } : {}),
    })),
    bytes: plan.bytes,
    dollars: plan.dollars,
    notes: plan.notes,
    duration_ms: Math.round(performance.now() - started),
  };
}

/** What a report is about. */
export interface Telling {
  readonly dryRun: boolean;
  readonly plan: PullPlan | undefined;
  readonly started: number;
}

/** The same in lines for a terminal. */
export function pullLines(tables: readonly Told[], telling: Telling): string[] {
  const { header, rows } = tableOf(tables, telling);
  const lines = [header, ...rows].map(([name = "", ...rest]) => [`  ${name}`, ...rest]);
  return [...(tables.length === 0 ? [] : alignColumns(lines, new Set([1]))), totalOf(tables, telling)];
}

/** The same in Markdown. */
export function pullMarkdown(tables: readonly Told[], telling: Telling): string[] {
  const { header, rows } = tableOf(tables, telling);
  const cells = rows.map(([name = "", ...rest]) => [markdownCode(name), ...rest.map(markdownCell)]);
  return [
    `### fastbreak pull: ${totalOf(tables, telling)}`,
    ...(tables.length === 0 ? [] : ["", ...markdownTable(header, cells, new Set([1]))]),
    ...(telling.plan?.notes ?? []).flatMap((note) => ["", markdownCell(note)]),
  ];
}

function tableOf(tables: readonly Told[], { dryRun }: Telling) {
  const rows = tables.map((table) => {
    const known = "rows" in table ? table.rows : table.read.table.rows;
    return [table.key, known === undefined ? "" : count(known), ...(dryRun ? [] : [before(table)]), how(table)];
  });
  return { header: ["table", "rows", ...(dryRun ? [] : ["before"]), "read"], rows };
}

function totalOf(tables: readonly Told[], { dryRun, plan, started }: Telling): string {
  const cost =
    plan === undefined ? "" : ` | ${plan.bytes === 0 ? "nothing" : costText(plan.bytes, plan.dollars)} processed`;
  const pulled = tables.reduce((sum, table) => sum + ("rows" in table ? table.rows : 0), 0);
  const what = dryRun ? `${plural(tables.length, "table")} to pull` : `${plural(pulled, "row")} pulled`;
  return `${what}${cost} | ${duration(performance.now() - started)}`;
}

function before(table: Told): string {
  if (!("rows" in table)) return "";
  if (table.replaced === undefined) return "new table";
  return table.replaced === 0 ? "had none" : `replaced ${count(table.replaced)}`;
}

function how({ read: { table, window, sample }, bytes: processed }: Told): string {
  const cost = table.lists && window === undefined ? "listed" : bytesText(processed);
  const dates = window === undefined ? "" : `${window.range.from}..${window.range.to}, `;
  return `${dates}${sample === undefined ? "" : "a sample, "}${cost}`;
}
