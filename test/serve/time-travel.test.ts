import type { BigQuery } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

/** Questions that all tests of this file ask. */
function asking(client: BigQuery) {
  const all = async (query: string, params: Record<string, unknown> = {}) => (await client.query({ query, params }))[0];
  return {
    all,
    /** Microseconds since 1970 on the clock that queries see. */
    now: async () => Number((await all("SELECT UNIX_MICROS(CURRENT_TIMESTAMP()) AS t"))[0].t),
    at: (table: string, t: number) =>
      all(`SELECT * FROM d.${table} FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(@t) ORDER BY 1`, { t }),
    copy: async (tableId: string, to: string, more: object = {}) => {
      const named = (name: string) => ({ projectId: "test-project", datasetId: "d", tableId: name });
      const tables = { sourceTable: named(tableId), destinationTable: named(to) };
      const [job] = await client.createJob({ configuration: { copy: { ...tables, ...more } } });
      await new Promise((resolve, reject) => job.on("complete", resolve).on("error", reject));
      return all(`SELECT * FROM d.${to} ORDER BY 1`);
    },
  };
}

describe("older rows of tables", () => {
  let server: Served;
  let client: BigQuery;
  beforeAll(async () => {
    server = await served("--in-memory");
    client = server.client;
    await client.createDataset("d");
  });
  afterAll(() => server.stop());

  it("are read as they were before each kind of change", async () => {
    const { all, now, at } = asking(client);
    await all("CREATE TABLE d.t (a INT64, b STRING) CLUSTER BY a");
    const times = [await now()];
    for (const change of [
      "INSERT d.t VALUES (1, 'x'), (2, 'y')",
      "INSERT d.t VALUES (3, 'z')",
      "DELETE FROM d.t WHERE a = 1",
      "UPDATE d.t SET b = 'u' WHERE a = 2",
      "ALTER TABLE d.t ADD COLUMN c INT64",
      "BEGIN TRANSACTION; INSERT d.t VALUES (9, 't', 1); DELETE FROM d.t WHERE a = 3; COMMIT TRANSACTION",
      "CREATE OR REPLACE TABLE d.t CLUSTER BY a AS SELECT 'new' AS a",
    ]) {
      await all(change);
      times.push(await now());
    }
    const states = [];
    for (const t of times) states.push((await at("t", t)).map((row) => Object.values(row).join(" ")).join(", "));
    expect(states).toEqual([
      "",
      "1 x, 2 y",
      "1 x, 2 y, 3 z",
      "2 y, 3 z",
      "2 u, 3 z",
      "2 u , 3 z ",
      "2 u , 9 t 1",
      "new",
    ]);
  });

  it("are told apart from what is not kept, in the service's words", async () => {
    const { all, now, at } = asking(client);
    const before = await now();
    await all("CREATE TABLE d.late AS SELECT 1 AS a");
    await expect(at("late", before)).rejects.toThrow(
      /^Invalid snapshot time \d+ for table test-project:d\.late@\d+\. Cannot read before \d+\.$/,
    );
    await expect(at("late", before + 3_600_000_000)).rejects.toThrow("It is in the future");
    await expect(at("nothing", before)).rejects.toThrow("Not found: Table test-project:d.nothing");
    await expect(all("SELECT * FROM d.late FOR SYSTEM_TIME AS OF NULL")).rejects.toThrow("must not be NULL at [1:44]");
    await expect(
      all("CREATE VIEW d.v AS SELECT * FROM d.late FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()"),
    ).rejects.toThrow("FOR SYSTEM_TIME AS OF");
  });

  it("are made tables of by CLONE and COPY after the table was dropped, and read by no query", async () => {
    const { all, now, at } = asking(client);
    await all("CREATE TABLE d.gone AS SELECT 1 AS a UNION ALL SELECT 2");
    const before = await now();
    await all("DROP TABLE d.gone");
    for (const how of [
      "CREATE TABLE d.returned CLONE",
      "CREATE TABLE d.copied COPY",
      "CREATE SNAPSHOT TABLE d.shot_of CLONE",
    ])
      await all(`${how} d.gone FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(@t)`, { t: before });
    for (const table of ["returned", "copied", "shot_of"])
      expect(await all(`SELECT a FROM d.${table} ORDER BY a`)).toEqual([{ a: 1 }, { a: 2 }]);
    await expect(at("gone", before)).rejects.toThrow("Not found: Table test-project:d.gone");
    await expect(
      all("CREATE TABLE d.never CLONE d.nothing FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(@t)", { t: before }),
    ).rejects.toThrow("Not found: Table test-project:d.nothing");
  });

  it("are made snapshots and clones of, and bring back what was dropped", async () => {
    const { all, now, copy } = asking(client);
    await all("CREATE TABLE d.base AS SELECT 1 AS a");
    const t = await now();
    await all("INSERT d.base VALUES (2)");
    await all("CREATE SNAPSHOT TABLE d.frozen CLONE d.base FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(@t)", { t });
    await expect(all("INSERT d.frozen VALUES (3)")).rejects.toThrow("currently a SNAPSHOT");
    await all("CREATE TABLE d.own CLONE d.frozen; INSERT d.own VALUES (7)");
    expect(await all("SELECT * FROM d.own ORDER BY a")).toEqual([{ a: 1 }, { a: 7 }]);
    await all("CREATE SNAPSHOT TABLE d.told CLONE d.base");
    const [told] = await client.dataset("d").table("told").getMetadata();
    expect(told).toMatchObject({
      type: "SNAPSHOT",
      snapshotDefinition: { baseTableReference: { projectId: "test-project", datasetId: "d", tableId: "base" } },
    });
    await all("DROP TABLE d.base");
    const after = Math.ceil(t / 1000) + 1;
    expect(await copy(`base@${after}`, "back")).toHaveLength(1);
    expect(await copy("base@0", "first", { operationType: "SNAPSHOT" })).toEqual([{ a: 1 }]);
    await expect(copy("base@-1", "gone")).rejects.toThrow("Not found: Table test-project:d.base");
  });
});

describe("older rows for which there is no room", () => {
  it("go, the oldest first, and what is there stays", async () => {
    const server = await served("--in-memory", "--time-travel-mb", "1");
    try {
      await server.client.createDataset("d");
      const { all, now, at } = asking(server.client);
      const times: number[] = [];
      await all("CREATE TABLE d.t AS SELECT 0 AS round, n FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS n");
      for (let round = 1; round <= 5; round += 1) {
        times.push(await now());
        await all(`UPDATE d.t SET round = ${round} WHERE TRUE`);
      }
      const [first = 0] = times;
      await expect(at("t", first)).rejects.toThrow("Cannot read before");
      expect((await at("t", times.at(-1) ?? 0))[0]).toEqual({ round: 4, n: 1 });
      await all("CREATE TABLE d.large AS SELECT 0 AS round, n FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS n");
      const before = await now();
      await all("DELETE FROM d.large WHERE n > 1");
      await expect(at("large", before)).rejects.toThrow("Cannot read before");
      expect(await at("large", await now())).toEqual([{ round: 0, n: 1 }]);
    } finally {
      await server.stop();
    }
  });

  it("are not kept at all where nobody wants it", async () => {
    const server = await served("--in-memory", "--time-travel-hours", "0");
    try {
      await server.client.query("CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 1 AS a");
      await expect(server.client.query("SELECT * FROM d.t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()")).rejects.toThrow(
        "FOR SYSTEM_TIME AS OF is not supported",
      );
    } finally {
      await server.stop();
    }
  });
});
