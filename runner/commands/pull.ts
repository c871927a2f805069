import { DEFAULT_ENGINE } from "../engines/registry.js";
import type { Sample } from "../port/table-reader.js";
import { PULL_FORMATS, pullJson, pullLines, pullMarkdown } from "../report/pull-report.js";
import { costText, writeLines } from "../report/text.js";
import { WorkProgress } from "../report/work-progress.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { carryOutPull, type PulledTable, type PullPlan, planPull } from "../session/pull.js";
import { withProject } from "../session/session.js";
import { waitForLock } from "../session/wait-for-lock.js";
import { bytes, oneOf, onOff, value } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, SELECTION_FLAGS, WAIT_FLAGS, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { formatOf } from "./output-format.js";
import { placeOf, requestOf, selectionOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [{ name: "selector", describe: "as of --select; default: every source", many: true }],
  flags: withCommon({
    ...WINDOW_FLAGS,
    sample: value("so many rows of each table, or a share, as 5%", readSample),
    "limit-bytes": bytes("refuse what would process more, as 10GB"),
    "dry-run": onOff("tell what would be copied and what it costs, copy nothing"),
    output: oneOf(`how it is told: ${PULL_FORMATS.join(", ")}; default: text`, PULL_FORMATS),
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
    const format = formatOf(options);
    if (options.target !== undefined && options.target !== DEFAULT_ENGINE)
      throw usageError("pull copies into the embedded warehouse; leave --target out");
    const selection = selectionOf({ ...options, select: [...options.select, ...words] });
    const { window } = requestOf(withDate(options), selection);
    const request = { selection, window, sample: options.sample, mostBytes: options.limitBytes };
    const place = placeOf(options);
    const source = findPlace({ ...place, target: "bigquery" });
    const progress = WorkProgress.ofCommand(format !== "text");
    const done: PulledTable[] = [];
    const note = (line: string) => writeLines(process.stderr, [`note: ${line}`]);
    const pull = () =>
      withWarehouse(source, false, (from) =>
        withProject(
          { ...place, target: DEFAULT_ENGINE },
          async (session) => {
            const plan = await planPull(session, from, request);
            if (options.dryRun) return plan;
            if (format === "text" && plan.bytes > 0) note(`reading processes ${costText(plan.bytes, plan.dollars)}`);
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
      if (plan === undefined && format === "text" && done.length > 0)
        writeLines(process.stdout, pullLines(done, { dryRun: false, plan, started }), 4);
    }
    const tables = options.dryRun ? plan.tables : done;
    const telling = { dryRun: options.dryRun, plan, started };
    if (format === "json") process.stdout.write(`${JSON.stringify(pullJson(tables, plan, started))}\n`);
    else if (format === "markdown") process.stdout.write(`${pullMarkdown(tables, telling).join("\n")}\n`);
    else {
      for (const line of plan.notes) note(line);
      writeLines(process.stdout, pullLines(tables, telling), 4);
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
