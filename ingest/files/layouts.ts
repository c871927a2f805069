import type { SourceTable } from "./source-table.js";

/** The public layouts the importer knows, by the column names (lower case) that it reads. */
export const LAYOUTS = {
  schedule: ["gid", "etdate", "ettime", "ac", "st", "h.ta", "v.ta", "h.s", "v.s"],
  player_box: [
    "player_id player_name team_abbreviation game_id game_date min pts fgm fga fg3m fg3a ftm fta",
    "oreb dreb reb ast stl blk tov pf plus_minus",
  ].flatMap((line) => line.split(" ")),
  team_box: [
    "team_abbreviation game_id game_date min pts fgm fga fg3m fg3a ftm fta",
    "oreb dreb reb ast stl blk tov pf plus_minus",
  ].flatMap((line) => line.split(" ")),
  shots: [
    "game_id game_event_id player_id player_name team_id period minutes_remaining seconds_remaining",
    "event_type shot_type shot_distance shot_made_flag assisted",
  ].flatMap((line) => line.split(" ")),
  game_lines: ["date", "away", "home", "whos_favored", "spread", "total"],
  injury_transactions: ["date", "team", "acquired", "relinquished", "notes"],
  player_props: ["player market bookmaker side line price home_team away_team commence_time source_file"].flatMap(
    (line) => line.split(" "),
  ),
  starters: ["game_id", "date", "player_id", "player_name"],
} as const satisfies Record<string, readonly string[]>;

export type LayoutName = keyof typeof LAYOUTS;

/** A file may miss this share of a layout's columns and still be taken for a damaged file of that layout. */
const TOLERATED_MISSING = 0.4;
const TOLERATED_MISSING_IF_NAMED = 0.5;

/**
 * The layout of a file: the one its name begins with if half of the columns agree, else the one that most of its columns
 * speak for; a missing column speaks half against a layout (team box scores are player box scores without the player).
 * Undefined: none.
 */
export function recogniseLayout(source: SourceTable): LayoutName | undefined {
  const present = new Set(source.header);
  let best: { layout: LayoutName; score: number } | undefined;
  for (const [name, columns] of Object.entries(LAYOUTS)) {
    const found = columns.filter((column) => present.has(column)).length;
    const named = source.name.startsWith(name);
    const tolerated = named ? TOLERATED_MISSING_IF_NAMED : TOLERATED_MISSING;
    if (found < columns.length * (1 - tolerated)) continue;
    const score = found - (columns.length - found) / 2 + (named ? columns.length : 0);
    if (best === undefined || score > best.score) best = { layout: name as LayoutName, score };
  }
  return best?.layout;
}
