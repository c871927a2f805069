import type { ScalarType } from "../port/sql-types.js";

/** What columns are called, the last resort where no use of a column tells its type; the first match holds. */
const NAMES: readonly (readonly [form: RegExp, type: ScalarType])[] = [
  [/^int_|_int$/, "INT64"],
  [/^string_|_(string|str|text|name|json)$/, "STRING"],
  [/^(is|has|was|can|should)_|_flag$|^(active|deleted|enabled)$/, "BOOL"],
  [/(^|_)(at|ts|timestamp|time|datetime|on_ts)$|^(timestamp|created|updated|inserted)$/, "TIMESTAMP"],
  [/(^|_)(date|day|dt)$|^date_/, "DATE"],
  [
    /(^|_)(id|key|count|cnt|qty|quantity|num|number|seq|rank|year|month|week|hour|age|version|micros|millis|seconds)$|^(n|num)_/,
    "INT64",
  ],
  [
    /(^|_)(amount|price|cost|total|revenue|value|rate|ratio|pct|percent|score|weight|lat|lng|lon|latitude|longitude|sum|avg|tax|discount|fee|balance)$/,
    "FLOAT64",
  ],
];

/** The type that a column's name speaks for; undefined: none. */
export function typeByName(name: string): ScalarType | undefined {
  const plain = name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  return NAMES.find(([form]) => form.test(plain))?.[1];
}
