import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { randomFrom } from "../../../test/random.js";
import { rolledBack } from "../../execute/rolled-back.js";
import type {
  DigestRequest,
  Observation,
  PartitionDigests,
  Relation,
  Transaction,
  Warehouse,
} from "../../port/port.js";
import { openDuckDbWarehouse } from "./warehouse.js";

const WORKERS = 3;
const TRANSACTIONS = 14;
const PROCESSES = 5;
const TABLES = ["a", "b", "c", "d"];

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fastbreak-digest-history-"));
  path = join(folder, "w.duckdb");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Random = () => number;

function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** A request for the digest of the whole rows of a table of `d`. */
function wholeRows(relation: Relation): DigestRequest {
  return { relation, columns: relation.columns.map(({ name }) => name), range: undefined, grain: "relation" };
}

/** A day of the table that has days. */
const dayOf = (number: number): string => `2024-01-0${1 + (number % 6)}`;

/** The same for a table without days; of one that has them also each of them, and each of some. */
function everyRequest(relation: Relation): DigestRequest[] {
  if (relation.partitionColumn === undefined) return [wholeRows(relation)];
  const dated: DigestRequest = { ...wholeRows(relation), grain: "partition" };
  const some: DigestRequest = { ...dated, range: { from: dayOf(1), to: dayOf(3) } };
  return [wholeRows(relation), dated, some, { ...some, columns: ["day", "v"] }, { ...some, grain: "relation" }];
}

async function digestsOf(observation: Observation, names: readonly string[]): Promise<readonly PartitionDigests[]> {
  const relations = await observation.relations();
  return observation.digests(names.map((name) => wholeRows(relations.get(`d.${name}`) as Relation)));
}

/** Opens the warehouse as a command does, and closes it. */
async function inOneProcess<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await openDuckDbWarehouse(path, { create: true, alone: true });
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

/** The digests of all tables. */
async function digestsOfAll(observation: Observation): Promise<void> {
  const relations = [...(await observation.relations()).values()].filter(({ id }) => id.dataset === "d");
  await digestsOf(observation, relations.map(({ id }) => id.name).sort());
}

/** The tables whose rows the next process reads to know the digests of all. */
async function tablesRead(
  work = (warehouse: Warehouse): Promise<void> => warehouse.observe(digestsOfAll),
): Promise<string[]> {
  const reading = vi.spyOn(DuckDBConnection.prototype, "runAndReadAll");
  try {
    await inOneProcess(work);
    return [
      ...reading.mock.calls
        .map(([sql]) => sql)
        .join("")
        .matchAll(/bit_xor.*?FROM "d"\."(\w+)"/g),
    ].map(([, name]) => name!);
  } finally {
    reading.mockRestore();
  }
}

/** What is told of every table is what its rows say to who reads them: digests of views are read each time. */
async function expectTruth(observation: Observation): Promise<void> {
  const relations = [...(await observation.relations()).values()].filter(({ id }) => id.dataset === "d");
  const requests = relations.flatMap(everyRequest);
  const told = await observation.digests(requests);
  const read = await observation.digests(
    requests.map((request) => ({ ...request, relation: { ...request.relation, kind: "view" } })),
  );
  expect(told).toEqual(read);
}

/** Some days of a table are made what a stage says, as a run publishes them; or a statement writes to it. */
async function changeDays(transaction: Transaction, random: Random): Promise<void> {
  const number = Math.floor(random() * 1_000);
  const relations = await transaction.relations();
  if (relations.has("d.e") && random() < 0.2) {
    await transaction.execute(`UPDATE d.e SET v = v + 1 WHERE day = DATE '${dayOf(number)}'`);
    return;
  }
  const [first, last] = [dayOf(number), dayOf(number + Math.floor(random() * 2))].sort() as [string, string];
  const days = `UNNEST(GENERATE_DATE_ARRAY('${first}', '${last}')) AS day`;
  const rows = `SELECT day, k, MOD(k * ${number}, 3) AS v FROM ${days}, UNNEST(GENERATE_ARRAY(1, ${number % 4})) AS k`;
  const isUndated = random() < 0.2;
  const stage = await transaction.stage(isUndated ? `${rows} UNION ALL SELECT NULL, 1, ${number}` : rows);
  await transaction.publish({
    stage,
    target: { dataset: "d", name: "e" },
    partitions: {
      within: [{ from: first, to: last }],
      outside: isUndated ? [{ from: dayOf(0), to: dayOf(5) }] : undefined,
    },
    partitionColumn: "day",
    clusterBy: [],
    key: random() < 0.6 ? ["k"] : [],
    rowColumns: {},
    rowHash: random() < 0.3 ? "v" : undefined,
  });
}

