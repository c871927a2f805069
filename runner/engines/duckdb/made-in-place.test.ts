import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allColumns, type PublishRequest, type Relation, type Transaction, type Warehouse } from "../../port/port.js";
import { openScratchWarehouse } from "./warehouse.js";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openScratchWarehouse();
});
afterAll(() => warehouse.close());

const LAYOUT = { partitions: undefined, partitionColumn: undefined, clusterBy: [], key: [], rowColumns: {} };

function idOf(name: string) {
  return { dataset: "made", name };
}

/** Publishes a query as a table, whose rows are staged where they will stand, or beside it. */
async function publish(
  transaction: Transaction,
  name: string,
  query: string,
  { inPlace = true, ...layout }: { readonly inPlace?: boolean } & Partial<PublishRequest> = {},
) {
  const stage = await transaction.stage(query, inPlace ? idOf(name) : undefined);
  return transaction.publish({ stage, target: idOf(name), ...LAYOUT, rowHash: undefined, ...layout });
}

/** What is there of a table, but its name. */
async function standing(name: string) {
  return warehouse.observe(async (observation) => {
    const relation = (await observation.relations()).get(`made.${name}`) as Relation;
    const request = { relation, columns: allColumns(relation), range: undefined, grain: "relation" as const };
    return { ...relation, id: undefined, rows: await observation.digests([request]) };
  });
}

const VALUES = [
  "1",
  "1.5",
  "NUMERIC '1.5'",
  "BIGNUMERIC '1.123456789012'",
  "TRUE",
  "'text'",
  "b'bytes'",
  "DATE '2024-02-29'",
  "DATETIME '2024-02-29 01:02:03.456789'",
  "TIME '01:02:03'",
  "TIMESTAMP '2024-02-29 01:02:03.456789+00'",
  "INTERVAL '1-2 3 4:5:6' YEAR TO SECOND",
  `JSON '{"a": [1, null]}'`,
  "ST_GEOGPOINT(1, 2)",
  "RANGE<DATE> '[2024-01-01, UNBOUNDED)'",
];
const NESTED = VALUES.flatMap((value) => [
  value,
  `IF(RAND() < 0, ${value}, NULL)`,
  `STRUCT(${value} AS a, 1, STRUCT(${value}) AS \`of it\`)`,
  `[STRUCT(${value} AS a, ['x'] AS list)]`,
]);
const EVERY_TYPE = [...NESTED, ...NESTED.filter((value) => !value.startsWith("[")).map((value) => `[${value}]`)];

describe("a table that is made where it will stand", () => {
  it("has the columns, types, layout and rows of one that was staged beside it", async () => {
    const columns = [...EVERY_TYPE.filter((value) => !value.startsWith("[IF(")), "NULL", "[]", "ARRAY<DATE>[]"];
    const query = `SELECT DATE '2024-01-01' AS day, 'A' AS \`odd "name"\`, ${columns.map((value, index) => `${value} AS c${index}`).join(", ")}`;
    const layout = { partitionColumn: "day", clusterBy: ["c0"], key: ["c0"] };
    const counts = await warehouse.transaction(async (transaction) => [
      await publish(transaction, "beside", query, { inPlace: false, ...layout }),
      await publish(transaction, "placed", query, layout),
    ]);
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[1]?.inserted).toBe(1);
    expect(await standing("placed")).toEqual(await standing("beside"));
  });

  it("is empty where there are no rows, and nothing where the query fails", async () => {
    await warehouse.transaction((transaction) => publish(transaction, "empty", "SELECT 1 AS a FROM UNNEST([]) AS x"));
    expect((await standing("empty")).rows).toEqual([new Map()]);
    const failing = warehouse.transaction((transaction) => publish(transaction, "failed", "SELECT ERROR('no') AS a"));
    await expect(failing).rejects.toThrow("no");
    const relations = await warehouse.observe((observation) => observation.relations());
    expect(relations.has("made.failed")).toBe(false);
  });

  it("is not there yet for its own query", async () => {
    const own = warehouse.transaction((transaction) => publish(transaction, "own", "SELECT * FROM made.own"));
    await expect(own).rejects.toThrow("made.own");
    const around = warehouse.transaction(async (transaction) => {
      await transaction.execute("CREATE TABLE made.around AS SELECT 1 AS a");
      await transaction.execute("CREATE VIEW made.over AS SELECT a FROM made.around");
      await transaction.execute("DROP TABLE made.around");
      await publish(transaction, "around", "SELECT * FROM made.over");
    });
    await expect(around).rejects.toThrow("around");
  });

  it("has one row a key", async () => {
    const query = "SELECT k FROM UNNEST([1, 2, 2]) AS k";
    const twice = warehouse.transaction((transaction) => publish(transaction, "twice", query, { key: ["k"] }));
    await expect(twice).rejects.toThrow("made.twice produced 2 rows with one unique key (k) = (2)");
  });

  it("takes the place of one that was there as if it had been staged beside it, and can be given up", async () => {
    await warehouse.transaction(async (transaction) => {
      await publish(transaction, "again", "SELECT 1 AS k UNION ALL SELECT 2");
      const counts = await publish(transaction, "again", "SELECT 2 AS k UNION ALL SELECT 3", { key: ["k"] });
      expect(counts).toMatchObject({ inserted: 1, deleted: 1, unchanged: 1 });
      await transaction.discard(await transaction.stage("SELECT 1 AS k", idOf("given up")));
      const stage = await transaction.stage("SELECT 4 AS k", idOf("kept"));
      const [live] = [(await transaction.relations()).get("made.again") as Relation];
      const digests = await transaction.digestStage(stage, { relation: live, columns: ["k"], grain: "relation" });
      expect([...digests.values()].map(({ rows }) => rows)).toEqual([1]);
    });
    const relations = await warehouse.observe((observation) => observation.relations());
    expect(relations.has("made.given up")).toBe(false);
  });
});
