import { nbacGamebookPlayerStats, nbacTeamBoxscore } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { TEAM_BY_ABBR, teamByCode } from "../teams.js";
import { teamCode } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import { type PlayingTime, playingTime } from "./playing-time.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

interface Matchup {
  readonly home: string;
  readonly away: string;
  /** The team that comes first is the row's own. */
  readonly own: string;
}

/** What a box score says of its game. */
export interface BoxLine {
  readonly nbaGameId: string;
  /** Undefined where the layout has no date. */
  readonly date: string | undefined;
  readonly team: string;
  /** From `AAA vs. BBB` at home and `AAA @ BBB` away; undefined where the layout has none. */
  readonly matchup: Matchup | undefined;
  readonly cells: Cells;
  readonly record: SourceRecord;
}

export interface TeamLine extends BoxLine {
  readonly minutes: PlayingTime | undefined;
  readonly statistics: RawValues;
}

export interface PlayerLine extends TeamLine {
  readonly playerId: number;
  readonly name: string;
  /** Why he did not play, where the layout says so. */
  readonly comment: string | undefined;
}

/** Reads player box scores: the LeagueGameLog and BoxScoreTraditional layouts. */
export async function readPlayerLines(sources: readonly SourceTable[], skips: Skips): Promise<PlayerLine[]> {
  const lines: PlayerLine[] = [];
  await readRecords(sources, LAYOUTS.player_box, nbacGamebookPlayerStats, skips, (cells, record) => {
    const name = cells.text(record, "player_name");
    if (!/\p{L}/u.test(name)) cells.malformed(record, "player_name", `no letters in player name "${name}"`);
    lines.push({
      ...boxLine(cells, record),
      playerId: cells.int(record, "player_id"),
      name,
      comment: cells.optional(record, "comment") ?? absenceIn(cells.optional(record, "min")),
      statistics: {
        ...shared(cells, record),
        total_rebounds: cells.optionalCount(record, "reb"),
        field_goals_made: cells.optionalCount(record, "fgm"),
        field_goals_attempted: cells.optionalCount(record, "fga"),
        three_pointers_made: cells.optionalCount(record, "fg3m"),
        three_pointers_attempted: cells.optionalCount(record, "fg3a"),
        free_throws_made: cells.optionalCount(record, "ftm"),
        free_throws_attempted: cells.optionalCount(record, "fta"),
      },
    });
  });
  return lines;
}

/** Reads team box scores: the same layouts, a row a team. */
export async function readTeamLines(sources: readonly SourceTable[], skips: Skips): Promise<TeamLine[]> {
  const lines: TeamLine[] = [];
  await readRecords(sources, LAYOUTS.team_box, nbacTeamBoxscore, skips, (cells, record) => {
    lines.push({
      ...boxLine(cells, record),
      statistics: {
        ...shared(cells, record),
        total_rebounds: cells.optionalCount(record, "reb"),
        fg_made: cells.optionalCount(record, "fgm"),
        fg_attempted: cells.optionalCount(record, "fga"),
        three_pt_made: cells.optionalCount(record, "fg3m"),
        three_pt_attempted: cells.optionalCount(record, "fg3a"),
        ft_made: cells.optionalCount(record, "ftm"),
        ft_attempted: cells.optionalCount(record, "fta"),
      },
    });
  });
  return lines;
}

function boxLine(cells: Cells, record: SourceRecord): BoxLine & { minutes: PlayingTime | undefined } {
  const matchup = matchupOf(cells.optional(record, "matchup"));
  const team = teamCode(cells, record, "team_abbreviation", "team_id");
  return {
    nbaGameId: cells.nbaGameId(record, "game_id"),
    date: cells.optionalDate(record, "game_date"),
    // A code that nobody knows is corrected by the row's matchup.
    team: TEAM_BY_ABBR.has(team) || matchup === undefined ? team : matchup.own,
    matchup,
    minutes: minutesOf(cells, record),
    cells,
    record,
  };
}

function shared(cells: Cells, record: SourceRecord): RawValues {
  return {
    points: cells.optionalCount(record, "pts"),
    assists: cells.optionalCount(record, "ast"),
    offensive_rebounds: cells.optionalCount(record, "oreb"),
    defensive_rebounds: cells.optionalCount(record, "dreb"),
    steals: cells.optionalCount(record, "stl"),
    blocks: cells.optionalCount(record, "blk"),
    turnovers: cells.optionalCount(record, "tov"),
    personal_fouls: cells.optionalCount(record, "pf"),
    plus_minus: cells.optionalInt(record, "plus_minus"),
  };
}

function minutesOf(cells: Cells, record: SourceRecord): PlayingTime | undefined {
  const text = cells.optional(record, "min");
  if (text === undefined || absenceIn(text) !== undefined) return undefined;
  return playingTime(text) ?? cells.malformed(record, "min", `min must be minutes, as 31 or 31:25, found "${text}"`);
}

/** Why somebody did not play, where a text says so: `DNP - Coach's Decision`, `DND`, `NWT`, `Inactive`. */
export function absenceIn(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:dnp|dnd|nwt|inactive|did not)\b/i.test(text) ? text : undefined;
}

function matchupOf(text: string | undefined): BoxLine["matchup"] {
  const match = /^\s*(\w+)\s+(vs\.?|@)\s+(\w+)\s*$/i.exec(text ?? "");
  if (match === null) return undefined;
  const [first, second] = [code(match[1] as string), code(match[3] as string)];
  return match[2] === "@" ? { home: second, away: first, own: first } : { home: first, away: second, own: first };
}

function code(text: string): string {
  return teamByCode(text)?.abbr ?? text.toUpperCase();
}

/** The files whose lines are all of one player: they say nothing of the others in their games. */
export function fileIsOfOne<Line extends BoxLine>(lines: readonly Line[], what: (line: Line) => string): Set<string> {
  const seen = new Map<string, Set<string>>();
  for (const line of lines) {
    const { path } = line.cells.source;
    seen.set(path, (seen.get(path) ?? new Set()).add(what(line)));
  }
  return new Set([...seen].filter(([, values]) => values.size === 1).map(([path]) => path));
}
