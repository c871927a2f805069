import type { SourceTable } from "./source-table.js";

/** A layout by the names that its collectors give the columns; spelled in any case, with or without separators. */
export interface Layout {
  /** Each column with the other names it goes by, the first being the one in messages. */
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

const words = (...lines: string[]): string[] => lines.flatMap((line) => line.split(" "));

const SHOOTING = "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov|to pf plus_minus|plusminuspoints";

/**
 * The public layouts the importer knows. `a|b` are two names of one column. Columns that no raw column needs are left out.
 * Sources: stats.nba.com (LeagueGameLog, BoxScoreTraditionalV2, ShotChartDetail, PlayByPlayV2 and V3, CommonTeamRoster),
 * the league's schedule in the form of its mobile feed and as ScheduleLeagueV2, The Odds API v4, BettingPros offers v3,
 * the official injury report, inactive-list transactions, one closing line a game.
 */
export const LAYOUTS = {
  schedule: {
    required: words(
      "gid|gameid etdate|gamedateest|gamedatetimeest|gamedate",
      "h.ta|hometeam_teamtricode|home_team_tricode|home_team_abbreviation|hometricode",
      "v.ta|awayteam_teamtricode|away_team_tricode|away_team_abbreviation|visitor_team_abbreviation|awaytricode",
    ),
    optional: words(
      "ettime|gametimeest st|gamestatus|gamestatusid stt|gamestatustext ac|arenacity h.s|hometeam_score|home_score",
      "v.s|awayteam_score|away_score h.tid|hometeam_teamid|home_team_id v.tid|awayteam_teamid|away_team_id",
      "tipoff|gamedatetimeutc|gametimeutc neutral|isneutral|neutral_site_flag",
    ),
  },
  player_box: {
    required: words("player_id player_name team_abbreviation game_id min pts", SHOOTING),
    optional: words("game_date|game_date_est matchup team_id comment"),
  },
  team_box: {
    required: words("team_abbreviation game_id min pts", SHOOTING),
    optional: words("game_date|game_date_est matchup team_id"),
  },
  shots: {
    required: words(
      "game_id game_event_id player_id player_name team_id period minutes_remaining seconds_remaining",
      "event_type shot_type shot_distance shot_made_flag",
    ),
    optional: ["assisted", "game_date", "shot_zone_basic"],
  },
  play_by_play_v2: {
    required: words("game_id eventnum eventmsgtype period pctimestring homedescription visitordescription player1_id"),
    optional: words(
      "neutraldescription score player1_name player1_team_id player1_team_abbreviation player2_id player2_name",
      "player2_team_id player2_team_abbreviation player3_id player3_name player3_team_id player3_team_abbreviation",
    ),
  },
  play_by_play_v3: {
    required: words("game_id actionnumber clock period actiontype personid"),
    optional: words(
      "actionid ordernumber teamid teamtricode playername playernamei shotdistance shotresult shotvalue isfieldgoal",
      "scorehome scoreaway description assistpersonid blockpersonid",
    ),
  },
  game_lines: { required: words("date away home whos_favored spread total") },
  odds: {
    required: words(
      "market|market_key|markets_key bookmaker|bookmaker_key|bookmakers_key|book|sportsbook|bookmaker_title",
      "side|outcome_name|name|label|outcome line|point|points_line|outcome_point price|odds|outcome_price",
      "home_team away_team commence_time",
    ),
    optional: words(
      "player|description|player_name|outcome_description snapshot|snapshot_timestamp|timestamp|snapshot_time|fetched_at",
      "last_update|market_last_update|bookmaker_last_update source_file sport_key",
    ),
  },
  bettingpros: {
    required: words(
      "player|player_name|plyr|participant market|market_id|mkt book|book_id|bookmaker|sportsbook line|points_line",
    ),
    optional: words(
      "side|bet_side|selection odds|cost|price|odds_american over_odds|o_odds under_odds|u_odds opening_line|open_line",
      "best|is_best_line active|is_active updated|bookmaker_last_update|last_update game_date|date|scheduled|game_time",
      "team|team_abbr",
    ),
  },
  injury_report: {
    required: words("game_date matchup team player|player_name status|current_status reason"),
    optional: words("game_time report_date report_hour report_time|report_timestamp|timestamp"),
  },
  injury_transactions: { required: words("date team acquired relinquished notes") },
  rosters: {
    required: words(
      "player|player_full_name|player_name|full_name|display_name|fullname team|teamid|team_id|team_abbr|team_abbreviation",
      "position|position_abbr|position_abbreviation",
    ),
    optional: words(
      "birth_date|birthdate|dateofbirth|date_of_birth age status|status_name",
      "roster_date|snapshot_date|as_of player_id|nba_id season|season_year height|ht weight|wt school exp num|jersey",
    ),
  },
  starters: { required: words("game_id date player_id player_name") },
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof LAYOUTS;

/** A column name without case and separators, as which names are compared. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Where the columns of a layout are in a source: index by the layout's own column name. */
export function columnPositions(source: SourceTable, layout: Layout): ReadonlyMap<string, number> {
  const present = new Map(source.header.map((name, index) => [plainName(name), index]));
  const positions = new Map<string, number>();
  for (const column of [...layout.required, ...(layout.optional ?? [])]) {
    const names = column.split("|");
    const index = names.map((name) => present.get(plainName(name))).find((found) => found !== undefined);
    if (index !== undefined) positions.set(names[0] as string, index);
  }
  return positions;
}

/** The required columns that a source lacks, by the layout's own names. */
export function missingColumns(source: SourceTable, layout: Layout): string[] {
  const positions = columnPositions(source, layout);
  return layout.required.map((column) => column.split("|")[0] as string).filter((column) => !positions.has(column));
}

/** A file may miss this share of a layout's columns and still be taken for a damaged file of that layout. */
const TOLERATED_MISSING = 0.4;
const TOLERATED_MISSING_IF_NAMED = 0.5;
/** An optional column speaks for a layout, but less than a required one. */
const OPTIONAL_WEIGHT = 0.25;

export interface Recognition {
  /** The layout, if enough of its columns are there; else undefined. */
  readonly layout: LayoutName | undefined;
  /** The file's name begins with the layout's. */
  readonly isNamed: boolean;
  /** The layout that is nearest, of which `missing` columns lack. */
  readonly nearest: LayoutName | undefined;
  readonly missing: readonly string[];
}

/**
 * The layout of a file: the one its name begins with if half of the columns agree; else of those that miss no column the
 * one that most columns speak for; else the one that most of its columns speak for, a missing column speaking half against
 * it (team box scores are player box scores without the player).
 */
export function recogniseLayout(source: SourceTable): Recognition {
  let best: { name: LayoutName; score: number; missing: string[]; isTolerated: boolean; isNamed: boolean } | undefined;
  for (const name of Object.keys(LAYOUTS) as LayoutName[]) {
    const layout: Layout = LAYOUTS[name];
    const missing = missingColumns(source, layout);
    const found = layout.required.length - missing.length;
    if (found === 0) continue;
    const named = plainName(source.name).startsWith(plainName(name));
    const optional = columnPositions(source, layout).size - found;
    const tolerated = named ? TOLERATED_MISSING_IF_NAMED : TOLERATED_MISSING;
    const isTolerated = missing.length <= layout.required.length * tolerated && found > 1;
    const isWhole = missing.length === 0;
    const rank = !isTolerated ? 0 : named ? (isWhole ? 4 : 3) : isWhole ? 2 : 1;
    const score =
      rank * 1000 + found - missing.length / 2 + optional * OPTIONAL_WEIGHT + (named ? layout.required.length : 0);
    if (best === undefined || score > best.score) best = { name, score, missing, isTolerated, isNamed: named };
  }
  return {
    layout: best?.isTolerated ? best.name : undefined,
    isNamed: best?.isNamed ?? false,
    nearest: best?.name,
    missing: best?.missing ?? [],
  };
}
