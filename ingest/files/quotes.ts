import { dateOf, easternDate, timestampText } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { oddsApiGameLines, oddsApiPlayerPointsProps } from "../raw-tables/index.js";
import { type Team, teamByAny } from "../teams.js";
import type { Conflicts } from "./conflicts.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { PropBook, type PropSides } from "./prop-book.js";
import { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

const MARKETS = ["player_points", "spreads", "totals"] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** 16:00 UTC is noon or 11:00 Eastern: a time of the collection day at which the lines of the evening are out. */
const COLLECTED_AT_HOUR_UTC = 16;

/** The game that a quote is for: the scheduled one of its event, or the event's own date where no schedule has it. */
export interface QuotedGame {
  readonly gameId: string;
  readonly date: string;
  readonly home: string;
  readonly away: string;
  readonly seasonYear: number | undefined;
  readonly isScheduled: boolean;
  /** The start by the source's own clock, in milliseconds since 1970. */
  readonly start: number;
  /** When the line was seen; a source without the time has lines from before the start. */
  readonly snapshot: number;
  /** Whole minutes from the snapshot to the start; NULL where the time is an assumption. */
  readonly minutesBefore: number | null;
}

export interface QuoteResult {
  readonly lines: RowSink;
  readonly props: RowSink;
  /** Events that no scheduled game is of: kept under their own date until a schedule has them. */
  readonly unscheduled: Set<string>;
  /** Names that no box score and no roster has: kept under their own lookup. */
  readonly strangers: ReadonlySet<string>;
}

/**
 * Reads quotes in The Odds API form, a row a price, into `odds_api_game_lines` and `odds_api_player_points_props`. A quote
 * belongs to the game of its event: the teams, on the Eastern date of the start or within a day of it. A quote from after
 * the start by the source's own clock is one of the running game and not taken.
 */
export async function readQuotes(
  sources: readonly SourceTable[],
  games: Games,
  players: Players,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): Promise<QuoteResult> {
  const lines = new RowSink(oddsApiGameLines, processedAt, skips, conflicts);
  const props = new RowSink(oddsApiPlayerPointsProps, processedAt, skips, conflicts);
  const book = new PropBook();
  const unscheduled = new Set<string>();
  const strangers = new Set<string>();
  await readRecords(sources, LAYOUTS.odds, oddsApiPlayerPointsProps, skips, (cells, record) => {
    const named = cells.text(record, "market").toLowerCase();
    const market = MARKETS.find((known) => known === named);
    const sport = cells.optional(record, "sport_key");
    if (sport !== undefined && sport !== "basketball_nba")
      cells.fail(record, "sport_key", `${sport} is not the NBA`, "other sport");
    if (market === undefined) {
      return cells.fail(record, "market", `market ${named}`, `other market than ${MARKETS.join(", ")}`);
    }
    const game = quotedGame(cells, record, games);
    if (!game.isScheduled) unscheduled.add(game.gameId);
    if (market === "player_points") addProp(book, strangers, players, game, cells, record);
    else addLine(lines, market, game, cells, record);
  });
  for (const sides of book.rows(skips)) addPropRow(props, sides);
  return { lines, props, unscheduled, strangers };
}

function quotedGame(cells: Cells, record: SourceRecord, games: Games): QuotedGame {
  const home = team(cells, record, "home_team").abbr;
  const away = team(cells, record, "away_team").abbr;
  const start = instant(cells, record, "commence_time");
  const date = easternDate(start);
  const game = games.ofEvent(home, away, date);
  const seen = seenAt(cells, record);
  if (seen !== undefined && !seen.isAssumed && seen.at >= start) {
    cells.fail(record, "commence_time", "quote from after the start of the game", "quote of a running game");
  }
  // Without the time of day a line is one from before the start, by either clock.
  const before = Math.min(start, game?.tipOff ?? start) - MINUTE_MS;
  const snapshot = seen === undefined || seen.isAssumed ? Math.min(seen?.at ?? before, before) : seen.at;
  return {
    gameId: game?.gameId ?? gameIdOf(date, away, home),
    date: game?.date ?? date,
    home: game?.home ?? home,
    away: game?.away ?? away,
    seasonYear: game?.seasonYear,
    isScheduled: game !== undefined || games.isEmpty,
    start,
    snapshot,
    minutesBefore: seen === undefined || seen.isAssumed ? null : Math.floor((start - seen.at) / MINUTE_MS),
  };
}

function seenAt(cells: Cells, record: SourceRecord): { at: number; isAssumed: boolean } | undefined {
  for (const column of ["snapshot", "last_update"]) {
    if (cells.optional(record, column) !== undefined) return { at: instant(cells, record, column), isAssumed: false };
  }
  const day = /(\d\d)_(\d\d)_(\d{4})|(\d{4})[-_](\d\d)[-_](\d\d)/.exec(cells.optional(record, "source_file") ?? "");
  if (day === null) return undefined;
  const date = dateOf(day[3] === undefined ? `${day[4]}-${day[5]}-${day[6]}` : `${day[3]}-${day[1]}-${day[2]}`);
  return date === undefined
    ? undefined
    : { at: Date.parse(`${date}T00:00:00Z`) + COLLECTED_AT_HOUR_UTC * HOUR_MS, isAssumed: true };
}

/** A moment: ISO with a zone, or without one in UTC, as the API writes it and data frames print it. */
function instant(cells: Cells, record: SourceRecord, column: string): number {
  const text = cells.text(record, column);
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?(?:\.\d+)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text);
  const zone = match?.[3] === undefined || match[3] === "UTC" ? "Z" : match[3].replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const time = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${zone}`);
  return Number.isNaN(time) ? cells.malformed(record, column, `${column} must be a UTC time, found "${text}"`) : time;
}

function team(cells: Cells, record: SourceRecord, column: string): Team {
  const name = cells.text(record, column);
  return teamByAny(name) ?? cells.fail(record, column, `unknown team "${name}"`, "unknown team");
}

function addLine(
  rows: RowSink,
  market: "spreads" | "totals",
  game: QuotedGame,
  cells: Cells,
  record: SourceRecord,
): void {
  const side = cells.text(record, "side");
  const outcome =
    market === "totals" ? cells.word(record, "side", ["Over", "Under"]) : team(cells, record, "side").fullName;
  const point = cells.optionalNumber(record, "line");
  if (point === null) cells.fail(record, "line", `no points on ${side}`, "line without points");
  const bookmaker = bookmakerKey(cells.text(record, "bookmaker"));
  const values = {
    game_id: game.gameId,
    bookmaker_key: bookmaker,
    market_key: market,
    outcome_name: outcome,
    snapshot_timestamp: timestampText(game.snapshot),
    game_date: game.date,
    home_team_abbr: game.home,
    away_team_abbr: game.away,
    outcome_point: point,
    outcome_price: cells.optionalNumber(record, "price"),
  };
  rows.add(values, cells, record, "side");
  rows.cover(
    ["game_id", "bookmaker_key", "market_key", "snapshot_timestamp"],
    [game.gameId, bookmaker, market, values.snapshot_timestamp],
    cells,
  );
}

function addProp(
  book: PropBook,
  strangers: Set<string>,
  players: Players,
  game: QuotedGame,
  cells: Cells,
  record: SourceRecord,
): void {
  const name = cells.text(record, "player");
  const match = players.match(name, { teams: [game.home, game.away], seasonYear: game.seasonYear });
  if (match.lookup === "") cells.malformed(record, "player", "no letters in the player's name");
  if (match.kind === "ambiguous")
    cells.fail(record, "player", `"${name}" is the name of several players`, "name of several players");
  if (match.kind === "unknown" && !players.isEmpty) strangers.add(name);
  const line =
    cells.optionalNumber(record, "line") ?? cells.fail(record, "line", "line is empty", "line without points");
  const side = cells.word(record, "side", ["Over", "Under"]).toLowerCase() as "over" | "under";
  const bookmaker = bookmakerKey(cells.text(record, "bookmaker"));
  book.add({ game, lookup: match.lookup, bookmaker, line, side, price: americanPrice(cells, record), cells, record });
}

function addPropRow(rows: RowSink, { game, lookup, bookmaker, line, over, under, cells, record }: PropSides): void {
  const snapshot = timestampText(game.snapshot);
  rows.cover(["game_id", "bookmaker", "snapshot_timestamp"], [game.gameId, bookmaker, snapshot], cells);
  if (line === undefined) return;
  const values = {
    game_id: game.gameId,
    player_lookup: lookup,
    bookmaker,
    snapshot_timestamp: snapshot,
    game_date: game.date,
    points_line: line,
    over_price_american: over,
    under_price_american: under,
    minutes_before_tipoff: game.minutesBefore,
  };
  rows.add(values, cells, record, "player");
}

/** American odds as they are; decimal odds (1.91) converted. */
function americanPrice(cells: Cells, record: SourceRecord): number | null {
  const price = cells.optionalNumber(record, "price");
  if (price === null || Math.abs(price) >= 100) return price === null ? null : Math.round(price);
  if (price <= 1) return cells.malformed(record, "price", `price must be American or decimal odds, found ${price}`);
  return Math.round(price >= 2 ? (price - 1) * 100 : -100 / (price - 1));
}

/** `DraftKings`, `draftkings` and `Prize Picks` as keys: lower case, no blanks. */
export function bookmakerKey(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]/g, "");
}
