import { gameIdOf } from "../game-id.js";
import { nbacGamebookPlayerStats, nbacSchedule } from "../raw-tables/index.js";
import { gameOfBox, type PlayedGame } from "./box-games.js";
import type { Conflicts } from "./conflicts.js";
import { type Game, Games, kindOf } from "./games.js";
import { type Known, type KnownGame, text } from "./known.js";
import { RowSink } from "./row-sink.js";
import { FINAL, type ScheduledGame, type ScheduleFiles, scheduleRow } from "./schedule.js";
import type { Skips } from "./skips.js";

export interface SettledGames {
  readonly games: Games;
  readonly rows: RowSink;
  /** Games that changed their id, by the old one. */
  readonly moved: ReadonlyMap<string, Game>;
}

type IdentifiedGame = Game & { readonly nbaGameId: string };
type Facts = Pick<ScheduledGame, "status" | "homeScore" | "awayScore" | "isNeutral" | "arenaZone">;

/**
 * Brings schedules, box scores and earlier loads together, game by game by the league's id. A box score is the better
 * source of when a game was played, and that it was; a schedule is the truth for the dates it holds, but a game that was
 * played stays although a schedule lacks it.
 */
export function settleGames(
  schedule: ScheduleFiles,
  played: ReadonlyMap<string, PlayedGame>,
  known: Known,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): SettledGames {
  const rows = new RowSink(nbacSchedule, processedAt, skips, conflicts);
  const games = new Games();
  const moved = new Map<string, Game>();
  const knownById = new Map(
    known.games.flatMap((one) => (one.game.nbaGameId === undefined ? [] : [[one.game.nbaGameId, one]])),
  );
  const settle = (game: IdentifiedGame, facts: Facts, file: string) => {
    games.add(game);
    rows.addDerived(scheduleRow(game, facts), file);
    const before = knownById.get(game.nbaGameId)?.game;
    if (before === undefined || before.gameId === game.gameId) return;
    moved.set(before.gameId, game);
    conflicts.check(`nba_raw.${nbacGamebookPlayerStats.id.name}`, before.gameId);
    rows.cover(["game_id"], [before.gameId]);
  };
  for (const id of [...new Set([...schedule.games.keys(), ...played.keys()])].sort()) {
    const planned = schedule.games.get(id);
    const corrections = boxOf(knownById.get(id), known);
    const box = played.get(id) ?? corrections;
    // What a schedule said is seen if it is in this load, or if no box score has corrected it since.
    if (planned !== undefined || corrections === undefined) conflicts.check("nba_raw.nbac_schedule", id);
    if (planned !== undefined) {
      const { game, facts, file } = corrected(planned, box, conflicts);
      settle(game, facts, file);
      continue;
    }
    const stored = knownById.get(id);
    if (stored !== undefined && box !== undefined) {
      const before = plannedOf(stored);
      const { game, facts, file } = corrected(before, box, conflicts);
      if (facts !== before || game !== before.game) settle(game, facts, file);
      else games.add(stored.game);
    } else if (box !== undefined) {
      const game = gameOfBox(box);
      if (game !== undefined) settle(game, boxFacts(game, box), box.file);
    }
  }
  for (const one of known.games) {
    const { game } = one;
    if (game.nbaGameId !== undefined && games.byNbaId(game.nbaGameId) !== undefined) continue;
    if (isGone(one, schedule, known)) rows.cover(["game_id"], [game.gameId]);
    else if (games.byGameId(game.gameId) === undefined) games.add(game);
  }
  return { games, rows, moved };
}

