import type { Command } from "commander";
import { rowsAsCsv, rowsAsJson, rowsAsTable } from "../report/rows.js";
import { plural } from "../report/text.js";
import { findPlace, withWarehouse } from "../session/place.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { parseVars } from "./name-values.js";
import { listReports, readReport } from "./report-files.js";
import { addWindowOptions } from "./selection-options.js";
import { type WindowOptions, windowOf } from "./window.js";

interface QueryOptions extends CommonOptions, WindowOptions {
  readonly csv?: boolean;
  readonly report?: string | true;
  readonly param?: string[];
}

export const command: CommandModule = {
  configure(command: Command): void {
    command
      .argument("[sql]", "a GoogleSQL query or script; - reads it from standard input")
      .option("--csv", "rows as CSV")
      .option("--report [name]", "a report of the project instead; without a name: list them")
      .option("--param <name=value...>", "a STRING variable of the script");
    addWindowOptions(command);
    command.addHelpText(
      "after",
      "\nA report, or a script with --date or --from and --to, sees the dates as from_date and to_date.\n\n" +
        'Example:\n  fastbreak query "SELECT COUNT(*) FROM nba_raw.nbac_schedule"\n  fastbreak query --report grades --from 2022-03-01 --to 2022-04-10',
    );
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<QueryOptions>();
    if (options.csv && options.json) throw usageError("give --csv or --json, not both");
    const place = findPlace(options);
    const given = command.args[0];
    if ((given === undefined) === (options.report === undefined))
      throw usageError("give a query or --report, not both");
    if (options.report === true) {
      process.stdout.write(listReports(place.projectDir, place.settings.reports, options.json ?? false));
      return EXIT.done;
    }
    const text =
      options.report !== undefined
        ? readReport(place.projectDir, place.settings.reports, options.report)
        : given === "-"
          ? await standardInput()
          : (given ?? "");
    const sql = `${variables(options, options.report !== undefined)}${text}`;
    const { rows, rowsChanged } = await withWarehouse(place, false, (warehouse) => warehouse.script(sql));
    if (rows === undefined && !options.json && !options.csv) {
      process.stdout.write(`${rowsChanged === undefined ? "done" : `${plural(rowsChanged, "row")} changed`}\n`);
      return EXIT.done;
    }
    const render = options.json ? rowsAsJson : options.csv ? rowsAsCsv : rowsAsTable;
    process.stdout.write(render(rows ?? { columns: [], rows: [] }));
    return EXIT.done;
  },
};

/** Declarations before the script, on its first line so that its own lines keep their numbers. */
function variables(options: QueryOptions, isReport: boolean): string {
  const window = windowOf(options);
  const { from, to } = window ?? { from: "0001-01-01", to: "9999-12-31" };
  const dates =
    window !== undefined || isReport
      ? [`DECLARE from_date DATE DEFAULT DATE '${from}'; DECLARE to_date DATE DEFAULT DATE '${to}';`]
      : [];
  const texts = Object.entries(parseVars(options.param ?? [], "--param")).map(
    ([name, value]) => `DECLARE ${name} STRING DEFAULT ${JSON.stringify(value)};`,
  );
  return [...dates, ...texts].map((text) => `${text} `).join("");
}

async function standardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}
