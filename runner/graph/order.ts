/** What ordering needs of an action. */
export interface GraphNode {
  readonly key: string;
  readonly fileName: string;
  readonly dependencies: readonly string[];
}

/**
 * The actions in an order in which each comes after what it depends on; otherwise as stable as the given order. Dependencies
 * that are not among the actions count as done. Call `findCycle` first: in a cycle the order is undefined.
 */
export function dependencyOrder<Node extends GraphNode>(nodes: readonly Node[]): Node[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const done = new Set<string>();
  const order: Node[] = [];
  for (const start of nodes) {
    const stack: { node: Node; next: number }[] = [];
    const enter = (node: Node) => {
      if (done.has(node.key)) return;
      done.add(node.key);
      stack.push({ node, next: 0 });
    };
    enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const key = top.node.dependencies[top.next++];
      if (key === undefined) {
        order.push(top.node);
        stack.pop();
      } else {
        const dependency = byKey.get(key);
        if (dependency !== undefined) enter(dependency);
      }
    }
  }
  return order;
}

/** The keys along one cycle, in order of dependency, the first repeated at the end: `[a, b, a]`; undefined: there is none. */
export function findCycle(nodes: readonly GraphNode[]): string[] | undefined {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const finished = new Set<string>();
  for (const start of nodes) {
    const path: { node: GraphNode; next: number }[] = [{ node: start, next: 0 }];
    const onPath = new Set([start.key]);
    if (finished.has(start.key)) continue;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const key = top.node.dependencies[top.next++];
      if (key === undefined) {
        finished.add(top.node.key);
        onPath.delete(top.node.key);
        path.pop();
        continue;
      }
      if (onPath.has(key)) {
        const keys = path.map(({ node }) => node.key);
        return [...keys.slice(keys.indexOf(key)), key];
      }
      const dependency = byKey.get(key);
      if (dependency === undefined || finished.has(key)) continue;
      path.push({ node: dependency, next: 0 });
      onPath.add(key);
    }
  }
  return undefined;
}
