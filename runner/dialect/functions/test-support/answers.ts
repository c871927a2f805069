import { openEngine } from "../../../../tools/conformance/scorer.js";
import { type Cell, readRows } from "../../../../tools/conformance/values.js";
import { translateQuery } from "../../index.js";
import { runtimeMessage } from "../../runtime-error.js";

export interface Answers {
  /** The cells of the only row of a query; the message with which it fails, before it runs or then. */
  of(sql: string): Promise<readonly Cell[] | string>;
  close(): void;
}

/** A real engine that answers queries without tables. */
export async function openAnswers(): Promise<Answers> {
  const { connection, close } = await openEngine();
  return {
    async of(sql) {
      try {
        const query = translateQuery(sql, { find: () => undefined, names: () => [] }, { results: "reference" });
        const reader = await connection.runAndReadAll(query.sql);
        const rows = readRows(
          reader,
          query.columns.map(({ type }) => type),
        );
        return rows.length === 1 ? (rows[0] as Cell[]) : `${rows.length} rows`;
      } catch (error) {
        return runtimeMessage((error as Error).message);
      }
    },
    close,
  };
}
