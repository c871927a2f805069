import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, Rig } from "./rig.js";

const NIGHT = ["--date", "2021-11-15"];

/** A wrong use: exit code 2, one line that says what, nothing on standard output. */
function expectRefused(finished: Finished, message: RegExp, code = 2): void {
  expect(finished.stderr).toMatch(message);
  expect(finished.stderr.trim().split("\n")).toHaveLength(1);
  expect(finished.stderr).not.toMatch(/\n\s+at /);
  expect(finished.stdout).toBe("");
  expect(finished.code).toBe(code);
}

describe("wrong use", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = Rig.warehouseProject();
    await rig.load("sample", "--games", "15");
  });
  afterAll(() => rig.remove());

  it.each<[string, string[], RegExp]>([
    ["command", ["rnu"], /unknown command rnu; did you mean run\?/],
    ["flag", ["run", "--dat", "2021-11-15"], /unknown option '--dat'.*--date/],
    [
      "model",
      ["run", "--select", "player_game_sumary", ...NIGHT],
      /no action is named player_game_sumary; did you mean player_game_summary\?/,
    ],
    ["tag", ["run", "--select", "tag:phase33", ...NIGHT], /no action has the tag phase33; did you mean phase3\?/],
    ["date", ["run", "--date", "2021-02-30"], /--date 2021-02-30 is not a calendar date/],
    ["hostile date", ["run", "--date", "2021-11-15' OR 1=1--"], /is not a calendar date/],
    ["range", ["run", "--from", "2021-11-15", "--to", "2021-11-14"], /--from 2021-11-15 is after --to 2021-11-14/],
    ["half a range", ["plan", "--from", "2021-11-15"], /--from and --to go together/],
    ["variable", ["run", "--var", "novalue", ...NIGHT], /--var novalue is not name=value/],
    ["number", ["run", "--concurrency", "0", ...NIGHT], /--concurrency.*whole number/],
    ["target", ["run", "--target", "snowflake", ...NIGHT], /--target snowflake is not known/],
    ["loader", ["load", "smaple"], /there is no loader smaple; did you mean sample\?/],
    ["folder to load", ["load", "files", "nowhere"], /nowhere/],
    ["project", ["run", "--project-dir", "nowhere", ...NIGHT], /nowhere/],
    ["SQL", ["query", "SELECT pionts FROM nba_raw.nbac_gamebook_player_stats"], /pionts/],
    ["table", ["query", "SELECT 1 FROM nba_raw.nbac_schedul"], /nbac_schedul/],
    ["syntax", ["query", "SELEC 1"], /SELEC/],
  ])("names the unknown %s", async (_what, args, message) => {
    expectRefused(await rig.fastbreak(...args), message);
  });

  it("refuses a folder without dataform.json", async () => {
    const empty = Rig.empty();
    expectRefused(await empty.fastbreak("run", ...NIGHT), /no Dataform project/);
    empty.remove();
  });

  it("points at the file and line of broken SQLX", async () => {
    const broken = Rig.warehouseProject();
    broken.write("definitions/broken.sqlx", 'config { type: "table" }\n\nSELECT ${missing_function()} AS x\n');
    expectRefused(await broken.fastbreak("run", ...NIGHT), /definitions\/broken\.sqlx:3: .*missing_function/);
    broken.remove();
  });

  it("names the circle of models that refer to each other", async () => {
    const circular = Rig.empty();
    circular.write(
      "dataform.json",
      JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }),
    );
    circular.write("package.json", "{}");
    mkdirSync(join(circular.dir, "definitions"));
    circular.write("definitions/a.sqlx", 'config { type: "table" }\nSELECT * FROM ${ref("b")}\n');
    circular.write("definitions/b.sqlx", 'config { type: "table" }\nSELECT * FROM ${ref("a")}\n');
    expectRefused(await circular.fastbreak("compile"), /d\.a -> d\.b -> d\.a|d\.b -> d\.a -> d\.b/);
    circular.remove();
  });

  it("names a raw table that is not there", async () => {
    const bare = Rig.warehouseProject();
    const finished = await bare.fastbreak("run", ...NIGHT);
    expect(finished.code).toBe(1);
    // Rules that ask a table fail open, which they tell.
    const lines = finished.stderr.split("\n").filter((line) => !line.startsWith("note: the rule "));
    expect(lines).toEqual([expect.any(String), ""]);
    expect(finished.stderr).toMatch(
      /nba_raw\.nbac_schedule, .* are not in the warehouse: \d+ actions cannot run; load them/,
    );
    expect(finished.stdout).toMatch(
      /FAIL .*stg_games\.sqlx|reads nba_raw\.\w+, which is not in the warehouse; load it first/,
    );
    // What reads nothing of them runs.
    expect(finished.stdout).toMatch(/ok +nba_predictions\.prediction_systems/);
    bare.remove();
  });

  it("points at the line and column of SQL that cannot be parsed, and runs the rest", async () => {
    const broken = Rig.empty();
    broken.write("dataform.json", JSON.stringify({ defaultDatabase: "p", defaultSchema: "d", warehouse: "bigquery" }));
    mkdirSync(join(broken.dir, "definitions"));
    broken.write("definitions/good.sqlx", 'config { type: "table" }\nSELECT 1 AS x\n');
    broken.write("definitions/bad.sqlx", 'config { type: "table" }\nSELECT\n  x,,\nFROM UNNEST([1]) AS x\n');
    const finished = await broken.fastbreak("run");
    expect(finished.code).toBe(1);
    expect(finished.stdout).toMatch(/FAIL +d\.bad +definitions\/bad\.sqlx:3:5: /);
    expect(finished.stdout).toMatch(/ok +d\.good/);
    broken.remove();
  });

  it("makes the warehouse of a project that reads nothing from outside", async () => {
    const first = Rig.empty();
    first.write("dataform.json", JSON.stringify({ defaultDatabase: "p", defaultSchema: "d", warehouse: "bigquery" }));
    mkdirSync(join(first.dir, "definitions"));
    first.write("definitions/one.sqlx", 'config { type: "table" }\nSELECT 1 AS x\n');
    expect((await first.run([])).totals).toMatchObject({ run: 1, failed: 0 });
    first.remove();
  });

  it("names the process that holds the database", async () => {
    const script = `import("@duckdb/node-api").then(async ({ DuckDBInstance }) => {
      globalThis.kept = await DuckDBInstance.create(".fastbreak/warehouse.duckdb");
      console.log("open");
      setTimeout(() => {}, 60000);
    })`;
    const holder = spawn(process.execPath, ["-e", script], { cwd: rig.dir, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    try {
      expectRefused(await rig.fastbreak("run", ...NIGHT), new RegExp(`is in use by .* \\(PID ${holder.pid}\\)`), 4);
      writeFileSync(join(rig.dir, ".fastbreak/running.json"), JSON.stringify({ pid: holder.pid, command: "run" }));
      expectRefused(await rig.fastbreak("run", ...NIGHT), /\(fastbreak run\)/, 4);
      // SQL can be looked at without it.
      const told = new RegExp(`^note: columns of sources are guessed from the SQL: .*PID ${holder.pid}`, "m");
      expect(await rig.fastbreak("check")).toMatchObject({ code: 0, stderr: expect.stringMatching(told) });
      const lineage = await rig.fastbreak("lineage", "player_daily_cache.points_avg_last_5");
      expect(lineage).toMatchObject({ code: 0, stderr: expect.stringMatching(told) });
    } finally {
      holder.kill();
    }
  });

  it.each([
    [
      "no database",
      Buffer.from("this is not a database at all, only text that is long enough to hold a header ".repeat(200)),
    ],
    ["empty", Buffer.alloc(0)],
  ])("refuses a database file that is %s", async (_what, bytes) => {
    const file = join(rig.dir, "broken.duckdb");
    writeFileSync(file, bytes);
    const finished = await rig.fastbreak("run", ...NIGHT, "--database", file);
    expectRefused(finished, /broken\.duckdb is damaged or not a DuckDB database/, 5);
  });

  it("refuses a database of a newer version", async () => {
    const file = join(rig.dir, "newer.duckdb");
    const instance = await DuckDBInstance.create(file);
    instance.closeSync();
    const { readFileSync } = await import("node:fs");
    const bytes = readFileSync(file);
    // The main header holds the storage version as a 64-bit number behind the checksum and the magic word "DUCK".
    bytes.writeBigUInt64LE(9999n, bytes.indexOf("DUCK") + 4);
    writeFileSync(file, bytes);
    expectRefused(
      await rig.fastbreak("run", ...NIGHT, "--database", file),
      /newer\.duckdb (was written by a newer version|is damaged)/,
      5,
    );
  });

  it("prints help on standard output and succeeds", async () => {
    for (const args of [["--help"], ["run", "--help"], ["load", "--help"]]) {
      const { code, stdout, stderr } = await rig.fastbreak(...args);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/Usage: fastbreak/);
    }
  });
});
