import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DuckDBConnection } from "@duckdb/node-api";
import { readCases } from "./cases.js";
import { scoreCase } from "./scorer.js";

/** Recorded queries that are not BigQuery's, by text. docs/dialect.md says why. */
const REFUSED = new Set(["SELECT FLATTEN([STRUCT([1, 2] AS a), STRUCT([3] AS a)].a)", "SELECT 1e400"]);

const folder = fileURLToPath(new URL("../../runner/dialect/goldens/", import.meta.url));

/** The lists of queries with the reference's results. */
export const GOLDEN_LISTS = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));

/** Runs one query in `every` of a list and says which of them do not give the reference's rows and types, or do not fail where it fails. */
export async function replay(connection: DuckDBConnection, list: string, every: number): Promise<readonly string[]> {
  const cases = readCases(`${folder}${list}`);
  if (cases.length < 50) throw new Error(`${list} holds only ${cases.length} queries`);
  const differences: string[] = [];
  for (const item of cases.filter((_, index) => index % every === 0)) {
    const { verdict, detail, types } = await scoreCase(connection, item);
    const expected = REFUSED.has(item.sql) ? "refused" : "equal";
    if (verdict !== expected || types !== undefined)
      differences.push(`${item.id} ${item.sql}: ${verdict} ${types ?? detail}`);
  }
  return differences;
}
