import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ColumnGraph } from "../runner/check/column-lineage.js";
import { columnsOf } from "../runner/session/column-graph.js";
import { loadPlace } from "../runner/session/load-place.js";
import { findPlace } from "../runner/session/place.js";
import { Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

/**
 * Written by hand from the SQL of the models: what each column's value is computed of, and behind `|` what only chooses or orders it.
 * `relation: columns; relation: columns`, datasets left out.
 */
const BY_HAND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "nba_analytics.player_game_summary": {
    points: "stg_player_game_base: points",
    days_rest: "stg_player_game_base: game_date | stg_player_game_base: game_id player_lookup season_year",
    fg_makes: "stg_player_game_base: field_goals_made",
    ts_pct: "stg_player_game_base: field_goals_attempted free_throws_attempted points",
    efg_pct: "stg_player_game_base: field_goals_attempted field_goals_made three_pointers_made",
    universal_player_id: "nba_players_registry: universal_player_id",
    paint_attempts:
      "stg_player_game_base: field_goals_attempted three_pointers_attempted; stg_shot_events: game_id shot_zone",
    mid_range_makes:
      "stg_player_game_base: field_goals_attempted field_goals_made three_pointers_attempted three_pointers_made; " +
      "stg_shot_events: game_id is_made shot_zone",
    restricted_area_attempts: "stg_shot_events: game_id is_restricted_area",
    assisted_fg_makes: "stg_shot_events: is_assisted is_made",
    points_line: "stg_prop_lines: current_line",
    over_under_result: "stg_player_game_base: points; stg_prop_lines: current_line",
    is_active: "",
    source_odds_rows_found: "odds_api_player_points_props: game_date; stg_prop_lines: line_source lines_rows",
    data_quality_tier: "stg_player_game_base: box_source; stg_shot_events: game_id",
    created_at: "",
  },
  "nba_analytics.team_offense_game_summary": {
    points_in_paint_scored: "stg_shot_events: is_made shot_zone",
    offensive_rating: "stg_team_game_base: points possession_hundredths",
    margin_of_victory: "stg_team_game_base: points",
    ts_pct: "stg_team_game_base: fg_attempts ft_attempts points",
    shot_zones_source: "stg_shot_events: shot_source",
    second_chance_points_scored: "",
  },
  "nba_analytics.team_defense_game_summary": {
    defending_team_abbr: "stg_team_game_base: opponent_team_abbr",
    blocks_paint: "stg_shot_events: is_blocked shot_zone; stg_team_game_base: blocks",
    steals: "stg_player_game_base: steals; stg_team_game_base: steals",
    fouls_committed: "stg_team_game_base: personal_fouls",
    defensive_rating: "stg_team_game_base: points possession_hundredths",
    opp_mid_range_makes: "stg_shot_events: is_made shot_zone",
  },
  "nba_analytics.upcoming_team_game_context": {
    game_number_in_season: "stg_team_schedule: previous_games",
    team_days_rest: "stg_team_schedule: days_since_last_game",
    game_spread: "stg_game_lines: game_spread",
    starters_out_count: "stg_player_game_base: starter_flag",
    questionable_players_count: "stg_injury_status: injury_status",
    last_game_result: "stg_team_schedule: last_game_won",
    insufficient_data_reason: "stg_team_schedule: days_into_season previous_games",
  },
  "nba_analytics.upcoming_player_game_context": {
    has_prop_line: "stg_prop_lines: current_line",
    pace_differential: "stg_team_form: league_avg_pace pace_last_10",
    days_rest: "stg_listed_players: game_date; stg_player_game_base: game_date",
    minutes_in_last_7_days: "stg_listed_players: game_date; stg_player_game_base: game_date seconds_played",
    points_avg_last_5:
      "stg_player_game_base: points | stg_listed_players: game_id player_lookup; stg_player_game_base: game_date game_id",
    prop_over_streak:
      "stg_player_game_base: points; stg_prop_lines: current_line | " +
      "stg_listed_players: game_id player_lookup; stg_player_game_base: game_date game_id",
    star_teammates_out: "stg_injury_status: player_lookup",
    player_age: "stg_listed_players: birth_date game_date",
    season_phase: "stg_listed_players: game_date is_playoffs",
    game_start_time_local: "stg_listed_players: arena_timezone tip_off",
  },
  "nba_precompute.team_defense_zone_analysis": {
    team_abbr: "nbac_team_list: team_abbr",
    analysis_date: "stg_slate_dates: game_date",
    paint_pct_allowed_last_15: "team_defense_game_summary: opp_paint_attempts opp_paint_makes",
    paint_blocks_per_game: "team_defense_game_summary: blocks_paint",
    league_teams_in_sample: "team_defense_game_summary: defending_team_abbr",
    games_in_sample: "",
  },
  "nba_precompute.player_shot_zone_analysis": {
    paint_rate_last_20: "player_game_summary: mid_range_attempts paint_attempts three_pt_attempts",
    three_pt_pct_last_10:
      "player_game_summary: three_pt_attempts three_pt_makes | " +
      "player_game_summary: game_date game_id player_lookup season_year",
    games_in_sample_10: " | player_game_summary: game_date game_id player_lookup season_year",
    player_position: "espn_team_rosters: position_abbr",
    source_player_game_hash: "player_game_summary: data_hash",
  },
  "nba_precompute.player_composite_factors": {
    pace_context_json:
      "upcoming_player_game_context: league_avg_pace opponent_pace_last_10 pace_differential team_pace_last_10",
    data_completeness_pct:
      "player_shot_zone_analysis: player_lookup; team_defense_zone_analysis: team_abbr; " +
      "upcoming_player_game_context: days_rest pace_differential projected_usage_rate",
    early_season_flag: "player_shot_zone_analysis: early_season_flag player_lookup",
    source_team_context_hash: "upcoming_team_game_context: data_hash game_date team_abbr",
    referee_favorability_score: "",
  },
  "nba_precompute.player_daily_cache": {
    cache_date: "upcoming_player_game_context: game_date",
    points_avg_last_5: "stg_player_history: points recency",
    points_avg_last_30_days: "stg_player_history: game_date points prepared_date",
    games_played_season: "",
    usage_rate_trend: "stg_player_history: recency usage_rate",
    team_pace_last_10: "stg_team_history: pace",
    prop_over_rate_last_10: "stg_player_history: over_under_result recency",
    shot_zone_data_available: "player_shot_zone_analysis: player_lookup",
  },
  "nba_predictions.ml_feature_store_v2": {
    is_home: "stg_feature_values: is_home",
    data_source: "stg_feature_values: is_placeholder phase4_count",
    phase4_available: "stg_feature_values: phase4_count",
    source_data_date: "stg_feature_values: game_date newest_game_date phase4_count",
    insufficient_data_reason: "stg_feature_values: games is_placeholder",
    feature_names: "",
  },
};

