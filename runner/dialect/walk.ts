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
