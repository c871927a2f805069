/** What one of a part is, in months, days and microseconds. */
export const INTERVAL_PARTS: Readonly<Record<string, readonly [months: bigint, days: bigint, micros: bigint]>> = {
  YEAR: [12n, 0n, 0n],
  QUARTER: [3n, 0n, 0n],
  MONTH: [1n, 0n, 0n],
  WEEK: [0n, 7n, 0n],
  DAY: [0n, 1n, 0n],
  HOUR: [0n, 0n, 3_600_000_000n],
  MINUTE: [0n, 0n, 60_000_000n],
  SECOND: [0n, 0n, 1_000_000n],
  MILLISECOND: [0n, 0n, 1_000n],
  MICROSECOND: [0n, 0n, 1n],
};
