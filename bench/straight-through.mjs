import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "./built.mjs";
import { timed } from "./measure.mjs";
import { scratch, warehouseOf } from "./projects.mjs";

/** The dates of a synthetic season. */
export const SEASON = { from: "2021-10-19", to: "2022-04-10" };

/** A program that sends the SQL which a first run executes straight to DuckDB, one transaction a model. */
export async function straightThrough(dir) {
  const statements = join(scratch(), "statements.json");
  const program = [process.execPath, await built("final-sql"), dir, warehouseOf(dir), SEASON.from, SEASON.to];
  writeFileSync(statements, timed(program).stdout);
  const straight = await built("straight");
  return () => timed([process.execPath, straight, warehouseOf(dir), statements]);
}
