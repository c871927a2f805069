import { playerLookup } from "../player-lookup.js";
import { nbacGamebookPlayerStats, nbacTeamBoxscore } from "../raw-tables/index.js";
import { type Games, teamOfGame } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import { Players } from "./players.js";
import { RowSink } from "./row-sink.js";
import { Cells, type SourceRecord, type SourceTable } from "./source-table.js";

/**
 * Reads player box scores (LeagueGameLog layout) into `nbac_gamebook_player_stats` rows and the players seen.
 * The layout has whole minutes and only players who played, hence `MM:00` and status `active`.
 */
export async function readPlayerBox(
  sources: readonly SourceTable[],
  games: Games,
  processedAt: string,
): Promise<{ players: Players; rows: RowSink }> {
  const players = new Players();
  const rows = new RowSink(nbacGamebookPlayerStats, processedAt);
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.player_box);
    for await (const record of source.records(LAYOUTS.player_box)) {
      const game = games.ofRecord(cells, record, "game_date");
      const team = teamOfGame(cells, record, "team_abbreviation", game);
      const name = cells.text(record, "player_name");
      if (playerLookup(name) === "") cells.fail(record, "player_name", `no letters in player name "${name}"`);
      const lookup = players.add(cells.int(record, "player_id"), name, team, game);
      const minutes = cells.optionalCount(record, "min");
      const values = {
        game_id: game.gameId,
        player_lookup: lookup,
        game_date: game.date,
        season_year: game.seasonYear,
        home_team_abbr: game.home,
        away_team_abbr: game.away,
        team_abbr: team,
        player_name: name,
        player_status: "active",
        dnp_reason: null,
        minutes: minutes === null ? null : `${String(minutes).padStart(2, "0")}:00`,
        minutes_decimal: minutes,
        points: cells.optionalCount(record, "pts"),
        assists: cells.optionalCount(record, "ast"),
        total_rebounds: cells.optionalCount(record, "reb"),
        offensive_rebounds: cells.optionalCount(record, "oreb"),
        defensive_rebounds: cells.optionalCount(record, "dreb"),
        steals: cells.optionalCount(record, "stl"),
        blocks: cells.optionalCount(record, "blk"),
        turnovers: cells.optionalCount(record, "tov"),
        personal_fouls: cells.optionalCount(record, "pf"),
        plus_minus: cells.optionalInt(record, "plus_minus"),
        field_goals_made: cells.optionalCount(record, "fgm"),
        field_goals_attempted: cells.optionalCount(record, "fga"),
        three_pointers_made: cells.optionalCount(record, "fg3m"),
        three_pointers_attempted: cells.optionalCount(record, "fg3a"),
        free_throws_made: cells.optionalCount(record, "ftm"),
        free_throws_attempted: cells.optionalCount(record, "fta"),
      };
      rows.add(values, cells, record, "player_id");
    }
  }
  return { players, rows };
}

/** Reads team box scores (LeagueGameLog layout) into `nbac_team_boxscore` rows; a game must have both teams. */
export async function readTeamBox(
  sources: readonly SourceTable[],
  games: Games,
  processedAt: string,
): Promise<RowSink> {
  const rows = new RowSink(nbacTeamBoxscore, processedAt);
  const alone = new Map<string, { cells: Cells; record: SourceRecord }>();
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.team_box);
    for await (const record of source.records(LAYOUTS.team_box)) {
      const game = games.ofRecord(cells, record, "game_date");
      const team = teamOfGame(cells, record, "team_abbreviation", game);
      const minutes = cells.optionalCount(record, "min");
      const values = {
        game_id: game.gameId,
        team_abbr: team,
        game_date: game.date,
        season_year: game.seasonYear,
        nba_game_id: game.nbaGameId,
        is_home: team === game.home,
        minutes: minutes === null ? null : `${minutes}:00`,
        fg_made: cells.optionalCount(record, "fgm"),
        fg_attempted: cells.optionalCount(record, "fga"),
        three_pt_made: cells.optionalCount(record, "fg3m"),
        three_pt_attempted: cells.optionalCount(record, "fg3a"),
        ft_made: cells.optionalCount(record, "ftm"),
        ft_attempted: cells.optionalCount(record, "fta"),
        offensive_rebounds: cells.optionalCount(record, "oreb"),
        defensive_rebounds: cells.optionalCount(record, "dreb"),
        total_rebounds: cells.optionalCount(record, "reb"),
        assists: cells.optionalCount(record, "ast"),
        steals: cells.optionalCount(record, "stl"),
        blocks: cells.optionalCount(record, "blk"),
        turnovers: cells.optionalCount(record, "tov"),
        personal_fouls: cells.optionalCount(record, "pf"),
        points: cells.optionalCount(record, "pts"),
        plus_minus: cells.optionalInt(record, "plus_minus"),
      };
      rows.add(values, cells, record, "game_id");
      if (!alone.delete(game.gameId)) alone.set(game.gameId, { cells, record });
    }
  }
  for (const [gameId, { cells, record }] of alone) {
    cells.fail(record, "game_id", `game ${gameId} has one team row, two are needed`);
  }
  return rows;
}
