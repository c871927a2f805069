import { afterEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

const SOURCE = 'config { type: "declaration", schema: "raw", name: "rows" }';
const KEYED = 'config { type: "incremental", uniqueKey: ["id"] }\nSELECT * FROM ${ref("raw", "rows")}';
const GROWING = `${KEYED} \${when(incremental(), "WHERE v > 0")}`;
const DATED = KEYED.replace("] }", '], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }');

const script = async (sql: string) => expect(await rig.fastbreak("query", sql)).toMatchObject({ code: 0 });
const read = async (table: string) => (await rig.sql(`SELECT t::VARCHAR FROM ${table} t`)).map(String).sort();

/** A run, after which some tables hold what the source holds, and another run has nothing to do. */
async function expectSource(...tables: readonly string[]): Promise<void> {
  await rig.run([]);
  const rows = await read("raw.rows");
  for (const table of tables) expect(await read(`d.${table}`), table).toEqual(rows);
  expect((await rig.run([])).totals).toMatchObject({ run: 0 });
}

describe("rows that are merged by their key", () => {
  it.each(["s", "t", "rowid", "merged_row", "n"])(
    "are told apart by it, whatever a STRUCT beside it is called: %s",
    async (name) => {
      rig = await projectOf({ rows: SOURCE, keyed: KEYED, growing: GROWING, dated: DATED });
      const row = (id: number, v: number) =>
        `SELECT ${id} AS id, DATE '2024-01-01' AS day, STRUCT(7 AS id) AS ${name}, ${v} AS v`;
      await script(`CREATE TABLE raw.rows AS ${row(1, 5)} UNION ALL ${row(2, 6)} UNION ALL ${row(3, 6)}`);
      const all = ["keyed", "growing", "dated"];
      await expectSource(...all);
      await script("UPDATE raw.rows SET v = 16 WHERE id = 1");
      await expectSource(...all);
      await script(`INSERT INTO raw.rows ${row(7, 1)}`);
      await expectSource(...all);
      await script("DELETE FROM raw.rows WHERE id = 3");
      await expectSource("keyed", "dated");
    },
  );

  it("are as many as they should be where the table has several of one key", async () => {
    rig = await projectOf({ rows: SOURCE, keyed: KEYED, dated: DATED });
    const row = (id: string, v: number) => `(${id}, DATE '2024-01-01', ${v})`;
    await script(`CREATE TABLE raw.rows (id INT64, day DATE, v INT64);
      INSERT INTO raw.rows VALUES ${[row("1", 5), row("NULL", 6), row("NULL", 6), row("NULL", 7)].join(", ")}`);
    await expectSource("keyed", "dated");
    await script(`DELETE FROM raw.rows WHERE id IS NULL; INSERT INTO raw.rows VALUES ${row("NULL", 6)}`);
    await expectSource("keyed", "dated");
    await script("INSERT INTO d.keyed SELECT * FROM d.keyed WHERE id = 1");
    await expectSource("keyed", "dated");
  });

  it("are one of each where a model that doubled them has got a key", async () => {
    rig = await projectOf({
      rows: SOURCE,
      keyed: 'config { type: "incremental" }\nSELECT * FROM ${ref("raw", "rows")}',
    });
    await script("CREATE TABLE raw.rows AS SELECT 1 AS id, 5 AS v UNION ALL SELECT 1, 5");
    await expectSource("keyed");
    rig.write("definitions/keyed.sqlx", KEYED.replace("SELECT *", "SELECT DISTINCT *"));
    await rig.run([]);
    expect(await read("d.keyed")).toHaveLength(1);
  });

  it("are merged beside a dataset that is called temp", async () => {
    rig = await projectOf({ rows: SOURCE, keyed: KEYED, growing: GROWING });
    await script("CREATE SCHEMA temp; CREATE TABLE raw.rows AS SELECT 1 AS id, 5 AS v");
    await expectSource("keyed", "growing");
    await script("UPDATE raw.rows SET v = 6 WHERE id = 1");
    await expectSource("keyed", "growing");
  });
});

it("lets MERGE and UPDATE tell rows apart in a table with a column rowid", async () => {
  rig = await projectOf({});
  await script(`CREATE TABLE raw.t AS SELECT 1 AS id, 7 AS rowid, 5 AS v UNION ALL SELECT 2, 7, 6;
    CREATE TABLE raw.s AS SELECT 1 AS id, 50 AS v UNION ALL SELECT 2, 60`);
  await script("MERGE raw.t t USING raw.s s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v");
  await script("UPDATE raw.t t SET v = t.v + s.v FROM raw.s s WHERE t.id = s.id");
  expect(await rig.sql("SELECT id, rowid, v FROM raw.t ORDER BY 1")).toEqual([
    ["1", "7", "100"],
    ["2", "7", "120"],
  ]);
  await rig.fastbreak("query", "INSERT INTO raw.s VALUES (1, 1)");
  const { code, stderr } = await rig.fastbreak("query", "UPDATE raw.t t SET v = s.v FROM raw.s s WHERE t.id = s.id");
  expect(code).not.toBe(0);
  expect(stderr).toContain("at most one source row");
});
