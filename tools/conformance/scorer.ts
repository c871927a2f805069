import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { TranslatedQuery } from "../../runner/dialect/contract.js";
import { translateQuery } from "../../runner/dialect/index.js";
import { installMacros } from "../../runner/dialect/runtime/index.js";
import { runtimeMessage } from "../../runner/dialect/runtime-error.js";
import type { Catalog } from "../../runner/googlesql/catalog.js";
import { DialectError } from "../../runner/googlesql/contract.js";
import { typeName } from "../../runner/port/sql-types.js";
import type { Case } from "./cases.js";
import { readRows, sameRows } from "./values.js";

/**
 * `equal`: the same rows, or an error where the reference has one; `refused`: a clear error with a position; `failed`: any other error;
 * `wrong`: another result without an error.
 */
export type Verdict = "equal" | "refused" | "failed" | "wrong" | "no verdict";

export interface Score {
  readonly verdict: Verdict;
  /** What came instead, or the message of an error. */
  readonly detail: string;
  /** The DuckDB text, as far as there is one. */
  readonly sql: string;
  /** Column types that differ from the reference's, where the rows are equal. */
  readonly types?: string;
}

const EMPTY: Catalog = { find: () => undefined, names: () => [] };

/** An empty database with the library and the session settings of the warehouse. */
export async function openEngine(): Promise<{ connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    "SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'; SET threads = 1; SET memory_limit = '4GB'",
  );
  await installMacros(connection);
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

export async function scoreCase(connection: DuckDBConnection, item: Case): Promise<Score> {
  if (item.errorKind === "unsupported-by-oracle") return { verdict: "no verdict", detail: "", sql: "" };
  let translated: TranslatedQuery;
  try {
    translated = translateQuery(item.sql, EMPTY, { results: "reference" });
  } catch (error) {
    return refusal(error, item);
  }
  return executed(connection, item, translated);
}

function refusal(error: unknown, item: Case): Score {
  if (!(error instanceof DialectError))
    return { verdict: "failed", detail: (error as Error).stack ?? String(error), sql: "" };
  const detail = `${error.message} [${error.line}:${error.column}]`;
  const asExpected = item.errorKind === "analysis" || (item.error !== undefined && error.kind !== "unsupported");
  return { verdict: asExpected ? "equal" : "refused", detail, sql: "" };
}

async function executed(connection: DuckDBConnection, item: Case, { sql, columns }: TranslatedQuery): Promise<Score> {
  try {
    const reader = await connection.runAndReadAll(sql);
    const rows = readRows(
      reader,
      columns.map((column) => column.type),
    );
    const got = JSON.stringify(rows).slice(0, 400);
    if (item.error !== undefined)
      return { verdict: "wrong", detail: `expected error ${item.error}\n    got  ${got}`, sql };
    if (!sameRows(item.rows ?? [], rows, item.ordered === true))
      return {
        verdict: "wrong",
        detail: `\n    want ${JSON.stringify(item.rows).slice(0, 400)}\n    got  ${got}`,
        sql,
      };
    const types = columns.map((column) => typeName(column.type)).join(", ");
    const expected = (item.types ?? []).join(", ");
    return {
      verdict: "equal",
      detail: "",
      sql,
      ...(types === expected ? {} : { types: `${types}, expected ${expected}` }),
    };
  } catch (error) {
    const detail = runtimeMessage((error as Error).message);
    return { verdict: item.errorKind === "runtime" ? "equal" : "failed", detail, sql };
  }
}
