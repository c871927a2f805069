import { afterAll, beforeEach, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { SqlValue } from "../../port/port.js";

const warehouse = await openScratchWarehouse();
beforeEach(async () => {
  await warehouse.script(`DROP SCHEMA IF EXISTS d CASCADE; CREATE SCHEMA d;
    CREATE TABLE d.t (id INT64, day DATE, PRIMARY KEY (id) NOT ENFORCED) PARTITION BY day CLUSTER BY id;
    INSERT INTO d.t VALUES (1, '2024-01-01')`);
});
afterAll(() => warehouse.close());

async function rows(sql: string): Promise<readonly (readonly SqlValue[])[]> {
  return (await warehouse.script(sql)).rows?.rows ?? [];
}

async function relation(name: string) {
  return warehouse.transaction(async (transaction) => (await transaction.relations()).get(name));
}

it("keeps a snapshot as it was, whatever becomes of its table", async () => {
  await warehouse.script(
    "CREATE SNAPSHOT TABLE d.s CLONE d.t OPTIONS (description = 'before'); DELETE FROM d.t WHERE TRUE",
  );
  expect(await rows("SELECT id FROM d.s")).toEqual([[1n]]);
  expect(await relation("d.s")).toMatchObject({ isSnapshot: true, partitionColumn: "day" });
});

it.each([
  "INSERT INTO d.s VALUES (2, NULL)",
  "DELETE FROM d.s WHERE TRUE",
  "UPDATE d.s SET id = 2 WHERE TRUE",
  "TRUNCATE TABLE d.s",
])("refuses %s", async (sql) => {
  await warehouse.script("CREATE SNAPSHOT TABLE IF NOT EXISTS d.s CLONE d.t");
  await expect(warehouse.script(sql)).rejects.toThrow(
    "d.s is not allowed for this operation because it is currently a SNAPSHOT.",
  );
});

it("makes a table again out of a snapshot", async () => {
  await warehouse.script(`CREATE SNAPSHOT TABLE d.s CLONE d.t; CREATE OR REPLACE TABLE d.t CLONE d.s;
    INSERT INTO d.t VALUES (2, '2024-01-02'); DROP SNAPSHOT TABLE d.s`);
  expect(await rows("SELECT id FROM d.t ORDER BY 1")).toEqual([[1n], [2n]]);
});

it.each(["CLONE", "COPY", "LIKE"])("CREATE TABLE .. %s keeps what columns ask of rows", async (kind) => {
  await warehouse.script(`CREATE TABLE d.of (id INT64 NOT NULL, n STRING DEFAULT CONCAT('x', 'y'), l ARRAY<INT64> DEFAULT [1]);
    CREATE TABLE d.c ${kind} d.of; CREATE OR REPLACE TABLE d.of ${kind} d.c; CREATE TABLE IF NOT EXISTS d.t ${kind} d.of`);
  for (const table of ["d.c", "d.of"]) {
    await warehouse.script(`INSERT INTO ${table} (id) VALUES (1)`);
    expect(await rows(`SELECT * FROM ${table}`)).toEqual([[1n, "xy", [1n]]]);
    await expect(warehouse.script(`INSERT INTO ${table} (n) VALUES ('a')`)).rejects.toThrow(
      "Required field id cannot be null",
    );
  }
  await warehouse.script("INSERT INTO d.t (day) VALUES (NULL)");
});

it("makes no table LIKE another of rows that it refuses", async () => {
  await warehouse.script("CREATE TABLE d.of (id INT64 NOT NULL)");
  const wrong = "CREATE TABLE d.c LIKE d.of AS SELECT NULL";
  await expect(warehouse.script(wrong)).rejects.toThrow("Required field id cannot be null");
  expect(await rows(`BEGIN ${wrong}; EXCEPTION WHEN ERROR THEN SELECT 'none'; END`)).toEqual([["none"]]);
  await warehouse.script("CREATE TABLE d.c LIKE d.of AS SELECT 7");
  expect(await rows("SELECT * FROM d.c")).toEqual([[7n]]);
});

it.each(["CLONE", "COPY", "LIKE"])("CREATE TABLE .. %s keeps partitions, clusters and key", async (kind) => {
  await warehouse.script(`CREATE TABLE d.c ${kind} d.t`);
  expect(await relation("d.c")).toMatchObject({ partitionColumn: "day", clusterBy: ["id"], primaryKey: ["id"] });
});

it("moves rows to other partitions by UPDATE and MERGE", async () => {
  await warehouse.script(`CREATE TABLE d.moved (id INT64) PARTITION BY _PARTITIONDATE;
    INSERT d.moved (_PARTITIONTIME, id) VALUES ('2020-01-01', 1), ('2020-01-02', 2), ('2020-01-03', 3);
    UPDATE d.moved SET _PARTITIONTIME = '2020-02-01' WHERE _PARTITIONTIME = '2020-01-01';
    MERGE d.moved AS m USING (SELECT 2 AS id) AS s ON m.id = s.id
    WHEN MATCHED THEN UPDATE SET m._PARTITIONTIME = TIMESTAMP_ADD(m._PARTITIONTIME, INTERVAL 1 DAY)`);
  expect(await rows("SELECT id, CAST(_PARTITIONDATE AS STRING) FROM d.moved ORDER BY id")).toEqual([
    [1n, "2020-02-01"],
    [2n, "2020-01-03"],
    [3n, "2020-01-03"],
  ]);
  await warehouse.script("DROP TABLE d.moved");
});

it.each(["_PARTITIONDATE", "DATE(_PARTITIONTIME)", "TIMESTAMP_TRUNC(_PARTITIONTIME, DAY)"])(
  "a table partitioned by %s knows when its rows came",
  async (expression) => {
    await warehouse.script(`CREATE TABLE d.e (id INT64) PARTITION BY ${expression};
      INSERT INTO d.e VALUES (1); INSERT INTO d.e (_PARTITIONTIME, id) VALUES ('2020-01-02 00:00:00+00', 2);
      CREATE TABLE d.f COPY d.e; INSERT INTO d.f VALUES (3)`);
    expect(await rows("SELECT * FROM d.e WHERE _PARTITIONDATE >= CURRENT_DATE() - 1")).toEqual([[1n]]);
    expect(await rows("SELECT id, _PARTITIONTIME FROM d.e AS e WHERE e._PARTITIONDATE = '2020-01-02'")).toEqual([
      [2n, "2020-01-02 00:00:00+00:00"],
    ]);
    expect(await rows("SELECT id FROM d.f WHERE _PARTITIONTIME > '2024-01-01' ORDER BY id")).toEqual([[1n], [3n]]);
    await warehouse.script("DELETE FROM d.e WHERE _PARTITIONDATE = '2020-01-02'");
    expect(await rows("SELECT * FROM d.e")).toEqual([[1n]]);
  },
);

it("has no date of a partition where partitions are hours", async () => {
  await warehouse.script("CREATE TABLE d.e (id INT64) PARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR)");
  await expect(warehouse.script("SELECT _PARTITIONDATE FROM d.e")).rejects.toThrow("Unrecognized name: _PARTITIONDATE");
});

it("cannot make such a table of a query", async () => {
  await expect(warehouse.script("CREATE TABLE d.e PARTITION BY _PARTITIONDATE AS SELECT 1 AS id")).rejects.toThrow(
    "A table made AS SELECT cannot be partitioned by the time at which its rows came",
  );
});

it("numbers columns of one name", async () => {
  const result = await warehouse.script("SELECT 1 AS a, 2 AS a, 3 AS A, 4 AS a_1");
  expect(result.rows?.columns.map(({ name }) => name)).toEqual(["a", "a_2", "A_3", "a_1"]);
});

it("changes the primary key of a table that is there", async () => {
  await warehouse.script("ALTER TABLE d.t DROP PRIMARY KEY");
  expect(await relation("d.t")).toMatchObject({ primaryKey: [], partitionColumn: "day", clusterBy: ["id"] });
  await expect(warehouse.script("ALTER TABLE d.t DROP PRIMARY KEY")).rejects.toThrow("Table d.t has no primary key");
  await warehouse.script("ALTER TABLE d.t DROP PRIMARY KEY IF EXISTS");
  await warehouse.script(`CREATE TABLE d.parent (id INT64);
    ALTER TABLE d.t ADD PRIMARY KEY (ID, day) NOT ENFORCED, ALTER COLUMN id SET DEFAULT 7;
    ALTER TABLE d.t ADD CONSTRAINT IF NOT EXISTS up FOREIGN KEY (id) REFERENCES d.parent (id) NOT ENFORCED,
      ADD FOREIGN KEY (day) REFERENCES d.parent (id) NOT ENFORCED;
    ALTER TABLE d.t DROP CONSTRAINT IF EXISTS up;
    INSERT INTO d.t (day) VALUES ('2024-01-02')`);
  expect(await relation("d.t")).toMatchObject({ primaryKey: ["id", "day"], partitionColumn: "day", clusterBy: ["id"] });
  expect(await rows("SELECT id FROM d.t WHERE day = '2024-01-02'")).toEqual([[7n]]);
});
