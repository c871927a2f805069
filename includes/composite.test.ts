import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { value } from "./testing.js";

type Formula = (...aliases: string[]) => string;

const composite = createRequire(import.meta.url)("./composite.js") as Readonly<Record<string, Formula>>;

const CONTEXT = {
  back_to_back: "FALSE",
  days_rest: "CAST(NULL AS INT64)",
  games_in_last_7_days: "3",
  minutes_in_last_7_days: "100",
  avg_minutes_per_game_last_7: "NUMERIC '30'",
  back_to_backs_last_14_days: "0",
  player_age: "CAST(NULL AS INT64)",
  pace_differential: "CAST(NULL AS NUMERIC)",
  projected_usage_rate: "CAST(NULL AS NUMERIC)",
  avg_usage_rate_last_7_games: "CAST(NULL AS NUMERIC)",
  star_teammates_out: "0",
  line_movement: "CAST(NULL AS NUMERIC)",
  points_avg_last_5: "CAST(NULL AS NUMERIC)",
  points_avg_last_10: "CAST(NULL AS NUMERIC)",
};
const TEAM = { total_movement: "CAST(NULL AS NUMERIC)", total_public_betting_pct: "CAST(NULL AS NUMERIC)" };
const SHOT = {
  primary_scoring_zone: "CAST(NULL AS STRING)",
  paint_rate_last_10: "CAST(NULL AS NUMERIC)",
  mid_range_rate_last_10: "CAST(NULL AS NUMERIC)",
  three_pt_rate_last_10: "CAST(NULL AS NUMERIC)",
};
const DEFENSE = {
  paint_defense_vs_league_avg: "CAST(NULL AS NUMERIC)",
  mid_range_defense_vs_league_avg: "CAST(NULL AS NUMERIC)",
  three_pt_defense_vs_league_avg: "CAST(NULL AS NUMERIC)",
};

const relation = (columns: object, alias: string) =>
  `(SELECT ${Object.entries(columns)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(", ")}) AS ${alias}`;

/** A score with some columns of the player context set. */
const score = (name: string, context: Partial<typeof CONTEXT>, team: Partial<typeof TEAM> = {}) =>
  value(
    `SELECT ${composite[name]?.("c", "t")} FROM ${relation({ ...CONTEXT, ...context }, "c")} CROSS JOIN ${relation({ ...TEAM, ...team }, "t")}`,
  );

const mismatch = (shot: Partial<typeof SHOT>, defense: Partial<typeof DEFENSE>) =>
  value(
    `SELECT ${composite.mismatchScore?.("z", "d")} FROM ${relation({ ...SHOT, ...shot }, "z")} CROSS JOIN ${relation({ ...DEFENSE, ...defense }, "d")}`,
  );

describe("fatigue_score", () => {
  it("is 47 for a tired veteran and stops at 100 for a rested youngster", async () => {
    const tired = {
      back_to_back: "TRUE",
      days_rest: "0",
      games_in_last_7_days: "4",
      minutes_in_last_7_days: "250",
      avg_minutes_per_game_last_7: "NUMERIC '36'",
      back_to_backs_last_14_days: "1",
      player_age: "31",
    };
    expect(await score("fatigueScore", tired)).toBe("47");
    const rested = {
      days_rest: "4",
      games_in_last_7_days: "2",
      minutes_in_last_7_days: "60",
      player_age: "24",
    };
    expect(await score("fatigueScore", rested)).toBe("100");
  });

  it("takes nothing off for what is unknown", async () => {
    expect(await score("fatigueScore", { games_in_last_7_days: "CAST(NULL AS INT64)" })).toBe("100");
  });

  it.each([
    [{ player_age: "34" }, "95"],
    [{ player_age: "35" }, "90"],
    [{ back_to_backs_last_14_days: "2" }, "88"],
    [{ minutes_in_last_7_days: "240" }, "100"],
    [{ minutes_in_last_7_days: "241" }, "90"],
    [{ avg_minutes_per_game_last_7: "NUMERIC '35'" }, "100"],
    [{ avg_minutes_per_game_last_7: "NUMERIC '35.1'" }, "92"],
    // Rest gives five points back.
    [{ player_age: "35", days_rest: "3" }, "95"],
  ])("with %o it is %s", async (context, expected) => {
    expect(await score("fatigueScore", context)).toBe(expected);
  });
});

