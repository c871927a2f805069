import { timestampText } from "../calendar.js";
import type { RawValues } from "../stamp.js";
import { TEAM_BY_ABBR } from "../teams.js";
import { type PlayerLine, teamCounts } from "./box.js";
import { coverage, type Drafted, morningAfter } from "./drafted.js";
import type { Player, Side } from "./league.js";
import type { PlayedGame, Season } from "./season.js";

const PRIMETIME_SHARE = 7;

/** Rows of `nbac_schedule`: every game is final. */
export function* scheduleRows({ games }: Season): Generator<Drafted> {
  for (const [index, game] of games.entries()) {
    const { scheduled, result } = game;
    const isHomeWin = result.homeScore > result.awayScore;
    const values = {
      game_id: scheduled.gameId,
      nba_game_id: scheduled.nbaGameId,
      season_year: scheduled.seasonYear,
      game_date: scheduled.date,
      game_date_est: timestampText(scheduled.tipOff),
      game_status: 3,
      home_team_tricode: scheduled.home,
      away_team_tricode: scheduled.away,
      is_regular_season: true,
      is_playoffs: false,
      is_all_star: false,
      is_primetime: index % PRIMETIME_SHARE === 0,
      neutral_site_flag: false,
      arena_timezone: TEAM_BY_ABBR.get(scheduled.home)!.timeZone,
      home_team_score: result.homeScore,
      away_team_score: result.awayScore,
      winning_team_tricode: isHomeWin ? scheduled.home : scheduled.away,
    };
    yield { values, processedAt: morningAfter(game) };
  }
}

/** Rows of `nbac_gamebook_player_stats`: the whole roster, active, DNP or inactive. */
export function* gamebookRows({ games }: Season): Generator<Drafted> {
  for (const [index, game] of games.entries()) {
    if (!coverage(index).gamebook) continue;
    for (const { side, lines } of sidesOf(game)) {
      const lineOf = new Map(lines.map((line) => [line.player, line]));
      for (const player of side.roster) {
        yield { values: gamebookValues(game, side, player, lineOf.get(player)), processedAt: morningAfter(game) };
      }
    }
  }
}

function gamebookValues(game: PlayedGame, side: Side, player: Player, line: PlayerLine | undefined): RawValues {
  const absence = game.missing.get(player);
  const { status, reason } =
    line !== undefined
      ? { status: "active", reason: null }
      : absence !== undefined
        ? { status: "inactive", reason: absence.reason }
        : { status: "dnp", reason: "DNP - Coach's Decision" };
  return {
    game_id: game.scheduled.gameId,
    player_lookup: player.lookup,
    game_date: game.scheduled.date,
    season_year: game.scheduled.seasonYear,
    home_team_abbr: game.scheduled.home,
    away_team_abbr: game.scheduled.away,
    team_abbr: side.team,
    player_name: player.name,
    player_status: status,
    dnp_reason: reason,
    ...playerStatistics(line),
    total_rebounds: line === undefined ? null : line.offensiveRebounds + line.defensiveRebounds,
    plus_minus: line?.plusMinus ?? null,
  };
}

/** Rows of `bdl_player_boxscores`: players who played, in games the gamebook lacks and some others. */
export function* balldontlieRows({ games }: Season): Generator<Drafted> {
  for (const [index, game] of games.entries()) {
    if (!coverage(index).balldontlie) continue;
    const { scheduled, result } = game;
    for (const { side, lines } of sidesOf(game)) {
      for (const line of lines) {
        const values = {
          game_id: scheduled.gameId,
          player_lookup: line.player.lookup,
          game_date: scheduled.date,
          season_year: scheduled.seasonYear,
          home_team_abbr: scheduled.home,
          away_team_abbr: scheduled.away,
          team_abbr: side.team,
          home_team_score: result.homeScore,
          away_team_score: result.awayScore,
          player_full_name: line.player.name,
          position: line.player.position,
          ...playerStatistics(line),
          rebounds: line.offensiveRebounds + line.defensiveRebounds,
        };
        yield { values, processedAt: morningAfter(game) };
      }
    }
  }
}

/** Rows of `nbac_team_boxscore`: two per game. */
export function* teamBoxRows({ games }: Season): Generator<Drafted> {
  for (const game of games) {
    const { scheduled, result } = game;
    for (const { side, lines, margin } of sidesOf(game)) {
      const total = teamCounts(lines, margin);
      const values = {
        game_id: scheduled.gameId,
        team_abbr: side.team,
        game_date: scheduled.date,
        season_year: scheduled.seasonYear,
        nba_game_id: scheduled.nbaGameId,
        is_home: side.team === scheduled.home,
        minutes: `${240 + 25 * result.overtimes}:00`,
        fg_made: total.fieldGoalsMade,
        fg_attempted: total.fieldGoalsAttempted,
        three_pt_made: total.threesMade,
        three_pt_attempted: total.threesAttempted,
        ft_made: total.freeThrowsMade,
        ft_attempted: total.freeThrowsAttempted,
        offensive_rebounds: total.offensiveRebounds,
        defensive_rebounds: total.defensiveRebounds,
        total_rebounds: total.offensiveRebounds + total.defensiveRebounds,
        assists: total.assists,
        steals: total.steals,
        blocks: total.blocks,
        turnovers: total.turnovers,
        personal_fouls: total.fouls,
        points: total.points,
        plus_minus: total.plusMinus,
      };
      yield { values, processedAt: morningAfter(game) };
    }
  }
}

function sidesOf({ homeSide, awaySide, result }: PlayedGame) {
  const margin = result.homeScore - result.awayScore;
  return [
    { side: awaySide, lines: result.away, margin: -margin },
    { side: homeSide, lines: result.home, margin },
  ];
}

/** The columns that both player box scores have; all NULL for a player who did not play. */
function playerStatistics(line: PlayerLine | undefined): RawValues {
  return {
    minutes: line === undefined ? null : clockText(line.seconds),
    minutes_decimal: line === undefined ? null : line.seconds / 60,
    points: line?.points ?? null,
    assists: line?.assists ?? null,
    offensive_rebounds: line?.offensiveRebounds ?? null,
    defensive_rebounds: line?.defensiveRebounds ?? null,
    steals: line?.steals ?? null,
    blocks: line?.blocks ?? null,
    turnovers: line?.turnovers ?? null,
    personal_fouls: line?.fouls ?? null,
    field_goals_made: line?.fieldGoalsMade ?? null,
    field_goals_attempted: line?.fieldGoalsAttempted ?? null,
    three_pointers_made: line?.threesMade ?? null,
    three_pointers_attempted: line?.threesAttempted ?? null,
    free_throws_made: line?.freeThrowsMade ?? null,
    free_throws_attempted: line?.freeThrowsAttempted ?? null,
  };
}

/** `MM:SS`. */
function clockText(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}
