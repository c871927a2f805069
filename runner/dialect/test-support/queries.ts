import { afterAll, beforeAll } from "vitest";
import { openEngine } from "../../../tools/conformance/scorer.js";
import type { TranslatedQuery } from "../contract.js";
import { translateQuery } from "../index.js";

/** A real engine for the queries of a test file, which read no tables. */
export function queriesOnEngine() {
  let engine: Awaited<ReturnType<typeof openEngine>>;
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => engine.close());

  const translated = (sql: string): TranslatedQuery => translateQuery(sql, { find: () => undefined, names: () => [] });
  const rows = async (sql: string) => (await engine.connection.runAndReadAll(translated(sql).sql)).getRowsJson();
  return {
    translated,

    /** The rows of a query, as DuckDB tells them in JSON. */
    rows,

    /** An expression of the first row of a FROM clause. */
    async value(expression: string, from = ""): Promise<unknown> {
      return (await rows(`SELECT ${expression} AS v ${from}`)).at(0)?.[0];
    },
  };
}
