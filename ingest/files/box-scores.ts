import { LoadError, type RowFault } from "../../runner/api/loader.js";
import { nbacGamebookPlayerStats, nbacTeamBoxscore } from "../raw-tables/index.js";
import { absenceIn, fileIsOfOne, type PlayerLine, type TeamLine } from "./box-lines.js";
import type { Conflicts } from "./conflicts.js";
import { type Game, type Games, teamOfGame } from "./games.js";
import type { Players } from "./players.js";
import { RowSink } from "./row-sink.js";
import type { Skips } from "./skips.js";

/** A player's line with the game and team it belongs to. */
export interface PlacedPlayerLine {
  readonly line: PlayerLine;
  readonly game: Game;
  readonly team: string;
}

/** Finds the game and the team of every player line; lines without either are skipped. */
export function placePlayerLines(lines: readonly PlayerLine[], games: Games, skips: Skips): PlacedPlayerLine[] {
  return lines.flatMap((line) => {
    try {
      const game = games.ofRecord(line.cells, line.record);
      return [{ line, game, team: teamOfGame(line.cells, line.record, line.team, game) }];
    } catch (error) {
      skips.add(nbacGamebookPlayerStats, line.cells.source.name, faultOf(error).reason, faultOf(error).message);
      return [];
    }
  });
}

/** Whether a line is of somebody who played: he has counts, or minutes and no reason for having none. */
export function hasPlayed({ minutes, comment, statistics }: PlayerLine): boolean {
  if (Object.values(statistics).some((value) => value !== null && value !== 0)) return true;
  return minutes !== undefined && (minutes.decimal > 0 || absenceIn(comment) === undefined);
}

/**
 * The rows of `nbac_gamebook_player_stats`. A file is the truth for both sides of its games, or for its one player. A row
 * without a minute and without a single count is of somebody who did not play.
 */
export function playerBoxRows(
  placed: readonly PlacedPlayerLine[],
  players: Players,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): RowSink {
  const rows = new RowSink(nbacGamebookPlayerStats, processedAt, skips, conflicts);
  const ofOnePlayer = fileIsOfOne(
    placed.map(({ line }) => line),
    ({ playerId }) => String(playerId),
  );
  for (const { line, game, team } of placed) {
    const lookup = players.lookupOf(line.playerId);
    if (lookup === undefined) throw new TypeError(`player ${line.playerId} is not noted`);
    const isActive = hasPlayed(line);
    const values = {
      game_id: game.gameId,
      player_lookup: lookup,
      game_date: game.date,
      season_year: game.seasonYear,
      home_team_abbr: game.home,
      away_team_abbr: game.away,
      team_abbr: team,
      player_name: line.name,
      player_status: isActive ? "active" : /^(?:nwt|inactive)/i.test(line.comment ?? "") ? "inactive" : "dnp",
      dnp_reason: isActive ? null : (line.comment ?? null),
      minutes: line.minutes?.text ?? null,
      minutes_decimal: line.minutes?.decimal ?? null,
      ...line.statistics,
    };
    rows.add(values, line.cells, line.record, "player_id");
    if (ofOnePlayer.has(line.cells.source.path))
      rows.cover(["game_id", "player_lookup"], [game.gameId, lookup], line.cells);
    else rows.cover(["game_id", "team_abbr"], [game.gameId, team], line.cells);
  }
  return rows;
}

/** The rows of `nbac_team_boxscore`; a game must have both teams, else neither is taken. */
export function teamBoxRows(
  lines: readonly TeamLine[],
  games: Games,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): RowSink {
  const rows = new RowSink(nbacTeamBoxscore, processedAt, skips, conflicts);
  const byGame = new Map<string, { line: TeamLine; game: Game; team: string }[]>();
  for (const line of lines) {
    try {
      const game = games.ofRecord(line.cells, line.record);
      const team = teamOfGame(line.cells, line.record, line.team, game);
      byGame.set(game.gameId, [...(byGame.get(game.gameId) ?? []), { line, game, team }]);
    } catch (error) {
      skips.add(nbacTeamBoxscore, line.cells.source.name, faultOf(error).reason, faultOf(error).message);
    }
  }
  for (const [gameId, both] of byGame) {
    const first = both[0]?.line;
    if (new Set(both.map(({ team }) => team)).size < 2 && first !== undefined) {
      const text = `${first.cells.place(first.record, "game_id")}: game ${gameId} has one team row, two are needed`;
      skips.add(nbacTeamBoxscore, first.cells.source.name, "game with one team row", text);
      continue;
    }
    rows.cover(["game_id"], [gameId]);
    for (const { line, game, team } of both) {
      const values = {
        game_id: gameId,
        team_abbr: team,
        game_date: game.date,
        season_year: game.seasonYear,
        nba_game_id: line.nbaGameId,
        is_home: team === game.home,
        minutes: line.minutes?.text ?? null,
        ...line.statistics,
      };
      rows.add(values, line.cells, line.record, "game_id");
    }
  }
  return rows;
}

function faultOf(error: unknown): RowFault {
  if (error instanceof LoadError && "reason" in error) return error as RowFault;
  throw error;
}
