import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("the streaming buffer", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory", "--streaming-buffer", "1800", "--movable-clock");
    await server.client.query("CREATE SCHEMA shop");
  });
  afterAll(() => server.stop());
  const ask = async (sql: string) => (await server.client.query(sql))[0];
  const describedTable = async (name: string) => (await server.client.dataset("shop").table(name).getMetadata())[0];
  const advance = (milliseconds: number) =>
    fetch(`${server.url}/clock`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ advanceMs: milliseconds }),
    });
  const REFUSED = (kind: string) =>
    `${kind} statement over table test-project.shop.t would affect rows in the streaming buffer, which is not supported`;

  it("tells streamed rows, holds changes back from them, and empties itself", async () => {
    await ask("CREATE TABLE shop.t (n INT64); INSERT shop.t VALUES (1)");
    expect((await describedTable("t")).streamingBuffer).toBeUndefined();
    const before = Date.now();
    await server.client
      .dataset("shop")
      .table("t")
      .insert([{ n: 2 }, { n: 3 }]);
    const { streamingBuffer, numRows } = await describedTable("t");
    expect(streamingBuffer).toMatchObject({ estimatedRows: "2", estimatedBytes: "16" });
    expect(Number(streamingBuffer.oldestEntryTime)).toBeGreaterThanOrEqual(before);
    expect(numRows).toBe("1");
    expect(await ask("SELECT SUM(n) AS n FROM shop.t")).toEqual([{ n: 6 }]);
    await expect(ask("DELETE FROM shop.t WHERE n = 2")).rejects.toThrow(REFUSED("UPDATE or DELETE"));
    await expect(ask("UPDATE shop.t SET n = 5 WHERE TRUE")).rejects.toThrow(REFUSED("UPDATE or DELETE"));
    await expect(
      ask("MERGE shop.t AS t USING (SELECT 2 AS n) AS s ON t.n = s.n WHEN MATCHED THEN DELETE"),
    ).rejects.toThrow(REFUSED("MERGE"));
    await expect(ask("TRUNCATE TABLE shop.t")).rejects.toThrow(REFUSED("TRUNCATE DML"));
    await expect(ask("BEGIN TRANSACTION; DELETE FROM shop.t WHERE TRUE; COMMIT TRANSACTION")).rejects.toThrow(
      "streaming buffer",
    );
    await ask("INSERT shop.t VALUES (4)");
    await advance(1_800_000);
    await ask("DELETE FROM shop.t WHERE n = 2");
    const later = await describedTable("t");
    expect([later.streamingBuffer, later.numRows]).toEqual([undefined, "3"]);
  });

  it("is gone with its table", async () => {
    await ask("CREATE TABLE shop.gone (n INT64)");
    await server.client
      .dataset("shop")
      .table("gone")
      .insert([{ n: 2 }]);
    await ask("CREATE OR REPLACE TABLE shop.gone AS SELECT 1 AS n");
    expect((await describedTable("gone")).numRows).toBe("1");
    await ask("DELETE FROM shop.gone WHERE n = 1");
  });

  it("is none where nobody asks for it", async () => {
    const plain = await served("--in-memory");
    try {
      await plain.client.query("CREATE SCHEMA shop; CREATE TABLE shop.t (n INT64)");
      await plain.client
        .dataset("shop")
        .table("t")
        .insert([{ n: 1 }]);
      await plain.client.query("DELETE FROM shop.t WHERE n = 1");
      const [{ streamingBuffer, numRows }] = await plain.client.dataset("shop").table("t").getMetadata();
      expect([streamingBuffer, numRows]).toEqual([undefined, "0"]);
    } finally {
      await plain.stop();
    }
  });
});