/** One change of one table or of more, by one of the ways in which runs, loads and scripts make them. */
async function change(transaction: Transaction, random: Random): Promise<void> {
  const relations = await transaction.relations();
  const table = oneOf(random, TABLES);
  const other = oneOf(random, TABLES);
  const id = { dataset: "d", name: table };
  const value = Math.floor(random() * 1_000);
  const isThere = relations.has(`d.${table}`);
  const make = `CREATE TABLE d.${table} (k INT64, v INT64)`;
  // Not together with a change: DuckDB 1.5 ends the process where one transaction makes a table and gives it columns while another drops
  // its dataset.
  if (!isThere) return void (await transaction.execute(make));
  const ways: readonly (() => Promise<unknown>)[] = [
    () => transaction.execute(`INSERT INTO d.${table} (k, v) VALUES (${value}, 1)`),
    () => transaction.execute(`UPDATE d.${table} SET v = v + 1 WHERE TRUE`),
    () => transaction.execute(`DELETE FROM d.${table} WHERE k > ${value}`),
    () =>
      transaction.execute(`MERGE d.${table} t USING (SELECT ${value} AS k) s ON t.k = s.k
      WHEN MATCHED THEN UPDATE SET v = 7 WHEN NOT MATCHED THEN INSERT (k, v) VALUES (k, 0)`),
    () => transaction.execute(`TRUNCATE TABLE d.${table}`),
    () => transaction.execute(`CREATE OR REPLACE TABLE d.${table} AS SELECT ${value} AS k, 2 AS v`),
    () =>
      transaction.execute(
        `CREATE TEMP TABLE ${table} AS SELECT 1 AS k; INSERT INTO ${table} VALUES (2); DROP TABLE ${table}`,
      ),
    () => transaction.execute(`DROP TABLE d.${table}`),
    () => transaction.execute(`ALTER TABLE d.${table} ADD COLUMN IF NOT EXISTS w${value % 3} INT64`),
    () => transaction.execute(`EXECUTE IMMEDIATE 'INSERT INTO d.${table} (k, v) VALUES (5, ${value})'`),
    () =>
      transaction.execute(`IF (SELECT COUNT(*) FROM d.${table}) > 2 THEN DELETE FROM d.${table} WHERE TRUE; END IF`),
    async () => {
      await transaction.execute(`DROP TABLE IF EXISTS d.renamed`);
      await transaction.execute(`ALTER TABLE d.${table} RENAME TO renamed`);
    },
    () => transaction.execute(`DROP SCHEMA d CASCADE; CREATE SCHEMA d`),
    () =>
      transaction.append(
        id,
        [
          { name: "k", type: "INT64" },
          { name: "v", type: "INT64" },
        ],
        [{ k: value, v: 3 }],
      ),
    async () => {
      const stage = await transaction.stage(
        `SELECT ${value} AS k, 4 AS v UNION ALL SELECT k, v FROM d.${table} LIMIT 50`,
      );
      const target = { dataset: "d", name: other };
      const plain = { partitions: undefined, partitionColumn: undefined, clusterBy: [], key: [], rowColumns: {} };
      await transaction.publish({ stage, target, ...plain, rowHash: undefined });
    },
    () =>
      transaction.mergeRows(
        {
          id,
          columns: [
            { name: "k", type: "INT64" },
            { name: "v", type: "INT64" },
          ],
          primaryKey: ["k"],
          partitionColumn: undefined,
          clusterBy: [],
        },
        [{ k: value, v: 9 }],
      ),
  ];
  await oneOf(random, ways)();
}

