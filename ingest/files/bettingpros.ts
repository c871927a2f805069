import type { RowObject, StoredRows } from "../../runner/api/loader.js";
import { dateOf, timestampText } from "../calendar.js";
import { bettingprosPlayerPointsProps } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { teamByAny } from "../teams.js";
import { comparedOrigin } from "./best-lines.js";
import type { Conflicts } from "./conflicts.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { bookmakerKey } from "./quotes.js";
import { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** How the source names the market of points: its number, or a word. */
const POINTS = /^(?:156|156\.0|points|player[_ ]points|pts)$/i;

const OUTDATED = "earlier or inactive offer of the same book and side";

interface Offer {
  readonly values: RawValues & { is_best_line: boolean | null };
  readonly cells: Cells;
  readonly record: SourceRecord;
}

/**
 * Reads BettingPros points offers into `bettingpros_player_points_props`: a row a side, or one row with both prices. Of
 * several offers of one book and side the active one that was updated last is taken, whichever was loaded first. Which
 * line is best, where the source does not say, `compareLines` finds once all offers are there.
 */
export async function readBettingPros(
  sources: readonly SourceTable[],
  stored: StoredRows,
  games: Games,
  players: Players,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): Promise<{ rows: RowSink; strangers: ReadonlySet<string> }> {
  const offers = new Map<string, Offer>();
  const strangers = new Set<string>();
  await readRecords(sources, LAYOUTS.bettingpros, bettingprosPlayerPointsProps, skips, (cells, record) => {
    const market = cells.text(record, "market");
    if (!POINTS.test(market)) cells.fail(record, "market", `market ${market}`, "other market than points");
    const name = cells.text(record, "player");
    const named = teamByAny(cells.optional(record, "team") ?? "")?.abbr;
    const date = gameDate(cells, record, games, named);
    const teams = named === undefined ? [] : [named];
    const match = players.match(name, { teams, seasonYear: undefined });
    if (match.kind === "ambiguous")
      cells.fail(record, "player", `"${name}" is the name of several players`, "name of several players");
    if (match.kind === "unknown" && !players.isEmpty) strangers.add(name);
    for (const { side, odds } of sidesOf(cells, record)) {
      const offer = { values: offerValues(cells, record, date, match.lookup, side, odds), cells, record };
      const { values } = offer;
      const key = keyOf(values);
      const known = offers.get(key);
      if (known === undefined || rank(values) > rank(known.values)) offers.set(key, offer);
      if (known !== undefined) {
        skips.add(bettingprosPlayerPointsProps, cells.source.name, OUTDATED, cells.place(record, "line"));
      }
    }
  });
  const rows = new RowSink(bettingprosPlayerPointsProps, processedAt, skips, conflicts);
  const before = await readStored(stored, [...offers.values()]);
  for (const { values, cells, record } of offers.values()) {
    if (isOutdated(values, before.get(keyOf(values)))) {
      skips.add(bettingprosPlayerPointsProps, cells.source.name, OUTDATED, cells.place(record, "line"));
      continue;
    }
    rows.cover(
      ["game_date", "player_lookup", "bookmaker"],
      [values.game_date ?? null, values.player_lookup ?? null, values.bookmaker ?? null],
      cells,
    );
    const { name } = cells.source;
    rows.add(values, cells, record, "player", values.is_best_line === null ? comparedOrigin(name) : name);
  }
  return { rows, strangers };
}

/** The date of the game: what the source says, else that of the team's game around the day of the update. */
function gameDate(cells: Cells, record: SourceRecord, games: Games, team: string | undefined): string {
  const given = cells.optionalDate(record, "game_date");
  if (given !== undefined) return (team === undefined ? undefined : games.gameOf(team, given)?.date) ?? given;
  const updated = dateOf(cells.optional(record, "updated") ?? "");
  const game = updated === undefined || team === undefined ? undefined : games.gameOf(team, updated);
  return game?.date ?? cells.fail(record, "player", "no column tells the date of the game", "offer without a date");
}

function sidesOf(cells: Cells, record: SourceRecord): { side: "over" | "under"; odds: number | null }[] {
  if (cells.has("side")) {
    const side = cells.word(record, "side", ["over", "under"]);
    return [{ side, odds: odds(cells, record, "odds") }];
  }
  return [
    { side: "over", odds: odds(cells, record, "over_odds") },
    { side: "under", odds: odds(cells, record, "under_odds") },
  ];
}

function odds(cells: Cells, record: SourceRecord, column: string): number | null {
  const value = cells.optionalNumber(record, column);
  return value === null ? null : Math.round(value);
}

function offerValues(
  cells: Cells,
  record: SourceRecord,
  date: string,
  lookup: string,
  side: "over" | "under",
  price: number | null,
): Offer["values"] {
  const updated = cells.optional(record, "updated");
  const at = updated === undefined ? Number.NaN : Date.parse(updated.replace(" ", "T").replace(/(T[\d:.]+)$/, "$1Z"));
  return {
    game_date: date,
    player_lookup: lookup,
    bookmaker: bookmakerKey(cells.text(record, "book")),
    bet_side: side,
    points_line: cells.optionalNumber(record, "line"),
    opening_line: cells.optionalNumber(record, "opening_line"),
    is_best_line: cells.optionalFlag(record, "best"),
    is_active: cells.optionalFlag(record, "active"),
    odds_american: price,
    bookmaker_last_update: Number.isNaN(at) ? null : timestampText(at),
  };
}

const RANKED = ["is_active", "bookmaker_last_update", "points_line", "odds_american"];

function rank(values: RawValues | RowObject): string {
  return [
    values.is_active === false ? 0 : 1,
    values.bookmaker_last_update,
    values.points_line,
    values.odds_american,
  ].join(" ");
}

/** The stored offers of the same players, by key. */
async function readStored(stored: StoredRows, offers: readonly Offer[]): Promise<Map<string, RowObject>> {
  const columns = [...bettingprosPlayerPointsProps.primaryKey, ...RANKED];
  const values = [...new Set(offers.map((offer) => String(offer.values.player_lookup)))];
  const rows = await stored.read(bettingprosPlayerPointsProps, columns, { columns: ["player_lookup"], values });
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** Whether an offer is known that was updated later; without the time of both, the file is the truth. */
function isOutdated(values: RawValues, before: RowObject | undefined): boolean {
  if (before === undefined || before.bookmaker_last_update === null || values.bookmaker_last_update === null)
    return false;
  return rank(before) > rank(values);
}

function keyOf({ game_date, player_lookup, bookmaker, bet_side }: RawValues | RowObject): string {
  return [game_date, player_lookup, bookmaker, bet_side].join(" ");
}
