import { nbacPlayByPlay } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { teamByAny } from "../teams.js";
import type { Game, Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import type { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** EVENTMSGTYPE of stats.nba.com. */
const V2_EVENTS: Readonly<Record<string, string>> = {
  1: "Made Shot",
  2: "Missed Shot",
  3: "Free Throw",
  4: "Rebound",
  5: "Turnover",
  6: "Foul",
  7: "Violation",
  8: "Substitution",
  9: "Timeout",
  10: "Jump Ball",
  11: "Ejection",
  12: "period",
  13: "period",
  18: "Instant Replay",
};

/**
 * Reads play-by-play of stats.nba.com (PlayByPlayV2; V3 and the live feed) into `nbac_play_by_play`. On a made shot player
 * 2 is the assister, on a miss the blocker. A file is the truth for its games.
 */
export async function readPlayByPlay(
  v2: readonly SourceTable[],
  v3: readonly SourceTable[],
  games: Games,
  players: Players,
  rows: RowSink,
  skips: Skips,
): Promise<void> {
  const take = (game: Game, values: RawValues, cells: Cells, record: SourceRecord, column: string) => {
    rows.add(values, cells, record, column);
    rows.cover(["game_id"], [game.gameId], cells);
  };
  await readRecords(v2, LAYOUTS.play_by_play_v2, nbacPlayByPlay, skips, (cells, record) => {
    const game = games.ofRecord(cells, record);
    take(game, v2Values(cells, record, game, players), cells, record, "eventnum");
  });
  await readRecords(v3, LAYOUTS.play_by_play_v3, nbacPlayByPlay, skips, (cells, record) => {
    const game = games.ofRecord(cells, record);
    take(game, v3Values(cells, record, game, players), cells, record, "actionnumber");
  });
}

interface Actor {
  readonly lookup: string | null;
  readonly team: string | null;
}

const NOBODY: Actor = { lookup: null, team: null };

function v2Values(cells: Cells, record: SourceRecord, game: Game, players: Players): RawValues {
  const event = cells.int(record, "eventnum");
  const kind = String(cells.int(record, "eventmsgtype"));
  const isShot = kind === "1" || kind === "2";
  const isFreeThrow = kind === "3";
  const description = ["homedescription", "visitordescription", "neutraldescription"]
    .flatMap((column) => cells.optional(record, column) ?? [])
    .join(" ");
  const shooterText = isShot ? description.replace(/\b[\w.' -]+ (?:BLOCK|STEAL) \(.*$/, "") : description;
  const first = v2Actor(cells, record, 1, game, players);
  // Player 3 of a miss is the blocker; player 2 of a make the assister.
  const second = kind === "2" ? v2Actor(cells, record, 3, game, players) : v2Actor(cells, record, 2, game, players);
  const score = /^(\d+)\s*-\s*(\d+)$/.exec(cells.optional(record, "score") ?? "");
  return {
    ...base(game, event, cells.int(record, "period")),
    game_clock_seconds: clockSeconds(cells, record, "pctimestring"),
    event_type: V2_EVENTS[kind] ?? `event ${kind}`,
    player_1_lookup: first.lookup,
    player_1_team_abbr: first.team,
    player_2_lookup: second.lookup,
    player_2_team_abbr: second.team,
    player_2_role: roleOf(isShot, kind === "1", second),
    shot_made: isShot ? kind === "1" : isFreeThrow ? !/\bMISS\b/.test(description) : null,
    shot_type: isShot ? (/\b3PT\b/.test(description) ? "3PT" : "2PT") : isFreeThrow ? "FT" : null,
    shot_distance: isShot ? distanceIn(shooterText) : null,
    score_home: score === null ? null : Number(score[2]),
    score_away: score === null ? null : Number(score[1]),
  };
}

function v2Actor(cells: Cells, record: SourceRecord, number: 1 | 2 | 3, game: Game, players: Players): Actor {
  const id = cells.optionalInt(record, `player${number}_id`);
  // Teams act too (a rebound of the team), under their own id or none.
  if (id === null || id === 0 || teamByAny(String(id)) !== undefined) return NOBODY;
  const named =
    cells.optional(record, `player${number}_team_id`) ?? cells.optional(record, `player${number}_team_abbreviation`);
  const team = teamByAny(named ?? "")?.abbr ?? null;
  const name = cells.optional(record, `player${number}_name`);
  const lookup = players.lookupOf(id) ?? (name === undefined ? null : spelled(name, team, game, players));
  return { lookup, team };
}

function spelled(name: string, team: string | null, game: Game, players: Players): string | null {
  const teams = team === null ? [game.home, game.away] : [team];
  const match = players.match(name, { teams, seasonYear: game.seasonYear });
  return match.kind === "ambiguous" || match.lookup === "" ? null : match.lookup;
}

function v3Values(cells: Cells, record: SourceRecord, game: Game, players: Players): RawValues {
  // V3 gives a steal the number of its turnover and a block that of its shot; `actionId` tells them apart.
  const number = cells.int(record, "actionnumber");
  const sequence = cells.optionalInt(record, "actionid") ?? cells.optionalInt(record, "ordernumber") ?? number;
  const action = cells.optional(record, "actiontype") ?? "";
  const description = cells.optional(record, "description") ?? "";
  const isFreeThrow = /^free ?throw$/i.test(action);
  const isShot = /^(?:2pt|3pt|made shot|missed shot|heave)$/i.test(action);
  const result = cells.optional(record, "shotresult")?.toLowerCase();
  const isMade = result === "made" || (result === undefined && /^made shot$/i.test(action));
  const value = cells.optionalInt(record, "shotvalue");
  const team = teamByAny(cells.optional(record, "teamtricode") ?? cells.optional(record, "teamid") ?? "")?.abbr ?? null;
  const first = v3Actor(cells.optionalInt(record, "personid"), players);
  const second = v3Actor(cells.optionalInt(record, isMade ? "assistpersonid" : "blockpersonid"), players);
  const other = team === game.home ? game.away : game.home;
  const isPlay = isShot && (second.lookup !== null || hasAssist(description, isMade));
  return {
    ...base(game, number, cells.int(record, "period")),
    event_id: isShot || !cells.has("actionid") ? String(number) : `${number}.${sequence}`,
    event_sequence: sequence,
    game_clock_seconds: clockSeconds(cells, record, "clock"),
    event_type: action === "" ? null : action,
    player_1_lookup: first.lookup,
    player_1_team_abbr: first.lookup === null ? null : team,
    player_2_lookup: isShot ? second.lookup : null,
    player_2_team_abbr: isShot && second.lookup !== null ? (isMade ? team : other) : null,
    player_2_role: isPlay ? (isMade ? "assist" : "block") : null,
    shot_made:
      isShot || isFreeThrow ? (isFreeThrow && result === undefined ? !/\bMISS\b/.test(description) : isMade) : null,
    shot_type: isShot
      ? value === 3 || /^3pt$/i.test(action) || /\b3PT\b/.test(description)
        ? "3PT"
        : "2PT"
      : isFreeThrow
        ? "FT"
        : null,
    shot_distance: isShot ? (cells.optionalNumber(record, "shotdistance") ?? distanceIn(description)) : null,
    score_home: cells.optionalCount(record, "scorehome"),
    score_away: cells.optionalCount(record, "scoreaway"),
  };
}

function v3Actor(id: number | null, players: Players): Actor {
  return id === null || id === 0 ? NOBODY : { lookup: players.lookupOf(id) ?? null, team: null };
}

/** `(Capela 1 AST)` behind a made shot. */
function hasAssist(description: string, isMade: boolean): boolean {
  return isMade && /\(\S.* \d+ AST\)/.test(description);
}

function roleOf(isShot: boolean, isMade: boolean, second: Actor): string | null {
  if (!isShot || second.lookup === null) return null;
  return isMade ? "assist" : "block";
}

function base(game: Game, event: number, period: number) {
  return {
    game_id: game.gameId,
    event_id: String(event),
    event_sequence: event,
    game_date: game.date,
    season_year: game.seasonYear,
    period,
  };
}

/** Feet in a description such as `Young 26' 3PT Jump Shot`; NULL where it has none. */
function distanceIn(description: string): number | null {
  const match = /\b(\d{1,2})' /.exec(description);
  return match === null ? null : Number(match[1]);
}

/** Seconds left in the period, from `11:42` or `PT11M42.00S`. */
function clockSeconds(cells: Cells, record: SourceRecord, column: string): number {
  const text = cells.text(record, column);
  const match = /^(\d{1,2}):(\d\d)/.exec(text) ?? /^PT(\d{1,2})M(\d{1,2})/.exec(text);
  if (match === null) return cells.malformed(record, column, `${column} must be a clock as 11:42, found "${text}"`);
  return Number(match[1]) * 60 + Number(match[2]);
}
