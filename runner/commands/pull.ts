import type { Sample } from "../port/table-reader.js";
import { alignColumns, bytesText, costText, count, duration, plural, writeLines } from "../report/text.js";
import { WorkProgress } from "../report/work-progress.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { carryOutPull, type PlannedPull, type PulledTable, type PullPlan, planPull } from "../session/pull.js";
import { withProject } from "../session/session.js";
import { waitForLock } from "../session/wait-for-lock.js";
import { bytes, onOff, value } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, SELECTION_FLAGS, WAIT_FLAGS, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf, requestOf, selectionOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [{ name: "selector", describe: "as of --select; default: every source", many: true }],
  flags: withCommon({
    ...WINDOW_FLAGS,
    sample: value("so many rows of each table, or a share, as 5%", readSample),
    "limit-bytes": bytes("refuse what would process more, as 10GB"),
    "dry-run": onOff("tell what would be copied and what it costs, copy nothing"),
    ...SELECTION_FLAGS,
    ...WAIT_FLAGS,
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "+NAME brings the sources behind a model; NAME alone brings the table of the\nmodel itself.",
    "Whole tables are listed, which costs nothing. With dates, only the partitions\nof these dates are read, by a query, and only their rows are replaced here.",
  ],
  examples: ["fastbreak pull", "fastbreak pull +orders_daily --from 2024-01-01 --to 2024-01-31 --limit-bytes 10GB"],

  async execute({ flags: options, words }): Promise<number> {
    const started = performance.now();
    if (options.target !== undefined && options.target !== "duckdb")
      throw usageError("pull copies into the embedded warehouse; leave --target out");
    const selection = selectionOf({ ...options, select: [...options.select, ...words] });
    const { window } = requestOf(withDate(options), selection);
    const request = { selection, window, sample: options.sample, mostBytes: options.limitBytes };
    const place = placeOf(options);
    const source = findPlace({ ...place, target: "bigquery" });
    const progress = WorkProgress.ofCommand(options.json);
    const done: PulledTable[] = [];
    const note = (line: string) => writeLines(process.stderr, [`note: ${line}`]);
    const pull = () =>
      withWarehouse(source, false, (from) =>
        withProject(
          { ...place, target: "duckdb" },
          async (session) => {
            const plan = await planPull(session, from, request);
            if (options.dryRun) return plan;
            if (!options.json && plan.bytes > 0) note(`reading processes ${costText(plan.bytes, plan.dollars)}`);
            const tell = (at: number, of: number, rows: number, now: string) =>
              progress.show({ parts: { done: at, of, unit: "table" }, rows, now });
            await carryOutPull(session, from, plan, words, tell, (table) => void done.push(table));
            return plan;
          },
          true,
        ),
      );
    let plan: PullPlan | undefined;
    try {
      plan = await waitForLock(options.wait, note, pull);
    } finally {
      progress.end();
      // What stands although another table has failed.
      if (plan === undefined && !options.json && done.length > 0)
        writeLines(process.stdout, summary(done, { dryRun: false, plan, started }), 4);
    }
    const tables = options.dryRun ? plan.tables : done;
    if (options.json) process.stdout.write(`${JSON.stringify(report(tables, plan, started))}\n`);
    else {
      for (const line of plan.notes) note(line);
      writeLines(process.stdout, summary(tables, { dryRun: options.dryRun, plan, started }), 4);
    }
    return EXIT.done;
  },
});

function readSample(given: string, flag: string): Sample {
  const share = /^(\d{1,3}(?:\.\d+)?)%$/.exec(given)?.[1];
  if (share !== undefined && Number(share) > 0 && Number(share) <= 100) return { share: Number(share) / 100 };
  if (/^[1-9]\d{0,8}$/.test(given)) return { rows: Number(given) };
  throw usageError(`${flag} ${given} is not possible; give a number of rows, such as 1000, or a share, such as 5%`);
}

/** A table that is to be copied, or was. */
type Told = PlannedPull | PulledTable;

function report(tables: readonly Told[], plan: PullPlan, started: number): object {
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

interface Telling {
  readonly dryRun: boolean;
  readonly plan: PullPlan | undefined;
  readonly started: number;
}

function summary(tables: readonly Told[], { dryRun, plan, started }: Telling): string[] {
  const rows = tables.map((table) => {
    const known = "rows" in table ? table.rows : table.read.table.rows;
    return [`  ${table.key}`, known === undefined ? "" : count(known), ...(dryRun ? [] : [before(table)]), how(table)];
  });
  const header = ["  table", "rows", ...(dryRun ? [] : ["before"]), "read"];
  const cost = plan === undefined ? "" : ` | ${plan.bytes === 0 ? "nothing" : costText(plan.bytes, plan.dollars)}`;
  const pulled = tables.reduce((sum, table) => sum + ("rows" in table ? table.rows : 0), 0);
  const what = dryRun ? `${plural(tables.length, "table")} to pull` : `${plural(pulled, "row")} pulled`;
  return [
    ...(tables.length === 0 ? [] : alignColumns([header, ...rows], new Set([1]))),
    `${what}${cost}${plan === undefined ? "" : " processed"} | ${duration(performance.now() - started)}`,
  ];
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
