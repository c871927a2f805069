import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

let rig: Rig;
beforeEach(() => {
  rig = Rig.empty();
  rig.bringLibrary();
  put("workflow_settings.yaml", "defaultProject: home\ndefaultDataset: d\n");
});
afterEach(() => rig.remove());

function put(path: string, text: string): void {
  mkdirSync(dirname(join(rig.dir, path)), { recursive: true });
  writeFileSync(join(rig.dir, path), text);
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await rig.fastbreak(...args);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

const rowsOf = async (sql: string): Promise<unknown> => JSON.parse(await ok("query", "--json", sql));

/** Sources, models, a view, a gate and functions that two projects call by the same dataset and name. */
const NAMESAKES: Readonly<Record<string, string>> = {
  "definitions/own_orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/orders.sqlx": 'config { type: "declaration", database: "other", schema: "raw", name: "orders" }',
  "definitions/functions.sqlx": `config { type: "operations" }
CREATE OR REPLACE FUNCTION home.raw.twice(x INT64) AS (x * 2);
CREATE OR REPLACE FUNCTION \`other.raw.twice\`(x INT64) AS (x * 200)`,
  "definitions/own_sums.sqlx": `config { type: "table", name: "sums" }
SELECT SUM(raw.twice(amount)) AS total FROM \${ref({ database: "home", schema: "raw", name: "orders" })}`,
  "definitions/sums.sqlx": `config { type: "table", database: "other", name: "sums", dependencies: ["functions"] }
SELECT SUM(other.raw.twice(price)) AS total FROM \${ref({ database: "other", schema: "raw", name: "orders" })}`,
  "definitions/both.sqlx": `config { type: "view" }
SELECT 'home' AS project, total FROM \`home.d.sums\` UNION ALL SELECT 'other', total FROM other.d.sums`,
  "definitions/never_negative.sqlx":
    'config { type: "assertion" }\nSELECT * FROM ${ref({ database: "other", schema: "d", name: "sums" })} WHERE total < 0',
};

describe("two projects that share datasets and names", () => {
  beforeEach(() => {
    for (const [path, text] of Object.entries(NAMESAKES)) put(path, text);
    put("data/raw.orders.csv", "amount\n1\n2\n");
    put("data/other.raw.orders.csv", "price\n5\n");
  });

  it("have relations of their own in seed, run, plan, query and verify", async () => {
    expect(await ok("seed", "data")).toMatch(/other\.raw\.orders +1 [\s\S]*raw\.orders +2 /);
    const names = (await rig.run([])).actions.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["d.sums", "other.d.sums", "d.both"]));
    const both = "SELECT * FROM d.both ORDER BY project";
    expect(await rowsOf(both)).toEqual([
      { project: "home", total: 6 },
      { project: "other", total: 1000 },
    ]);
    expect(await rowsOf("SELECT a.total AS a, b.total AS b FROM home.d.sums a, `other.d.sums` b")).toEqual([
      { a: 6, b: 1000 },
    ]);
    expect(await rig.sql('SELECT total FROM d.sums UNION ALL SELECT total FROM "other.d".sums')).toEqual([
      ["6"],
      ["1000"],
    ]);
    await ok("query", "INSERT INTO other.raw.orders (price) VALUES (7)");
    const planned = JSON.parse(await ok("plan", "--json")) as Awaited<ReturnType<Rig["run"]>>;
    const reasons = planned.actions.map(({ name, partitions }) => `${name} ${partitions[0]?.reason}`);
    expect(reasons).toContain("other.d.sums inputs_changed");
    const again = await rig.run([]);
    const changed = again.actions.filter(({ rows_written }) => rows_written > 0).map(({ name }) => name);
    expect(changed).toEqual(["other.d.sums"]);
    expect(await rowsOf(both)).toEqual([
      { project: "home", total: 6 },
      { project: "other", total: 2400 },
    ]);
    expect((await rig.fastbreak("verify")).code).toBe(0);
  });

  it("are checked each with its own columns, and selected by name", async () => {
    await ok("seed", "data");
    expect(await ok("check")).toMatch(/^5 actions checked, 0 errors$/m);
    put("definitions/wrong.sqlx", 'config { type: "view" }\nSELECT amount FROM other.raw.orders');
    const { code, stdout } = await rig.fastbreak("check");
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining("definitions/wrong.sqlx:2:8: Unrecognized name: amount"),
    ]);
    const { actions } = await rig.run(["--actions", "other.d.sums", "--include-deps"]);
    const ran = actions.filter(({ status }) => status === "success").map(({ name }) => name);
    expect(ran).toContain("other.d.sums");
    expect(ran).not.toContain("d.sums");
  });

  it("are made each by a scaffold, with the columns that are read of it", async () => {
    for (const path of ["definitions/own_sums.sqlx", "definitions/sums.sqlx"])
      put(path, (NAMESAKES[path] ?? "").replace(/(other\.)?raw\.twice\((\w+)\)/, "$2"));
    const made = await ok("seed", "--scaffold");
    expect(made).toContain("CREATE SCHEMA IF NOT EXISTS other.raw;");
    expect(made).toContain("CREATE TABLE other.raw.orders (\n  price FLOAT64\n);");
    expect(made).toContain("CREATE TABLE raw.orders (\n  amount FLOAT64\n);");
    await ok("seed", "--scaffold", "--write", "--rows", "3");
    expect((await rig.run([])).totals.failed).toBe(0);
  });

  it("do not stand in for each other where one is missing", async () => {
    await ok("query", "CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 1 AS amount");
    const { actions } = await rig.run([], 1);
    const errors = new Map(actions.map(({ name, error }) => [name, error]));
    expect(errors.get("d.sums")).toBe(null);
    expect(errors.get("other.d.sums")).toMatch(/it reads other\.raw\.orders, which is not in the warehouse/);
    expect((await rig.fastbreak("query", "SELECT * FROM other.raw.orders")).stderr).toContain(
      "Table not found: other.raw.orders",
    );
  });
});

