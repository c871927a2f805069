type AstNode = { readonly kind?: unknown };

/**
 * Visits every object of a syntax tree that has a `kind`, parents first, in reading order. Return false to leave out its children. Not
 * recursive: a tree may be as deep as its text is long.
 */
export function walk(node: object, visit: (node: AstNode & Record<string, unknown>) => boolean | undefined): void {
  const waiting: object[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const record = next as AstNode & Record<string, unknown>;
    if (!Array.isArray(next) && typeof record.kind === "string" && visit(record) === false) continue;
    const parts = Array.isArray(next) ? (next as unknown[]) : Object.values(record);
    for (let i = parts.length - 1; i >= 0; i -= 1) {
      const part = parts[i];
      if (typeof part === "object" && part !== null) waiting.push(part);
    }
  }
}

type Node = Record<string, unknown>;

/** A copy of a tree, children first, in which `change` may replace any object. Not recursive, like `walk`. */
export function mapTree<T>(tree: T, change: (node: Node) => Node | undefined): T {
  if (typeof tree !== "object" || tree === null) return tree;
  const copies = new Map<object, object>();
  const copied = (part: unknown): unknown =>
    typeof part === "object" && part !== null ? (copies.get(part) ?? part) : part;
  for (const node of childrenFirst(tree)) {
    // In most trees nothing is replaced.
    const isChanged = copies.size > 0 && Object.values(node).some((part) => copied(part) !== part);
    if (Array.isArray(node)) {
      if (isChanged) copies.set(node, node.map(copied));
      continue;
    }
    const copy = isChanged
      ? Object.fromEntries(Object.entries(node).map(([key, part]) => [key, copied(part)]))
      : (node as Node);
    const result = change(copy) ?? copy;
    if (result !== node) copies.set(node, result);
  }
  return copied(tree) as T;
}

/** Every object of a tree, each after what it holds. */
export function childrenFirst(tree: object): object[] {
  const found: object[] = [];
  const waiting: object[] = [tree];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    for (const part of Object.values(next)) if (typeof part === "object" && part !== null) waiting.push(part as object);
  }
  return found.reverse();
}
