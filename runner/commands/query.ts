import type { Command } from "commander";
import { rowsAsCsv, rowsAsJson, rowsAsTable } from "../report/rows.js";
import { plural } from "../report/text.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { findPlace, withWarehouse } from "./session.js";

interface QueryOptions extends CommonOptions {
  readonly csv?: boolean;
}

export const command: CommandModule = {
  configure(command: Command): void {
    command
      .argument("<sql>", "a GoogleSQL query or script; - reads it from standard input")
      .option("--csv", "rows as CSV")
      .addHelpText("after", '\nExample:\n  fastbreak query "SELECT COUNT(*) FROM nba_raw.nbac_schedule"');
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<QueryOptions>();
    if (options.csv && options.json) throw usageError("give --csv or --json, not both");
    const sql = command.args[0] === "-" ? await standardInput() : (command.args[0] ?? "");
    const { rows, rowsChanged } = await withWarehouse(findPlace(options), false, (warehouse) => warehouse.script(sql));
    if (rows === undefined && !options.json && !options.csv) {
      process.stdout.write(`${rowsChanged === undefined ? "done" : `${plural(rowsChanged, "row")} changed`}\n`);
      return EXIT.done;
    }
    const render = options.json ? rowsAsJson : options.csv ? rowsAsCsv : rowsAsTable;
    process.stdout.write(render(rows ?? { columns: [], rows: [] }));
    return EXIT.done;
  },
};

async function standardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}
