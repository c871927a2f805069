/** Texts longer than this together are bound; below, repeating them costs less than a lambda. */
const SHORT = 200;

/**
 * A text that names its arguments more than once. A long argument is bound, so that nested calls do not grow with every level.
 */
export function bindOnce(args: readonly string[], build: (names: readonly string[]) => string): string {
  const isShort = args.reduce((sum, arg) => sum + arg.length, 0) <= SHORT;
  return isShort ? build(args) : bindAs("bound_args", args, build);
}

/**
 * Binds arguments as the one element of a list that a lambda maps; several are its fields, which have no names, as DuckDB loses them in
 * lateral queries. To take a field costs DuckDB more, in planning too, than all else that most texts do with it.
 */
export function bindAs(variable: string, args: readonly string[], build: (names: readonly string[]) => string): string {
  const isOne = args.length === 1;
  const names = isOne ? [variable] : args.map((_, i) => `${variable}[${i + 1}]`);
  return `list_transform([${isOne ? args[0] : `row(${args.join(", ")})`}], lambda ${variable}: ${build(names)})[1]`;
}

const PLAIN = /^(?:CAST\()?(?:[\w$]+\.)?(?:"(?:[^"]|"")*"|'?-?[0-9.]+'?)(?: AS DECIMAL\(38,9\)\))?$/;

/** A column, or a number, cast or not: naming it twice costs nothing, and DuckDB evaluates once what is there twice. */
export function isPlain(sql: string): boolean {
  return PLAIN.test(sql);
}
