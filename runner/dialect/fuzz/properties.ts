import type { DuckDBConnection } from "@duckdb/node-api";
import { DialectError } from "../../googlesql/contract.js";
import { translateQuery } from "../index.js";
import { runtimeMessage } from "../runtime-error.js";
import { FUZZ_CATALOG } from "./arbitraries.js";

/** Longest that one text may take. */
const PATIENCE_MS = 3000;
const DUCKDB_WORDS = /Binder Error|Parser Error|Catalog Error|INTERNAL|DuckDB|struct_pack|list_transform|\bbq\./;

/** Translates; whatever is wrong with the text must be a positioned `DialectError` in GoogleSQL's words. Undefined: it was rejected. */
export function translated(sql: string): string | undefined {
  const start = performance.now();
  const result = attempt(sql);
  const took = performance.now() - start;
  if (took > PATIENCE_MS) throw new Error(`${Math.round(took)} ms\nfor: ${sql}`);
  return result;
}

function attempt(sql: string): string | undefined {
  try {
    return translateQuery(sql, FUZZ_CATALOG).sql;
  } catch (error) {
    if (!(error instanceof DialectError)) throw new Error(`${String((error as Error).stack)}\nfor: ${sql}`);
    if (!(error.line >= 1 && error.column >= 1)) throw new Error(`no position: ${error.message}\nfor: ${sql}`);
    if (DUCKDB_WORDS.test(error.message)) throw new Error(`not GoogleSQL's words: ${error.message}\nfor: ${sql}`);
    return undefined;
  }
}

/** Runs what was accepted: a failure must be one of values, never of the translation. */
export async function executed(connection: DuckDBConnection, sql: string): Promise<void> {
  const duckdb = translated(sql);
  if (duckdb === undefined || duckdb.length > 200_000) return;
  try {
    await connection.runAndReadAll(duckdb);
  } catch (error) {
    const { message } = error as Error;
    if (/Unknown TimeZone/.test(message)) return;
    if (/^(Binder|Parser|Catalog|INTERNAL|Syntax|Not implemented) Error/.test(message))
      throw new Error(
        `${message.split("\n")[0]} (${runtimeMessage(message)})\nfor: ${sql}\nduckdb: ${duckdb.slice(0, 1500)}`,
      );
  }
}