/** What commits statement by statement. */
function scriptOf(count: number, random: Random): string {
  const [table, other] = [oneOf(random, TABLES), oneOf(random, TABLES)];
  return oneOf(random, [
    `CREATE SCHEMA IF NOT EXISTS d; CREATE OR REPLACE TABLE d.${table} AS SELECT ${count} AS k, 1 AS v`,
    `UPDATE d.${table} SET v = ${count} WHERE TRUE; DELETE FROM d.${other} WHERE k = ${count}`,
    `INSERT INTO d.${table} (k, v) VALUES (${count}, 1); SELECT ERROR('stop'); DELETE FROM d.${other} WHERE TRUE`,
    `BEGIN TRANSACTION; INSERT INTO d.${table} (k, v) VALUES (${count}, 1); ROLLBACK`,
    `BEGIN INSERT INTO d.${table} (k, v) SELECT k, v FROM d.${other}; EXCEPTION WHEN ERROR THEN SELECT 1; END`,
    `DROP TABLE IF EXISTS d.renamed; ALTER TABLE d.${table} RENAME TO renamed; UPDATE d.${other} SET v = 0 WHERE TRUE`,
    `EXECUTE IMMEDIATE 'TRUNCATE TABLE d.${table}'`,
    `UPDATE d.e SET v = v + ${count} WHERE day = '${dayOf(count)}'`,
  ]);
}

async function work(warehouse: Warehouse, random: Random): Promise<void> {
  for (let count = 0; count < TRANSACTIONS; count++) {
    const what = random();
    if (what < 0.3) await warehouse.observe(expectTruth);
    else if (what < 0.5) await warehouse.script(scriptOf(count, random)).catch(() => undefined);
    else
      await warehouse
        .transaction(async (transaction) => {
          await transaction.execute("CREATE SCHEMA IF NOT EXISTS d");
          if (random() < 0.5) await expectTruth(transaction);
          await (random() < 0.4 ? changeDays : change)(transaction, random);
          await expectTruth(transaction);
          if (random() < 0.2) throw new Error("undone");
        })
        .catch((cause: Error) => {
          // Whoever loses against another, or asks for what he has not, has changed nothing.
          if (cause.name === "AssertionError") throw cause;
        });
  }
}

/** Somebody writes between two processes who knows nothing of what is kept. */
async function outsider(random: Random): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(
    `CREATE SCHEMA IF NOT EXISTS d; CREATE TABLE IF NOT EXISTS d.b (k BIGINT, v BIGINT); INSERT INTO d.b (k) VALUES (${Math.floor(random() * 99)})`,
  );
  connection.closeSync();
  instance.closeSync();
}

