import { describe, expect, it } from "vitest";
import { functionNamed, functionNames } from "./functions/registry.js";
import { FUZZ_CATALOG } from "./fuzz/arbitraries.js";
import { translateQuery } from "./index.js";

const DEPTH = 14;
const LEAVES: Readonly<Record<string, string>> = {
  INT64: "i",
  FLOAT64: "f",
  NUMERIC: "n",
  STRING: "s",
  BYTES: "y",
  BOOL: "b",
  DATE: "d",
  DATETIME: "dt",
  TIME: "tm",
  TIMESTAMP: "ts",
  INTERVAL: "INTERVAL i DAY",
  JSON: "j",
  GEOGRAPHY: "ST_GEOGPOINT(f, f)",
  BIGNUMERIC: "CAST(n AS BIGNUMERIC)",
  "ARRAY<INT64>": "a",
  "ARRAY<STRING>": "SPLIT(s)",
};

/** Calls whose result is a valid first argument of their own: `$` stands for it. */
function nestable(): string[] {
  const templates: string[] = [];
  for (const name of functionNames()) {
    const definition = functionNamed(name);
    if (definition?.kind !== "scalar") continue;
    for (const { signature } of definition.overloads) {
      const text = signature.text.replace(/\b[TU]\b/g, "INT64");
      const [, list = "", result = ""] = /^\((.*)\) -> (.+?)[?!]?$/.exec(text) ?? [];
      const types = list.split(", ").map((part) => part.replace(/[[\]]|\.\.\./g, ""));
      const places = types.flatMap((type, i) => (type === result ? [i] : []));
      if (types.some((type) => LEAVES[type] === undefined)) continue;
      for (const place of places)
        templates.push(`${name}(${types.map((type, i) => (i === place ? "$" : LEAVES[type])).join(", ")})`);
    }
  }
  return templates;
}

const OPERATORS = [
  "IF($ > f, f, 0)",
  "CASE WHEN $ = f THEN f END",
  "IF($ BETWEEN f AND f, f, 1)",
  "IF($ IN (f, 2), f, 1)",
  "IF($ IS DISTINCT FROM f, f, 1)",
  "SAFE.LN($)",
  "SAFE_CAST(CAST($ AS STRING) AS FLOAT64)",
  "CAST(CAST($ AS NUMERIC) AS FLOAT64)",
  "[$][OFFSET(0)]",
  "STRUCT($ AS v).v",
  "($ + 1)",
  "($ / f)",
  "-$",
  "NULLIF($, f)",
  "GREATEST($, f)",
  "LEAST($, f)",
];

describe("nested calls stay small", () => {
  it.each([...new Set([...nestable(), ...OPERATORS])])("%s", (template) => {
    const leaf = OPERATORS.includes(template) ? "f" : undefined;
    let text = leaf ?? firstLeaf(template);
    for (let depth = 0; depth < DEPTH; depth++) text = template.replace("$", () => text);
    let sql: string;
    try {
      sql = translateQuery(`SELECT ${text} AS c FROM d.t`, FUZZ_CATALOG).sql;
    } catch {
      return;
    }
    // Once for each level, with what a level adds.
    expect(sql.length).toBeLessThan(DEPTH * 1200);
  });
});

/** A value for the innermost place: the first leaf with which the call translates. */
function firstLeaf(template: string): string {
  const found = Object.values(LEAVES).find((leaf) => {
    try {
      translateQuery(`SELECT ${template.replace("$", leaf)} AS c FROM d.t`, FUZZ_CATALOG);
      return true;
    } catch {
      return false;
    }
  });
  return found ?? "NULL";
}
