// Small helpers for the query lists: one query a function, a part, a type or a pair of types.

/** Every template with `$` replaced by each of the values. */
export function each(values, ...templates) {
  return templates.flatMap((template) => values.map((value) => `SELECT ${template.replaceAll("$", value)}`));
}

/** Expressions as queries. */
export function select(...expressions) {
  return expressions.map((expression) => `SELECT ${expression}`);
}
