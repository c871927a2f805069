import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, type RunDocument } from "./rig.js";

const FROM = "2021-10-19";
const TO = "2021-10-30";
const BEFORE_THE_NIGHTS = "2021-10-28";
const NIGHTS = ["2021-10-29", "2021-10-30"];
const PHASE_3 = ["--select", "tag:phase3"];
const WINDOW = ["--from", FROM, "--to", TO, ...PHASE_3];
const MODELS = [
  "nba_analytics.player_game_summary",
  "nba_analytics.team_defense_game_summary",
  "nba_analytics.team_offense_game_summary",
  "nba_analytics.upcoming_player_game_context",
  "nba_analytics.upcoming_team_game_context",
];

const action = (run: RunDocument, name: string) => run.actions.find((candidate) => candidate.name === name);
const reasons = (run: RunDocument, name: string) =>
  action(run, name)?.partitions.map(({ decision, reason }) => `${decision} ${reason}`);
/** The dates that ran, as `first..last` texts. */
const ranPartitions = (run: RunDocument, name: string) =>
  action(run, name)?.partitions.flatMap(({ partition, decision }) => (decision === "run" ? [partition] : []));
/** Row count and digest of all data hashes of the window, per model. */
const DIGESTS = MODELS.map(
  (model) =>
    `SELECT '${model}', count(*), md5(string_agg(data_hash, '' ORDER BY data_hash)) FROM ${model} WHERE game_date BETWEEN DATE '${FROM}' AND DATE '${TO}'`,
).join(" UNION ALL ");