describe("tables of another project that were loaded without the project", () => {
  it("are read where the home project has none of the name, wildcards too", async () => {
    put("definitions/orders.sqlx", 'config { type: "declaration", database: "far", schema: "raw", name: "orders" }');
    put("definitions/events.sqlx", 'config { type: "declaration", database: "far", schema: "raw", name: "events_*" }');
    put(
      "definitions/model.sqlx",
      `config { type: "table" }
SELECT SUM(n) AS n FROM (SELECT n FROM \${ref("orders")} UNION ALL SELECT n FROM \${ref("events_*")}
UNION ALL SELECT n FROM \`bigquery-public-data.samples.numbers\`)`,
    );
    await ok(
      "query",
      `CREATE SCHEMA raw; CREATE SCHEMA samples; CREATE TABLE raw.orders AS SELECT 1 AS n;
CREATE TABLE raw.events_20240101 AS SELECT 10 AS n; CREATE TABLE samples.numbers AS SELECT 100 AS n`,
    );
    expect(await ok("check")).toBe("1 action checked, 0 errors\n");
    expect(await ok("seed", "--scaffold")).toBe("-- no source is missing\n");
    expect((await rig.run([])).totals.failed).toBe(0);
    expect(await rowsOf("SELECT n FROM home.d.model")).toEqual([{ n: 111 }]);
    await ok("query", "CREATE TABLE far.raw.orders AS SELECT 2 AS n");
    await rig.run([]);
    expect(await rowsOf("SELECT n FROM d.model")).toEqual([{ n: 112 }]);
    expect((await rig.fastbreak("verify")).code).toBe(0);
  });

  it("are not taken for models of the other project, which are made under their own name", async () => {
    put(
      "definitions/log.sqlx",
      'config { type: "incremental", database: "far" }\nSELECT 1 AS n ${when(incremental(), "FROM UNNEST([]) AS none")}',
    );
    await ok("query", "CREATE SCHEMA d; CREATE TABLE d.log AS SELECT 7 AS n");
    await rig.run([]);
    expect(await rowsOf("SELECT (SELECT n FROM far.d.log) AS far, (SELECT n FROM d.log) AS home")).toEqual([
      { far: 1, home: 7 },
    ]);
    await rig.run([]);
    expect(await rowsOf("SELECT COUNT(*) AS n FROM far.d.log")).toEqual([{ n: 1 }]);
  });
});
