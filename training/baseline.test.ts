import { expect, it } from "vitest";
import { fitBaseline } from "./baseline.js";
import { baselineOf, toMicros } from "./model.js";

const column = (...values: number[]) => Float64Array.from(values, toMicros);

it("finds the weights that made the target, in thousandths", () => {
  const columns = [column(10, 20, 30, 5, 8), column(12, 18, 33, 6, 2), column(11, 25, 28, 4, 9), column(1, 2, 3, 4, 5)];
  const target = Float64Array.from({ length: 5 }, (_, row) =>
    [0.2, 0.3, 0.5].reduce((sum, weight, index) => sum + (weight * (columns[index]?.[row] as number)) / 1e6, 0),
  );
  expect(fitBaseline(columns, target)).toEqual([200, 300, 500]);
});

it("shares the weight between averages that are always equal", () => {
  const same = column(10, 20, 30);
  const weights = fitBaseline([same, same, same], Float64Array.of(10, 20, 30));
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1000, -1);
});

it("rounds the weighted sum half away from zero", () => {
  expect(baselineOf([500], () => 3)).toBe(2);
  expect(baselineOf([-500], () => 3)).toBe(-2);
});
