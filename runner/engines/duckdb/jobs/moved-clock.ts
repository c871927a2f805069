import type { DuckDBConnection } from "@duckdb/node-api";

/** The clock that statements see, ahead of the real one where a test has moved it. */
export class MovedClock {
  #ahead = 0;
  readonly #told = new WeakMap<DuckDBConnection, number>();

  /** @param milliseconds ahead of the real clock */
  move(milliseconds: number): void {
    this.#ahead = milliseconds;
  }

  /** Before a connection is used: `now()` stands before DuckDB's own function of that name, also in defaults of columns. */
  async apply(connection: DuckDBConnection): Promise<void> {
    const ahead = this.#ahead;
    if ((this.#told.get(connection) ?? 0) === ahead) return;
    await connection.run(
      `CREATE OR REPLACE TEMP MACRO now() AS (get_current_timestamp() + to_milliseconds(${Math.round(ahead)}))`,
    );
    this.#told.set(connection, ahead);
  }
}
