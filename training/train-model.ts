import { type BoostOptions, type BoostResult, boost } from "./boost.js";
import { MICROS } from "./model.js";
import { datasetOf, type PlayerGame, type PlayerGames, SEASON_AVERAGE } from "./player-games.js";

export interface TrainedModel {
  readonly result: BoostResult;
  readonly options: BoostOptions;
  /** First and last date of the games that trees were fitted to, and of those that decided when to stop. */
  readonly training: Span;
  readonly validation: Span;
  /** Mean absolute error of the season average on the validation games. */
  readonly baselineError: number;
  readonly dataHash: string;
}

export interface Span {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
}

/** There is too little to learn from. */
export class TooFewGamesError extends Error {
  override readonly name = "TooFewGamesError";
}

/** Fewer games than this on either side teach chance. */
const LEAST_GAMES = 200;

/**
 * Fits trees to the games before `validationFrom` and stops by those from then on. Time is never shuffled: validation games are
 * all later than training games, and a model serves only dates later than both.
 */
export function trainModel(games: PlayerGames, validationFrom: string, options: BoostOptions): TrainedModel {
  const training = games.rows.filter(({ date }) => date < validationFrom);
  const validation = games.rows.filter(({ date }) => date >= validationFrom);
  for (const [name, rows] of [
    ["before", training],
    ["from", validation],
  ] as const) {
    if (rows.length < LEAST_GAMES)
      throw new TooFewGamesError(
        `${rows.length} played games with features ${name} ${validationFrom}; at least ${LEAST_GAMES} are needed`,
      );
  }
  return {
    result: boost(datasetOf(training), datasetOf(validation), options),
    options,
    training: spanOf(training),
    validation: spanOf(validation),
    baselineError: baselineError(validation),
    dataHash: games.hash,
  };
}

function spanOf(rows: readonly PlayerGame[]): Span {
  return { from: rows[0]?.date as string, to: rows.at(-1)?.date as string, rows: rows.length };
}

function baselineError(rows: readonly PlayerGame[]): number {
  const errors = rows.map(({ features, points }) => Math.abs(points - (features[SEASON_AVERAGE] as number) / MICROS));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
