import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedWarehouse, serveWarehouse } from "../../runner/session/serve-warehouse.js";
import { inProcess, QUIET } from "../in-process.js";
import { ROOT } from "../rig.js";
import { sqlAt, World } from "./world.js";

/** Every kind of table, with everything that Dataform lets a project say of it. */
const FILES: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "bigquery",
    defaultDatabase: "acme",
    defaultSchema: "shop",
    assertionSchema: "checks",
  }),
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/daily.sqlx": `config {
  type: "incremental", uniqueKey: ["day", "city"], description: "Orders of a day",
  columns: { day: "When", city: { description: "Where", bigqueryPolicyTags: ["projects/acme/locations/us/taxonomies/1/policyTags/2"] } },
  bigquery: { partitionBy: "day", clusterBy: ["city"], partitionExpirationDays: 40000, requirePartitionFilter: true, labels: { team: "sales", lookback_days: "0" } }
}
SELECT day, city, COUNT(*) AS orders FROM \${ref("raw", "orders")} GROUP BY day, city`,
  "definitions/nested.sqlx": `config {
  type: "table", description: "Structs",
  columns: { one: { description: "Outer", columns: { core: "Within", many: { description: "List", columns: { deep: "Innermost" } } } } },
  bigquery: { additionalOptions: { friendly_name: '"Nested"' } }
}
SELECT STRUCT(1 AS core, [STRUCT(2 AS deep)] AS many) AS one`,
  "definitions/hours.sqlx": `config { type: "table", bigquery: { partitionBy: "TIMESTAMP_TRUNC(moment, HOUR)", partitionExpirationDays: 30000 } }
SELECT TIMESTAMP(day) AS moment, city FROM \${ref("raw", "orders")}`,
  "definitions/months.sqlx": `config { type: "table", bigquery: { partitionBy: "DATE_TRUNC(day, MONTH)", clusterBy: ["city", "id"] } }
SELECT day, city, id FROM \${ref("raw", "orders")}`,
  "definitions/years.sqlx": `config { type: "incremental", uniqueKey: ["id"], bigquery: { partitionBy: "DATETIME_TRUNC(moment, YEAR)" } }
SELECT DATETIME(day) AS moment, id FROM \${ref("raw", "orders")}`,
  "definitions/dates.sqlx": `config { type: "table", bigquery: { partitionBy: "DATE(moment)", requirePartitionFilter: true } }
SELECT TIMESTAMP(day) AS moment, id FROM \${ref("raw", "orders")}`,
  "definitions/ranges.sqlx": `config { type: "table", bigquery: { partitionBy: "RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10))" } }
SELECT id, city FROM \${ref("raw", "orders")}`,
  "definitions/latest.sqlx": `config { type: "incremental", incrementalStrategy: "insert_overwrite", bigquery: { partitionBy: "TIMESTAMP_TRUNC(moment, DAY)" } }
SELECT TIMESTAMP(day) AS moment, id FROM \${ref("raw", "orders")} \${when(incremental(), "WHERE day = '2024-01-01'")}`,
  "definitions/fresh.sqlx": `config { type: "incremental", bigquery: { partitionBy: "day", partitionExpirationDays: 30, labels: { lookback_days: "0" } } }
SELECT day, id FROM \${ref("raw", "orders")} WHERE day > '2025-01-01'`,
  "definitions/big.sqlx": `config { type: "view", description: "Large ones", columns: { id: "Which" }, bigquery: { labels: { size: "large" } } }
SELECT id, amount FROM \${ref("raw", "orders")} WHERE amount > 5`,
  "definitions/kept.sqlx": `config { type: "view", materialized: true, description: "Kept", bigquery: { clusterBy: ["city"], additionalOptions: { enable_refresh: "true", refresh_interval_minutes: "60" } } }
SELECT city, SUM(amount) AS amount FROM \${ref("raw", "orders")} GROUP BY city`,
  "definitions/keyed.sqlx": `config { type: "table", assertions: { uniqueKey: ["city"], nonNull: ["amount"] } }
SELECT city, SUM(amount) AS amount FROM \${ref("raw", "orders")} WHERE city IS NOT NULL GROUP BY city`,
  "definitions/finds.sqlx": `config { type: "assertion", tags: ["warn"] }
SELECT * FROM \${ref("big")} WHERE amount > 6`,
  "definitions/made.sqlx": `config { type: "operations", hasOutput: true, description: "Not told by stock Dataform either" }
