import { easternDate, timestampText } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { playerLookup } from "../player-lookup.js";
import { oddsApiPlayerPointsProps } from "../raw-tables/index.js";
import { type Team, teamByFullName } from "../teams.js";
import { LAYOUTS } from "./layouts.js";
import { RowSink } from "./row-sink.js";
import { Cells, type SourceRecord, type SourceTable } from "./source-table.js";

const BEFORE_TIP_OFF_MS = 60_000;
const HOUR_MS = 3_600_000;
/** 16:00 UTC is noon or 11:00 Eastern: a time of the collection day at which the lines of the evening are out. */
const COLLECTED_AT_HOUR_UTC = 16;

interface Quote {
  readonly cells: Cells;
  readonly record: SourceRecord;
  readonly gameId: string;
  readonly gameDate: string;
  readonly lookup: string;
  readonly bookmaker: string;
  readonly snapshot: number;
  /** Price per side, by line. */
  readonly lines: Map<number, { over?: number; under?: number }>;
}

/**
 * Reads points props in The Odds API layout (one row per side) into `odds_api_player_points_props`. Needs no schedule:
 * the teams and the Eastern date of the start make the game id. A line counts if both sides are offered; lines of one
 * side only are promotions. The file's rows name the day of collection, not the hour: the snapshot is that day 16:00
 * UTC, and no later than a minute before tip-off.
 */
export async function readProps(
  sources: readonly SourceTable[],
  processedAt: string,
): Promise<{ rows: RowSink; otherMarkets: number; dropped: number }> {
  const quotes = new Map<string, Quote>();
  let otherMarkets = 0;
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.player_props);
    for await (const record of source.records(LAYOUTS.player_props)) {
      if (cells.text(record, "market") === "player_points") addSide(quotes, cells, record);
      else otherMarkets++;
    }
  }
  const rows = new RowSink(oddsApiPlayerPointsProps, processedAt);
  let dropped = 0;
  for (const quote of quotes.values()) {
    const offered = [...quote.lines].filter(([, side]) => side.over !== undefined && side.under !== undefined);
    dropped += quote.lines.size - Math.min(offered.length, 1);
    const [line] = offered;
    if (line === undefined) continue;
    const values = {
      game_id: quote.gameId,
      player_lookup: quote.lookup,
      bookmaker: quote.bookmaker,
      snapshot_timestamp: timestampText(quote.snapshot),
      game_date: quote.gameDate,
      points_line: line[0],
      over_price_american: line[1].over ?? null,
      under_price_american: line[1].under ?? null,
      minutes_before_tipoff: null,
    };
    rows.add(values, quote.cells, quote.record, "player");
  }
  return { rows, otherMarkets, dropped };
}

function addSide(quotes: Map<string, Quote>, cells: Cells, record: SourceRecord): void {
  const quote = readQuote(cells, record);
  const key = [quote.gameId, quote.lookup, quote.bookmaker, quote.snapshot].join(" ");
  const { lines } = quotes.get(key) ?? quote;
  if (!quotes.has(key)) quotes.set(key, quote);
  const point = cells.optionalNumber(record, "line") ?? cells.fail(record, "line", "line is empty");
  const side = cells.word(record, "side", ["Over", "Under"]) === "Over" ? "over" : "under";
  const line = lines.get(point) ?? {};
  if (line[side] !== undefined) cells.fail(record, "side", `duplicate ${side} ${point} of ${quote.lookup}`);
  line[side] = cells.int(record, "price");
  lines.set(point, line);
}

function readQuote(cells: Cells, record: SourceRecord): Quote {
  const home = team(cells, record, "home_team");
  const away = team(cells, record, "away_team");
  const start = cells.text(record, "commence_time");
  const tipOff = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(start) ? Date.parse(start) : Number.NaN;
  if (Number.isNaN(tipOff)) cells.fail(record, "commence_time", `commence_time must be a UTC time, found "${start}"`);
  const gameDate = easternDate(tipOff);
  const lookup = playerLookup(cells.text(record, "player"));
  if (lookup === "") cells.fail(record, "player", "no letters in the player's name");
  return {
    cells,
    record,
    gameId: gameIdOf(gameDate, away.abbr, home.abbr),
    gameDate,
    lookup,
    bookmaker: playerLookup(cells.text(record, "bookmaker")),
    snapshot: Math.min(collectedAt(cells, record) ?? Number.POSITIVE_INFINITY, tipOff - BEFORE_TIP_OFF_MS),
    lines: new Map(),
  };
}

/** The collection day that `source_file` names as `MM_DD_YYYY`, at the hour assumed. */
function collectedAt(cells: Cells, record: SourceRecord): number | undefined {
  const match = /^(\d\d)_(\d\d)_(\d{4})$/.exec(cells.optional(record, "source_file") ?? "");
  if (match === null) return undefined;
  const time = Date.parse(`${match[3]}-${match[1]}-${match[2]}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : time + COLLECTED_AT_HOUR_UTC * HOUR_MS;
}

function team(cells: Cells, record: SourceRecord, column: string): Team {
  const name = cells.text(record, column);
  return teamByFullName(name) ?? cells.fail(record, column, `unknown team "${name}"`);
}
