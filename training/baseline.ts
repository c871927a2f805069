import type { FeatureColumns } from "./bins.js";
import { type Baseline, MICROS } from "./model.js";

/** The three averages of the player's points: last 5 games, last 10 games, season. */
export const BASELINE_FEATURES = [0, 1, 2] as const;

/** Keeps the equations solvable when averages are equal in every row; far too small to matter otherwise. */
const RIDGE = 1e-6;

/**
 * Weights of the player's averages by least squares. Trees then only learn what the averages do not say: a straight line is
 * what trees are worst at, and early in a season there are few games to learn it from.
 */
export function fitBaseline(columns: FeatureColumns, target: Float64Array): Baseline {
  const features = BASELINE_FEATURES.filter((feature) => feature < columns.length);
  const inputs = features.map((feature) => Float64Array.from(columns[feature] ?? [], (value) => value / MICROS));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, row) => sum + value * (b[row] as number), 0);
  const matrix = inputs.map((a, i) => inputs.map((b, j) => dot(a, b) + (i === j ? RIDGE * (1 + dot(a, a)) : 0)));
  const right = inputs.map((a) => dot(a, target));
  return solve(matrix, right).map((weight) => Math.round(weight * 1000));
}

/** Gaussian elimination of a small positive definite system. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  const rows = matrix.map((row, index) => [...row, right[index] as number]);
  const at = (row: number, column: number) => rows[row]?.[column] as number;
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = at(row, pivot) / at(pivot, pivot);
      rows[row] = (rows[row] as number[]).map((value, column) => value - factor * at(pivot, column));
    }
  }
  return right.map((_, index) => at(index, size) / at(index, index));
}
