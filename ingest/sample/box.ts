import type { Player } from "./league.js";

/** A player's counts in one game. */
export interface PlayerLine {
  readonly player: Player;
  seconds: number;
  points: number;
  assists: number;
  offensiveRebounds: number;
  defensiveRebounds: number;
  steals: number;
  blocks: number;
  turnovers: number;
  fouls: number;
  fieldGoalsMade: number;
  fieldGoalsAttempted: number;
  threesMade: number;
  threesAttempted: number;
  freeThrowsMade: number;
  freeThrowsAttempted: number;
  plusMinus: number;
}

/** Counts that are summed over players to make the team's line. */
export type Counts = Omit<PlayerLine, "player">;

export function emptyCounts(): Counts {
  return {
    seconds: 0,
    points: 0,
    assists: 0,
    offensiveRebounds: 0,
    defensiveRebounds: 0,
    steals: 0,
    blocks: 0,
    turnovers: 0,
    fouls: 0,
    fieldGoalsMade: 0,
    fieldGoalsAttempted: 0,
    threesMade: 0,
    threesAttempted: 0,
    freeThrowsMade: 0,
    freeThrowsAttempted: 0,
    plusMinus: 0,
  };
}

/** The team's line: the sum of its players' lines, but its own plus-minus is the margin. */
export function teamCounts(lines: readonly PlayerLine[], margin: number): Counts {
  const total = emptyCounts();
  for (const line of lines) {
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += line[name];
  }
  return { ...total, plusMinus: margin };
}

const PLAYERS_ON_COURT = 5;
const REGULATION_SECONDS = 48 * 60;
const OVERTIME_SECONDS = 5 * 60;
const MOST_MINUTES_SHARE = 0.88;

/**
 * Shares out the playing time of a team, `5 x game time` in all, in proportion to `weights`, nobody above 88 % of the game.
 */
export function shareMinutes(lines: readonly PlayerLine[], weights: readonly number[], overtimes: number): void {
  const gameSeconds = REGULATION_SECONDS + overtimes * OVERTIME_SECONDS;
  const cap = Math.floor(gameSeconds * MOST_MINUTES_SHARE);
  let left = gameSeconds * PLAYERS_ON_COURT;
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
  // In descending weight: whoever reaches the cap leaves the rest of his share to those after him.
  const order = lines.map((_, index) => index).sort((a, b) => weights[b]! - weights[a]! || a - b);
  for (const index of order) {
    const line = lines[index]!;
    line.seconds = Math.min(cap, Math.floor((left * weights[index]!) / weightLeft));
    left -= line.seconds;
    weightLeft -= weights[index]!;
  }
  // What rounding left over goes to the last of the bench, or, if everyone is at the cap, above it.
  lines[order.at(-1)!]!.seconds += left;
}

/** Spreads the margin over the players by minutes, with noise, so that it sums to five times the team's margin. */
export function sharePlusMinus(lines: readonly PlayerLine[], margin: number, noise: () => number): void {
  const target = margin * PLAYERS_ON_COURT;
  const seconds = lines.reduce((sum, line) => sum + line.seconds, 0);
  let left = target;
  for (const line of lines) {
    const share = line.seconds / seconds;
    line.plusMinus = Math.round(target * share + noise() * 20 * Math.min(share, 0.1));
    left -= line.plusMinus;
  }
  // Whole points that are missing or too many go round the table, one each.
  for (let index = 0; left !== 0; index = (index + 1) % lines.length) {
    const step = Math.sign(left);
    lines[index]!.plusMinus += step;
    left -= step;
  }
}