CREATE OR REPLACE TABLE \${self()} AS SELECT 1 AS n`,
};

const SEED = `CREATE SCHEMA raw;
CREATE TABLE raw.orders (id INT64, day DATE, city STRING, amount INT64) PARTITION BY day;
INSERT INTO raw.orders VALUES (1, '2024-01-01', 'Oslo', 5), (2, '2024-01-01', 'Rome', 7), (3, '2024-02-02', 'Oslo', 9)`;

/** What no two servers have in common, and what tells when rather than what. */
const OF_ITS_OWN = ["etag", "creationTime", "lastModifiedTime", "selfLink", "id"];

async function tablesOf(url: string): Promise<Record<string, Record<string, unknown>>> {
  const get = async (path: string) => {
    const answer = await fetch(`${url}/bigquery/v2/projects/acme${path}`);
    return (await answer.json()) as Record<string, never>;
  };
  const found: Record<string, Record<string, unknown>> = {};
  for (const dataset of ["shop", "checks"]) {
    const { tables = [] } = (await get(`/datasets/${dataset}/tables`)) as {
      tables?: { tableReference: { tableId: string } }[];
    };
    for (const { tableReference } of tables) {
      const table = await get(`/datasets/${dataset}/tables/${tableReference.tableId}`);
      for (const name of OF_ITS_OWN) delete table[name];
      found[`${dataset}.${tableReference.tableId}`] = table;
    }
  }
  return found;
}

describe("what stands on tables besides their rows", () => {
  let world: World;
  let stock: ServedWarehouse;
  beforeAll(async () => {
    world = await World.open(FILES, SEED, []);
    // The CLI loads packages of the project's own folder only.
    const core = "node_modules/@dataform/core";
    cpSync(join(ROOT, core), join(world.dir, core), { recursive: true });
    stock = await serveWarehouse({ place: {}, inMemory: true, seed: undefined, port: 0 });
    await sqlAt(stock.url, SEED);
  });
  afterAll(async () => {
    await world.close();
    await stock.close();
  });

  const dataform = async (...flags: readonly string[]): Promise<{ code: number; output: string }> => {
    world.write(".df-credentials.json", JSON.stringify({ projectId: "acme", location: "US" }));
    const child = spawn(process.execPath, [join(ROOT, "node_modules/.bin/dataform"), "run", world.dir, ...flags], {
      env: { ...process.env, BIGQUERY_EMULATOR_HOST: `${stock.url}/bigquery/v2`, METADATA_SERVER_DETECTION: "none" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number];
    return { code, output: Buffer.concat(chunks).toString() };
  };

  it("is what the unmodified Dataform CLI leaves", async () => {
    const theirs = await dataform();
    expect(theirs.output).toContain("Assertion failed: query returned 2 row(s).");
    const { actions } = await world.run();
    expect(actions.filter(({ error }) => error !== undefined).map(({ key, error }) => [key, error])).toEqual([]);
    const ours = await tablesOf(world.server.url);
    expect(ours).toEqual(await tablesOf(stock.url));
    expect(ours["shop.daily"]).toMatchObject({
      description: "Orders of a day",
      labels: { team: "sales", lookback_days: "0" },
      requirePartitionFilter: true,
      timePartitioning: { type: "DAY", field: "day", expirationMs: String(40_000 * 86_400_000) },
    });
    expect(ours["shop.kept"]).toMatchObject({ type: "MATERIALIZED_VIEW", clustering: { fields: ["city"] } });
    expect(ours["checks.finds"]).toMatchObject({ type: "VIEW" });
  });

  it("follows the project without building anything", async () => {
    const edit = (name: string, from: string, to: string) => {
      const path = `definitions/${name}.sqlx`;
      const text = FILES[path] as string;
      expect(text).toContain(from);
      world.write(path, text.replace(from, to));
    };
    edit("daily", "Orders of a day", "Orders by day");
    edit("nested", 'core: "Within", ', "");
    edit("hours", ", partitionExpirationDays: 30000", "");
    edit("dates", ", requirePartitionFilter: true", "");
    edit("big", 'labels: { size: "large" }', 'labels: { kind: "view" }');
    const before = new Set((await world.jobs()).map(({ jobReference }) => jobReference.jobId));
    const { actions } = await world.run();
    expect(actions.filter(({ status }) => status !== "skipped").map(({ key }) => key)).toEqual(["shop.made"]);
    const steps = (await world.jobs())
      .filter(({ jobReference }) => !before.has(jobReference.jobId))
      .map(({ configuration }) => configuration.labels?.fastbreak_step);
    expect(steps).not.toContain("stage");
    expect(steps).not.toContain("view");
    await dataform();
    const ours = await tablesOf(world.server.url);
    expect(ours).toEqual(await tablesOf(stock.url));
    expect(ours["shop.hours"]?.timePartitioning).toEqual({ type: "HOUR", field: "moment" });
  });

  it("is mended where somebody else has changed it", async () => {
    await sqlAt(world.server.url, 'ALTER VIEW shop.big SET OPTIONS (description = "wrong"); DROP VIEW checks.finds');
    await world.run();
    expect(await tablesOf(world.server.url)).toEqual(await tablesOf(stock.url));
  });

  it("is told by a plan where a run sets it alone, and options that are taken away go", async () => {
    const named = readFileSync(join(world.dir, "definitions/nested.sqlx"), "utf8");
    world.write("definitions/nested.sqlx", named.replace("additionalOptions: { friendly_name: '\"Nested\"' }", ""));
    await sqlAt(world.server.url, 'ALTER TABLE shop.daily SET OPTIONS (labels = [("team", "none")])');
    const plan = async (...flags: readonly string[]) =>
      inProcess(["plan", "--target", "bigquery", ...flags], world.dir, QUIET);
    const { stderr } = await plan();
    expect(stderr).toContain("note: shop.daily: a run sets labels, and leaves its rows as they are");
    const { code, stdout } = await plan("--json", "--detailed-exitcode", "--select", "daily");
    expect([code, JSON.parse(stdout)]).toEqual([
      10,
      expect.objectContaining({ metadata: [{ name: "shop.daily", sets: ["labels"] }] }),
    ]);
    expect((await tablesOf(world.server.url))["shop.nested"]).toHaveProperty("friendlyName", "Nested");
    await world.run();
    expect((await plan("--detailed-exitcode", "--select", "daily")).code).toBe(0);
    expect((await tablesOf(world.server.url))["shop.nested"]).not.toHaveProperty("friendlyName");
    world.write("definitions/nested.sqlx", named);
    await world.run();
    expect(await tablesOf(world.server.url)).toEqual(await tablesOf(stock.url));
  });

  it("reads and merges what must be filtered by partition so, and replaces partitions of any kind", async () => {
    const before = new Set((await world.jobs()).map(({ jobReference }) => jobReference.jobId));
    await sqlAt(
      world.server.url,
      "INSERT INTO raw.orders VALUES (4, '2024-01-01', 'Bern', 2), (5, DATE '2025-02-01', 'Bern', 2), (6, CURRENT_DATE(), 'Bern', 2)",
    );
    for (const expected of ["success", "skipped"]) {
      const { actions } = await world.run();
      const status = (name: string) => actions.find(({ key }) => key === name)?.status;
      expect(actions.map(({ error }) => error)).toEqual(actions.map(() => undefined));
      expect([status("shop.daily"), status("shop.latest"), status("shop.fresh")]).toEqual([
        expected,
        expected,
        expected,
      ]);
    }
    expect(await world.sql("SELECT id FROM shop.latest ORDER BY id")).toEqual([["1"], ["2"], ["3"], ["4"]]);
    // Others would vanish as soon as they are there.
    expect(await world.sql("SELECT id FROM shop.fresh ORDER BY id")).toEqual([["6"]]);
    const texts = (await world.jobs())
      .filter(({ jobReference }) => !before.has(jobReference.jobId))
      .map(({ configuration }) => configuration.query?.query ?? "");
    const reads = texts.filter((text) => /(?:FROM|MERGE|UPDATE) `acme`\.`shop`\.`daily`/.test(text));
    expect(reads.length).toBeGreaterThan(2);
    for (const text of reads) expect(text).toMatch(/`day` (?:IS NOT NULL|IN|BETWEEN)/);
  });

  it("refuses by name a table that is kept elsewhere", async () => {
    const iceberg = 'iceberg: { bucketName: "lake", fileFormat: "PARQUET" }';
    world.write("definitions/lake.sqlx", `config { type: "table", bigquery: { ${iceberg} } }\nSELECT 1 AS n`);
    const { actions } = await world.run({ select: ["lake"] });
    expect(actions.find(({ key }) => key === "shop.lake")?.error).toMatch(
      /^definitions\/lake\.sqlx: shop\.lake asks for iceberg/,
    );
    world.write("definitions/lake.sqlx", 'config { type: "table", disabled: true }\nSELECT 1 AS n');
  });

  it("labels jobs as the flags of the Dataform CLI and the action say", async () => {
    const rig = (...args: readonly string[]) => inProcess(["run", "--target", "bigquery", ...args], world.dir, QUIET);
    const missing = await rig("--credentials", "nowhere.json");
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("--credentials nowhere.json is not")]);
    const wrong = await rig("--job-labels", "Team=x");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--job-labels Team=x is no label")]);
    world.write("other.json", JSON.stringify({ projectId: "acme", location: "US" }));
    const flags = ["--credentials", "other.json", "--job-prefix", "night", "--job-labels", "cost=a,kind=b"];
    const { code, stderr } = await rig(...flags, "--full-refresh", "--actions", "daily");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("no effect")]);
    const staged = (await world.jobs()).find(({ configuration }) => configuration.labels?.cost === "a");
    expect(staged?.jobReference.jobId).toMatch(/^fastbreak_(?:night|turn)_/);
    expect((await world.jobs()).some(({ jobReference }) => jobReference.jobId.startsWith("fastbreak_night_"))).toBe(
      true,
    );
    const own = (await world.jobs()).find(({ configuration }) => configuration.labels?.team === "sales");
    expect(own?.configuration.labels).toMatchObject({ cost: "a", kind: "b", team: "sales" });
  });

  it("gives the jobs of an action the reservation that it names", async () => {
    const reservation = "projects/acme/locations/US/reservations/nightly";
    world.write("definitions/slow.sqlx", `config { type: "table", reservation: "${reservation}" }\nSELECT 1 AS n`);
    await world.run({ select: ["slow"] });
    const jobs = (await world.jobs()).filter(
      ({ configuration }) => configuration.labels?.fastbreak_action === "shop_slow",
    );
    expect(jobs.map(({ configuration }) => configuration.labels?.fastbreak_step)).toContain("stage");
    for (const { configuration } of jobs) expect(configuration).toMatchObject({ reservation });
  });
});
