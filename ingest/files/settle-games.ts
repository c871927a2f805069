import { gameIdOf } from "../game-id.js";
import { nbacGamebookPlayerStats } from "../raw-tables/index.js";
import { gameOfBox, type PlayedGame } from "./box-games.js";
import type { Conflicts } from "./conflicts.js";
import { FINAL, type Game, Games, kindOf } from "./games.js";
import { type Known, type KnownGame, text } from "./known.js";
import type { ScheduledGame, ScheduleFiles } from "./schedule.js";
import { wouldHold } from "./schedule-held.js";
import { originOf, type ScheduleOrigin } from "./schedule-origin.js";

/** A game of the load, known by id, teams and date; who won is told once its box score has been read. */
export interface SettledGame {
  readonly game: IdentifiedGame;
  /** What a schedule says of it: one of this load, else an earlier one's; undefined if only box scores tell the game. */
  readonly planned: ScheduledGame | undefined;
  /** Whether a schedule of this load has it. */
  readonly isInFile: boolean;
  readonly stored: KnownGame | undefined;
  /** The box score of this load, by its file. */
  readonly boxFile: string | undefined;
  /** The box score that moved it to another day, by its file. */
  readonly dateFile: string | undefined;
}

export interface SettledGames {
  readonly games: Games;
  readonly settled: readonly SettledGame[];
  /** Games that changed their id, by the old one. */
  readonly moved: ReadonlyMap<string, Game>;
  /** Ids under which the schedule has a game no more. */
  readonly gone: readonly string[];
}

export type IdentifiedGame = Game & { readonly nbaGameId: string };

/**
 * Brings schedules, box scores and earlier loads together, game by game by the league's id. A box score is the better
 * source of when a game was played; a schedule is the truth for the dates it holds, but a game that was played stays
 * although a schedule lacks it.
 */
export function settleGames(
  schedule: ScheduleFiles,
  played: ReadonlyMap<string, PlayedGame>,
  known: Known,
  conflicts: Conflicts,
): SettledGames {
  const games = new Games();
  const moved = new Map<string, Game>();
  const gone: string[] = [];
  const settled: SettledGame[] = [];
  const knownById = new Map(
    known.games.flatMap((one) => (one.game.nbaGameId === undefined ? [] : [[one.game.nbaGameId, one]])),
  );
  for (const id of [...new Set([...schedule.games.keys(), ...played.keys()])].sort()) {
    const box = played.get(id);
    const stored = knownById.get(id);
    const origin = stored === undefined ? undefined : originOf(text(stored.row.source_file_path));
    const earlierPlan = stored === undefined ? undefined : plannedOf(stored, origin);
    const given = schedule.games.get(id);
    // A schedule that still has a game to come is older than one in which it is over.
    const isOld = earlierPlan !== undefined && isOver(earlierPlan) && given?.status !== FINAL;
    const inFile = isOld ? undefined : given;
    const planned = inFile ?? earlierPlan;
    const before = planned?.game ?? identified(stored) ?? (box === undefined ? undefined : gameOfBox(box));
    if (before === undefined) continue;
    const earlier = origin?.date === undefined || stored === undefined ? undefined : stored.game.date;
    const told = box?.dates ?? [];
    const dates = told.length > 0 || earlier === undefined ? told : [earlier];
    const [playedOn = before.date] = dates.includes(before.date) ? [before.date] : dates;
    const game = playedOn === before.date ? before : movedTo(playedOn, before);
    // What a schedule said of the date is seen if it is in this load, or if no box score has corrected it since.
    if (inFile !== undefined || origin?.date === undefined) conflicts.check("nba_raw.nbac_schedule", id);
    if (planned !== undefined && game !== before) dateConflict(conflicts, planned, playedOn);
    const isKept = inFile === undefined && origin?.date !== undefined;
    const dateFile = game !== before ? (box?.file ?? origin?.date) : isKept ? origin.date : undefined;
    settled.push({ game, planned, isInFile: inFile !== undefined, stored, boxFile: box?.file, dateFile });
    games.add(game);
    if (stored === undefined || stored.game.gameId === game.gameId) continue;
    moved.set(stored.game.gameId, game);
    conflicts.check(`nba_raw.${nbacGamebookPlayerStats.id.name}`, stored.game.gameId);
    gone.push(stored.game.gameId);
  }
  for (const one of known.games) {
    const { game } = one;
    if (game.nbaGameId !== undefined && games.byNbaId(game.nbaGameId) !== undefined) continue;
    if (isGone(one, schedule, known)) gone.push(game.gameId);
    else if (games.byGameId(game.gameId) === undefined) games.add(game);
  }
  return { games, settled, moved, gone };
}

function movedTo(date: string, game: IdentifiedGame): IdentifiedGame {
  return { ...game, date, gameId: gameIdOf(date, game.away, game.home), tipOff: undefined };
}

function dateConflict(conflicts: Conflicts, { game }: ScheduledGame, playedOn: string): void {
  conflicts.add({
    identifier: game.nbaGameId,
    table: "nba_raw.nbac_schedule",
    field: "game_date",
    description: `the schedule has game ${game.nbaGameId} on another day than its box score; the box score's is taken`,
    taken: playedOn,
    other: game.date,
    gameDate: playedOn,
    seasonYear: game.seasonYear,
  });
}

function identified(stored: KnownGame | undefined): IdentifiedGame | undefined {
  const nbaGameId = stored?.game.nbaGameId;
  return stored === undefined || nbaGameId === undefined ? undefined : { ...stored.game, nbaGameId };
}

/** A stored game as its schedule had it; undefined if none did. That it was played is not known from a box score's word. */
function plannedOf(stored: KnownGame, origin: ScheduleOrigin | undefined): ScheduledGame | undefined {
  const game = identified(stored);
  if (game === undefined || origin?.schedule === undefined) return undefined;
  const { row } = stored;
  const ofBox = origin.score !== undefined;
  const number = (name: string) => (typeof row[name] === "number" ? (row[name] as number) : null);
  return {
    game,
    kind: kindOf(game.nbaGameId),
    status: ofBox ? 1 : (number("game_status") ?? 1),
    homeScore: ofBox ? null : number("home_team_score"),
    awayScore: ofBox ? null : number("away_team_score"),
    isNeutral: typeof row.neutral_site_flag === "boolean" ? row.neutral_site_flag : null,
    arenaZone: typeof row.arena_timezone === "string" ? row.arena_timezone : null,
    file: origin.schedule,
    place: origin.schedule,
  };
}

/** Whether a schedule file that would have the game has it no more, and nobody played it. */
function isGone(one: KnownGame, { held }: ScheduleFiles, known: Known): boolean {
  return !known.played.has(one.game.gameId) && held.some((file) => wouldHold(file, one));
}

/** Whether an earlier schedule had the game as over. */
function isOver({ status, homeScore }: ScheduledGame): boolean {
  return status === FINAL && homeScore !== null;
}
