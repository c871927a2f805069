import { NODE_HEIGHT, NODE_WIDTH, type PageLayout } from "./page-data.js";

/**
 * Places the models of a project from left to right, readers behind what they read.
 * @param models places of the models to draw
 * @param edges reader and what it reads
 */
export async function layoutOf(
  models: readonly number[],
  edges: readonly (readonly [reader: number, read: number])[],
): Promise<PageLayout> {
  if (models.length === 0) return { width: 0, height: 0, nodes: [], edges: [] };
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: 12, ranksep: 56, edgesep: 4, ranker: ranker(models.length) });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const model of models) graph.setNode(String(model), { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [reader, read] of edges) graph.setEdge(String(read), String(reader));
  layout(graph);
  const { width, height } = graph.graph() as { readonly width: number; readonly height: number };
  const whole = Math.round;
  return {
    width: whole(width),
    height: whole(height),
    nodes: models.map((model) => {
      const { x, y } = graph.node(String(model)) as Point;
      return [model, whole(x), whole(y)];
    }),
    edges: edges.map(([reader, read]) => {
      const { points } = graph.edge(String(read), String(reader)) as { readonly points: readonly Point[] };
      // From the right side of what is read to the left side of its reader, by way of the corners between.
      const [from, to] = [graph.node(String(read)), graph.node(String(reader))] as [Point, Point];
      const ends = [
        { x: from.x + NODE_WIDTH / 2, y: from.y },
        { x: to.x - NODE_WIDTH / 2, y: to.y },
      ] as const;
      const corners = [ends[0], ...points.slice(1, -1), ends[1]];
      return [reader, read, ...corners.flatMap(({ x, y }) => [whole(x), whole(y)])];
    }),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The best placement takes too long for large projects. */
function ranker(models: number): "network-simplex" | "longest-path" {
  return models <= 200 ? "network-simplex" : "longest-path";
}
