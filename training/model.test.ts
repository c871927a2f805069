import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { MAX_DEPTH, predict, type Tree, toMicros } from "./model.js";

const scorer = createRequire(import.meta.url)("../includes/ml.js") as { readonly MAX_DEPTH: number };

it("has no trees deeper than the SQL scorer walks", () => {
  expect(scorer.MAX_DEPTH).toBe(MAX_DEPTH);
});

it("goes left at the threshold and adds up whole micros", () => {
  const tree: Tree = [
    { kind: "split", feature: 1, threshold: toMicros(0.5), left: 1, right: 2, gain: 1, rows: 3 },
    { kind: "leaf", value: toMicros(-1.25), rows: 1 },
    { kind: "leaf", value: toMicros(2.000001), rows: 2 },
  ];
  const model = { baseline: [500], baseScore: toMicros(10), trees: [tree, tree] };
  expect(predict(model, [3, toMicros(0.5)])).toBe(7_500_002);
  expect(predict(model, [0, toMicros(0.500001)])).toBe(14_000_002);
  expect(toMicros(-0.0000005)).toBe(-1);
});
