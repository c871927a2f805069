import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess, QUIET } from "../in-process.js";
import type { Finished } from "../rig.js";
import { World } from "./world.js";

const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/codes.sqlx": 'config { type: "declaration", schema: "raw", name: "codes" }',
  "definitions/daily.sqlx": `config { type: "incremental", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(amount) AS amount FROM \${ref("raw", "orders")} GROUP BY day`,
  "data/raw/orders.csv": 'id,day,city,amount\n1,2024-01-01,Oslo,5\n2,2024-01-02,"Ro\nme",7.5\n3,2024-01-03,,\n',
  "data/raw/codes.json": '[{"code":"a","n":9007199254740993,"ok":true,"tags":["x","y"]},{"code":"b\\\\","tags":[]}]',
};

const ROWS = {
  orders: "SELECT TO_JSON_STRING(t) FROM raw.orders AS t ORDER BY id",
  codes: "SELECT TO_JSON_STRING(t) FROM raw.codes AS t ORDER BY code",
  columns:
    "SELECT table_name, column_name, data_type FROM raw.INFORMATION_SCHEMA.COLUMNS ORDER BY table_name, ordinal_position",
};

describe("seed into BigQuery", () => {
  let world: World;
  const fastbreak = (...args: string[]): Promise<Finished> => inProcess(args, world.dir, QUIET);
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await fastbreak(...args);
    if (code !== 0) throw new Error(`${args.join(" ")}: exit code ${code}: ${stderr}`);
    return stdout;
  };
  const here = async (sql: string) => {
    const rows = JSON.parse(await done("query", "--json", sql)) as Record<string, unknown>[];
    return rows.map((row) => Object.values(row).map(String));
  };

  beforeAll(async () => {
    world = await World.open(FILES, "CREATE SCHEMA raw");
  });
  afterAll(() => world?.close());

  it("loads the same rows with the same types as into the embedded warehouse", async () => {
    await done("seed", "data");
    const { tables } = JSON.parse(await done("seed", "data", "--json", "--target", "bigquery")) as { tables: unknown };
    expect(tables).toMatchObject([
      { table: "raw.codes", rows: 2, replaced: null },
      { table: "raw.orders", rows: 3, replaced: null },
    ]);
    for (const sql of Object.values(ROWS)) expect(await world.sql(sql)).toEqual(await here(sql));
    expect(await done("verify", "--against", "bigquery", "--select", "orders", "codes")).toContain("the same here");
  });

  it("keeps the columns of a table that is there, and writes nothing where nothing differs", async () => {
    const written = async () =>
      (await world.jobs()).filter(({ configuration }) =>
        /(?:INTO|FROM|TABLE) `acme`\.`raw`\.`orders`/.test(
          (configuration.labels?.fastbreak_step === "publish" && configuration.query?.query) || "",
        ),
      ).length;
    const before = await written();
    await done("seed", "data/raw/orders.csv", "--target", "bigquery");
    expect(await written()).toBe(before);
    world.write("data/raw/orders.csv", "id,day\n1,2024-01-01\n");
    const stdout = await done("seed", "data/raw/orders.csv", "--target", "bigquery");
    expect(stdout).toContain("replaced 3 rows; not in the file, so NULL: city, amount");
    expect(await world.sql("SELECT id, day, city, amount FROM raw.orders")).toEqual([
      ["1", "2024-01-01", "NULL", "NULL"],
    ]);
    expect(await written()).toBe(before + 1);
  });

  it("loads nothing of files of which one does not fit", async () => {
    world.write("data/raw/codes.json", '[{"code":"new"}]');
    world.write("data/raw/orders.csv", "id,day\nx,2024-01-01\n");
    const { code, stderr } = await fastbreak("seed", "data", "--target", "bigquery");
    expect(code).toBe(2);
    expect(stderr).toContain("data/raw/orders.csv:2: column id: 'x' is no INT64");
    expect(await world.sql("SELECT code FROM raw.codes ORDER BY 1")).toEqual([["a"], ["b\\"]]);
    expect(await world.sql("SELECT status FROM fastbreak.load_runs WHERE status != 'success'")).toEqual([["failed"]]);
  });

  it("has no loaders, and says so before it reads anything", async () => {
    const { code, stderr } = await fastbreak("load", "sample", "--target", "bigquery");
    expect(code).toBe(2);
    expect(stderr).toContain("bring files into BigQuery with 'fastbreak seed --target bigquery'");
  });
});
