import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { query } from "./phase4-rig.js";
import { type Rig, type RunDocument, runWithin } from "./rig.js";
import { SHARED_TO, sharedSeason } from "./shared-season.js";

runWithin();

const DATE = SHARED_TO;
const STORE = "nba_predictions.ml_feature_store_v2";
const oneNight = (select: string) => ["--date", DATE, "--select", select, "--no-upstream"];
/** The store of the night, what is told of it, and its gates. */
const ONE_NIGHT = oneNight("tag:feature_store");
/** The same with everything behind it, predictions too. */
const TO_THE_END = oneNight("ml_feature_store_v2+");

/** The Phase 4 tables with their date columns and their names in the dependency tracking. */
const UPSTREAMS = {
  team_defense_zone_analysis: "analysis_date",
  player_shot_zone_analysis: "analysis_date",
  player_composite_factors: "game_date",
  player_daily_cache: "cache_date",
} as const;
type Upstream = keyof typeof UPSTREAMS;

/** The features (by index) that each table feeds and that Phase 3 can replace. */
const FED: Readonly<Record<Upstream, readonly number[]>> = {
  team_defense_zone_analysis: [13, 14],
  player_shot_zone_analysis: [19],
  player_composite_factors: [5, 7, 8],
  player_daily_cache: [0, 1, 2, 3, 4, 22, 23],
};

