/**
 * A trained ensemble of regression trees in exact decimals.
 *
 * Features, thresholds and leaf values are whole numbers of millionths ("micros"). A sum of integers does not depend on its
 * order and NUMERIC holds it exactly, so a tree walk in any engine ends in the same prediction to the last digit.
 */
export const MICROS = 1_000_000;

/** No tree is deeper: the SQL scorer walks this many levels. */
export const MAX_DEPTH = 6;

export interface SplitNode {
  readonly kind: "split";
  /** Index in the feature vector. */
  readonly feature: number;
  /** Rows with `value <= threshold` go left. Micros. */
  readonly threshold: number;
  /** Index in the tree's node list. */
  readonly left: number;
  readonly right: number;
  /** How much the split lowers the regularised loss of the training rows. */
  readonly gain: number;
  /** Training rows that reached the node. */
  readonly rows: number;
}

export interface LeafNode {
  readonly kind: "leaf";
  /** What the leaf adds to the prediction, learning rate included. Micros. */
  readonly value: number;
  readonly rows: number;
}

/** Nodes of one tree; the first is the root. */
export type Tree = readonly (SplitNode | LeafNode)[];

/** Weights of the first features of the vector, thousandths: what is predicted before any tree. */
export type Baseline = readonly number[];

export interface BoostedTrees {
  readonly baseline: Baseline;
  /** Added to the baseline. Micros. */
  readonly baseScore: number;
  readonly trees: readonly Tree[];
}

/** A number as the nearest whole number of micros, half away from zero as NUMERIC rounds. */
export function toMicros(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value) * MICROS);
}

/** The leaf value that a row ends in. `feature(index)` gives micros. */
export function walk(tree: Tree, feature: (index: number) => number): number {
  let node = tree[0];
  while (node?.kind === "split") node = tree[feature(node.feature) <= node.threshold ? node.left : node.right];
  return node === undefined ? 0 : node.value;
}

/** The weighted sum of the first features, rounded to whole micros. */
export function baselineOf(baseline: Baseline, feature: (index: number) => number): number {
  const thousandths = baseline.reduce((sum, weight, index) => sum + weight * feature(index), 0);
  return Math.sign(thousandths) * Math.round(Math.abs(thousandths) / 1000);
}

/** The prediction for one feature vector in micros, in micros. */
export function predict(model: BoostedTrees, features: ArrayLike<number>): number {
  const feature = (index: number) => features[index] as number;
  const start = model.baseScore + baselineOf(model.baseline, feature);
  return model.trees.reduce((sum, tree) => sum + walk(tree, feature), start);
}
