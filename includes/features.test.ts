import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { row, value } from "./testing.js";

interface Feature {
  readonly name: string;
  readonly kind: "eligible" | "calculated" | "native";
  readonly range: readonly [number, number];
}

const features = createRequire(import.meta.url)("./features.js") as {
  readonly FEATURES: readonly Feature[];
  readonly VALUE_COLUMNS: readonly string[];
  readonly ELIGIBLE: number;
  candidates(): string;
  values(): string;
  labels(): string;
  countPhase4(): string;
  countPhase3(): string;
  rowQuality(phase4Count: string, phase3Count: string): string;
  indexOf(name: string): number;
};

type Columns = Readonly<Record<string, string>>;

/** The relations that the expressions read: every column unknown unless a test says otherwise. */
const NUMERIC = "CAST(NULL AS NUMERIC)";
const INTEGER = "CAST(NULL AS INT64)";
const NOTHING: Readonly<Record<string, Columns>> = {
  cache: {
    points_avg_last_5: NUMERIC,
    points_avg_last_10: NUMERIC,
    points_avg_season: NUMERIC,
    points_std_last_10: NUMERIC,
    games_in_last_7_days: INTEGER,
    minutes_avg_last_10: NUMERIC,
    minutes_avg_season: NUMERIC,
    paint_rate_last_10: NUMERIC,
    three_pt_rate_last_10: NUMERIC,
    team_pace_last_10: NUMERIC,
    team_off_rating_last_10: NUMERIC,
  },
  composite: {
    fatigue_score: INTEGER,
    shot_zone_mismatch_score: NUMERIC,
    pace_score: NUMERIC,
    usage_spike_score: NUMERIC,
  },
  shot: { paint_rate_last_10: NUMERIC, mid_range_rate_last_10: NUMERIC, three_pt_rate_last_10: NUMERIC },
  stale_shot: { player_lookup: "CAST(NULL AS STRING)" },
  defense: { defensive_rating_last_15: NUMERIC, opponent_pace: NUMERIC },
  context: {
    points_avg_last_5: NUMERIC,
    points_avg_last_10: NUMERIC,
    games_in_last_7_days: "2",
    back_to_back: "FALSE",
    days_rest: "1",
    minutes_in_last_7_days: "60",
    avg_minutes_per_game_last_7: "NUMERIC '30'",
    back_to_backs_last_14_days: "0",
    player_age: "25",
    pace_differential: NUMERIC,
    projected_usage_rate: NUMERIC,
    avg_usage_rate_last_7_games: NUMERIC,
    star_teammates_out: "0",
    opponent_days_rest: "1",
    player_status: "CAST(NULL AS STRING)",
    opponent_def_rating_last_10: NUMERIC,
    opponent_pace_last_10: NUMERIC,
    home_game: "TRUE",
    season_phase: "'early'",
  },
  history: {
    games: INTEGER,
    points_avg_last_5: NUMERIC,
    points_avg_last_10: NUMERIC,
    points_avg_season: NUMERIC,
    points_std_last_10: NUMERIC,
    minutes_avg_last_10: NUMERIC,
    minutes_avg_season: NUMERIC,
    trend_sixths: INTEGER,
    ft_makes_last_10: INTEGER,
    points_last_10: INTEGER,
    paint_rate_last_10: NUMERIC,
    mid_range_rate_last_10: NUMERIC,
    three_pt_rate_last_10: NUMERIC,
  },
  team: { games: INTEGER, wins: INTEGER, pace_last_10: NUMERIC, off_rating_last_10: NUMERIC },
  opponent: { defensive_rating_last_15: NUMERIC },
};

const CACHE = {
  points_avg_last_5: "NUMERIC '22.4'",
  points_avg_last_10: "NUMERIC '21'",
  points_avg_season: "NUMERIC '20'",
  points_std_last_10: "NUMERIC '5.25'",
  games_in_last_7_days: "3",
  minutes_avg_last_10: "NUMERIC '33'",
  minutes_avg_season: "NUMERIC '30'",
  team_pace_last_10: "NUMERIC '101'",
  team_off_rating_last_10: "NUMERIC '114.5'",
};
const COMPOSITE = {
  fatigue_score: "85",
  shot_zone_mismatch_score: "NUMERIC '2.5'",
  pace_score: "NUMERIC '1'",
  usage_spike_score: "NUMERIC '0.5'",
};
const SHOT = {
  paint_rate_last_10: "NUMERIC '46'",
  mid_range_rate_last_10: "NUMERIC '14'",
  three_pt_rate_last_10: "NUMERIC '40'",
};
const DEFENSE = { defensive_rating_last_15: "NUMERIC '116'", opponent_pace: "NUMERIC '101.5'" };
/** Everything that Phase 3 can know. */
const PHASE3 = {
  context: {
    opponent_def_rating_last_10: "NUMERIC '110.5'",
    opponent_pace_last_10: "NUMERIC '99'",
    pace_differential: "NUMERIC '3.5'",
  },
  history: {
    games: "12",
    points_avg_last_5: "NUMERIC '18'",
    points_avg_last_10: "NUMERIC '17'",
    points_avg_season: "NUMERIC '16'",
    points_std_last_10: "NUMERIC '4'",
    minutes_avg_last_10: "NUMERIC '27'",
    minutes_avg_season: "NUMERIC '30'",
    trend_sixths: "12",
    ft_makes_last_10: "34",
    points_last_10: "170",
    paint_rate_last_10: "NUMERIC '40'",
    mid_range_rate_last_10: "NUMERIC '25'",
    three_pt_rate_last_10: "NUMERIC '35'",
  },
  team: { games: "10", wins: "6", pace_last_10: "NUMERIC '98'", off_rating_last_10: "NUMERIC '109'" },
};

