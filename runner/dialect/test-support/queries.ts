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
  return {
    translated,

    /** The rows of a query, as DuckDB tells them in JSON. */
    async rows(sql: string) {
      return (await engine.connection.runAndReadAll(translated(sql).sql)).getRowsJson();
    },
  };
}