describe("a sample season", () => {
  let rig: Rig;
  /** The same before anything has run. */
  let nights: Rig;
  let first: RunDocument;

  const digests = async (of = rig) => (await of.sql(DIGESTS)).map((row) => row.join(" ")).sort();

  beforeAll(async () => {
    rig = Rig.warehouseProject();
    expect((await rig.fastbreak("load", "sample", "--games", "150")).code).toBe(0);
    nights = rig.copy();
    first = await rig.run(WINDOW);
  });
  afterAll(() => {
    rig.remove();
    nights.remove();
  });

  it("builds all five Phase 3 tables the first time, and passes every gate", () => {
    expect(first.compiled).toBe(true);
    for (const model of MODELS) {
      expect(action(first, model)).toMatchObject({ status: "success", type: "incremental", error: null });
      expect(reasons(first, model)).toEqual(["run never_built"]);
    }
    expect(first.totals.failed).toBe(0);
  });

  it("decides unchanged for every partition the second time, compiles nothing and writes nothing", async () => {
    const before = await rig.sql("SELECT max(recorded_at), count(*) FROM nba_orchestration.model_state");
    const second = await rig.run(WINDOW);
    expect(second.compiled).toBe(false);
    expect(second.totals).toMatchObject({ run: 0, failed: 0, unchanged: 0, rows_written: 0 });
    for (const { status, partitions } of second.actions) {
      expect(status).toBe("skipped");
      for (const { decision, reason } of partitions)
        expect(["skip unchanged", "skip not_selected"]).toContain(`${decision} ${reason}`);
    }
    expect(await rig.sql("SELECT max(recorded_at), count(*) FROM nba_orchestration.model_state")).toEqual(before);
  });

  it("has a hash in every row, unique within a date, and hash columns of the right form", async () => {
    for (const model of MODELS) {
      const [counts] = await rig.sql(
        `SELECT count(*), count(data_hash), count(DISTINCT (game_date, data_hash)), count(*) FILTER (regexp_full_match(data_hash, '[0-9a-f]{16}')) FROM ${model}`,
      );
      expect(Number(counts?.[0])).toBeGreaterThan(0);
      expect(new Set(counts)).toHaveLength(1);
    }
  });

  it("loads the same sample again without changing a row", async () => {
    const again = JSON.parse((await rig.fastbreak("load", "sample", "--games", "150", "--json")).stdout) as {
      tables: { inserted: number; updated: number }[];
    };
    expect(again.tables.every(({ inserted, updated }) => inserted === 0 && updated === 0)).toBe(true);
    expect((await rig.run(WINDOW)).totals).toMatchObject({ run: 0, rows_written: 0 });
  });

  it("re-runs only the partitions that can read a corrected box-score row, rewrites only rows whose hash moved, and finds its way back", async () => {
    const before = await digests();
    const [[game = "", player = "", date = ""] = []] = await rig.sql(
      "SELECT game_id, player_lookup, CAST(game_date AS VARCHAR) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = DATE '2021-10-25' AND player_status = 'active' ORDER BY ALL LIMIT 1",
    );
    const where = `game_id = '${game}' AND player_lookup = '${player}'`;
    await rig.sql(
      `UPDATE nba_raw.nbac_gamebook_player_stats SET steals = steals + 1, data_hash = 'corrected' || substr(data_hash, 10) WHERE ${where}`,
    );

    const corrected = await rig.run(WINDOW);
    expect(corrected.compiled).toBe(false);
    const summary = action(corrected, "nba_analytics.player_game_summary");
    expect(summary).toMatchObject({ rows_written: 1 });
    for (const model of MODELS) {
      for (const partition of ranPartitions(corrected, model) ?? []) expect(partition.slice(0, 10) >= date).toBe(true);
    }
    // The fallback of a missing team box score sums the players' rows, so this model reads them, of the same day only.
    expect(ranPartitions(corrected, "nba_analytics.team_offense_game_summary")).toEqual([date]);
    expect(action(corrected, "nba_analytics.team_offense_game_summary")).toMatchObject({ rows_written: 0 });

    const { stdout } = await rig.fastbreak("load", "sample", "--games", "150", "--json");
    const restored = JSON.parse(stdout) as { tables: { table: string; updated: number }[] };
    expect(restored.tables.filter(({ updated }) => updated > 0)).toMatchObject([
      { table: "nba_raw.nbac_gamebook_player_stats", updated: 1 },
    ]);
    expect(action(await rig.run(WINDOW), "nba_analytics.player_game_summary")).toMatchObject({ rows_written: 1 });
    expect(await digests()).toEqual(before);
    expect((await rig.run(WINDOW)).totals.rows_written).toBe(0);
  });

  it("calls a comment-only edit cosmetic, once", async () => {
    const file = "definitions/analytics/team_offense_game_summary.sqlx";
    rig.write(file, `${rig.read(file)}\n-- a remark\n`);
    const edited = await rig.run(WINDOW);
    expect(edited.compiled).toBe(true);
    expect(reasons(edited, "nba_analytics.team_offense_game_summary")).toEqual(["skip cosmetic"]);
    expect(edited.totals).toMatchObject({ run: 0, rows_written: 0 });
    expect(reasons(await rig.run(WINDOW), "nba_analytics.team_offense_game_summary")).toEqual(["skip unchanged"]);
  });

  it("re-runs an edited model, and nothing downstream when its hashes stay the same", async () => {
    const file = "definitions/analytics/team_offense_game_summary.sqlx";
    rig.edit(file, "-- a remark", "LIMIT 1000000");
    const edited = await rig.run(WINDOW);
    expect(reasons(edited, "nba_analytics.team_offense_game_summary")).toEqual(["run code_changed"]);
    expect(action(edited, "nba_analytics.team_offense_game_summary")).toMatchObject({
      status: "unchanged",
      rows_written: 0,
    });
    for (const model of MODELS.filter((name) => !name.endsWith("team_offense_game_summary"))) {
      expect(action(edited, model)?.status).toBe("skipped");
    }
  });

  it("rebuilds a partition whose rows were changed by hand", async () => {
    await rig.sql(
      "UPDATE nba_analytics.team_offense_game_summary SET assists = 999 WHERE game_date = DATE '2021-10-22'",
    );
    const mended = await rig.run(WINDOW);
    expect(ranPartitions(mended, "nba_analytics.team_offense_game_summary")).toEqual(["2021-10-22"]);
    expect(await rig.sql("SELECT count(*) FROM nba_analytics.team_offense_game_summary WHERE assists = 999")).toEqual([
      ["0"],
    ]);
  });

  it("rebuilds a dropped table", async () => {
    const before = await digests();
    await rig.sql("DROP TABLE nba_analytics.upcoming_team_game_context");
    const rebuilt = await rig.run(WINDOW);
    expect(reasons(rebuilt, "nba_analytics.upcoming_team_game_context")).toEqual(["run table_missing"]);
    expect(await digests()).toEqual(before);
  });

  it("decides before it compiles with an empty disk: the manifest lies in the warehouse", async () => {
    const { rmSync } = await import("node:fs");
    await rig.run([...WINDOW, "--full-refresh"]);
    rmSync(`${rig.dir}/.fastbreak/manifest`);
    expect((await rig.run(WINDOW)).compiled).toBe(false);
  });

  it("builds the same rows night by night as in one run", async () => {
    const whole = await digests();
    await nights.run(["--from", FROM, "--to", BEFORE_THE_NIGHTS, ...PHASE_3]);
    for (const night of NIGHTS) await nights.run(["--date", night, ...PHASE_3]);
    expect(await digests(nights)).toEqual(whole);
  });
});
