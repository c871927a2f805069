/**
 * Feature values cut into at most `maxBins` ranges, so that the best split of a node is found by counting.
 */
export interface FeatureBins {
  /** Ascending thresholds in micros; bin `b` holds the values above `thresholds[b - 1]` and up to `thresholds[b]`. */
  readonly thresholds: readonly number[];
  /** The bin of each row. */
  readonly bins: Uint8Array;
}

/** Columns of micros, one per feature, all of one length. */
export type FeatureColumns = readonly Float64Array[];

/**
 * Cuts each column at quantiles of its values. A threshold lies between two neighbouring values, rounded down to whole micros.
 * @param maxBins from 2 to 256
 */
export function binColumns(columns: FeatureColumns, maxBins: number): readonly FeatureBins[] {
  return columns.map((column) => {
    const thresholds = quantileThresholds(column, maxBins);
    return { thresholds, bins: Uint8Array.from(column, (value) => binOf(thresholds, value)) };
  });
}

function quantileThresholds(column: Float64Array, maxBins: number): number[] {
  const sorted = Float64Array.from(column).sort();
  const thresholds: number[] = [];
  for (let cut = 1; cut < maxBins; cut++) {
    const at = Math.floor((cut * sorted.length) / maxBins);
    const low = sorted[at - 1];
    if (low === undefined) continue;
    const high = sorted[upperBound(sorted, low)];
    if (high === undefined) break;
    const threshold = Math.floor((low + high) / 2);
    if (threshold !== thresholds.at(-1)) thresholds.push(threshold);
  }
  return thresholds;
}

/** The first index whose value is above `value`. */
function upperBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first bin whose threshold is not below the value. */
function binOf(thresholds: readonly number[], value: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((thresholds[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
