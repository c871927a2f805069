import { addDays, timestampText } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { oddsApiGameLines } from "../raw-tables/index.js";
import { TEAM_BY_ABBR, type Team, teamByAny } from "../teams.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** The source names no bookmaker. */
export const NO_BOOKMAKER = "unknown";
/** The source gives no time; its lines are closing lines, so they are dated just before tip-off. */
const BEFORE_TIP_OFF_MS = 60_000;
/** The start of a game whose time nobody knows, for dating its line: 19:00 Eastern in winter. */
const USUAL_START = "T00:00:00Z";

/** When a closing line without a time of its own was seen. */
export function closingTime(date: string, tipOff: number | undefined): string {
  return timestampText((tipOff ?? Date.parse(`${addDays(date, 1)}${USUAL_START}`)) - BEFORE_TIP_OFF_MS);
}

/**
 * Reads one spread and one total per game into `odds_api_game_lines`: two outcomes each, no prices. A line of a game that
 * no schedule has is kept under its own date.
 */
export async function readGameLines(
  sources: readonly SourceTable[],
  games: Games,
  rows: RowSink,
  unscheduled: Set<string>,
  skips: Skips,
): Promise<void> {
  await readRecords(sources, LAYOUTS.game_lines, oddsApiGameLines, skips, (cells, record) => {
    const named = { home: team(cells, record, "home").abbr, away: team(cells, record, "away").abbr };
    const date = cells.date(record, "date");
    const game = games.ofEvent(named.home, named.away, date) ?? {
      ...named,
      gameId: gameIdOf(date, named.away, named.home),
      date,
      tipOff: undefined,
    };
    if (games.byGameId(game.gameId) === undefined) unscheduled.add(game.gameId);
    const snapshot = closingTime(game.date, game.tipOff);
    const add = (market: string, outcome: string, point: number) => {
      const values = {
        game_id: game.gameId,
        bookmaker_key: NO_BOOKMAKER,
        market_key: market,
        outcome_name: outcome,
        snapshot_timestamp: snapshot,
        game_date: game.date,
        home_team_abbr: game.home,
        away_team_abbr: game.away,
        outcome_point: point,
        outcome_price: null,
      };
      rows.add(values, cells, record, "date");
    };
    rows.cover(["game_id", "bookmaker_key"], [game.gameId, NO_BOOKMAKER], cells);
    const spread = cells.optionalNumber(record, "spread");
    const total = cells.optionalNumber(record, "total");
    if (spread !== null) {
      // The favourite gives the points: his own spread is negative. `0 -` avoids a negative zero.
      const favourite = cells.word(record, "whos_favored", ["home", "away"]);
      const homePoint = named[favourite] === game.home ? 0 - spread : spread;
      add("spreads", TEAM_BY_ABBR.get(game.home)!.fullName, homePoint);
      add("spreads", TEAM_BY_ABBR.get(game.away)!.fullName, 0 - homePoint);
    }
    if (total !== null) {
      add("totals", "Over", total);
      add("totals", "Under", total);
    }
    if (spread === null || total === null) {
      const missing = spread === null ? "spread" : "total";
      const reason = `game without a ${missing}, of which only the rest is taken`;
      skips.add(oddsApiGameLines, cells.source.name, reason, `${cells.place(record, missing)}: no ${missing}`);
    }
  });
}

function team(cells: Cells, record: SourceRecord, column: string): Team {
  const code = cells.text(record, column);
  return teamByAny(code) ?? cells.fail(record, column, `unknown team "${code}"`, "unknown team");
}
