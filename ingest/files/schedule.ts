import { timestampText, zonedTime } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { nbacSchedule } from "../raw-tables/index.js";
import { TEAM_BY_ABBR } from "../teams.js";
import { type Game, Games, knownTeam } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import { RowSink } from "./row-sink.js";
import { Cells, type SourceRecord, type SourceTable } from "./source-table.js";

/** First three digits of an NBA.com game id. */
const GAME_TYPES = {
  "001": "preseason",
  "002": "regular",
  "003": "all-star",
  "004": "playoffs",
  "005": "play-in",
} as const;
type GameType = (typeof GAME_TYPES)[keyof typeof GAME_TYPES];

/**
 * Reads schedules into `nbac_schedule` rows and the index of games.
 * Pre-season games carry none of the three flags. Play-in games count as playoffs: they are post-season games of the
 * 30 teams, and without a flag they would be taken for pre-season.
 */
export async function readSchedule(
  sources: readonly SourceTable[],
  processedAt: string,
): Promise<{ games: Games; rows: RowSink }> {
  const games = new Games();
  const rows = new RowSink(nbacSchedule, processedAt);
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.schedule);
    for await (const record of source.records(LAYOUTS.schedule)) {
      const type = gameType(cells, record);
      const game = readGame(cells, record, type);
      if (games.byNbaId(game.nbaGameId) !== undefined) {
        cells.fail(record, "gid", `duplicate game ${game.nbaGameId}`);
      }
      games.add(game);
      rows.add(scheduleRow(cells, record, type, game), cells, record, "gid");
    }
  }
  return { games, rows };
}

function gameType(cells: Cells, record: SourceRecord): GameType {
  const id = cells.nbaGameId(record, "gid");
  const prefix = id.slice(0, 3);
  if (prefix in GAME_TYPES) return GAME_TYPES[prefix as keyof typeof GAME_TYPES];
  return cells.fail(record, "gid", `game id ${id} begins with none of ${Object.keys(GAME_TYPES).join(", ")}`);
}

function readGame(cells: Cells, record: SourceRecord, type: GameType): Game {
  const nbaGameId = cells.nbaGameId(record, "gid");
  const counts = type === "regular" || type === "playoffs" || type === "play-in";
  // Pre-season guests and All-Star sides are not among the 30 teams.
  const team = (column: string) => (counts ? knownTeam(cells, record, column) : cells.text(record, column));
  const home = team("h.ta");
  const away = team("v.ta");
  if (home === away) cells.fail(record, "v.ta", `${away} cannot play against itself`);
  const date = cells.date(record, "etdate");
  const time = cells.text(record, "ettime");
  if (!/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time)) {
    cells.fail(record, "ettime", `ettime must be a time HH:MM:SS, found "${time}"`);
  }
  const yearOfCentury = Number(nbaGameId.slice(3, 5));
  return {
    gameId: gameIdOf(date, away, home),
    nbaGameId,
    date,
    seasonYear: yearOfCentury + (yearOfCentury >= 46 ? 1900 : 2000),
    home,
    away,
    tipOff: zonedTime(date, time, "America/New_York"),
    counts,
  };
}

function scheduleRow(cells: Cells, record: SourceRecord, type: GameType, game: Game) {
  const status = Number(cells.word(record, "st", ["1", "2", "3"]));
  const isFinal = status === 3;
  const homeScore = isFinal ? cells.optionalCount(record, "h.s") : null;
  const awayScore = isFinal ? cells.optionalCount(record, "v.s") : null;
  const homeTeam = TEAM_BY_ABBR.get(game.home);
  const isAtHomeArena = homeTeam !== undefined && cells.optional(record, "ac") === homeTeam.arenaCity;
  return {
    game_id: game.gameId,
    nba_game_id: game.nbaGameId,
    season_year: game.seasonYear,
    game_date: game.date,
    game_date_est: timestampText(game.tipOff),
    game_status: status,
    home_team_tricode: game.home,
    away_team_tricode: game.away,
    is_regular_season: type === "regular",
    is_playoffs: type === "playoffs" || type === "play-in",
    is_all_star: type === "all-star",
    is_primetime: null,
    neutral_site_flag: null,
    arena_timezone: isAtHomeArena ? homeTeam.timeZone : null,
    home_team_score: homeScore,
    away_team_score: awayScore,
    winning_team_tricode:
      homeScore === null || awayScore === null ? null : homeScore > awayScore ? game.home : game.away,
  };
}
