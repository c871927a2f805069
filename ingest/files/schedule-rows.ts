import type { StoredRows, TableBatch } from "../../runner/api/loader.js";
import { nbacSchedule } from "../raw-tables/index.js";
import { type BoxPoints, readBoxPoints } from "./box-points.js";
import type { Conflicts } from "./conflicts.js";
import { FINAL } from "./games.js";
import { text } from "./known.js";
import { RowSink } from "./row-sink.js";
import { type ScheduledGame, scheduleRow } from "./schedule.js";
import { isSameKind, originOf, originText, type ScheduleOrigin } from "./schedule-origin.js";
import type { SettledGame, SettledGames } from "./settle-games.js";
import type { Skips } from "./skips.js";

type Facts = Pick<ScheduledGame, "status" | "homeScore" | "awayScore" | "isNeutral" | "arenaZone">;

/**
 * The batches of `nbac_schedule`: the games of the load with the scores that schedules and the box scores of all loads
 * tell.
 */
export async function scheduleBatches(
  { settled, gone }: SettledGames,
  stored: StoredRows,
  sinks: { readonly players: RowSink; readonly teams: RowSink },
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): Promise<TableBatch[]> {
  const gameIds = settled.map(({ game }) => game.gameId);
  const points = await readBoxPoints(stored, gameIds, sinks.players, sinks.teams);
  const rows = new RowSink(nbacSchedule, processedAt, skips, conflicts);
  for (const gameId of gone) rows.cover(["game_id"], [gameId]);
  for (const one of settled) {
    const { facts, origin } = told(one, points);
    if (one.planned !== undefined) scoreConflicts(conflicts, one.planned, one, points);
    const before = one.stored === undefined ? undefined : originOf(text(one.stored.row.source_file_path));
    const isOtherOrigin = before !== undefined && !isSameKind(before, origin);
    if (!one.isInFile && !isOtherOrigin && !isChanged(one, facts)) continue;
    if (isOtherOrigin) rows.renew(["game_id"], [one.game.gameId]);
    rows.addDerived(scheduleRow(one.game, facts), originText(origin));
  }
  return rows.batches();
}

/**
 * What is told of a game. One with a box score has been played, unless it is running; where the schedule has no final
 * score, the box score has.
 */
function told(one: SettledGame, points: BoxPoints): { facts: Facts; origin: ScheduleOrigin } {
  const { game, planned } = one;
  const file = one.boxFile ?? boxFileOf(one);
  const box = boxFacts(one, points);
  if (planned === undefined) return { facts: box, origin: { schedule: undefined, date: file, score: file } };
  const lacksScore = planned.homeScore === null || planned.awayScore === null;
  const isTold = planned.status === FINAL && !(lacksScore && box.homeScore !== null);
  const isOfBox = points.has(game.gameId) && planned.status !== RUNNING && !isTold;
  return {
    facts: isOfBox ? { ...planned, status: FINAL, homeScore: box.homeScore, awayScore: box.awayScore } : planned,
    origin: { schedule: planned.file, date: one.dateFile, score: isOfBox ? file : undefined },
  };
}

const RUNNING = 2;

function boxFacts({ game }: SettledGame, points: BoxPoints): Facts {
  const [homeScore, awayScore] = [points.of(game.gameId, game.home), points.of(game.gameId, game.away)];
  const hasBoth = homeScore !== undefined && awayScore !== undefined;
  return {
    status: FINAL,
    homeScore: hasBoth ? homeScore : null,
    awayScore: hasBoth ? awayScore : null,
    isNeutral: null,
    arenaZone: null,
  };
}

/** The box score that earlier loads named, for want of one in this load. */
function boxFileOf({ stored }: SettledGame): string {
  const origin = stored === undefined ? undefined : originOf(text(stored.row.source_file_path));
  return origin?.score ?? origin?.date ?? "an earlier load";
}

/** Whether a stored row is no longer what is told. */
function isChanged({ game, stored }: SettledGame, { status, homeScore, awayScore }: Facts): boolean {
  if (stored === undefined || stored.game.gameId !== game.gameId) return true;
  const { row } = stored;
  return row.game_status !== status || row.home_team_score !== homeScore || row.away_team_score !== awayScore;
}

function scoreConflicts(conflicts: Conflicts, planned: ScheduledGame, { game }: SettledGame, points: BoxPoints): void {
  for (const [field, team, score] of [
    ["home_team_score", game.home, planned.homeScore],
    ["away_team_score", game.away, planned.awayScore],
  ] as const) {
    const ofBox = points.of(game.gameId, team);
    if (ofBox === undefined || score === null || ofBox === score) continue;
    conflicts.add({
      identifier: game.nbaGameId,
      table: "nba_raw.nbac_schedule",
      field,
      description: `schedule and box score of game ${game.nbaGameId} differ in the points of ${team}; the schedule's are taken`,
      taken: String(score),
      other: String(ofBox),
      gameDate: game.date,
      seasonYear: game.seasonYear,
    });
  }
}
