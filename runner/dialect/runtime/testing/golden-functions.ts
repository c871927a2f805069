import { readFileSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbLiteral, duckdbType, type GoldenValue, goldenValue } from "./golden-values.js";

interface GoldenError {
  readonly error: string;
}

/** A function recorded by tools/reference/record.mjs. */
export interface GoldenFunction {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly googlesql: string;
  readonly duckdb: string;
  readonly rows: readonly (readonly GoldenValue[])[];
  readonly type: string;
  readonly results: readonly (GoldenValue | GoldenError)[];
}

/** The recorded functions of `goldens/NAME.golden.json`. */
export function readGoldenFunctions(name: string): readonly GoldenFunction[] {
  const file = new URL(`../../goldens/${name}.golden.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as GoldenFunction[];
}

const isError = (result: GoldenValue | GoldenError): result is GoldenError =>
  result !== null && typeof result === "object" && "error" in result;

/**
 * Evaluates the function's DuckDB expression on its rows and describes every difference from the goldens; none: an empty list. A row on which
 * the reference fails must give NULL under bq.safe and fail without it.
 */
export async function differences(connection: DuckDBConnection, golden: GoldenFunction): Promise<string[]> {
  const parameters = Object.entries(golden.parameters);
  const failing = golden.results.some(isError);
  const expression = failing ? `bq.safe(${golden.duckdb})` : golden.duckdb;
  const tuple = (row: readonly GoldenValue[]) => parameters.map(([, type], i) => duckdbLiteral(type, row[i] ?? null));
  // A table, so that nothing is folded at plan time.
  const columns = parameters.map(([name, type]) => `"${name}" ${duckdbType(type)}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE golden_rows ("row_number" INTEGER, ${columns.join(", ")})`);
  await connection.run(
    `INSERT INTO golden_rows VALUES ${golden.rows.map((row, i) => `(${[i, ...tuple(row)].join(", ")})`).join(",\n")}`,
  );
  const answer = await connection.runAndReadAll(`SELECT ${expression} FROM golden_rows ORDER BY "row_number"`);

  const found: string[] = [];
  const type = answer.columnType(0).toString();
  if (type !== duckdbType(golden.type)) found.push(`type ${type}, expected ${duckdbType(golden.type)}`);
  answer.getRows().forEach((cells, i) => {
    const expected = golden.results[i]!;
    const wanted = JSON.stringify(isError(expected) ? null : expected);
    const actual = JSON.stringify(goldenValue(cells[0]));
    if (actual !== wanted)
      found.push(`${JSON.stringify(golden.rows[i])}: ${actual}, expected ${JSON.stringify(expected)}`);
  });
  if (!failing) return found;
  const firstError = golden.results.findIndex(isError);
  const message = await failureOf(
    connection,
    `SELECT ${golden.duckdb} FROM golden_rows WHERE "row_number" = ${firstError}`,
  );
  if (message === undefined) found.push(`${JSON.stringify(golden.rows[firstError])}: no error without bq.safe`);
  return found;
}

async function failureOf(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  try {
    await connection.runAndReadAll(sql);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