interface Built {
  readonly values: readonly number[];
  readonly labels: readonly string[];
  readonly quality: number;
}

/** The features of a player, from the columns that are known. */
async function build(known: Readonly<Record<string, Columns>>): Promise<Built> {
  const relations = Object.entries(NOTHING).map(([alias, columns]) => {
    const list = Object.entries({ ...columns, ...known[alias] }).map(
      ([name, expression]) => `${expression} AS ${name}`,
    );
    return `(SELECT ${list.join(", ")}) AS ${alias}`;
  });
  const values = features.VALUE_COLUMNS.map((name) => `CAST(${name} AS FLOAT64)`);
  const [list, labels, quality] = await row(`
    WITH candidates AS (SELECT ${features.candidates()} FROM ${relations.join(" CROSS JOIN ")}),
    valued AS (
      SELECT *, ${features.values()}, ${features.countPhase4()} AS phase4_count, ${features.countPhase3()} AS phase3_count
      FROM candidates
    )
    SELECT [${values.join(", ")}], [${features.labels()}], ${features.rowQuality("phase4_count", "phase3_count")}
    FROM valued`);
  return { values: list as number[], labels: labels as string[], quality: Number(quality) };
}

const at = (built: Built, name: string) => built.values[features.indexOf(name)];
const labelOf = (built: Built, name: string) => built.labels[features.indexOf(name)];

describe("the vector", () => {
  it("has 25 features in the order of the contract, 16 of them with a Phase 4 source", () => {
    expect(features.FEATURES.map(({ name }) => name).join(" ")).toBe(
      "points_avg_last_5 points_avg_last_10 points_avg_season points_std_last_10 games_in_last_7_days fatigue_score " +
        "shot_zone_mismatch_score pace_score usage_spike_score rest_advantage injury_risk recent_trend minutes_change " +
        "opponent_def_rating opponent_pace home_away back_to_back playoff_game pct_paint pct_mid_range pct_three " +
        "pct_free_throw team_pace team_off_rating team_win_pct",
    );
    expect(features.ELIGIBLE).toBe(16);
    const indexesOf = (kind: Feature["kind"]) =>
      features.FEATURES.flatMap((feature, i) => (feature.kind === kind ? [i] : []));
    expect(indexesOf("calculated")).toEqual([9, 10, 11, 12, 21, 24]);
    expect(indexesOf("native")).toEqual([15, 16, 17]);
  });

  it("takes Phase 4 first", async () => {
    const built = await build({ ...PHASE3, cache: CACHE, composite: COMPOSITE, shot: SHOT, defense: DEFENSE });
    expect(built.values).toEqual([
      22.4, 21, 20, 5.25, 3, 85, 2.5, 1, 0.5, 0, 0, 1, 1, 116, 101.5, 1, 0, 0, 0.46, 0.14, 0.4, 0.2, 101, 114.5, 0.6,
    ]);
    expect(built.quality).toBe(100);
  });

  it("falls back to Phase 3, for what there is", async () => {
    const built = await build(PHASE3);
    expect(built.values).toEqual([
      18, 17, 16, 4, 2, 100, 0, 1.8, 0, 0, 0, 1, -1, 110.5, 99, 1, 0, 0, 0.4, 0.25, 0.35, 0.2, 98, 109, 0.6,
    ]);
    expect(labelOf(built, "shot_zone_mismatch_score")).toBe("default");
    expect(built.labels.filter((label) => label === "phase3")).toHaveLength(15);
  });

  it("ends with the defaults", async () => {
    const built = await build({});
    expect(built.values).toEqual([
      10, 10, 10, 5, 2, 100, 0, 0, 0, 0, 0, 0, 0, 112, 100, 1, 0, 0, 0.3, 0.2, 0.35, 0.15, 100, 112, 0.5,
    ]);
    expect(labelOf(built, "points_avg_season")).toBe("default");
  });

  it("takes the context's averages for a player with fewer than five games, and the daily cache's copy of the shot shares", async () => {
    const few = { context: { points_avg_last_5: "NUMERIC '8.5'" }, history: { games: "3" } };
    expect(at(await build(few), "points_avg_last_5")).toBe(8.5);
    const copied = await build({ cache: { paint_rate_last_10: "NUMERIC '51'", three_pt_rate_last_10: "NUMERIC '9'" } });
    expect([at(copied, "pct_paint"), at(copied, "pct_three")]).toEqual([0.51, 0.09]);
    expect([labelOf(copied, "pct_paint"), labelOf(copied, "pct_mid_range")]).toEqual(["phase4", "default"]);
  });

  it("keeps values within their valid range", async () => {
    const built = await build({
      cache: { points_std_last_10: "NUMERIC '23'", games_in_last_7_days: "6" },
      defense: { defensive_rating_last_15: "NUMERIC '90'" },
    });
    expect(at(built, "points_std_last_10")).toBe(20);
    expect(at(built, "games_in_last_7_days")).toBe(5);
    expect(at(built, "opponent_def_rating")).toBe(95);
  });
});

