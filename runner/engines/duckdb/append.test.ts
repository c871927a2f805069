import { setTimeout as later } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, it } from "vitest";
import { appendTo } from "./append.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("rows that are appended", () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(":memory:");
    connection = await instance.connect();
    await connection.run("CREATE TEMP TABLE rows (id INTEGER PRIMARY KEY)");
  });
  const rows = async () => (await connection.runAndReadAll("SELECT id FROM temp.main.rows ORDER BY id")).getRows();
  const append = (ids: readonly number[], failure?: string) =>
    appendTo(connection, { temporary: "rows" }, (appender) => {
      for (const id of ids) {
        appender.appendInteger(id);
        appender.endRow();
      }
      if (failure !== undefined) throw new Error(failure);
    });
  /** What waits in an appender is written when its memory is freed. */
  const freed = async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      collectGarbage();
      await later(5);
    }
  };

  it("are there at once", async () => {
    await append([1, 2]);
    expect(await rows()).toEqual([[1], [2]]);
  });

  it("never come where the work fails, however late their memory is freed", async () => {
    await connection.run("BEGIN");
    await expect(append([3], "the file ends here")).rejects.toThrow("the file ends here");
    await connection.run("ROLLBACK");
    await freed();
    expect(await rows()).toEqual([[1], [2]]);
  });

  it("never come where the engine refuses them", async () => {
    await connection.run("BEGIN");
    await expect(append([4, 1])).rejects.toThrow(/duplicate key/i);
    await connection.run("ROLLBACK");
    await connection.run("DELETE FROM temp.main.rows");
    await freed();
    expect(await rows()).toEqual([]);
  });
});
