import { Availability, type Report } from "./availability.js";
import { type GameResult, playGame, type ShotEvent } from "./game.js";
import { makeLeague, type Player, type Side } from "./league.js";
import { Random } from "./random.js";
import { makeSchedule, type ScheduledGame } from "./schedule.js";

/** A game of the season with everything that tables are made of. */
export interface PlayedGame {
  readonly scheduled: ScheduledGame;
  readonly homeSide: Side;
  readonly awaySide: Side;
  /** Without the events, which are most of a season's memory: `eventsOf` plays the game again. */
  readonly result: Omit<GameResult, "events">;
  readonly reports: { readonly team: string; readonly report: Report }[];
  readonly missing: ReadonlyMap<Player, Report>;
}

/** One season, simulated in order; `games` at most. */
export interface Season {
  readonly seed: number;
  readonly seasonYear: number;
  readonly league: ReadonlyMap<string, Side>;
  readonly games: readonly PlayedGame[];
}

export function playSeason(seed: number, seasonYear: number, firstSeasonYear: number, games: number): Season {
  const league = makeLeague(seed, seasonYear, firstSeasonYear);
  const health = new Map([...league.keys()].map((team) => [team, new Availability(seed, seasonYear, team)]));
  const played = makeSchedule(seed, seasonYear)
    .slice(0, games)
    .map((scheduled): PlayedGame => {
      const [homeSide, awaySide] = [league.get(scheduled.home)!, league.get(scheduled.away)!];
      const reports: { team: string; report: Report }[] = [];
      const missing = new Map<Player, Report>();
      for (const side of [awaySide, homeSide]) {
        const state = health.get(side.team)!.nextGame(side);
        for (const report of state.reports) {
          reports.push({ team: side.team, report });
          if (state.missing.has(report.player)) missing.set(report.player, report);
        }
      }
      const { events: _, ...result } = play(seed, { scheduled, homeSide, awaySide, missing });
      return { scheduled, homeSide, awaySide, result, reports, missing };
    });
  return { seed, seasonYear, league, games: played };
}

/** The events of a game of the season, which are the same each time. */
export function eventsOf(season: Season, game: PlayedGame): readonly ShotEvent[] {
  return play(season.seed, game).events;
}

type Fixture = Pick<PlayedGame, "scheduled" | "homeSide" | "awaySide" | "missing">;

function play(seed: number, { scheduled, homeSide, awaySide, missing }: Fixture): GameResult {
  const random = new Random(seed, "game", scheduled.gameId);
  return playGame(homeSide, awaySide, (player) => !missing.has(player), random);
}