describe("row quality", () => {
  it("keeps the worked values", async () => {
    const all = { ...PHASE3, cache: CACHE, composite: COMPOSITE, shot: SHOT, defense: DEFENSE };
    const { composite: _composite, ...withoutComposite } = all;
    const { cache: _cache, ...withoutCache } = all;
    expect((await build(withoutComposite)).quality).toBe(94.6);
    expect((await build(withoutCache)).quality).toBe(93);
    // 82.6 without the cap.
    expect((await build(PHASE3)).quality).toBe(75);
    expect(Number(await value(`SELECT ${features.rowQuality("1", "14")}`))).toBe(83.6);
  });
});

describe("calculated features", () => {
  it.each([
    ["3", "1", 2],
    ["5", "0", 2],
    ["0", "1", -1],
    ["0", "9", -2],
    ["CAST(NULL AS INT64)", "1", 0],
    ["1", "CAST(NULL AS INT64)", 0],
  ])("rest of %s days against %s gives %s", async (days_rest, opponent_days_rest, expected) => {
    expect(at(await build({ context: { days_rest, opponent_days_rest } }), "rest_advantage")).toBe(expected);
  });

  it.each([
    ["'available'", 0],
    ["'probable'", 1],
    ["'questionable'", 2],
    ["'doubtful'", 3],
    ["'out'", 3],
    ["'suspended'", 0],
  ])("status %s is a risk of %s", async (player_status, expected) => {
    expect(at(await build({ context: { player_status } }), "injury_risk")).toBe(expected);
  });

  it.each([
    ["30", "5", 2],
    ["29", "5", 1],
    ["12", "5", 1],
    ["11", "5", 0],
    ["-11", "5", 0],
    ["-12", "5", -1],
    ["-30", "5", -2],
    ["30", "4", 0],
  ])("a trend of %s sixths over %s games is %s", async (trend_sixths, games, expected) => {
    expect(at(await build({ history: { games, trend_sixths } }), "recent_trend")).toBe(expected);
  });

  it.each([
    ["36", "30", 2],
    ["35.9", "30", 1],
    ["33", "30", 1],
    ["32.9", "30", 0],
    ["27.1", "30", 0],
    ["27", "30", -1],
    ["24", "30", -2],
    ["24", "0", 0],
  ])("%s minutes after %s are a change of %s", async (recent, season, expected) => {
    const history = { minutes_avg_last_10: `NUMERIC '${recent}'`, minutes_avg_season: `NUMERIC '${season}'` };
    expect(at(await build({ history }), "minutes_change")).toBe(expected);
  });

  it("take free throws from five games with points, and wins from five games", async () => {
    const shares = async (games: string, makes: string, points: string, teamGames: string, wins: string) => {
      const history = { games, ft_makes_last_10: makes, points_last_10: points };
      const built = await build({ history, team: { games: teamGames, wins } });
      return [at(built, "pct_free_throw"), at(built, "team_win_pct")];
    };
    expect(await shares("5", "20", "100", "5", "4")).toEqual([0.2, 0.8]);
    expect(await shares("4", "20", "100", "4", "4")).toEqual([0.15, 0.5]);
    expect(await shares("5", "0", "0", "6", "2")).toEqual([0.15, 0.333333]);
    expect(await shares("5", "9", "10", "6", "0")).toEqual([0.5, 0]);
  });
});
