import type { RowObject, SqlValue, StoredRows } from "../../runner/api/loader.js";
import { gameIdOf } from "../game-id.js";
import { nbacGamebookPlayerStats, nbacPlayerListCurrent, nbacSchedule, nbacTeamBoxscore } from "../raw-tables/index.js";
import type { Game } from "./games.js";

/** A game that an earlier load stored. */
export interface KnownGame {
  readonly game: Game;
  readonly row: RowObject;
}

/** What the files refer to and earlier loads have stored. */
export interface Known {
  readonly games: readonly KnownGame[];
  /** Ids of games with box scores. */
  readonly played: ReadonlySet<string>;
}

/** Reads the schedule and which of its games were played. */
export async function readKnown(stored: StoredRows): Promise<Known> {
  const columns = nbacSchedule.columns.map(({ name }) => name);
  const games = (await stored.read(nbacSchedule, columns)).map((row) => ({ game: gameOfRow(row), row }));
  const played = new Set<string>();
  if (games.length > 0) {
    for (const table of [nbacGamebookPlayerStats, nbacTeamBoxscore]) {
      for (const row of await stored.read(table, ["game_id"])) played.add(text(row.game_id));
    }
  }
  return { games, played };
}

function gameOfRow(row: RowObject): Game {
  const [home, away, date] = [text(row.home_team_tricode), text(row.away_team_tricode), text(row.game_date)];
  const tipOff = Date.parse(text(row.game_date_est).replace(" ", "T"));
  return {
    gameId: typeof row.game_id === "string" ? row.game_id : gameIdOf(date, away, home),
    nbaGameId: typeof row.nba_game_id === "string" ? row.nba_game_id : undefined,
    date,
    seasonYear: Number(row.season_year),
    home,
    away,
    tipOff: Number.isNaN(tipOff) ? undefined : tipOff,
    counts: row.is_all_star !== true && (row.is_regular_season === true || row.is_playoffs === true),
  };
}

/** A stored player: which id his lookup stands for, and where a box score has him. */
export interface KnownSight {
  readonly lookup: string;
  readonly gameId: string;
  readonly row: RowObject;
}

/** The ids behind the stored lookups. */
export async function readKnownIds(stored: StoredRows): Promise<readonly RowObject[]> {
  return stored.read(nbacPlayerListCurrent, [
    "player_lookup",
    "player_id",
    "player_full_name",
    "team_abbr",
    "position",
    "birth_date",
    "season_year",
  ]);
}

/** Who is in which stored box score. */
export async function readKnownSights(stored: StoredRows): Promise<readonly RowObject[]> {
  return stored.read(nbacGamebookPlayerStats, [
    "game_id",
    "player_lookup",
    "player_name",
    "player_status",
    "team_abbr",
    "game_date",
    "season_year",
  ]);
}

export function text(value: SqlValue | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}
