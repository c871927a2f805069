import { coverage, type Drafted, morningAfter } from "./drafted.js";
import type { ShotEvent } from "./game.js";
import { eventsOf, type PlayedGame, type Season } from "./season.js";

/** How a source names its events, and whether it says what the second player did. */
interface Vocabulary {
  readonly made: string;
  readonly missed: string;
  readonly freeThrow: string;
  readonly hasRoles: boolean;
}

const BIGDATABALL: Vocabulary = { made: "shot", missed: "miss", freeThrow: "free throw", hasRoles: true };
const NBAC: Vocabulary = { made: "Made Shot", missed: "Missed Shot", freeThrow: "Free Throw", hasRoles: false };

/** Rows of `bigdataball_play_by_play`: shots and free throws of most games. */
export function* bigdataballRows(season: Season): Generator<Drafted> {
  for (const [index, game] of season.games.entries()) {
    if (coverage(index).bigdataball) yield* eventRows(game, eventsOf(season, game), BIGDATABALL);
  }
}

/** Rows of `nbac_play_by_play`: games that the preferred source lacks, and some that both have. */
export function* nbacEventRows(season: Season): Generator<Drafted> {
  for (const [index, game] of season.games.entries()) {
    if (coverage(index).nbacEvents) yield* eventRows(game, eventsOf(season, game), NBAC);
  }
}

function* eventRows(game: PlayedGame, events: readonly ShotEvent[], words: Vocabulary): Generator<Drafted> {
  const { scheduled } = game;
  const processedAt = morningAfter(game);
  for (const [index, event] of events.entries()) {
    const shooting = event.isHome ? scheduled.home : scheduled.away;
    const defending = event.isHome ? scheduled.away : scheduled.home;
    const { second } = event;
    const values = {
      game_id: scheduled.gameId,
      event_id: String(index + 1),
      event_sequence: index + 1,
      game_date: scheduled.date,
      season_year: scheduled.seasonYear,
      period: event.period,
      game_clock_seconds: event.clockSeconds,
      event_type: eventType(event, words),
      player_1_lookup: event.shooter.lookup,
      player_1_team_abbr: shooting,
      player_2_lookup: second?.player.lookup ?? null,
      player_2_team_abbr: second === undefined ? null : second.role === "assist" ? shooting : defending,
      player_2_role: words.hasRoles ? (second?.role ?? null) : null,
      shot_made: event.made,
      shot_type: event.type,
      shot_distance: event.distance ?? null,
      score_home: event.scoreHome,
      score_away: event.scoreAway,
    };
    yield { values, processedAt };
  }
}

function eventType(event: ShotEvent, words: Vocabulary): string {
  if (event.type === "FT") return words.freeThrow;
  return event.made ? words.made : words.missed;
}
