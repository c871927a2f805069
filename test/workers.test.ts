import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rig, ROOT, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const dated = (body: string) =>
  `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "2" } } }\n${body}`;
const FORM = dated(`SELECT now.day, SUM(past.n) AS total FROM \${ref("raw", "numbers")} AS now
JOIN \${ref("raw", "numbers")} AS past ON past.day BETWEEN DATE_SUB(now.day, INTERVAL 2 DAY) AND now.day GROUP BY 1`);

describe("workers", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await projectOf({ form: FORM, all: 'config { type: "table" }\nSELECT SUM(total) AS n FROM ${ref("form")}' });
    await rig.sql("INSERT INTO raw.numbers SELECT i, DATE '2024-01-01' + i::INTEGER FROM range(1, 30) AS r(i)");
    mkdirSync(join(rig.dir, "migrations"));
    rig.write(
      "migrations/0001_steps.sql",
      "CREATE SCHEMA IF NOT EXISTS ops;\nCREATE TABLE IF NOT EXISTS ops.steps (processor_name STRING, run_id STRING, worker_count INT64);",
    );
    rig.write(
      "fastbreak.json",
      JSON.stringify({
        autoMigrate: true,
        history: { steps: { "ops.steps": { select: ["form"] } } },
        workers: {
          variable: "ALL_WORKERS",
          actions: { form: { variable: "FORM_WORKERS", default: 10, switch: "ENABLE_WORKERS" } },
        },
      }),
    );
  });
  afterEach(() => rig.remove());

  const fastbreak = (variables: object, ...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), ...args], {
      cwd: rig.dir,
      encoding: "utf8",
      env: { ...process.env, ...variables },
    });
  const content = () => rig.sql("SELECT day, total FROM d.form ORDER BY 1");

  it("share the window of an action, and the rows are the same for any number of them", async () => {
    expect(fastbreak({}, "run").status).toBe(0);
    const alone = await content();
    expect(alone).toHaveLength(30);
    await rig.sql("DROP SCHEMA d CASCADE; DROP SCHEMA fastbreak CASCADE");
    const shared = fastbreak({ FORM_WORKERS: "3", ALL_WORKERS: "many" }, "run");
    expect([shared.status, shared.stderr]).toEqual([
      0,
      expect.stringMatching(
        /^warning: ALL_WORKERS many is no whole number above 0 and does not count\nnote: workers: form \d+ \(FORM_WORKERS/,
      ),
    ]);
    expect(await content()).toEqual(alone);
    expect(fastbreak({}, "run").stdout).toContain("Nothing had to run");
    expect(fastbreak({}, "verify").status).toBe(0);
    await rig.sql("UPDATE raw.numbers SET n = 100 WHERE day BETWEEN '2024-01-05' AND '2024-01-09'");
    const corrected = JSON.parse(fastbreak({ ALL_WORKERS: "2" }, "run", "--json").stdout);
    expect(corrected.actions[0]).toMatchObject({ name: "d.form", rows_written: 7 });
    expect(await rig.sql("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE schema_name LIKE '%work'")).toEqual(
      [],
    );
    const counts = await rig.sql("SELECT worker_count FROM ops.steps");
    // A machine of one processor has one worker, whatever is asked.
    for (const [count] of counts) expect(Number(count)).toBeGreaterThanOrEqual(1);
    expect(fastbreak({}, "verify").status).toBe(0);
  });

  describe("by a key", () => {
    const TEAMS = dated(`SELECT now.day, team, SUM(past.n + LENGTH(IFNULL(team, 'none'))) AS total
FROM \${ref("raw", "numbers")} AS now
JOIN \${ref("raw", "numbers")} AS past ON past.day BETWEEN DATE_SUB(now.day, INTERVAL 2 DAY) AND now.day
CROSS JOIN UNNEST(['BOS', 'LAL', 'NYK', 'MIA', 'DEN', NULL]) AS team GROUP BY 1, 2`).replace(
      '["day"]',
      '["day", "team"]',
    );
    const keyed = (key: string) =>
      rig.edit("fastbreak.json", '"variable":"FORM_WORKERS"', `"key":"${key}","variable":"FORM_WORKERS"`);
    const rows = () => rig.sql("SELECT day, team, total FROM d.form ORDER BY ALL");
    beforeEach(() => {
      rig.write("definitions/form.sqlx", TEAMS);
      keyed("team");
    });

    it("share the rows of one date, unknown keys among them: the same rows, hashes and gates for any number", async () => {
      rig.edit("definitions/form.sqlx", "config {", 'config { assertions: { uniqueKey: ["day", "team"] },');
      const window = ["--date", "2024-01-05", "--select", "form"];
      expect(fastbreak({}, "run", ...window).status).toBe(0);
      const alone = await rows();
      expect(alone).toHaveLength(6);
      await rig.sql("DROP SCHEMA d CASCADE; DROP SCHEMA fastbreak CASCADE");
      const shared = fastbreak({ FORM_WORKERS: "2" }, "run", ...window);
      expect([shared.status, shared.stderr]).toEqual([0, expect.stringContaining("note: workers: form ")]);
      expect(await rows()).toEqual(alone);
      const again = fastbreak(
        { FORM_WORKERS: "2", ENABLE_WORKERS: "false" },
        "run",
        ...window,
        "--full-refresh",
        "--json",
      );
      expect(JSON.parse(again.stdout).actions[0]).toMatchObject({ name: "d.form", status: "unchanged" });
      expect(fastbreak({}, "verify", ...window).status).toBe(0);
    });

    it("cannot share rows by a column that they do not have", async () => {
      keyed("nobody");
      const run = (workers: string) =>
        fastbreak({ FORM_WORKERS: workers }, "run", "--date", "2024-01-05", "--select", "form");
      const refused = run("2");
      // A machine of one processor has one worker, and nothing to share.
      if (availableParallelism() > 1)
        expect([refused.status, refused.stdout]).toEqual([
          1,
          expect.stringContaining(
            'fastbreak.json: workers.actions."form".key: the rows of d.form have no column nobody, by which workers would share them; they have day, team, total',
          ),
        ]);
      expect(run("1").status).toBe(0);
    });
  });

  it("leave it to the one query to tell what is wrong", () => {
    rig.edit("definitions/form.sqlx", "SUM(past.n)", "SUM(past.nn)");
    const failed = fastbreak({ FORM_WORKERS: "2" }, "run");
    expect([failed.status, failed.stdout]).toEqual([
      1,
      expect.stringContaining("definitions/form.sqlx:2:26: Name nn not found"),
    ]);
  });

  it("are told with where they come from", () => {
    const told = JSON.parse(fastbreak({ FORM_WORKERS: "1" }, "status", "--config", "--json").stdout);
    expect(told.config).toContainEqual({ name: "workers.form", value: "1", origin: "FORM_WORKERS" });
    const off = JSON.parse(
      fastbreak({ FORM_WORKERS: "5", ENABLE_WORKERS: "false" }, "status", "--config", "--json").stdout,
    );
    expect(off.config).toContainEqual({ name: "workers.form", value: "1", origin: "ENABLE_WORKERS" });
  });
});
