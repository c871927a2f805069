import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addDays, datesOf } from "../../runner/plan/dates.js";
import { hideResultsFrom, movedKeys, query, rowsOfOthers } from "../phase4-rig.js";
import { Rig, type RunDocument, runWithin } from "../rig.js";
import { describeRealSeason } from "../season.js";

runWithin();

const STORE = "nba_predictions.ml_feature_store_v2";
/** How far back the ensemble looks at its members, as `includes/ensemble.js` has it. */
const RECORD_DAYS = 30;
const WINDOW = ["--from", "2021-10-19", "--to", "2021-12-12"];

/** Some dates with games, the same in every run. */
function pick(dates: readonly string[], count: number, seed: number): string[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return dates[state % dates.length] as string;
  });
}

describeRealSeason("Phase 4 on the real 2021-22 season", (season) => {
  let rig: Rig;
  let built: string;

  beforeAll(async () => {
    rig = Rig.warehouseProject();
    built = join(rig.dir, ".fastbreak/warehouse.duckdb");
    expect(await rig.fastbreak("load", "files", season)).toMatchObject({ code: 0 });
    expect((await rig.run(WINDOW)).totals).toMatchObject({ failed: 0 });
  });
  afterAll(() => rig.remove());

  it("has 30 / 337 / 343 / 272 / 318 rows on 2021-11-15, with quality above 95 and an open gate", async () => {
    const counts = await query(
      built,
      `SELECT row_count FROM nba_precompute.phase4_status WHERE analysis_date = '2021-11-15'
        ORDER BY list_position(['team_defense', 'player_shot_zone', 'player_composite', 'player_daily_cache', 'ml_feature_store'], processor)`,
    );
    expect(counts.flat()).toEqual(["30", "337", "343", "272", "318"]);
    const metrics = await query(
      built,
      `SELECT quality_score > 95, gate_passed, status FROM ${STORE}_quality_metrics WHERE analysis_date = '2021-11-15'`,
    );
    expect(metrics).toEqual([["true", "true", "Excellent"]]);
  });

  it("gives at least 85 % of the players a quality of 85 on every date after the first three weeks", async () => {
    const rows = await query(
      built,
      `SELECT game_date FROM ${STORE} WHERE game_date > '2021-11-09' GROUP BY 1
        HAVING count(*) FILTER (feature_quality_score >= 85) < 0.85 * count(*)`,
    );
    expect(rows).toEqual([]);
  });

  it("builds the same features of a date when nothing of it, or after it, has been played", async () => {
    const dates = await query(built, `SELECT DISTINCT game_date::VARCHAR FROM ${STORE} ORDER BY 1`);
    for (const date of pick(dates.flat() as string[], 3, 20211115)) {
      const before = join(rig.dir, `${date}.duckdb`);
      cpSync(built, before);
      await hideResultsFrom(before, date);
      await rig.run(["--database", before, "--date", date]);
      expect(
        await query(before, `SELECT count(*) FROM nba_analytics.player_game_summary WHERE game_date = '${date}'`),
      ).toEqual([["0"]]);
      const features = `SELECT player_lookup, features, data_hash FROM ${STORE} WHERE game_date = '${date}' ORDER BY 1`;
      const expected = await query(built, features);
      expect(expected.length).toBeGreaterThan(40);
      expect(await query(before, features), date).toEqual(expected);
    }
  });

  it("lets one corrected box-score row move exactly the rows that read it, down to the predictions", async () => {
    const [day, player] = ["2021-10-27", "milesbridges"];
    const corrected = join(rig.dir, "corrected.duckdb");
    cpSync(built, corrected);
    await query(
      corrected,
      `UPDATE nba_raw.nbac_gamebook_player_stats SET minutes = '20:00', data_hash = repeat('0', 16)
        WHERE game_date = '${day}' AND player_lookup = '${player}'`,
    );
    const run = await rig.run(["--database", corrected, ...WINDOW]);
    const moved = (table: string, date: string, key: string, column: string) =>
      movedKeys(built, corrected, { table, date, key, column });
    const ran = (name: string) => datesThatRan(run, name);

    // Who can read the row, from the raw box scores and the schedule alone.
    const played = `FROM nba_raw.nbac_gamebook_player_stats WHERE player_lookup = '${player}' AND player_status = 'active'`;
    const [[team, gamesBefore]] = (await query(
      built,
      `SELECT any_value(team_abbr), count(*) FILTER (game_date <= '${day}') ${played}`,
    )) as [[string, string]];
    const later = (
      await query(
        built,
        `SELECT game_date::VARCHAR ${played} AND game_date BETWEEN DATE '${day}' + 1 AND '2021-12-12' ORDER BY 1`,
      )
    ).flat() as string[];
    const slates = (
      await query(
        built,
        `SELECT DISTINCT game_date::VARCHAR FROM nba_raw.nbac_schedule
          WHERE game_date > '${day}' AND game_date <= '${later[19]}' AND is_regular_season ORDER BY 1`,
      )
    ).flat() as string[];
    const of = (dates: readonly (string | null)[], key = player) => dates.map((date) => [date, key]);
    const lastTen = later.slice(0, 10);
    expect([team, gamesBefore, later.length > 20]).toEqual(["CHA", "5", true]);

    const analytics = "nba_analytics";
    expect(await moved(`${analytics}.player_game_summary`, "game_date", "player_lookup", "data_hash")).toEqual(
      of([day]),
    );
    const defense = [`${analytics}.team_defense_game_summary`, "game_date", "defending_team_abbr"] as const;
    expect(await moved(...defense, "source_gamebook_players_hash")).toEqual(of([day], team));
    expect(await moved(...defense, "data_hash")).toEqual([]);
    expect(ran("team_defense_game_summary")).toEqual([day]);
    const context = [`${analytics}.upcoming_player_game_context`, "game_date", "player_lookup"] as const;
    expect(await moved(...context, "source_boxscore_hash")).toEqual(of(later.filter((date) => date <= "2021-11-26")));
    expect(await moved(...context, "data_hash")).toEqual(of(lastTen));

    const shots = ["nba_precompute.player_shot_zone_analysis", "analysis_date", "player_lookup"] as const;
    expect(await moved(...shots, "source_player_game_hash")).toEqual(of(slates));
    expect(await moved(...shots, "data_hash")).toEqual([]);
    const composite = ["nba_precompute.player_composite_factors", "game_date", "player_lookup"] as const;
    expect(await moved(...composite, "source_player_context_hash")).toEqual(of(lastTen));
    // Its rows tell when the rows that they rest on were written, too.
    expect(ran("player_composite_factors")).toEqual(slates);
    const cache = ["nba_precompute.player_daily_cache", "cache_date", "player_lookup"] as const;
    expect(await moved(...cache, "source_player_game_hash")).toEqual(of(later));

    const store = [STORE, "game_date", "player_lookup"] as const;
    expect(await moved(...store, "source_daily_cache_hash")).toEqual(await moved(...cache, "data_hash"));
    expect(await moved(...store, "source_composite_hash")).toEqual(await moved(...composite, "data_hash"));
    const features = await moved(...store, "data_hash");
    const dates = features.map(([date]) => date);
    expect(features.length).toBeGreaterThan(0);
    expect(features.every(([date, key]) => key === player && later.includes(date as string))).toBe(true);
    for (const system of ["moving_average_v1", "xgboost_v1", "ensemble_v1"]) {
      const results = [`nba_predictions.${system}`, "game_date", "player_lookup", "source_ml_features_hash"] as const;
      expect(await moved(...results), system).toEqual(features);
      // The ensemble weighs its members by what they predicted on the days before, too.
      expect(ran(system), system).toEqual(
        system === "ensemble_v1" ? daysBehind(dates as string[], RECORD_DAYS) : dates,
      );
    }
    const predictions = `SELECT DISTINCT game_date::VARCHAR, player_lookup FROM nba_predictions.player_prop_predictions
      WHERE prediction_version = 2 AND system_id <> 'ensemble_v1' ORDER BY ALL`;
    expect(await query(corrected, predictions)).toEqual(features);
    // What the ensemble gives its members for their past errors, it gives them for all players.
    const others = await rowsOfOthers(built, corrected, player);
    const weighed = ["ensemble_v1", "player_prop_predictions", "prediction_worker_runs"];
    expect(Object.keys(others).filter((table) => !weighed.includes(table.slice("nba_predictions.".length)))).toEqual(
      [],
    );
  });
});

/** The given dates and so many days behind each of them, as far as the window goes. */
function daysBehind(dates: readonly string[], days: number): string[] {
  const last = WINDOW[3] as string;
  const behind = dates.flatMap((from) => datesOf({ from, to: addDays(from, days) }));
  return [...new Set(behind)].filter((date) => date <= last).sort();
}

/** The dates of which a model's partitions ran and which hold games. */
function datesThatRan(run: RunDocument, name: string): string[] {
  const action = run.actions.find((candidate) => candidate.name.endsWith(`.${name}`));
  return (action?.partitions ?? []).flatMap(({ partition, decision }) => {
    const [from = "", to = from] = partition.split("..");
    return decision === "run" ? datesOf({ from, to }) : [];
  });
}