describe("the feature store when Phase 4 is incomplete", () => {
  let rig: Rig;
  let built: string;

  beforeAll(async () => {
    rig = await sharedSeason();
    built = join(rig.dir, ".fastbreak/warehouse.duckdb");
  });
  afterAll(() => rig.remove());

  let copies = 0;
  const copy = () => {
    copies += 1;
    const file = join(rig.dir, `${copies}.duckdb`);
    cpSync(built, file);
    return file;
  };

  /** A copy in which no table of Phase 4 has rows on the date, with the store built again; nobody changes it. */
  let degradedCopy: Promise<string> | undefined;
  const degraded = () => {
    degradedCopy ??= without(Object.keys(UPSTREAMS) as Upstream[]);
    return degradedCopy;
  };

  /** A copy in which the tables have no rows on the date, with the store built again. */
  const without = async (missing: readonly Upstream[], args: readonly string[] = [], code = 0) => {
    const file = copy();
    for (const table of missing) {
      await query(file, `DELETE FROM nba_precompute.${table} WHERE ${UPSTREAMS[table]} = '${DATE}'`);
    }
    await rig.run(["--database", file, ...ONE_NIGHT, ...args], code);
    return file;
  };

  const one = async (file: string, sql: string) => (await query(file, sql))[0] as (string | null)[];
  const metrics = (file: string, date = DATE) =>
    one(
      file,
      `SELECT quality_score::DOUBLE, component_score::DOUBLE, dependency_completeness_score::DOUBLE, degraded_mode, status,
        severity, gate_passed FROM ${STORE}_quality_metrics WHERE analysis_date = '${date}'`,
    );

  /** Players of whom every feature came from Phase 4 in the first place. */
  const completeOn = (date: string) => `FROM ${STORE} WHERE game_date = '${date}' AND player_lookup IN (
    SELECT player_lookup FROM nba_analytics.upcoming_player_game_context WHERE game_date = '${date}' AND data_quality_tier = 'high')`;
  const COMPLETE = completeOn(DATE);

  it("labels most rows phase4 on a nominal night, with quality 100", async () => {
    const rows = await query(
      built,
      `SELECT DISTINCT data_source, feature_quality_score::DOUBLE, source_data_date::VARCHAR ${COMPLETE}`,
    );
    expect(rows).toEqual([["phase4", "100", DATE]]);
    expect(await metrics(built)).toEqual([
      expect.anything(),
      expect.anything(),
      "15",
      "false",
      "Excellent",
      null,
      "true",
    ]);
  });

  describe("on nights of which each misses something", () => {
    const MISSING = [
      ["2021-11-24", ["team_defense_zone_analysis"], 98],
      ["2021-11-23", ["player_shot_zone_analysis"], 99],
      ["2021-11-22", ["player_composite_factors"], 94.6],
      ["2021-11-21", ["player_daily_cache"], 93],
      ["2021-11-20", ["player_daily_cache", "player_shot_zone_analysis"], 90],
    ] as const;
    const STALE = [
      [
        "2021-11-19",
        "team_defense_zone_analysis",
        "source_team_defense_last_updated = TIMESTAMPTZ '2020-01-01'",
        [5, 7, 8, 13, 14],
      ],
      ["2021-11-18", "player_shot_zone_analysis", "source_player_game_hash = repeat('0', 16)", [5, 7, 8, 18, 19, 20]],
      ["2021-11-17", "player_composite_factors", "source_player_context_hash = repeat('0', 16)", [5, 7, 8]],
      ["2021-11-16", "player_daily_cache", "source_player_game_hash = repeat('0', 16)", [0, 1, 2, 3, 4, 22, 23]],
    ] as const;
    let file: string;

    beforeAll(async () => {
      file = copy();
      for (const [date, missing] of MISSING)
        for (const table of missing)
          await query(file, `DELETE FROM nba_precompute.${table} WHERE ${UPSTREAMS[table]} = '${date}'`);
      for (const [date, table, change] of STALE)
        await query(file, `UPDATE nba_precompute.${table} SET ${change} WHERE ${UPSTREAMS[table]} = '${date}'`);
      const nights = ["--from", "2021-11-16", "--to", DATE];
      await rig.run(["--database", file, ...nights, "--select", "tag:feature_store", "--no-upstream"]);
    });

    const tracked = (what: "missing" | "stale", date: string) =>
      one(file, `SELECT ${what} FROM ${STORE}_dependency_tracking WHERE analysis_date = '${date}'`);

    it.each(MISSING)("%s, without %j, it replaces their features from Phase 3: row quality %s", async (...night) => {
      const [date, missing, expected] = night;
      const replaced = missing.flatMap((table) => FED[table]);
      // The daily cache keeps copies of two shot shares; without either table all three come from Phase 3.
      if (missing.length === 2) replaced.push(18, 20);
      const rows = await query(
        file,
        `SELECT DISTINCT list_filter(range(25), i -> feature_sources[i + 1] = 'phase3'), feature_quality_score::DOUBLE ${completeOn(date)}`,
      );
      expect(rows).toEqual([[JSON.stringify(replaced.sort((a, b) => a - b).map(String)), String(expected)]]);
      expect(JSON.parse((await tracked("missing", date))[0] as string).sort()).toEqual([...missing].sort());
      const [, , dependencies, isDegraded] = await metrics(file, date);
      expect([dependencies, isDegraded]).toEqual([missing.length === 1 ? "11.25" : "7.5", "false"]);
    });

    it.each(STALE)("%s it does not use rows of %s that rest on other rows than those of now", async (...night) => {
      const [date, table, , replaced] = night;
      const labels = await query(
        file,
        `SELECT DISTINCT list_filter(range(25), i -> feature_sources[i + 1] = 'phase3') ${completeOn(date)}`,
      );
      expect(labels).toEqual([[JSON.stringify(replaced.map(String))]]);
      expect(JSON.parse((await tracked("stale", date))[0] as string)).toContain(table);
      const [quality, , dependencies] = await metrics(file, date);
      expect(Number(quality)).toBeLessThan(Number((await metrics(built, date))[0]));
      expect(Number(dependencies)).toBeLessThan(15);
    });
  });

  it("gives the same value from Phase 3 where the formula is the same", async () => {
    const file = await without(["player_daily_cache", "player_shot_zone_analysis", "player_composite_factors"], [], 1);
    const same = "list_filter(range(25), i -> i <> 6)";
    const vectors = (database: string) =>
      query(database, `SELECT player_lookup, list_transform(${same}, i -> features[i + 1]) ${COMPLETE} ORDER BY 1`);
    expect(await vectors(file)).toEqual(await vectors(built));
    // One table of four is too little for the gate; it says so, and the metrics of the night are there all the same.
    expect((await metrics(file)).slice(2)).toEqual(["0", "false", "Warning", "P1", "false"]);
  });

  it("builds everything from Phase 3 when nothing is left, and says that it is degraded", async () => {
    const file = await degraded();
    const rows = await query(
      file,
      `SELECT DISTINCT data_source, feature_quality_score::DOUBLE, phase4_available, source_data_date < game_date,
        source_daily_cache_hash ${COMPLETE}`,
    );
    expect(rows).toEqual([["phase3", "75", "false", "true", null]]);
    const [quality, components, dependencies, isDegraded, , severity] = await metrics(file);
    expect(Number(quality)).toBeLessThanOrEqual(75);
    expect(Number(components)).toBeLessThan(40);
    expect([dependencies, isDegraded, severity]).toEqual(["0", "true", "P1"]);
  });

  it("fails a night of which neither phase knows a metric that is needed, though one table has rows", async () => {
    const file = copy();
    for (const table of ["player_shot_zone_analysis", "player_daily_cache", "team_defense_zone_analysis"] as const)
      await query(file, `DELETE FROM nba_precompute.${table} WHERE ${UPSTREAMS[table]} = '${DATE}'`);
    for (const table of ["player_game_summary", "team_offense_game_summary", "team_defense_game_summary"])
      await query(file, `DELETE FROM nba_analytics.${table}`);
    await rig.run(["--database", file, ...ONE_NIGHT], 1);
    const [quality, , , , , severity, passed] = await metrics(file);
    expect([quality, severity, passed]).toEqual(["0", "P0", "false"]);
    expect(await one(file, `SELECT count(*) FROM ${STORE} WHERE game_date = '${DATE}'`)).toEqual(["0"]);
  });

  it("leaves out players of whom nothing is known, and lists them", async () => {
    const file = await degraded();
    const players = (relation: string) =>
      query(file, `SELECT player_lookup FROM ${relation} WHERE game_date = '${DATE}' ORDER BY 1`);
    const unknown = await query(
      file,
      `SELECT entity_id FROM nba_precompute.feature_failures WHERE analysis_date = '${DATE}' ORDER BY 1`,
    );
    const slate = (await players("nba_analytics.upcoming_player_game_context")).flat();
    const built = (await players(STORE)).flat();
    expect(unknown.flat()).toEqual(slate.filter((player) => !built.includes(player)));
    const played = await query(
      file,
      `SELECT DISTINCT player_lookup FROM nba_analytics.player_game_summary WHERE game_date < '${DATE}'`,
    );
    expect(built.every((player) => played.flat().includes(player))).toBe(true);
    expect(unknown.length).toBeGreaterThan(0);
  });

  it("clamps a value out of its valid range and lists it", async () => {
    const file = copy();
    await query(
      file,
      `UPDATE nba_precompute.player_daily_cache SET points_std_last_10 = 25, data_hash = repeat('0', 16)
        WHERE cache_date = '${DATE}' AND player_lookup = (SELECT min(player_lookup) FROM nba_precompute.player_daily_cache WHERE cache_date = '${DATE}')`,
    );
    await rig.run(["--database", file, ...ONE_NIGHT]);
    const issues = await query(
      file,
      `SELECT field_name, expected_value, actual_value, severity, category, store.features[4]::VARCHAR
      FROM nba_precompute.feature_issues AS issue JOIN ${STORE} AS store USING (game_date, player_lookup)
      WHERE game_date = '${DATE}' AND field_name = 'points_std_last_10'`,
    );
    expect(issues).toEqual([["points_std_last_10", "0 to 20", "25", "MEDIUM", "ACCURACY", "20.0"]]);
  });

  it("lists a fallback value that it clamps too", async () => {
    const file = copy();
    await query(file, `DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = '${DATE}'`);
    await query(
      file,
      `UPDATE nba_analytics.team_offense_game_summary SET offensive_rating = 170, data_hash = repeat('0', 16) WHERE game_date < '${DATE}'`,
    );
    await rig.run(["--database", file, ...ONE_NIGHT]);
    const issues = await query(
      file,
      `SELECT DISTINCT expected_value, actual_value, store.features[24]::VARCHAR
      FROM nba_precompute.feature_issues AS issue JOIN ${STORE} AS store USING (game_date, player_lookup)
      WHERE game_date = '${DATE}' AND field_name = 'team_off_rating'`,
    );
    expect(issues).toEqual([["95 to 130", "170", "130.0"]]);
  });

  it("does the same when the fallback is forced, and comes back without the variable", async () => {
    const forced = await without([], ["--var", "force_phase3_fallback=true"]);
    const rows = (file: string) =>
      query(
        file,
        `SELECT player_lookup, features, feature_sources, data_hash FROM ${STORE} WHERE game_date = '${DATE}' ORDER BY 1`,
      );
    expect(await rows(forced)).toEqual(await rows(await degraded()));
    expect((await metrics(forced))[3]).toBe("true");
    await rig.run(["--database", forced, ...ONE_NIGHT]);
    expect(await rows(forced)).toEqual(await rows(built));
  });

  it("copies the features of the day before as the last resort, of nobody else, and says so to the end", async () => {
    const file = await without([], ["--var", "reuse_features_from=D-1"], 1);
    const rows = await query(
      file,
      `SELECT count(*) FILTER (NOT store.early_season_flag), count(*) FILTER (store.features = old.features),
        count(*) FILTER (store.source_data_date = old.source_data_date), max(store.feature_quality_score)::DOUBLE,
        list(DISTINCT store.insufficient_data_reason), list(DISTINCT old.game_date::VARCHAR)
      FROM ${STORE} AS store
      LEFT JOIN ${STORE} AS old ON old.player_lookup = store.player_lookup AND old.game_date = store.game_date - 1
      WHERE store.game_date = '${DATE}'`,
    );
    const [total] = await one(
      built,
      `SELECT count(*) FROM ${STORE} AS store JOIN ${STORE} AS old USING (player_lookup)
      WHERE store.game_date = '${DATE}' AND old.game_date = store.game_date - 1`,
    );
    expect(Number(total)).toBeGreaterThan(0);
    expect(rows).toEqual([[total, total, total, "75", '["reused from 2021-11-23"]', '["2021-11-23"]']]);
    // Too few players had features the day before: only who overrides the gate predicts them.
    const overridden = ["--var", "reuse_features_from=D-1", "--var", "override_gate=true"];
    await rig.run(["--database", file, ...TO_THE_END, ...overridden], 1);
    const warned = await query(
      file,
      `SELECT DISTINCT list_contains(CAST(warnings AS VARCHAR[]), 'features_of_2021-11-23')
      FROM nba_predictions.player_prop_predictions WHERE game_date = '${DATE}' AND is_active`,
    );
    expect(warned).toEqual([["true"]]);
  });

  it("refuses to copy what is older than the day before", async () => {
    const finished = await rig.fastbreak("run", ...ONE_NIGHT, "--var", "reuse_features_from=D-2");
    expect(finished.code).toBe(2);
    expect(finished.stderr).toMatch(/variable reuse_features_from must be D-1, not "D-2"/);
  });

  describe("read through the pre-join and the fallback cache", () => {
    /** One night each: a step that did not run, ran for some, or left rows of what was there before. */
    const DAMAGE = [
      "DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = '2021-11-08'",
      "DELETE FROM nba_precompute.player_composite_factors WHERE game_date = '2021-11-09'",
      "DELETE FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '2021-11-10' AND player_lookup < 'm'",
      "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-11-12'",
      "DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = '2021-11-12'",
      "DELETE FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '2021-11-12'",
      `UPDATE nba_precompute.team_defense_zone_analysis SET source_team_defense_last_updated = TIMESTAMPTZ '2020-01-01'
        WHERE analysis_date = '2021-11-15' AND team_abbr < 'M'`,
      `UPDATE nba_precompute.player_shot_zone_analysis SET source_player_game_hash = repeat('0', 16)
        WHERE analysis_date = '2021-11-17' AND player_lookup > 'f'`,
      "UPDATE nba_precompute.player_composite_factors SET source_player_context_hash = '0' WHERE game_date = '2021-11-18'",
      `UPDATE nba_precompute.player_daily_cache SET source_team_offense_hash = repeat('0', 16)
        WHERE cache_date = '2021-11-19' AND player_lookup > 'f'`,
      // A late correction of which no step of Phase 4 knows yet.
      `UPDATE nba_analytics.player_game_summary SET points = points + 7, data_hash = left(md5(data_hash), 16)
        WHERE game_date = '2021-11-19' AND player_lookup > 'h'`,
    ];
    const DAMAGED = ["08", "09", "10", "12", "15", "17", "18", "19", "20"].map((day) => `2021-11-${day}`);
    const store = ["--from", "2021-10-19", "--to", DATE, "--no-upstream", "--select", "ml_feature_store_v2"];
    const filled = ["--select", "ml_feature_store_base_mv", "--select", "phase3_fallback_cache"];
    const status = (run: RunDocument, action: string) =>
      run.actions.find(({ name }) => name.endsWith(`.${action}`))?.status;
    let damaged: string;

    beforeAll(async () => {
      damaged = copy();
      await query(damaged, DAMAGE.join(";"));
      await rig.run(["--database", damaged, ...store, ...filled, "--select", "stg_feature_values"]);
      const moved = await query(
        damaged,
        `ATTACH '${built}' AS built (READ_ONLY); SELECT DISTINCT store.game_date::VARCHAR FROM ${STORE} AS store
          LEFT JOIN built.${STORE} AS old USING (game_date, player_lookup)
          WHERE old.data_hash IS DISTINCT FROM store.data_hash OR old.feature_sources IS DISTINCT FROM store.feature_sources`,
      );
      expect(moved.flat()).toEqual(expect.arrayContaining(DAMAGED));
    });

    it.each([[["store_reads_base_mv"]], [["store_reads_fallback_cache"]]])(
      "gives the same rows, whatever is missing or stale: %j",
      async (variables) => {
        const file = join(rig.dir, `${variables.join()}.duckdb`);
        cpSync(damaged, file);
        const through = variables.flatMap((variable) => ["--var", `${variable}=true`]);
        const run = await rig.run(["--database", file, ...store, "--select", "stg_feature_values", ...through]);
        // Both ran, because their code is another one, and nothing differs: no value, no label, no hash.
        expect(status(run, "stg_feature_values")).toBe("success");
        expect(status(run, "ml_feature_store_v2")).toBe("unchanged");
        const rows = "SELECT * EXCLUDE (created_at, updated_at) FROM ";
        const other = await query(
          file,
          `ATTACH '${damaged}' AS damaged (READ_ONLY);
          (${rows} ${STORE} EXCEPT ALL ${rows} damaged.${STORE}) UNION ALL (${rows} damaged.${STORE} EXCEPT ALL ${rows} ${STORE})`,
        );
        expect(other).toEqual([]);
      },
    );
  });

  it("takes shot zones for there although none is of who plays, as in a season's first days", async () => {
    const file = copy();
    await query(
      file,
      `DELETE FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '${DATE}'
        AND player_lookup IN (SELECT player_lookup FROM nba_analytics.upcoming_player_game_context WHERE game_date = '${DATE}')`,
    );
    await rig.run(["--database", file, ...ONE_NIGHT]);
    expect(
      await query(
        file,
        `SELECT t.player_shot_rows > 0, len(t.missing), len(t.stale), q.dependency_completeness_score::DOUBLE
        FROM ${STORE}_dependency_tracking AS t JOIN ${STORE}_quality_metrics AS q USING (analysis_date) WHERE analysis_date = '${DATE}'`,
      ),
    ).toEqual([["true", "0", "0", "15"]]);
  });

  it("fails in strict mode instead of falling back", async () => {
    const file = copy();
    await query(file, `DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = '${DATE}'`);
    const run = await rig.run(["--database", file, ...ONE_NIGHT, "--var", "strict=true"], 1);
    expect(run.actions.find(({ name }) => name === STORE)?.error).toMatch(
      /feature_store_strict failed, for example on game_date=2021-11-24, missing=player_daily_cache, team_defense_zone_analysis_rows=30/,
    );
  });

  it("fails in strict mode where rows are there and none is true, and where the fallback is forced", async () => {
    const file = copy();
    await query(file, "UPDATE nba_precompute.player_daily_cache SET source_player_game_hash = repeat('0', 16)");
    const stale = await rig.run(["--database", file, ...ONE_NIGHT, "--var", "strict=true"], 1);
    const told = (run: RunDocument) => run.actions.find(({ name }) => name === STORE)?.error;
    expect(told(stale)).toMatch(/missing=player_daily_cache \(no row used\), team_defense_zone_analysis_rows=30/);
    const both = ["--var", "strict=true", "--var", "force_phase3_fallback=true"];
    const forced = await rig.run(["--database", copy(), ...ONE_NIGHT, ...both], 1);
    expect(told(forced)).toMatch(/missing=team_defense_zone_analysis \(no row used\) and player_shot_zone_analysis/);
  });

  it("names a variable with a wrong value", async () => {
    const finished = await rig.fastbreak("run", ...ONE_NIGHT, "--var", "force_phase3_fallback=yes");
    expect(finished.code).toBe(2);
    expect(finished.stderr).toMatch(/variable force_phase3_fallback must be true or false, not "yes"/);
  });

  it("is missed by the checks of a date with games that nobody has prepared", async () => {
    const { code, stdout } = await rig.fastbreak("status", "--check", "daily", "--date", "2021-11-26", "--json");
    const { queries } = JSON.parse(stdout) as { queries: { name: string; attention: string[] }[] };
    const attention = Object.fromEntries(queries.map((query) => [query.name, query.attention]));
    expect(code).toBe(1);
    expect(attention).toMatchObject({
      feature_store: ["P0: no rows; docs/operations/runbook.md"],
      predictions: ["no predictions on a date with games: fastbreak gate tells why"],
    });
  });

  it("gives placeholders to players without any game in the first days", async () => {
    const rows = await query(
      built,
      `SELECT DISTINCT len(features), data_source, feature_quality_score::DOUBLE, feature_sources[1], early_season_flag,
        insufficient_data_reason, source_composite_hash IS NOT NULL FROM ${STORE} WHERE game_date = '2021-10-19'`,
    );
    expect(rows).toEqual([["0", "early_season", "0", "none", "true", "only 0 games played, need 5", "true"]]);
    const [, , , , , severity, passed] = await one(
      built,
      `SELECT 1, 1, 1, 1, 1, severity, gate_passed FROM ${STORE}_quality_metrics WHERE analysis_date = '2021-10-19'`,
    );
    expect([severity, passed]).toEqual([null, "false"]);
  });
});
