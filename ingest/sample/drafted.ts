import { timestampText } from "../calendar.js";
import type { RawValues } from "../stamp.js";
import type { PlayedGame, Season } from "./season.js";

/** A row and the time at which it would have been loaded; derived from the season, so that a seed gives equal rows. */
export interface Drafted {
  readonly values: RawValues;
  readonly processedAt: string;
}

/** What a table takes from a season, row by row. */
export type Projection = (season: Season) => Iterable<Drafted>;

export const HOUR_MS = 3_600_000;
const MORNING_AFTER_MS = 10 * HOUR_MS;

/** When the results of a game are in. */
export function morningAfter({ scheduled }: PlayedGame): string {
  return timestampText(scheduled.tipOff + MORNING_AFTER_MS);
}

/** Which sources have which game: small shares of every gap that a pipeline must bridge, spread evenly over the season. */
export function coverage(index: number) {
  const lacksGamebook = index % 50 === 17;
  const backupEvents = index % 25 === 11;
  const noEvents = index % 100 === 41;
  return {
    gamebook: !lacksGamebook,
    balldontlie: lacksGamebook || index % 12 === 5,
    bigdataball: !backupEvents && !noEvents,
    nbacEvents: backupEvents || index % 25 === 3,
  };
}