let rig: Rig;
let graph: ColumnGraph;

beforeAll(async () => {
  rig = Rig.warehouseProject();
  const place = findPlace({ projectDir: rig.dir, database: join(rig.dir, "none.duckdb") });
  const { manifest } = await loadPlace(place);
  const columns = await columnsOf(place, manifest, { relations: new Map(), routines: new Map() });
  graph = columns.graph;
});

afterAll(() => rig.remove());

describe("the columns of the hashed tables", () => {
  it.each(Object.keys(BY_HAND))("%s reads what was written down by hand", (relation) => {
    const wanted = BY_HAND[relation] ?? {};
    const found = Object.keys(wanted).map((column) => [column, told(relation, column)]);
    expect(Object.fromEntries(found)).toEqual(wanted);
  });

  it("lead through views and tables to the raw columns", () => {
    const up = graph.trace({ relation: "nba_precompute.player_daily_cache", column: "points_avg_last_5" }, "up");
    const values = up.filter(({ kind, from }) => kind === "value" && from.relation.startsWith("nba_raw."));
    expect(new Set(values.map(({ from }) => `${from.relation}.${from.column}`))).toEqual(
      new Set(["nba_raw.bdl_player_boxscores.points", "nba_raw.nbac_gamebook_player_stats.points"]),
    );
    const down = graph.trace({ relation: "nba_raw.bdl_player_boxscores", column: "points" }, "down");
    expect(down.map(({ to }) => `${to.relation}.${to.column}`)).toContain(
      "nba_precompute.player_daily_cache.points_avg_last_5",
    );
  });

  it("are decided row by row by what joins and groups", () => {
    const rows = graph
      .rowsOf("nba_precompute.player_daily_cache")
      .map(({ column, relation }) => `${relation}.${column}`);
    expect(rows).toContain("nba_precompute.stg_player_history.prepared_date");
    expect(rows).not.toContain("nba_precompute.stg_player_history.points");
  });
});

