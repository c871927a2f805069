import { timestampText } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { oddsApiGameLines } from "../raw-tables/index.js";
import { TEAM_BY_ABBR, type Team, teamByCode } from "../teams.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import { RowSink } from "./row-sink.js";
import { Cells, type SourceRecord, type SourceTable } from "./source-table.js";

/** The source names no bookmaker. */
const BOOKMAKER = "unknown";
/** The source gives no time; its lines are closing lines, so they are dated just before tip-off. */
const BEFORE_TIP_OFF_MS = 60_000;

/** Reads one spread and one total per game into `odds_api_game_lines`: two outcomes each, no prices. */
export async function readGameLines(
  sources: readonly SourceTable[],
  games: Games,
  processedAt: string,
): Promise<{ rows: RowSink; withoutSpread: number }> {
  const rows = new RowSink(oddsApiGameLines, processedAt);
  let withoutSpread = 0;
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.game_lines);
    for await (const record of source.records(LAYOUTS.game_lines)) {
      const home = team(cells, record, "home");
      const away = team(cells, record, "away");
      const gameId = gameIdOf(cells.date(record, "date"), away.abbr, home.abbr);
      const game = games.byGameId(gameId) ?? cells.fail(record, "date", `game ${gameId} is not in the schedule`);
      const add = (market: string, outcome: string, point: number) =>
        rows.add(
          {
            game_id: gameId,
            bookmaker_key: BOOKMAKER,
            market_key: market,
            outcome_name: outcome,
            snapshot_timestamp: timestampText(game.tipOff - BEFORE_TIP_OFF_MS),
            game_date: game.date,
            home_team_abbr: game.home,
            away_team_abbr: game.away,
            outcome_point: point,
            outcome_price: null,
          },
          cells,
          record,
          "date",
        );
      const spread = cells.optionalNumber(record, "spread");
      const total = cells.optionalNumber(record, "total");
      if (spread === null) withoutSpread++;
      else {
        // The favourite gives the points: his own spread is negative. `0 -` avoids a negative zero.
        const isHomeFavoured = cells.word(record, "whos_favored", ["home", "away"]) === "home";
        const homePoint = isHomeFavoured ? 0 - spread : spread;
        add("spreads", TEAM_BY_ABBR.get(game.home)!.fullName, homePoint);
        add("spreads", TEAM_BY_ABBR.get(game.away)!.fullName, 0 - homePoint);
      }
      if (total !== null) {
        add("totals", "Over", total);
        add("totals", "Under", total);
      }
    }
  }
  return { rows, withoutSpread };
}

function team(cells: Cells, record: SourceRecord, column: string): Team {
  const code = cells.text(record, column);
  return teamByCode(code) ?? cells.fail(record, column, `unknown team "${code}"`);
}
