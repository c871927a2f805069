import { quoteString } from "../print/sql.js";

/** The zone of the statement that is being translated: translating one is never interrupted by another. */
let current: string | undefined;

/**
 * Translates under a default time zone: what functions, casts and literals go by that name none. Asked for in many places that know
 * nothing of the statement around them.
 * @param zone undefined: UTC
 */
export function inTimeZone<T>(zone: string | undefined, work: () => T): T {
  const outer = current;
  current = zone;
  try {
    return work();
  } finally {
    current = outer;
  }
}

/** DuckDB text of the default time zone; undefined: UTC, which needs no saying. */
export function defaultZone(): string | undefined {
  return current === undefined ? undefined : quoteString(current);
}

/** The arguments of a function that takes a value and a time zone, with the default where none is given. */
export function zoned(args: readonly string[]): readonly string[] {
  const zone = defaultZone();
  return args.length > 1 || zone === undefined ? args : [...args, zone];
}

/** A text with `$` for a value; `$@` is the value with the default time zone behind it. */
export function filled(template: string, value: string): string {
  return template.replace(/\$@?/, (mark) => (mark === "$@" ? zoned([value]).join(", ") : value));
}