describe("fastbreak lineage", () => {
  let small: Rig;
  const lineage = (...args: string[]) => small.fastbreak("lineage", ...args);

  beforeAll(async () => {
    small = await projectOf({
      doubled: 'config { type: "view" }\nSELECT n * 2 AS twice, day FROM ${ref("raw", "numbers")} WHERE n > 0',
      totals: 'config { type: "table" }\nSELECT day, SUM(twice) AS total FROM ${ref("doubled")} GROUP BY day',
    });
  });
  afterAll(() => small.remove());

  it("prints both ways for a person", async () => {
    const { code, stdout } = await lineage("doubled.twice");
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "d.doubled.twice  INT64",
      "",
      "made of",
      "  raw.numbers.n",
      "",
      "rows of d.doubled decided by",
      "  raw.numbers: n",
      "",
      "goes into",
      "  d.totals.total",
      "",
    ]);
  });

  it("knows the project's relation from one of the same name in another environment", async () => {
    const standing = small.copy();
    await standing.sql("CREATE SCHEMA d_dev");
    await standing.sql("CREATE TABLE d_dev.totals AS SELECT DATE '2024-01-01' AS day, 8::BIGINT AS total");
    const { code, stdout } = await standing.fastbreak("lineage", "totals.total");
    expect([code, stdout.split("\n")[0]]).toEqual([0, "d.totals.total  INT64"]);
    standing.remove();
  });

  it("prints every edge of one way as JSON", async () => {
    const { stdout } = await lineage("totals.TOTAL", "--up", "--json");
    const edge = (from: string, to: string, kind: string) => {
      const place = (text: string) => ({ relation: text.replace(/\.\w+$/, ""), column: text.replace(/^.*\./, "") });
      return { from: place(from), to: place(to), kind };
    };
    expect(JSON.parse(stdout)).toEqual({
      columns: [
        {
          relation: "d.totals",
          column: "total",
          type: "INT64",
          up: [
            edge("d.doubled.twice", "d.totals.total", "value"),
            edge("d.doubled.day", "d.totals.total", "rows"),
            edge("raw.numbers.n", "d.doubled.twice", "value"),
            edge("raw.numbers.n", "d.doubled.twice", "rows"),
          ],
        },
      ],
    });
  });

  it("says which actions it cannot follow, before somebody takes a column to be made of nothing", async () => {
    const other = await projectOf({
      made: 'config { type: "operations", hasOutput: true }\nCREATE OR REPLACE TABLE ${self()} AS SELECT 1 AS n',
      zone: 'config { type: "table" }\nSELECT n, @@time_zone AS zone FROM ${ref("made")}',
      wrong: 'config { type: "table" }\nSELECT n, NOTHING(n) AS nothing FROM ${ref("made")}',
    });
    const { stdout, stderr } = await other.fastbreak("lineage", "zone.n", "--up");
    other.remove();
    expect(stdout).toBe("d.zone.n  INT64\n\nmade of\n  d.made.n\n");
    expect(stderr.split("\n")).toEqual([
      "note: not followed, see fastbreak check: d.wrong",
      "note: made by operations, which are not followed: d.made",
      "",
    ]);
  });

  it.each([
    ["doubled.twize", 'd.doubled has no column twize; did you mean "twice"?'],
    ["dubbled.twice", 'no model or source is named dubbled; did you mean "doubled"?'],
  ])("says what is wrong with %s", async (word, message) => {
    const { code, stderr } = await lineage(word);
    expect([code, stderr]).toEqual([2, `fastbreak: ${message}\n`]);
  });
});

function told(relation: string, column: string): string {
  const edges = graph.sources({ relation, column: graph.column(relation, column) ?? `no column ${column}` });
  const text = (kind: string): string => {
    const byRelation = new Map<string, string[]>();
    for (const { from } of edges.filter((edge) => edge.kind === kind)) {
      const name = from.relation.slice(from.relation.indexOf(".") + 1);
      byRelation.set(name, [...(byRelation.get(name) ?? []), from.column].sort());
    }
    return [...byRelation]
      .sort()
      .map(([name, columns]) => `${name}: ${columns.join(" ")}`)
      .join("; ");
  };
  const conditions = text("condition");
  return conditions === "" ? text("value") : `${text("value")} | ${conditions}`;
}
