import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rig, ROOT, type RunDocument, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const DAILY = `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(n) AS total FROM \${ref("raw", "numbers")} GROUP BY day`;

const SKIPS = {
  summer: { select: ["path:definitions"], months: [7, 8] },
  empty: { select: ["daily"], without: "SELECT day FROM raw.numbers" },
  old: { select: ["daily"], olderThanDays: 90, environments: ["nightly"] },
};

describe("skips in fastbreak.json", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await projectOf({
      daily: DAILY,
      // It reads what is there of the day and needs nothing beyond.
      copy: DAILY.replace('${ref("raw", "numbers")}', '${ref("daily")}').replace("SUM(n)", "MAX(total)"),
      other: 'config { type: "table" }\nSELECT COUNT(*) AS n FROM ${ref("raw", "others")}',
      others: 'config { type: "declaration", schema: "raw", name: "others" }',
    });
    await rig.sql("CREATE TABLE raw.others AS SELECT 1 AS n; INSERT INTO raw.numbers VALUES (7, DATE '2024-07-02')");
    says({ skips: SKIPS, environments: { nightly: {} } });
  });
  afterEach(() => rig.remove());

  const says = (settings: object) => rig.write("fastbreak.json", JSON.stringify(settings));
  const decided = ({ actions }: RunDocument, name: string) =>
    actions
      .find((action) => action.name === name)
      ?.partitions.map(({ partition, decision, reason }) => `${partition} ${decision} ${reason}`);
  const plan = async (...args: string[]) =>
    JSON.parse((await rig.fastbreak("plan", "--json", ...args)).stdout) as RunDocument;

  it("leave a whole run out by the calendar: nothing is executed, and it is said why", async () => {
    const { code, stdout, stderr } = await rig.fastbreak("run", "--date", "2024-08-01");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^Nothing was run: summer \(a rule of fastbreak\.json; --no-skips runs it all the same\)\.\n3 actions: 0 ran, 3 skipped \(summer\)/,
    );
    expect(await rig.sql("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'd'")).toEqual([["0"]]);
    expect((await rig.run(["--date", "2024-08-01", "--no-skips"])).totals).toMatchObject({ failed: 0, skipped: 0 });
  });

  it("leave dates out that a query does not give, and nothing where it gives none at all or cannot be asked", async () => {
    const window = ["--from", "2023-12-31", "--to", "2024-01-02", "--select", "daily"];
    expect(decided(await plan(...window), "d.daily")).toEqual([
      "2023-12-31 skip empty",
      "2024-01-01 run never_built",
      "2024-01-02 skip empty",
    ]);
    await rig.sql("DELETE FROM raw.numbers");
    const none = await rig.fastbreak("plan", ...window);
    expect(none.stderr).toContain("note: the rule empty leaves nothing out: its query gives no date at all\n");
    says({ skips: { empty: { select: ["daily"], without: "SELECT day FROM raw.nothing" } } });
    const failing = await rig.fastbreak("plan", "--json", ...window);
    expect(failing.stderr).toMatch(/note: the rule empty leaves nothing out: .*nothing/);
    expect(decided(JSON.parse(failing.stdout), "d.daily")).toEqual(["2023-12-31..2024-01-02 run never_built"]);
  });

  it("leave out dates on which only games of other kinds are played: all-star and pre-season games count for nothing", async () => {
    await rig.sql(`CREATE SCHEMA nba_raw; CREATE TABLE nba_raw.nbac_schedule AS FROM (VALUES
      (DATE '2024-01-01', true, false, false), (DATE '2024-01-02', false, false, true), (DATE '2024-01-03', false, false, false),
      (DATE '2024-01-04', false, true, NULL), (DATE '2024-01-05', NULL, NULL, NULL)
    ) AS games(game_date, is_regular_season, is_playoffs, is_all_star)`);
    const { skips } = JSON.parse(readFileSync(join(ROOT, "fastbreak.json"), "utf8"));
    says({ skips: { no_games: { ...skips.no_games, select: ["daily"] } } });
    expect(decided(await plan("--from", "2024-01-01", "--to", "2024-01-05", "--select", "daily"), "d.daily")).toEqual([
      "2024-01-01 run never_built",
      "2024-01-02..2024-01-03 skip no_games",
      "2024-01-04 run never_built",
      "2024-01-05 skip no_games",
    ]);
  });

  it("never keep rows that are there from being made right", async () => {
    await rig.run(["--date", "2024-01-01"]);
    await rig.sql("UPDATE raw.numbers SET day = DATE '2024-02-01' WHERE day = DATE '2024-01-01'");
    const moved = await rig.run(["--date", "2024-01-01", "--select", "daily"]);
    expect(decided(moved, "d.daily")).toEqual(["2024-01-01 run inputs_changed"]);
    expect(await rig.sql("SELECT * FROM d.daily")).toEqual([]);
  });

  it("hold for windows, of their environments, and are not asked by a full refresh", async () => {
    expect(decided(await plan(), "d.daily")).not.toContain("2024-07-02 skip summer");
    const old = ["--date", "2024-01-01", "--select", "daily", "--environment", "nightly"];
    expect(decided(await plan(...old), "d.daily")).toEqual(["2024-01-01 skip old"]);
    expect(decided(await plan(...old.slice(0, 4)), "d.daily")).toEqual(["2024-01-01 run never_built"]);
    expect(decided(await plan(...old, "--full-refresh"), "d.daily")).toEqual(["2024-01-01 run forced"]);
  });

  it("skip what does not rest on the source that caused the run", async () => {
    const caused = await plan("--date", "2024-01-01", "--source", "others");
    expect(decided(caused, "d.daily")).toEqual(["2024-01-01 skip irrelevant_source"]);
    expect(decided(caused, "d.other")).toEqual(["* run never_built"]);
    const unknown = await rig.fastbreak("plan", "--date", "2024-01-01", "--source", "oters");
    expect(unknown.stderr).toContain("note: --source oters is read by nothing; known: ");
    expect((await rig.fastbreak("plan", "--source", "others")).code).toBe(2);
  });

  it("are told of a date that others need too, when what comes before it has moved", async () => {
    const form = DAILY.replace('lookback_days: "0"', 'lookback_days: "3"').replace(
      'FROM ${ref("raw", "numbers")}',
      'FROM ${ref("copy")}',
    );
    rig.write("definitions/form.sqlx", form.replace("SUM(n)", "MAX(total)"));
    await rig.sql("INSERT INTO raw.numbers VALUES (3, DATE '2024-01-03')");
    says({ skips: { empty: { select: ["copy"], without: "SELECT day FROM raw.numbers" } } });
    const window = ["--from", "2024-01-01", "--to", "2024-01-03"];
    await rig.run(window);
    await rig.sql("UPDATE raw.numbers SET n = 5 WHERE day < DATE '2024-02-01'");
    const copied = decided(await rig.run(window), "d.copy");
    expect(copied).toEqual(["2024-01-01 run inputs_changed", "2024-01-02 skip empty", "2024-01-03 run inputs_changed"]);
  });

  it.each([
    [{ summer: { select: ["daily"] } }, "needs one condition: months, olderThanDays or without"],
    [{ summer: { select: ["daily"], months: [13] } }, "must be a whole number from 1 to 12"],
    [{ summer: { select: ["dayli"], months: [7] } }, 'fastbreak.json: skips."summer".select: '],
    [{ summer: { select: ["daily"], mnths: [7] } }, 'unknown setting "skips.summer.mnths"; did you mean "months"?'],
  ])("are refused where they make no sense: %j", async (skips, message) => {
    says({ skips });
    const { code, stderr } = await rig.fastbreak("plan", "--date", "2024-01-01");
    expect(stderr).toContain(message);
    expect([code, stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
  });
});

