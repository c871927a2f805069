import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess, QUIET } from "../in-process.js";
import { randomFrom } from "../random.js";
import { type Finished, ROOT } from "../rig.js";
import { FAULTS } from "./faulty-proxy.js";
import { SHOP, SHOP_SEED } from "./shop.js";
import { World } from "./world.js";

const BIN = join(ROOT, "bin/fastbreak.cjs");

/** A value of every type that a column can have, some at the ends of what it can hold. */
const ZOO = `CREATE TABLE raw.zoo (i INT64 NOT NULL, n NUMERIC(10, 2), b BIGNUMERIC, f FLOAT64, s STRING, y BYTES, o BOOL, d DATE,
  dt DATETIME, t TIME, ts TIMESTAMP, j JSON, g GEOGRAPHY, v INTERVAL, rd RANGE<DATE>, rt RANGE<TIMESTAMP>, rdt RANGE<DATETIME>,
  a ARRAY<INT64>, st STRUCT<x INT64, y STRUCT<z BYTES, w ARRAY<STRING>>>, ast ARRAY<STRUCT<k STRING, v NUMERIC>>,
  deep ARRAY<STRUCT<g GEOGRAPHY, j JSON, f FLOAT64, p ARRAY<GEOGRAPHY>>>, doc STRUCT<j JSON>);
INSERT INTO raw.zoo VALUES
(9007199254740993, NUMERIC '12345678.91', BIGNUMERIC '12345678901234567890.123456789012345678', -0.0, 'a\\n"b\\'\\\\ é\\x00', b'\\x00\\xff',
  TRUE, '0001-01-01', '9999-12-31 23:59:59.999999', '23:59:59.000001', '1969-12-31 23:59:59.999999+00',
  JSON '{"a":[1,null,{"b":"x"}],"n":null}', ST_GEOGPOINT(1.5, 2.25), INTERVAL '1-2 3 -4:5:6.789' YEAR TO SECOND,
  RANGE(DATE '2024-01-01', NULL), RANGE(TIMESTAMP '2024-01-01', TIMESTAMP '2024-02-01 01:02:03.000004+00'),
  RANGE<DATETIME> '[UNBOUNDED, 2024-01-01 00:00:00)', [1, 9223372036854775807], (1, (b'\\x01', ['q', ''])),
  [('k', NUMERIC '1.5'), (NULL, NULL)],
  [(ST_GEOGPOINT(1, 2), JSON 'null', -0.0, [ST_GEOGPOINT(3, 4)]), (NULL, NULL, NULL, NULL)], STRUCT(JSON 'null')),
(-9223372036854775808, NULL, NULL, CAST('nan' AS FLOAT64), '', NULL, NULL, NULL, NULL, NULL, NULL, JSON 'null', NULL, NULL, NULL,
  NULL, NULL, [], NULL, [], [], NULL),
(3, NULL, BIGNUMERIC '-0.000000000000000001', CAST('-inf' AS FLOAT64), NULL, b'', FALSE, '2024-02-29', '0001-01-01 00:00:00',
  '00:00:00', '9999-12-31 23:59:59.999999+00', NULL, ST_GEOGFROMTEXT('LINESTRING(0 0, 0.1 0.3)'), INTERVAL 30 DAY,
  RANGE<DATE> '[UNBOUNDED, UNBOUNDED)', NULL, NULL, [0], (NULL, NULL), [], NULL, STRUCT(CAST(NULL AS JSON)))`;

