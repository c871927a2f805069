import { describe, expect, it } from "vitest";
import { Random } from "../ingest/sample/random.js";
import { type BoostOptions, boost, type Dataset, DEFAULT_OPTIONS } from "./boost.js";
import { predict, toMicros } from "./model.js";

/** Points that depend on the first two features and on chance; the third feature is noise. */
function synthetic(rows: number, seed: number, noise: number): Dataset {
  const random = new Random(seed, "synthetic");
  const columns = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)] as const;
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a, b, c] = [random.next() * 30, random.next(), random.next()];
    columns[0][row] = toMicros(a);
    columns[1][row] = toMicros(b);
    columns[2][row] = toMicros(c);
    target[row] = Math.round(a * 0.8 + (b > 0.5 && a > 15 ? 6 : 0) + random.normal(0, noise));
  }
  return { columns, target };
}

const options: BoostOptions = { ...DEFAULT_OPTIONS, maxTrees: 150, patience: 15, learningRate: 0.1 };
const vector = (data: Dataset, row: number) => data.columns.map((column) => column[row] as number);
const errorOf = (data: Dataset, forecast: (row: number) => number) =>
  data.target.reduce((sum, target, row) => sum + Math.abs(target - forecast(row)), 0) / data.target.length;

describe("boosting", () => {
  const training = synthetic(3000, 1, 1);
  const validation = synthetic(800, 2, 1);
  const unseen = synthetic(800, 3, 1);
  const result = boost(training, validation, options);
  const forecast = (row: number) => predict(result.model, vector(unseen, row)) / 1e6;

  it("learns a known function far better than the mean, on rows it never saw", () => {
    const mean = training.target.reduce((sum, value) => sum + value, 0) / training.target.length;
    expect(errorOf(unseen, () => mean)).toBeGreaterThan(6);
    expect(errorOf(unseen, forecast)).toBeLessThan(1.3);
  });

  it("gives the same model for the same seed, and another for another", () => {
    expect(boost(training, validation, options)).toEqual(result);
    expect(boost(training, validation, { ...options, seed: 7 }).model).not.toEqual(result.model);
  });

  it("keeps the trees up to the lowest validation error and stops soon after it", () => {
    const noisy = boost(synthetic(400, 4, 8), synthetic(400, 5, 8), { ...options, maxTrees: 2000, learningRate: 0.3 });
    expect(noisy.grown).toBe(noisy.model.trees.length + options.patience);
    expect(noisy.history).toHaveLength(noisy.model.trees.length + 1);
    const lowest = Math.min(...noisy.history.map(({ validation }) => validation));
    expect(noisy.history.at(-1)?.validation).toBe(lowest);
  });

  it("is judged by exactly what its trees predict", () => {
    const recorded = result.history.at(-1)?.validation as number;
    expect(errorOf(validation, (row) => predict(result.model, vector(validation, row)) / 1e6)).toBeCloseTo(recorded, 9);
  });

  it("keeps to depth, leaf size and whole micros", () => {
    for (const tree of result.model.trees) {
      const depth = (at: number): number => {
        const node = tree[at];
        if (node === undefined) throw new Error(`no node ${at}`);
        const numbers = node.kind === "leaf" ? [node.value] : [node.threshold];
        expect(numbers.every(Number.isSafeInteger)).toBe(true);
        expect(node.rows).toBeGreaterThanOrEqual(options.minChildRows);
        return node.kind === "leaf" ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
      };
      expect(depth(0)).toBeLessThanOrEqual(options.maxDepth);
    }
  });

  it("does not split on a feature that never varies, and refuses data that cannot work", () => {
    const flat: Dataset = { columns: [new Float64Array(500)], target: Float64Array.from({ length: 500 }, (_, i) => i) };
    expect(boost(flat, flat, options).model.trees).toEqual([]);
    const none: Dataset = { columns: [new Float64Array(0)], target: new Float64Array(0) };
    expect(() => boost(training, none, options)).toThrow("there are no validation rows");
    expect(() => boost(training, validation, { ...options, maxDepth: 9 })).toThrow("maxDepth must be from 1 to 6");
  });
});
