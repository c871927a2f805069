import type { FeatureBins } from "./bins.js";
import type { LeafNode, SplitNode, Tree } from "./model.js";

export interface GrowOptions {
  readonly maxDepth: number;
  /** A split that leaves fewer rows than this on a side is not made. */
  readonly minChildRows: number;
  /** Added to the row count in every denominator: shrinks the value of small leaves. */
  readonly lambda: number;
  /** A split must lower the loss by more than this. */
  readonly minGain: number;
  /** Features that this tree may split on. */
  readonly features: readonly number[];
  /** The value of a leaf, in micros, from the rows that it holds. */
  readonly leafValue: (rows: Uint32Array) => number;
}

interface Candidate {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
}

/** One split still to be made: the rows that reach a node, and where the node stands. */
interface Open {
  readonly rows: Uint32Array;
  readonly depth: number;
  readonly at: number;
}

/**
 * Grows one regression tree on the gradients of the loss (Friedman 2001; split gain as in XGBoost, with a second derivative
 * of 1): at each node the split of the binned features that lowers the regularised loss most.
 *
 * @param rows indexes of the rows that take part
 * @param gradients first derivative of the loss per row
 */
export function growTree(
  bins: readonly FeatureBins[],
  rows: Uint32Array,
  gradients: Float64Array,
  options: GrowOptions,
): Tree {
  const nodes: (SplitNode | LeafNode)[] = [];
  const open: Open[] = [{ rows, depth: 0, at: 0 }];
  let next = 1;
  for (let node = open.shift(); node !== undefined; node = open.shift()) {
    const best = node.depth < options.maxDepth ? bestSplit(bins, node.rows, gradients, options) : undefined;
    if (best === undefined) {
      nodes[node.at] = { kind: "leaf", value: options.leafValue(node.rows), rows: node.rows.length };
      continue;
    }
    const { bins: binOfRow, thresholds } = bins[best.feature] as FeatureBins;
    const [left, right] = [next, next + 1];
    next += 2;
    nodes[node.at] = {
      kind: "split",
      feature: best.feature,
      threshold: thresholds[best.bin] as number,
      left,
      right,
      gain: best.gain,
      rows: node.rows.length,
    };
    const goesLeft = (row: number) => (binOfRow[row] as number) <= best.bin;
    open.push({ rows: node.rows.filter(goesLeft), depth: node.depth + 1, at: left });
    open.push({ rows: node.rows.filter((row) => !goesLeft(row)), depth: node.depth + 1, at: right });
  }
  return nodes;
}

function bestSplit(
  bins: readonly FeatureBins[],
  rows: Uint32Array,
  gradients: Float64Array,
  options: GrowOptions,
): Candidate | undefined {
  if (rows.length < 2 * options.minChildRows) return undefined;
  let best: Candidate | undefined;
  for (const feature of options.features) {
    const candidate = bestSplitOf(feature, bins[feature] as FeatureBins, rows, gradients, options);
    if (candidate !== undefined && candidate.gain > (best?.gain ?? options.minGain)) best = candidate;
  }
  return best;
}

function bestSplitOf(
  feature: number,
  { thresholds, bins }: FeatureBins,
  rows: Uint32Array,
  gradients: Float64Array,
  { lambda, minChildRows }: GrowOptions,
): Candidate | undefined {
  const sums = new Float64Array(thresholds.length + 1);
  const counts = new Uint32Array(thresholds.length + 1);
  for (const row of rows) {
    const bin = bins[row] as number;
    sums[bin] = (sums[bin] as number) + (gradients[row] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  const total = sums.reduce((sum, value) => sum + value, 0);
  const score = (sum: number, count: number) => (sum * sum) / (count + lambda);
  const parent = score(total, rows.length);
  let best: Candidate | undefined;
  let leftSum = 0;
  let leftCount = 0;
  for (let bin = 0; bin < thresholds.length; bin++) {
    leftSum += sums[bin] as number;
    leftCount += counts[bin] as number;
    const rightCount = rows.length - leftCount;
    if (leftCount < minChildRows || rightCount < minChildRows) continue;
    const gain = (score(leftSum, leftCount) + score(total - leftSum, rightCount) - parent) / 2;
    if (gain > (best?.gain ?? 0)) best = { feature, bin, gain };
  }
  return best;
}