const MORE = `CREATE TABLE raw.events_20240101 AS SELECT 1 AS n;
CREATE TABLE raw.events_20240102 AS SELECT 2 AS n;
CREATE TABLE raw.events_live AS SELECT 3 AS n;
CREATE TABLE raw.clicks (n INT64, moment TIMESTAMP) PARTITION BY DATE(moment);
INSERT INTO raw.clicks VALUES (1, '2024-01-01 23:59:59.999999+00'), (2, '2024-01-02 00:00:00+00'), (3, '2024-01-03 00:00:00+00');
CREATE TABLE raw.arrivals (n INT64) PARTITION BY _PARTITIONDATE;
INSERT INTO raw.arrivals (_PARTITIONTIME, n) VALUES ('2024-01-01', 1), ('2024-01-02', 2);
CREATE VIEW raw.spent AS SELECT city, SUM(amount) AS amount FROM raw.orders GROUP BY city`;

/** A model that keeps when its rows were made, and one that hands these times on: two warehouses have other ones. */
const STAMPED: Readonly<Record<string, string>> = {
  "definitions/stamped.sqlx": `config { type: "incremental", uniqueKey: ["city"], bigquery: { labels: { row_created: "made_at", history: "rebuild" } } }
SELECT city, SUM(amount) AS amount, CURRENT_TIMESTAMP() AS made_at FROM \${ref("raw", "orders")} WHERE city IS NOT NULL GROUP BY city`,
  "definitions/stamps.sqlx": `config { type: "table" }
SELECT city, amount, made_at AS seen_at FROM \${ref("stamped")}`,
  "definitions/runs.sqlx": 'config { type: "declaration", schema: "fastbreak", name: "runs" }',
};

const DECLARED = ["zoo", "events_*", "clicks", "arrivals", "spent"].map((name) => [
  `definitions/${name.replace("*", "all")}.sqlx`,
  `config { type: "declaration", schema: "raw", name: "${name}" }`,
]);

/** Every value as text; JSON does not tell all floats apart, has no GEOGRAPHY, and a null within JSON looks like none. */
const ZOO_ROWS = `SELECT TO_JSON_STRING((SELECT AS STRUCT t.* EXCEPT (g, deep))), FORMAT('%T', f), TO_HEX(ST_ASBINARY(g)), j IS NULL, doc.j IS NULL,
  (SELECT STRING_AGG(FORMAT('%T', (ST_ASTEXT(e.g), e.j, e.f, ST_ASTEXT(e.p[SAFE_OFFSET(0)])))) FROM UNNEST(deep) AS e)
FROM raw.zoo AS t ORDER BY i`;

interface PullDocument {
  readonly tables: readonly {
    readonly table: string;
    readonly read: string;
    readonly rows: number;
    readonly replaced: number | null;
    readonly bytes: number;
    readonly bytes_billed: number;
  }[];
  readonly bytes: number;
}