describe("the date of a run", () => {
  it("comes from the variables that the project names, or from its clock; two dates that differ are refused", async () => {
    const rig = await projectOf({ daily: DAILY });
    try {
      rig.write(
        "fastbreak.json",
        JSON.stringify({ dateVariables: ["RUN_DATE", "DAY"], clock: { timeZone: "Asia/Tokyo" } }),
      );
      const plan = (env: object, ...args: string[]) => {
        const asked = [join(ROOT, "bin/fastbreak.cjs"), "plan", "--json", ...args];
        const { stdout, stderr } = spawnSync(process.execPath, asked, {
          cwd: rig.dir,
          encoding: "utf8",
          env: { ...process.env, ...env },
        });
        return stdout === "" ? stderr : JSON.parse(stdout).window;
      };
      expect(plan({ RUN_DATE: "2024-01-01", DAY: "" })).toEqual({ from: "2024-01-01", to: "2024-01-01" });
      expect(plan({ DAY: "2024-01-01" }, "--date", "2024-01-01")).toEqual({ from: "2024-01-01", to: "2024-01-01" });
      expect(plan({ FASTBREAK_TODAY: "2024-02-03" }, "--date", "today")).toEqual({
        from: "2024-02-03",
        to: "2024-02-03",
      });
      expect(plan({ RUN_DATE: "2024-01-01", DAY: "2024-01-02" })).toBe(
        "fastbreak: RUN_DATE is 2024-01-01 and DAY is 2024-01-02; give one date\n",
      );
      expect(plan({ DAY: "2024-01-01" }, "--from", "2024-01-01", "--to", "2024-01-02")).toBe(
        "fastbreak: DAY gives a date, and --from and --to a window; give one of them\n",
      );
    } finally {
      rig.remove();
    }
  });
});
