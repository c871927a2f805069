import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, vi } from "vitest";
import type { DigestRequest, Relation } from "../../port/port.js";
import { readCatalog } from "./catalog.js";
import { readDigests } from "./digest-scans.js";

it("digests rows of no columns as if each were hashed, whatever the columns are called", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`CREATE SCHEMA d; CREATE TABLE d.empty (day DATE);
    CREATE TABLE d.t AS SELECT CASE WHEN i < 7 THEN NULL ELSE DATE '2021-01-01' + (i % 4)::INTEGER END AS day,
      i AS p, i % 3 AS n FROM range(1000) r(i)`);
  const relations = await readCatalog(connection);
  const dated = (key: string): Relation => ({ ...(relations.get(key) as Relation), partitionColumn: "day" });
  const ask = (key: string, more: Partial<DigestRequest> = {}): DigestRequest => ({
    relation: dated(key),
    columns: [],
    range: undefined,
    grain: "partition",
    ...more,
  });
  const range = { from: "2021-01-02", to: "2021-01-03" };
  const answers = await readDigests(connection, [
    ask("d.t"),
    ask("d.t", { range }),
    ask("d.t", { grain: "relation" }),
    ask("d.empty"),
    ask("d.empty", { grain: "relation" }),
  ]);

  const hashed = async (partition: string, where: string) => {
    const reader = await connection.runAndReadAll(
      `SELECT p, count(*), bit_xor(h), sum(h::HUGEINT)
       FROM (SELECT ${partition} AS p, hash(1) AS h FROM d.t WHERE ${where}) GROUP BY p`,
    );
    return new Map(
      reader
        .getRowsJson()
        .map(([p, rows, xor, sum]) => [p ?? "__NULL__", { rows: Number(rows), digest: `${rows}:${xor}:${sum}` }]),
    );
  };
  expect(answers.slice(0, 3)).toEqual([
    await hashed("day::VARCHAR", "true"),
    await hashed("day::VARCHAR", "day BETWEEN '2021-01-02' AND '2021-01-03'"),
    await hashed("'*'", "true"),
  ]);
  expect(answers[0]?.size).toBe(5);
  expect(answers.slice(3)).toEqual([new Map(), new Map()]);
  connection.closeSync();
  instance.closeSync();
});

it("reads rows once for all who ask for digests of them, and tells each what it would have read alone", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`CREATE SCHEMA d; CREATE TABLE d.t AS SELECT
      CASE WHEN i < 7 THEN NULL ELSE DATE '2021-01-01' + (i % 4)::INTEGER END AS day, i % 5 AS a, i::VARCHAR AS b, i / 3 AS c
    FROM range(1000) r(i)`);
  const relation: Relation = { ...((await readCatalog(connection)).get("d.t") as Relation), partitionColumn: "day" };
  const range = { from: "2021-01-02", to: "2021-01-03" };
  const columnSets = [["a"], ["b", "c"], [], ["a", "b", "c"], ["c", "b"]];
  const requests = columnSets.flatMap((columns): DigestRequest[] => [
    { relation, columns, range: undefined, grain: "partition" },
    { relation, columns, range, grain: "partition" },
    { relation, columns, range: undefined, grain: "relation" },
  ]);
  const reading = vi.spyOn(connection, "runAndReadAll");
  const together = await readDigests(connection, requests);
  const read = reading.mock.calls.map(([sql]) => sql).join("\n");
  expect(read.match(/FROM "d"\."t"/g)).toHaveLength(3);
  const alone = await Promise.all(requests.map(async (request) => (await readDigests(connection, [request]))[0]));
  expect(together).toEqual(alone);
  expect(together[3]).toEqual(together[12]);
  expect(new Set(together.map((answer) => JSON.stringify([...answer].sort()))).size).toBe(12);
  connection.closeSync();
  instance.closeSync();
});
