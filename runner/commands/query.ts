import { EngineError } from "../port/engine-error.js";
import type { ScriptResult, Warehouse } from "../port/port.js";
import { rowsAsCsv, rowsAsJson, rowsAsTable } from "../report/rows.js";
import { plural, widthOf, writeNote } from "../report/text.js";
import { findPlace, type Place, withWarehouse } from "../session/place.js";
import { ALL_DATES, reportDates } from "../session/project-reports.js";
import { each, onOff, optional } from "./arguments/flags.js";
import { WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { parseVars } from "./name-values.js";
import { listReports, readReport } from "./report-files.js";
import { placeOf } from "./selection-options.js";
import { type WindowOptions, windowOf } from "./window.js";

interface QueryOptions extends WindowOptions {
  readonly param: readonly string[];
}

export const command = defineCommand({
  positionals: [{ name: "sql", describe: "a GoogleSQL query or script; - reads it from standard input" }],
  flags: withCommon({
    csv: onOff("rows as CSV"),
    report: optional("a report of the project instead; without a name: list them"),
    param: each("a STRING variable of the script, name=value; may be repeated"),
    ...WINDOW_FLAGS,
  }),
  notes: ["A report, or a script with --date or --from and --to, sees the dates as\nfrom_date and to_date."],
  examples: [
    'fastbreak query "SELECT COUNT(*) FROM nba_raw.nbac_schedule"',
    "fastbreak query --report grades --from 2022-03-01 --to 2022-04-10",
  ],

  async execute({ flags: options, words: [given] }): Promise<number> {
    if (options.csv && options.json) throw usageError("give --csv or --json, not both");
    if (given === undefined && options.report === undefined)
      throw usageError("query needs SQL or --report; see fastbreak query --help");
    if (given !== undefined && options.report !== undefined)
      throw usageError("give a query or --report, not both; a report's own values are given with --param");
    const declarations = variables(options, options.report !== undefined);
    const place = findPlace(placeOf(options));
    if (options.report === "") {
      process.stdout.write(listReports(place.projectDir, place.settings.reports, options.json));
      return EXIT.done;
    }
    const text =
      options.report !== undefined
        ? readReport(place.projectDir, place.settings.reports, options.report)
        : given === "-"
          ? await standardInput()
          : (given ?? "");
    if (NOTHING.test(text)) throw usageError("the query is empty; give a GoogleSQL query or script");
    const sql = `${declarations}${text}`;
    const { rows, rowsChanged, isLeftOpen } = await withWarehouse(place, true, (warehouse) =>
      scriptOn(warehouse, place, sql).catch((cause: unknown) => Promise.reject(inReport(options.report, cause))),
    );
    if (isLeftOpen === true) writeNote("the transaction was not committed; nothing of it is kept");
    if (rows === undefined && !options.json && !options.csv) {
      process.stdout.write(`${rowsChanged === undefined ? "done" : `${plural(rowsChanged, "row")} changed`}\n`);
      return EXIT.done;
    }
    const found = rows ?? { columns: [], rows: [] };
    const table = () => rowsAsTable(found, widthOf(process.stdout));
    process.stdout.write(options.json ? rowsAsJson(found) : options.csv ? rowsAsCsv(found) : table());
    return EXIT.done;
  },
});

/** A text that asks for or says what the service keeps besides the tables runs as a job of the service does. */
const KEPT_BY_SERVICE =
  /\bINFORMATION_SCHEMA\b|\b__TABLES__\b|\bOPTIONS\s*\(|\bMATERIALIZED\s+VIEW\b|\bCREATE\b[^;]*\bPARTITION\s+BY\b/i;

async function scriptOn(warehouse: Warehouse, place: Place, sql: string): Promise<ScriptResult> {
  if (!KEPT_BY_SERVICE.test(sql)) return warehouse.script(sql);
  const { runScript } = await import("../server/run-script.js");
  return runScript(warehouse, (await place.projects?.())?.home ?? "local", sql, await place.location?.());
}

/** What goes wrong in a report is most often a value of its own that nobody has given. */
function inReport(report: string | undefined, cause: unknown): unknown {
  if (report === undefined || !(cause instanceof EngineError)) return cause;
  const { line, column, code, message } = cause;
  const [, name] = /^Unrecognized name: (\w+)/.exec(message) ?? [];
  const advice = name === undefined ? "" : `; where it is a value of the report, give it with --param ${name}=VALUE`;
  return new EngineError(code, `report ${report}: ${message}${advice}`, { line, column });
}

/** Blanks, comments and semicolons. */
const NOTHING = /^(?:[\s;]|(?:--|#)[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/;

/** Declarations before the script, on its first line so that its own lines keep their numbers. */
function variables(options: QueryOptions, isReport: boolean): string {
  const window = windowOf(options);
  const dates = window !== undefined || isReport ? reportDates(window ?? ALL_DATES) : "";
  const texts = Object.entries(parseVars(options.param, "--param")).map(([name, value]) => {
    if (!/^\w+$/.test(name)) throw usageError(`--param ${name}=${value} is not name=value`);
    return `DECLARE \`${name}\` STRING DEFAULT ${JSON.stringify(value)};`;
  });
  return dates + texts.map((text) => `${text} `).join("");
}

async function standardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}