describe("pull", () => {
  let world: World;
  const fastbreak = (...args: string[]): Promise<Finished> => inProcess(args, world.dir, QUIET);
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await fastbreak(...args);
    if (code !== 0) throw new Error(`${args.join(" ")}: exit code ${code}: ${stderr}`);
    return stdout;
  };
  const pulled = async (...args: string[]) => JSON.parse(await done("pull", "--json", ...args)) as PullDocument;
  const here = async (sql: string) => {
    const rows = JSON.parse(await done("query", "--json", sql)) as Record<string, unknown>[];
    return rows.map((row) => Object.values(row).map((value) => (value === null ? "NULL" : String(value))));
  };
  const steps = async () =>
    (await world.jobs()).map(({ configuration }) => configuration.labels?.fastbreak_step).reverse();

  beforeAll(async () => {
    world = await World.open(
      { ...SHOP, ...STAMPED, ...Object.fromEntries(DECLARED), "fastbreak.json": "{}" },
      `${SHOP_SEED};\n${ZOO};\n${MORE}`,
    );
    world.write("fastbreak.json", JSON.stringify({ bigquery: { endpoint: world.proxy.url } }));
  });
  afterAll(() => world?.close());

  it("copies whole tables for nothing, with every value as it is", async () => {
    const { tables, bytes } = await pulled("orders", "zoo");
    expect(tables).toMatchObject([
      { table: "raw.orders", read: "listed", rows: 5, replaced: null, bytes: 0, bytes_billed: 0 },
      { table: "raw.zoo", read: "listed", rows: 3 },
    ]);
    expect(bytes).toBe(0);
    expect(await steps()).toEqual([]);
    expect(await here(ZOO_ROWS)).toEqual(await world.sql(ZOO_ROWS));
    const types =
      "SELECT column_name, data_type, is_nullable FROM raw.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'zoo' ORDER BY ordinal_position";
    expect(await here(types)).toEqual(await world.sql(types));
  });

  it("replaces the rows of a window, and leaves the others as they are", async () => {
    await world.sql(`UPDATE raw.orders SET amount = amount + 100 WHERE TRUE;
      INSERT INTO raw.orders VALUES (6, '2024-01-02', 'Bergen', 1); DELETE FROM raw.orders WHERE id = 2`);
    const { tables } = await pulled("orders", "--from", "2024-01-01", "--to", "2024-01-02");
    expect(tables).toMatchObject([{ table: "raw.orders", read: "queried", rows: 3, replaced: 3 }]);
    expect(tables[0]?.bytes).toBeGreaterThan(0);
    const rows = [
      ["1", "105"],
      ["3", "109"],
      ["4", "2"],
      ["5", "1"],
      ["6", "1"],
    ];
    const standing = () => here("SELECT id, amount FROM raw.orders ORDER BY id");
    expect(await standing()).toEqual(rows);
    await pulled("orders", "--from", "2024-01-01", "--to", "2024-01-02");
    expect(await standing()).toEqual(rows);
  });

  it("tells what it would cost, and is refused above its budget before it reads anything", async () => {
    const before = (await steps()).length;
    const { bytes } = JSON.parse(await done("pull", "--json", "--dry-run", "--date", "2024-01-01")) as PullDocument;
    const { code, stderr } = await fastbreak("pull", "--date", "2024-01-01", "--limit-bytes", String(bytes - 1));
    expect(code).toBe(3);
    expect(stderr).toContain(`pulling would process ${bytes} bytes, most of them for raw.`);
    expect(await done("pull", "orders", "--output", "markdown", "--dry-run")).toContain(
      "| `raw.orders` | 5 | listed |",
    );
    expect((await steps()).length).toBe(before);
  });

  it("pulls sets of tables by the day in their names, and tables by the day of a TIMESTAMP or of arrival", async () => {
    const { tables } = await pulled("events_*", "clicks", "arrivals", "--from", "2024-01-01", "--to", "2024-01-02");
    expect(tables.map(({ table, rows }) => `${table} ${rows}`).sort()).toEqual([
      "raw.arrivals 2",
      "raw.clicks 2",
      "raw.events_20240101 1",
      "raw.events_20240102 1",
      "raw.events_live 1",
    ]);
    expect(await here("SELECT _PARTITIONDATE, n FROM raw.arrivals ORDER BY n")).toEqual([
      ["2024-01-01", "1"],
      ["2024-01-02", "2"],
    ]);
    const again = await pulled("events_*", "clicks", "arrivals", "--date", "2024-01-02");
    expect(again.tables.map(({ table, rows, replaced }) => [table, rows, replaced]).sort()).toEqual([
      ["raw.arrivals", 1, 1],
      ["raw.clicks", 1, 1],
      ["raw.events_20240102", 1, 1],
      ["raw.events_live", 1, 1],
    ]);
  });

  it("tells of members of a set of tables that are gone from BigQuery and still here", async () => {
    await world.sql("CREATE TABLE raw.events_20240103 AS SELECT 4 AS n");
    await done("pull", "events_*");
    await world.sql("DROP TABLE raw.events_20240103");
    const { stdout } = await fastbreak("pull", "events_*", "--json");
    expect((JSON.parse(stdout) as { notes: string[] }).notes).toEqual([
      "raw.events_* reads raw.events_20240103 here, which BigQuery does not have; drop what is not wanted",
    ]);
    await done("query", "DROP TABLE raw.events_20240103");
  });

  it("reads a view by a query, and makes a table of it", async () => {
    const { tables } = await pulled("spent");
    expect(tables).toMatchObject([{ table: "raw.spent", read: "queried", rows: 4 }]);
    // Sets of tables are compared member by member, and a view with the table that was made of it.
    const same = await done("verify", "--against", "bigquery", "--select", "spent", "events_*", "zoo", "arrivals");
    expect(same).toMatch(/^0 models, 6 sources, 6 partitions: the same here/);
  });

  it("takes a sample of the rows", async () => {
    expect((await pulled("orders", "--sample", "2")).tables).toMatchObject([{ rows: 2, read: "listed" }]);
    expect((await pulled("orders", "--sample", "50%")).tables).toMatchObject([{ rows: 3, replaced: 2 }]);
    // Partitioned by the time of arrival, so that it is asked for by a query.
    expect((await pulled("arrivals", "--sample", "1")).tables).toMatchObject([{ rows: 1, read: "queried" }]);
  });

  it("says which source is not there, and what is nothing to copy", async () => {
    await world.sql("DROP TABLE raw.clicks");
    expect(await fastbreak("pull")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("BigQuery has no raw.clicks; leave out what is not there with --exclude"),
    });
    expect(await fastbreak("pull", "runs")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("fastbreak.runs lies in fastbreak, the dataset of the runner's own tables"),
    });
    expect(await fastbreak("pull", "big")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("shop.big is a view, which 'fastbreak run' makes here; give +shop.big"),
    });
  });

  it("leaves the rows of before when it is killed", async () => {
    await world.sql(
      "CREATE TABLE raw.many AS SELECT n, RPAD('', 50, 'x') AS t FROM UNNEST(GENERATE_ARRAY(1, 21000)) AS n",
    );
    world.write("definitions/many.sqlx", 'config { type: "declaration", schema: "raw", name: "many" }');
    await done("pull", "many");
    await world.sql("UPDATE raw.many SET t = 'new' WHERE TRUE");
    const child = spawn(process.execPath, [BIN, "pull", "many"], { cwd: world.dir, stdio: "ignore" });
    const ended = new Promise((settle) => child.once("exit", (_, signal) => settle(signal)));
    let pages = 0;
    world.proxy.fault = ({ path }) => {
      pages += path.includes("/data?") ? 1 : 0;
      if (pages === 3) child.kill("SIGKILL");
      return undefined;
    };
    expect(await ended).toBe("SIGKILL");
    world.proxy.fault = () => undefined;
    expect(await here("SELECT t = 'new', COUNT(*) FROM raw.many GROUP BY 1")).toEqual([["false", "21000"]]);
    await done("pull", "many");
    expect(await here("SELECT t = 'new', COUNT(*) FROM raw.many GROUP BY 1")).toEqual([["true", "21000"]]);
    expect(
      await here(
        "SELECT status, COUNT(*) FROM fastbreak.load_runs WHERE arguments LIKE '%many%' GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([
      ["interrupted", "1"],
      ["success", "2"],
    ]);
  });

  it("has every row once, whatever becomes of the calls", async () => {
    const random = randomFrom(Number(process.env.SEED ?? 3));
    let faults = 0;
    world.proxy.fault = () => {
      if (random() > 0.2) return undefined;
      faults += 1;
      return FAULTS[Math.floor(random() * FAULTS.length)];
    };
    await done("pull", "many", "zoo", "orders");
    await done("pull", "orders", "--from", "2024-01-01", "--to", "2024-01-02");
    world.proxy.fault = () => undefined;
    expect(faults).toBeGreaterThan(0);
    const sums = "SELECT COUNT(*), COUNT(DISTINCT n), SUM(n) FROM raw.many";
    expect(await here(sums)).toEqual(await world.sql(sums));
    expect(await here(ZOO_ROWS)).toEqual(await world.sql(ZOO_ROWS));
    const orders = "SELECT TO_JSON_STRING(t) FROM raw.orders AS t ORDER BY id";
    expect(await here(orders)).toEqual(await world.sql(orders));
  });

  it("begins again where a table is written while it is listed", async () => {
    let written = false;
    world.proxy.fault = ({ path }) => {
      if (written || !path.includes("tables/many/data")) return undefined;
      written = true;
      return world.sql("DELETE FROM raw.many WHERE n > 20000").then(() => undefined);
    };
    expect((await pulled("many")).tables).toMatchObject([{ rows: 20_000, replaced: 21_000 }]);
    world.proxy.fault = () => undefined;
    expect(written).toBe(true);
  });

  it("gives the embedded engine what a run makes the same of as BigQuery, and verify sees where it is not", async () => {
    await done("pull", "+cities", "zoo");
    await done("run", "--target", "bigquery");
    await done("run");
    const same = await fastbreak("verify", "--against", "bigquery", "--select", "+cities", "log", "+stamps", "zoo");
    expect(same).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^6 models, 2 sources, \d+ partitions: the same here/),
    });
    // What a column has within is looked at, too.
    for (const change of [
      "deep = [(ST_GEOGPOINT(1, 2.5), JSON 'null', -0.0, [ST_GEOGPOINT(3, 4)])]",
      "doc = STRUCT(CAST(NULL AS JSON))",
    ]) {
      await world.sql(`UPDATE raw.zoo SET ${change} WHERE i > 3`);
      expect(await fastbreak("verify", "--against", "bigquery", "--select", "zoo")).toMatchObject({ code: 6 });
      await done("pull", "zoo");
      expect(await fastbreak("verify", "--against", "bigquery", "--select", "zoo")).toMatchObject({ code: 0 });
    }
    // A correction is pulled, and makes the same of both.
    await world.sql("UPDATE raw.orders SET amount = 50 WHERE id = 3");
    await done("pull", "orders", "--date", "2024-01-02");
    for (const target of ["duckdb", "bigquery"]) {
      const { totals } = JSON.parse(await done("run", "--json", "--select", "+cities", "--target", target)) as {
        totals: { rows_written: number };
      };
      expect(totals.rows_written).toBeGreaterThan(0);
    }
    expect(await fastbreak("verify", "--against", "bigquery", "--select", "+cities")).toMatchObject({ code: 0 });
    // What was pulled again without having moved changes nothing.
    await done("pull", "+cities");
    expect(await done("run", "--select", "cities")).toContain("Nothing had to run");
    await world.sql("UPDATE shop.daily SET amount = 7 WHERE day = DATE '2024-01-03'");
    const { code, stdout } = await fastbreak(
      "verify",
      "--against",
      "bigquery",
      "--json",
      "--select",
      "daily",
      "cities",
    );
    expect(code).toBe(6);
    const { relations } = JSON.parse(stdout) as { relations: { name: string }[] };
    expect(relations.find(({ name }) => name === "shop.cities")).toMatchObject({ differences: [], problem: null });
    expect(relations.find(({ name }) => name === "shop.daily")).toMatchObject({
      differences: [{ partition: "2024-01-03", rows: 1, other_rows: 1 }],
      samples: {
        key: ["day", "city"],
        changed: [{ key: { day: "2024-01-03", city: null }, here: { amount: "102" }, other: { amount: "7" } }],
      },
    });
    expect(await fastbreak("verify", "--against", "bigquery", "--select", "big")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no sources and no tables of models to compare"),
    });
    const other = await fastbreak("verify", "--against", "bigquery", "--select", "daily", "--date", "2024-01-01");
    expect(other).toMatchObject({ code: 0, stdout: expect.stringContaining("1 model, 0 sources, 1 partition") });
  });
});
