import { dateOf, timestampText } from "../calendar.js";
import { bettingprosPlayerPointsProps } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { teamByAny } from "../teams.js";
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

interface Offer {
  readonly values: RawValues & { is_best_line: boolean | null };
  readonly cells: Cells;
  readonly record: SourceRecord;
}

/**
 * Reads BettingPros points offers into `bettingpros_player_points_props`: a row a side, or one row with both prices. Of
 * several offers of one book and side the active one that was updated last is taken. Where the source does not say which
 * line is best, the best over is the lowest line and the best under the highest.
 */
export async function readBettingPros(
  sources: readonly SourceTable[],
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
      const key = [date, match.lookup, values.bookmaker, side].join(" ");
      const known = offers.get(key);
      if (known === undefined || rank(values) > rank(known.values)) offers.set(key, offer);
      if (known !== undefined) {
        skips.add(
          bettingprosPlayerPointsProps,
          cells.source.name,
          "earlier or inactive offer of the same book and side",
          cells.place(record, "line"),
        );
      }
    }
  });
  const rows = new RowSink(bettingprosPlayerPointsProps, processedAt, skips, conflicts);
  for (const { values, cells, record } of withBest([...offers.values()])) {
    rows.cover(
      ["game_date", "player_lookup", "bookmaker"],
      [values.game_date ?? null, values.player_lookup ?? null, values.bookmaker ?? null],
    );
    rows.add(values, cells, record, "player");
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

function rank(values: RawValues): string {
  return [
    values.is_active === false ? 0 : 1,
    values.bookmaker_last_update,
    values.points_line,
    values.odds_american,
  ].join(" ");
}

/** Fills `is_best_line` where no offer of a player, date and side has it. */
function withBest(offers: readonly Offer[]): Offer[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = [offer.values.game_date, offer.values.player_lookup, offer.values.bet_side].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), offer]);
  }
  return [...groups.values()].flatMap((group) => {
    if (group.some(({ values }) => values.is_best_line !== null)) return group;
    const lines = group.flatMap(({ values }) => (typeof values.points_line === "number" ? [values.points_line] : []));
    const best = group[0]?.values.bet_side === "over" ? Math.min(...lines) : Math.max(...lines);
    return group.map((offer) => ({
      ...offer,
      values: { ...offer.values, is_best_line: offer.values.points_line === best },
    }));
  });
}
