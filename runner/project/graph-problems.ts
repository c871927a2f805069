import { findCycle, type GraphNode } from "../graph/order.js";
import type { ProjectProblem } from "./errors.js";

/** A cycle, actions that share a name, and names that differ only in case (one table on some engines). */
export function graphProblems(nodes: readonly GraphNode[]): ProjectProblem[] {
  const problems: ProjectProblem[] = [];
  const report = (file: string, message: string) =>
    problems.push({ file, line: undefined, column: undefined, message });
  const cycle = findCycle(nodes);
  if (cycle !== undefined) {
    const first = nodes.find((node) => node.key === cycle[0]);
    report(first?.fileName ?? "", `cyclic references: ${cycle.join(" -> ")}`);
  }
  const seen = new Map<string, GraphNode>();
  for (const node of nodes) {
    const other = seen.get(node.key.toLowerCase());
    if (other === undefined) seen.set(node.key.toLowerCase(), node);
    else if (other.key === node.key) report(node.fileName, `${node.key} is defined twice; also in ${other.fileName}`);
    else report(node.fileName, `${node.key} and ${other.key} (${other.fileName}) differ only in upper and lower case`);
  }
  return problems;
}
