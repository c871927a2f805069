type AstNode = { readonly kind?: unknown };

/** Visits every object of a syntax tree that has a `kind`, parents first. Return false to leave out its children. */
export function walk(node: object, visit: (node: AstNode & Record<string, unknown>) => boolean | undefined): void {
  if (Array.isArray(node)) {
    for (const item of node) if (typeof item === "object" && item !== null) walk(item, visit);
    return;
  }
  const record = node as AstNode & Record<string, unknown>;
  if (typeof record.kind === "string" && visit(record) === false) return;
  for (const value of Object.values(record)) {
    if (typeof value === "object" && value !== null) walk(value, visit);
  }
}

type Node = Record<string, unknown>;

/** A copy of a tree, children first, in which `change` may replace any object. */
export function mapTree<T>(tree: T, change: (node: Node) => Node | undefined): T {
  if (typeof tree !== "object" || tree === null) return tree;
  if (Array.isArray(tree)) {
    const items = tree.map((item) => mapTree(item as unknown, change));
    return items.some((item, i) => item !== tree[i]) ? (items as T) : tree;
  }
  const entries = Object.entries(tree).map(([key, value]) => [key, mapTree(value as unknown, change)] as const);
  const changed = entries.some(([key, value]) => value !== (tree as Node)[key]);
  const copy = (changed ? Object.fromEntries(entries) : tree) as Node;
  return (change(copy) ?? copy) as T;
}
