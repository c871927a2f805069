/** Quotes an identifier for DuckDB. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a string literal for DuckDB. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `"schema"."name"` of a relation. */
export function quotePath(relation: { readonly dataset: string; readonly name: string }): string {
  return `${quoteName(relation.dataset)}.${quoteName(relation.name)}`;
}
