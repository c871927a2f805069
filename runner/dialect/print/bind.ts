/** Texts longer than this together are bound; below, repeating them costs less than a lambda. */
const SHORT = 200;

/**
 * A text that names its arguments more than once. A long argument is bound as the one element of a list that a lambda maps, so that nested
 * calls do not grow with every level; several are its fields, which have no names, as DuckDB loses them in lateral queries.
 */
export function bindOnce(args: readonly string[], build: (names: readonly string[]) => string): string {
  if (args.reduce((sum, arg) => sum + arg.length, 0) <= SHORT) return build(args);
  const names = args.length === 1 ? ["bound_args"] : args.map((_, i) => `bound_args[${i + 1}]`);
  const element = args.length === 1 ? args[0] : `row(${args.join(", ")})`;
  return `list_transform([${element}], lambda bound_args: ${build(names)})[1]`;
}

const PLAIN = /^(?:CAST\()?(?:[\w$]+\.)?(?:"(?:[^"]|"")*"|'?-?[0-9.]+'?)(?: AS DECIMAL\(38,9\)\))?$/;

/** A column, or a number, cast or not: naming it twice costs nothing, and DuckDB evaluates once what is there twice. */
export function isPlain(sql: string): boolean {
  return PLAIN.test(sql);
}
