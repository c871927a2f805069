import type { SqlValue, Warehouse } from "../../../port/port.js";

/** What a test asks of scripts that run on a warehouse. */
export function scriptsOn(warehouse: () => Warehouse) {
  return {
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