describe("digests that transactions of one process share, and hand on to the next", () => {
  it.each([1, 2])("are those of the rows, whatever happens at once (%i)", async (seed) => {
    const random = randomFrom(seed * 7_919);
    for (let process = 0; process < PROCESSES; process++) {
      await inOneProcess(async (warehouse) => {
        await warehouse.observe(expectTruth);
        await Promise.all(Array.from({ length: WORKERS }, () => work(warehouse, random)));
        await warehouse.observe(expectTruth);
      });
      if (random() < 0.3) await outsider(random);
    }
  });

  it("are not read again of tables that nobody has written to since, nor of what a writer has read itself", async () => {
    const make = (name: string) => `CREATE TABLE d.${name} AS SELECT 1 AS k, 2 AS v;`;
    await inOneProcess((warehouse) =>
      warehouse.script(`CREATE SCHEMA d; ${TABLES.map(make).join(" ")}`).then(() => warehouse.observe(expectTruth)),
    );
    await inOneProcess((warehouse) =>
      warehouse.transaction(async (transaction) => {
        await transaction.execute("INSERT INTO d.a (k, v) VALUES (1, 2); INSERT INTO d.b (k, v) VALUES (3, 4)");
        await digestsOf(transaction, ["b"]);
      }),
    );
    expect(await tablesRead()).toEqual(["a"]);
    expect(await tablesRead()).toEqual([]);
    await inOneProcess((warehouse) => warehouse.transaction((transaction) => transaction.execute("DROP TABLE d.d")));
    expect(await tablesRead()).toEqual([]);
    await inOneProcess((warehouse) => warehouse.script("UPDATE d.a SET v = 3 WHERE TRUE"));
    expect(await tablesRead()).toEqual(["a"]);
    await inOneProcess((warehouse) => warehouse.script("BEGIN; UPDATE d.a SET v = 4 WHERE TRUE; COMMIT"));
    expect(await tablesRead()).toEqual(["a", "b", "c"]);
  });

  it("are not read again by who builds, but by who looks at what is there without leaving anything", async () => {
    await inOneProcess((warehouse) => warehouse.script("CREATE SCHEMA d; CREATE TABLE d.a AS SELECT 1 AS k, 2 AS v"));
    expect(await tablesRead()).toEqual(["a"]);
    expect(await tablesRead((warehouse) => warehouse.transaction(digestsOfAll))).toEqual([]);
    const build = async (transaction: Transaction) => {
      const stage = await transaction.stage("SELECT k, v FROM d.a");
      const layout = { partitions: undefined, partitionColumn: undefined, clusterBy: [], key: [], rowColumns: {} };
      await transaction.publish({ stage, target: { dataset: "d", name: "b" }, ...layout, rowHash: undefined });
      await digestsOfAll(transaction);
    };
    const building = async (warehouse: Warehouse) => {
      await warehouse.transaction(build);
      await warehouse.transaction(digestsOfAll);
    };
    expect(await tablesRead(building)).toEqual(["b"]);
    expect(await tablesRead((warehouse) => rolledBack(warehouse, digestsOfAll))).toEqual(["a", "b"]);
  });

  it("are read again only of the days of a table that were published with other rows", async () => {
    const days = { from: "2024-01-01", to: "2024-01-09" };
    const publish = (value: string) => async (transaction: Transaction) => {
      const rows = `SELECT day, 1 AS k, ${value} AS v FROM UNNEST(GENERATE_DATE_ARRAY('${days.from}', '${days.to}')) AS day`;
      await transaction.publish({
        stage: await transaction.stage(rows),
        target: { dataset: "d", name: "e" },
        partitions: { within: [days], outside: undefined },
        partitionColumn: "day",
        clusterBy: [],
        key: ["k"],
        rowColumns: {},
        rowHash: undefined,
      });
    };
    /** The conditions under which the next process reads the table. */
    const conditionsRead = async () => {
      const reading = vi.spyOn(DuckDBConnection.prototype, "runAndReadAll");
      await inOneProcess((warehouse) => warehouse.observe(expectTruth));
      const read = reading.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes("bit_xor"));
      reading.mockRestore();
      // The last ones are those of the test itself, which takes the table for a view.
      return [...(read.length < 2 ? "" : read[0]!).matchAll(/"d"."e"( WHERE .*?)?\) GROUP BY/g)].map(
        ([, where = ""]) => where,
      );
    };
    await inOneProcess((warehouse) => warehouse.transaction(publish("0")));
    expect(await conditionsRead()).toHaveLength(4);
    expect(await conditionsRead()).toEqual([]);
    await inOneProcess((warehouse) => warehouse.transaction(publish("0")));
    expect(await conditionsRead()).toEqual([]);
    await inOneProcess((warehouse) => warehouse.transaction(publish("IF(day = '2024-01-02', 1, 0)")));
    const day = `("day" IN (DATE '2024-01-02'))`;
    const range = `"day" BETWEEN DATE '2024-01-02' AND DATE '2024-01-04'`;
    expect(await conditionsRead()).toEqual(["", ` WHERE ${day}`, ` WHERE ${range}`]);
  });
});