describe("shot_zone_mismatch_score", () => {
  it("keeps the worked values", async () => {
    const paint = { primary_scoring_zone: "'paint'", paint_rate_last_10: "NUMERIC '45'" };
    expect(await mismatch(paint, { paint_defense_vs_league_avg: "NUMERIC '6.5'" })).toBe("7");
    const balanced = {
      primary_scoring_zone: "'balanced'",
      paint_rate_last_10: "NUMERIC '36'",
      mid_range_rate_last_10: "NUMERIC '30'",
      three_pt_rate_last_10: "NUMERIC '34'",
    };
    const gaps = {
      paint_defense_vs_league_avg: "NUMERIC '2'",
      mid_range_defense_vs_league_avg: "NUMERIC '-1'",
      three_pt_defense_vs_league_avg: "NUMERIC '0.5'",
    };
    expect(await mismatch(balanced, gaps)).toBe("0.6");
  });

  it("is 0 without either row, caps the rate at 50 % and the score at 10", async () => {
    const perimeter = { primary_scoring_zone: "'perimeter'", three_pt_rate_last_10: "NUMERIC '80'" };
    expect(await mismatch({}, { paint_defense_vs_league_avg: "NUMERIC '6.5'" })).toBe("0");
    expect(await mismatch(perimeter, {})).toBe("0");
    expect(await mismatch(perimeter, { three_pt_defense_vs_league_avg: "NUMERIC '-4'" })).toBe("-4");
    expect(await mismatch(perimeter, { three_pt_defense_vs_league_avg: "NUMERIC '-9'" })).toBe("-10");
    // Exactly 5 is not amplified.
    expect(await mismatch(perimeter, { three_pt_defense_vs_league_avg: "NUMERIC '5'" })).toBe("5");
  });
});

describe("pace_score and usage_spike_score", () => {
  it.each([
    ["NUMERIC '3.5'", "1.8"],
    ["NUMERIC '-3.5'", "-1.8"],
    ["NUMERIC '9'", "3"],
    ["CAST(NULL AS NUMERIC)", "0"],
  ])("pace %s gives %s", async (pace_differential, expected) => {
    expect(await score("paceScore", { pace_differential })).toBe(expected);
  });

  it.each([
    ["28", "25", "2", "1.2"],
    ["28", "25", "1", "1"],
    ["28", "25", "0", "0.9"],
    ["22", "25", "2", "-0.9"],
    ["45", "10", "2", "3"],
    ["28", "0", "2", "0"],
  ])("usage %s after %s with %s stars out gives %s", async (projected, baseline, stars, expected) => {
    const context = {
      projected_usage_rate: `NUMERIC '${projected}'`,
      avg_usage_rate_last_7_games: `NUMERIC '${baseline}'`,
      star_teammates_out: stars,
    };
    expect(await score("usageSpikeScore", context)).toBe(expected);
  });

  it("takes 25 % for an unknown usage", async () => {
    expect(await score("usageSpikeScore", { projected_usage_rate: "NUMERIC '28'" })).toBe("0.9");
    expect(await score("usageSpikeScore", {})).toBe("0");
  });
});

describe("the informational scores", () => {
  it("count an unknown term as 0", async () => {
    const team = { total_movement: "NUMERIC '2'", total_public_betting_pct: "NUMERIC '60'" };
    expect(await score("bettingContextScore", { line_movement: "NUMERIC '1'" }, team)).toBe("1.2");
    expect(await score("bettingContextScore", {})).toBe("0");
    expect(await score("bettingContextScore", { line_movement: "NUMERIC '-9'" })).toBe("-3");
    expect(
      await score("momentumScore", { points_avg_last_5: "NUMERIC '21'", points_avg_last_10: "NUMERIC '18.5'" }),
    ).toBe("1.3");
    expect(await score("momentumScore", { points_avg_last_5: "NUMERIC '21'" })).toBe("0");
  });
});
