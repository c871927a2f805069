import { afterAll, beforeAll } from "vitest";
import { openScratchWarehouse } from "../../../engines/duckdb/warehouse.js";
import type { SqlValue, Warehouse } from "../../../port/port.js";

/** What a test file asks of scripts that run on a warehouse of its own, which a script prepares. */
export function scriptsOn(setup: string) {
  let opened: Warehouse;
  beforeAll(async () => {
    opened = await openScratchWarehouse();
    await opened.script(setup);
  });
  afterAll(() => opened.close());
  const warehouse = (): Warehouse => opened;
  return {
    warehouse,

    /** The rows of a script's last query. */
    async rows(sql: string): Promise<readonly (readonly SqlValue[])[]> {
      return (await warehouse().script(sql)).rows?.rows ?? [];
    },

    /** What is said of a script that fails, with line and column where they are told. */
    async failure(sql: string): Promise<string> {
      try {
        await warehouse().script(sql);
      } catch (cause) {
        const { message, line, column } = cause as Error & { line?: number; column?: number };
        return line === undefined ? message : `${message} [at ${line}:${column}]`;
      }
      return "succeeded";
    },
  };
}