/** A schedule's game, with what its box score knows better. `file` is the source of the row: the box score's if it corrects. */
function corrected(
  planned: ScheduledGame,
  box: PlayedGame | undefined,
  conflicts: Conflicts,
): { game: IdentifiedGame; facts: Facts; file: string } {
  const { game } = planned;
  if (box === undefined) return { game, facts: planned, file: planned.file };
  const [playedOn = game.date] = box.dates.includes(game.date) ? [game.date] : box.dates;
  const isMoved = playedOn !== game.date;
  const conflict = (field: string, description: string, taken: string, other: string) =>
    conflicts.add({
      identifier: game.nbaGameId,
      table: "nba_raw.nbac_schedule",
      field,
      description,
      taken,
      other,
      gameDate: playedOn,
      seasonYear: game.seasonYear,
    });
  if (isMoved) {
    conflict(
      "game_date",
      `the schedule has game ${game.nbaGameId} on another day than its box score; the box score's is taken`,
      playedOn,
      game.date,
    );
  }
  const facts = withBoxFacts(planned, game, box);
  for (const [field, team, score] of [
    ["home_team_score", game.home, planned.homeScore],
    ["away_team_score", game.away, planned.awayScore],
  ] as const) {
    const points = box.points.get(team);
    if (points === undefined || score === null || points === score) continue;
    conflict(
      field,
      `schedule and box score of game ${game.nbaGameId} differ in the points of ${team}; the schedule's are taken`,
      String(score),
      String(points),
    );
  }
  const isCorrected = isMoved || facts !== planned;
  return {
    game: isMoved
      ? { ...game, date: playedOn, gameId: gameIdOf(playedOn, game.away, game.home), tipOff: undefined }
      : game,
    facts,
    file: isCorrected ? box.file : planned.file,
  };
}

/** A game with a box score has been played, unless it is running; where the schedule has no score, the box score has. */
function withBoxFacts(planned: ScheduledGame, game: Game, box: PlayedGame): Facts {
  const { homeScore, awayScore } = boxFacts(game, box);
  const lacksScore = planned.homeScore === null || planned.awayScore === null;
  const hasScore = homeScore !== null && awayScore !== null;
  if (planned.status === 2 || (planned.status === FINAL && !(lacksScore && hasScore))) return planned;
  return { ...planned, status: FINAL, homeScore, awayScore };
}

function boxFacts(game: Game, box: PlayedGame): Facts {
  const [homeScore, awayScore] = [box.points.get(game.home) ?? null, box.points.get(game.away) ?? null];
  const hasBoth = homeScore !== null && awayScore !== null;
  return {
    status: FINAL,
    homeScore: hasBoth ? homeScore : null,
    awayScore: hasBoth ? awayScore : null,
    isNeutral: null,
    arenaZone: null,
  };
}

/** What an earlier load's box score corrected: its date and that it was played. */
function boxOf(stored: KnownGame | undefined, known: Known): PlayedGame | undefined {
  if (stored?.game.nbaGameId === undefined) return undefined;
  const file = text(stored.row.source_file_path);
  if (!known.boxFiles.has(file) || !known.played.has(stored.game.gameId)) return undefined;
  const { home, away } = stored.game;
  const scores: [string, number][] = [
    [home, stored.row.home_team_score],
    [away, stored.row.away_team_score],
  ].flatMap(([team, score]) => (typeof score === "number" ? [[String(team), score] as [string, number]] : []));
  return {
    nbaGameId: stored.game.nbaGameId,
    dates: [stored.game.date],
    matchup: { home, away },
    points: new Map(scores),
    file,
  };
}

/** A stored game as a schedule would have it. */
function plannedOf({ game, row }: KnownGame): ScheduledGame {
  const nbaGameId = game.nbaGameId as string;
  const number = (name: string) => (typeof row[name] === "number" ? (row[name] as number) : null);
  return {
    game: { ...game, nbaGameId },
    kind: kindOf(nbaGameId),
    status: number("game_status") ?? 1,
    homeScore: number("home_team_score"),
    awayScore: number("away_team_score"),
    isNeutral: typeof row.neutral_site_flag === "boolean" ? row.neutral_site_flag : null,
    arenaZone: typeof row.arena_timezone === "string" ? row.arena_timezone : null,
    file: text(row.source_file_path),
    place: text(row.source_file_path),
  };
}

/** Whether a schedule file that holds the game's date has it no more, and nobody played it. */
function isGone({ game }: KnownGame, { held }: ScheduleFiles, known: Known): boolean {
  if (known.played.has(game.gameId)) return false;
  const kind = game.nbaGameId === undefined ? undefined : kindOf(game.nbaGameId);
  return held.some(
    ({ dates, kinds, team }) =>
      dates.has(game.date) &&
      (kind === undefined || kinds.has(kind)) &&
      (team === undefined || team === game.home || team === game.away),
  );
}
