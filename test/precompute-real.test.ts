import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hideResultsFrom, query } from "./phase4-rig.js";
import { REAL_SEASON, Rig } from "./rig.js";

const STORE = "nba_predictions.ml_feature_store_v2";

/** Some dates with games, the same in every run. */
function pick(dates: readonly string[], count: number, seed: number): string[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return dates[state % dates.length] as string;
  });
}

describe.skipIf(REAL_SEASON === undefined)("Phase 4 on the real 2021-22 season", () => {
  let rig: Rig;
  let built: string;

  beforeAll(async () => {
    rig = Rig.warehouseProject();
    built = join(rig.dir, ".fastbreak/warehouse.duckdb");
    expect(await rig.fastbreak("load", "files", REAL_SEASON as string)).toMatchObject({ code: 0 });
    expect((await rig.run(["--from", "2021-10-19", "--to", "2021-12-05"])).totals).toMatchObject({ failed: 0 });
  });
  afterAll(() => rig.remove());

  it("has 30 / 337 / 241 / 220 / 241 rows on 2021-11-15, with quality above 95 and an open gate", async () => {
    const counts = await query(
      built,
      `SELECT row_count FROM nba_precompute.phase4_status WHERE analysis_date = '2021-11-15'
        ORDER BY list_position(['team_defense', 'player_shot_zone', 'player_composite', 'player_daily_cache', 'ml_feature_store'], processor)`,
    );
    expect(counts.flat()).toEqual(["30", "337", "241", "220", "241"]);
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
});
