import { expect, it } from "vitest";
import { layoutOf } from "./layout.js";
import { NODE_WIDTH } from "./page-data.js";

it("places readers to the right of what they read, and leads lines from side to side", async () => {
  const { nodes, edges, width } = await layoutOf(
    [3, 5, 8],
    [
      [5, 3],
      [8, 5],
      [8, 3],
    ],
  );
  const x = new Map(nodes.map(([model, at]) => [model, at]));
  expect([...x.keys()]).toEqual([3, 5, 8]);
  expect(x.get(3)).toBeLessThan(x.get(5) ?? 0);
  expect(x.get(5)).toBeLessThan(x.get(8) ?? 0);
  expect(width).toBeGreaterThan(3 * NODE_WIDTH);
  for (const [reader, read, ...points] of edges) {
    expect(points[0]).toBe((x.get(read) ?? 0) + NODE_WIDTH / 2);
    expect(points.at(-2)).toBe((x.get(reader) ?? 0) - NODE_WIDTH / 2);
  }
});

it("draws nothing of nothing", async () => {
  expect(await layoutOf([], [])).toEqual({ width: 0, height: 0, nodes: [], edges: [] });
});
