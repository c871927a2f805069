import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig } from "./rig.js";

const CACHE = "definitions/precompute/player_daily_cache.sqlx";
const EVERYTHING = ["tag:phase4", "tag:operations"];
const NIGHTLY = ["ml_feature_store_v2_quality_metrics", "precompute_failures", "precompute_data_issues"];

/**
 * Nights behind the first three weeks of a synthetic season: a step that fails three times until its circuit opens, half-opens and
 * closes, a late correction, and a gate that blocks.
 */
describe("a week in which much goes wrong", { timeout: 600_000 }, () => {
  let rig: Rig;
  let sound: string;

  const night = async (date: string, select: readonly string[] = NIGHTLY) => {
    const { code, stdout, stderr } = await rig.fastbreak("run", "--json", "--date", date, "--select", ...select);
    if (stdout === "") throw new Error(stderr);
    const { actions } = JSON.parse(stdout) as { actions: { name: string; type: string; status: string }[] };
    const told = (pattern: RegExp) => [...stderr.matchAll(pattern)].map(([, ...words]) => words.join(" ")).sort();
    return {
      code,
      wrong: actions
        .filter(({ status, type }) => (status === "failed" || status === "blocked") && type !== "assertion")
        .map(({ name, status }) => `${status} ${name}`),
      opened: told(/warning: alert (\w+)(?: P\d)? ([\w:.]+\w)/g),
      resolved: told(/note: alert resolved \([^)]*\): \w+(?: P\d)? ([\w:.]+\w)/g),
    };
  };
  /** What the date as a whole lacks. */
  const failures = (date: string) =>
    rig.sql(
      `SELECT processor_name, failure_category, can_retry FROM nba_processing.precompute_failures
        WHERE analysis_date = '${date}' AND entity_id = 'DATE_LEVEL' ORDER BY ALL`,
    );
  const breaker = () =>
    rig.sql(
      "SELECT state, failure_count FROM nba_orchestration.circuit_breaker_state WHERE processor_name = 'nba_precompute.player_daily_cache'",
    );
  const issues = () =>
    rig.sql(
      `SELECT issue_type, analysis_date, game_date, resolved, auto_resolved, resolved_at IS NULL
        FROM nba_processing.precompute_data_issues WHERE issue_type != 'VALUE_OUT_OF_RANGE' ORDER BY ALL`,
    );
  /** Changes the points of one player of a game date who did not play against himself. */
  const setPoints = (date: string, change: string) =>
    rig.sql(
      `UPDATE nba_raw.nbac_gamebook_player_stats SET points = ${change}
        WHERE game_date = '${date}' AND player_lookup = (
          SELECT min(player_lookup) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = '${date}' AND free_throws_made > 2)`,
    );

  beforeAll(async () => {
    rig = Rig.warehouseProject({ alerts: true });
    rig.edit("includes/steps.js", 'breaker_threshold: "5"', 'breaker_threshold: "3"');
    sound = rig.read(CACHE);
    await rig.fastbreak("load", "sample", "--games", "200");
  }, 600_000);
  afterAll(() => rig.remove());

  it("begins with a night on which nothing is wrong", async () => {
    expect(await night("2021-11-10", EVERYTHING)).toMatchObject({ code: 0, wrong: [], resolved: [] });
    expect(await failures("2021-11-10")).toEqual([]);
    expect(
      await rig.sql(
        "SELECT DISTINCT failure_category, can_retry FROM nba_processing.precompute_failures WHERE processor_name = 'player_daily_cache' ORDER BY ALL",
      ),
    ).toEqual([
      ["INSUFFICIENT_DATA", "false"],
      ["INSUFFICIENT_DATA", "true"],
    ]);
  });

  it("tells each night what a failed step leaves behind, and its circuit opens at the third", async () => {
    rig.edit(CACHE, "FROM cached_players\n", "FROM cached_players\nWHERE ERROR('out of order') IS NULL\n");
    const first = await night("2021-11-11");
    expect(first).toMatchObject({ code: 1, wrong: ["failed nba_precompute.player_daily_cache"] });
    expect(first.opened).toEqual(
      expect.arrayContaining([
        "critical step_without_rows:player_daily_cache",
        "error model_failed:nba_precompute.player_daily_cache",
        "warning quality_component:dependency_completeness_score",
      ]),
    );
    expect(await failures("2021-11-11")).toEqual([
      ["ml_feature_store_v2", "MISSING_DEPENDENCY", "true"],
      ["player_daily_cache", "PROCESSING_ERROR", "false"],
    ]);
    expect(await breaker()).toEqual([["CLOSED", "1"]]);

    // What stands open is not told again.
    const second = await night("2021-11-12");
    expect(second.opened).not.toContain("error model_failed:nba_precompute.player_daily_cache");
    const third = await night("2021-11-13");
    expect(third.opened).toContain("critical circuit_opened:nba_precompute.player_daily_cache");
    expect(await breaker()).toEqual([["OPEN", "3"]]);

    expect(await night("2021-11-14")).toMatchObject({ code: 3, wrong: ["blocked nba_precompute.player_daily_cache"] });
    expect(await failures("2021-11-14")).toEqual([
      ["ml_feature_store_v2", "MISSING_DEPENDENCY", "true"],
      ["player_daily_cache", "CIRCUIT_BREAKER_ACTIVE", "true"],
    ]);
  });

  it("lets one attempt through behind the timeout: it closes the circuit, and what it mends is over", async () => {
    rig.write(CACHE, sound);
    await rig.sql("UPDATE nba_orchestration.circuit_breaker_state SET opened_at = opened_at - INTERVAL 1 HOUR");
    const repaired = await night("2021-11-14");
    expect(repaired).toMatchObject({ code: 0, wrong: [] });
    expect(repaired.resolved).toEqual(
      expect.arrayContaining([
        "circuit_opened:nba_precompute.player_daily_cache",
        "step_without_rows:player_daily_cache",
        "quality_component:dependency_completeness_score",
      ]),
    );
    expect([await failures("2021-11-14"), await breaker()]).toEqual([[], [["CLOSED", "0"]]]);
  });

  it("finds on the next night what a late correction breaks, and keeps the old rows until it is mended", async () => {
    const stored = () => rig.sql("SELECT count(*), sum(points) FROM nba_analytics.player_game_summary");
    const before = await stored();
    await setPoints("2021-11-13", "points + 200");
    const blocked = await night("2021-11-14");
    expect(blocked.code).toBe(1);
    expect(blocked.wrong).toContain("blocked nba_analytics.player_game_summary");
    expect(await stored()).toEqual(before);
    expect(blocked.opened).toEqual(
      expect.arrayContaining([
        "error gate_blocked:nba_assertions.nba_analytics_player_game_summary_assertions_rowConditions",
        "warning data_issue:POINTS_MISMATCH",
        "warning data_issue:TEAM_POINTS_MISMATCH",
      ]),
    );
    expect(await issues()).toEqual([
      ["POINTS_MISMATCH", "2021-11-14", "2021-11-13", "false", "false", "true"],
      ["TEAM_POINTS_MISMATCH", "2021-11-14", "2021-11-13", "false", "false", "true"],
    ]);
    const shown = await rig.fastbreak("query", "--json", "--report", "quarantine");
    const [row] = JSON.parse(shown.stdout) as { model: string; row_json: string }[];
    expect(row?.model).toBe("nba_analytics.player_game_summary");
    expect(Number(JSON.parse(row?.row_json ?? "{}").points)).toBeGreaterThan(200);

    await setPoints("2021-11-13", "points - 200");
    const mended = await night("2021-11-14");
    expect(mended).toMatchObject({ code: 0, wrong: [] });
    expect(mended.resolved).toEqual(
      expect.arrayContaining([
        "data_issue:POINTS_MISMATCH",
        "data_issue:TEAM_POINTS_MISMATCH",
        "gate_blocked:nba_assertions.nba_analytics_player_game_summary_assertions_rowConditions",
      ]),
    );
    expect((await issues()).map((found) => found.slice(3))).toEqual([
      ["true", "true", "false"],
      ["true", "true", "false"],
    ]);
    expect(await rig.sql("SELECT count(*) FROM nba_orchestration.quarantined_rows WHERE released_at IS NULL")).toEqual([
      ["0"],
    ]);
    expect(await failures("2021-11-14")).toEqual([]);
  });

  it("tells of missed deadlines by the clock, and only logs what the first three weeks make expected", async () => {
    const ask = async (...args: string[]) => {
      const { stdout, stderr } = await rig.fastbreak("alerts", "--json", ...args);
      if (stdout === "") throw new Error(stderr);
      const { opened } = JSON.parse(stdout) as {
        opened: { alert_name: string; severity: string; informational: boolean }[];
      };
      return opened.map(
        ({ alert_name, severity, informational }) => `${severity} ${alert_name}${informational ? " (expected)" : ""}`,
      );
    };
    const deadlines = async (now: string) =>
      (await ask("--date", "2021-11-14", "--now", now)).filter((alert) => alert.includes("deadline"));
    expect(await deadlines("2021-11-14T05:31:00Z")).toEqual(["warning phase4_deadline:00:30"]);
    expect(await deadlines("2021-11-14T06:01:00Z")).toEqual(["critical phase4_deadline:01:00"]);

    for (const table of [
      "nba_predictions.ml_feature_store_v2_quality_metrics",
      "nba_analytics.upcoming_player_game_context",
    ]) {
      const date = table.endsWith("context") ? "game_date" : "analysis_date";
      const more = table.endsWith("context") ? "" : ", 60 AS quality_score, 'P1' AS severity, FALSE AS gate_passed";
      await rig.sql(
        `INSERT INTO ${table} BY NAME SELECT * REPLACE (DATE '2021-10-24' AS ${date}${more}) FROM ${table} WHERE ${date} = '2021-11-10'`,
      );
    }
    const early = await ask("--date", "2021-10-24");
    expect(early).toEqual(
      expect.arrayContaining([
        "warning ml_feature_store_quality_degradation (expected)",
        "critical ml_feature_store_quality_critical (expected)",
        "critical feature_store_incident",
      ]),
    );
  });

  it("ends with the checks of the day, which show what stands", async () => {
    const daily = await rig.fastbreak("status", "--check", "daily", "--date", "2021-11-14", "--json");
    const { queries } = JSON.parse(daily.stdout) as {
      queries: { name: string; error: string | null; rows: object[] }[];
    };
    expect(queries.filter(({ name, error }) => error !== null && name !== "predictions")).toEqual([]);
    expect(queries.find(({ name }) => name === "components")?.rows).toHaveLength(6);
    expect(queries.find(({ name }) => name === "steps")?.rows).toHaveLength(4);
  });
});
