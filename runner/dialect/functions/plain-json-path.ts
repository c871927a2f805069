import { bindOnce } from "../print/bind.js";
import { quoteString } from "../print/sql.js";
import type { JsonPart, JsonSource } from "../types/typed.js";

/** Names and positions that JSONPath and DuckDB's paths write alike. */
export const PLAIN = /^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[\d{1,9}\])+$/;

/**
 * What DuckDB's JSON reader takes though JSON does not have it, or reads as something else: commas at the end, NaN, infinities, -0. Within
 * strings it is harmless, and only costs time.
 */
const ODD = ",\\s*[\\]}]|(^|[:,\\[])\\s*(-0([^.]|$)|-?(?i:nan|inf))";

/** What PARSE_JSON writes anew or refuses, wherever it stands: numbers of more than 15 digits, exponents, escapes. */
const UNSETTLED = `${ODD}|[0-9.]{16}|[0-9][eE]|\\\\`;

/** Numbers whose text DuckDB may write anew: with zeros at the end, exponents, or more than 15 digits. */
const LOOSE = "(^|[:,\\[])\\s*-?([0-9]+[.][0-9]+0\\s*([,\\]}]|$)|[0-9.]{17}|[0-9.]+[eE])";

/** Numbers in DuckDB's own text that GoogleSQL writes with another exponent, or with none. */
const TINY = "(^|[:,\\[])-?(0[.]0000|[0-9.]+[eE])";

/** Characters that GoogleSQL escapes in another way than DuckDB: escapes, separators of lines. */
const ESCAPED = "[\\\\\u2028\u2029]";

const matches = (text: string, pattern: string): string => `regexp_matches(${text}, ${quoteString(pattern)})`;

const REGULAR: Readonly<Record<JsonSource, (text: string) => string>> = {
  text: (text) => `json_valid(${text}) AND NOT ${matches(text, ODD)}`,
  stored: (text) => `NOT ${matches(text, ODD)}`,
  raw: (text) => `json_valid(${text}) AND NOT ${matches(text, UNSETTLED)}`,
};

/** Whether the numbers with a point in a found part are written as in GoogleSQL. The text around it is only looked at where there are any. */
const sameNumbers = (j: string, source: JsonSource, around: string): string =>
  `NOT ${matches(j, TINY)}${source === "raw" ? "" : ` AND NOT ${matches(around, LOOSE)}`}`;

const isReal = (j: string, source: JsonSource, around: string): string =>
  `regexp_full_match(${j}, '-?[0-9]+[.][0-9]+') AND ${sameNumbers(j, source, around)}`;

/** Whether a found part that is no number is written as in GoogleSQL. */
const sameText = (j: string, source: JsonSource, around: string): string =>
  `NOT ${matches(j, ESCAPED)} AND (NOT ${matches(j, "[0-9][.eE]")} OR (${sameNumbers(j, source, around)}))`;

/**
 * Strings, objects and arrays that `inOrder` writes as in GoogleSQL, but for their numbers and escapes: without objects in them, and without
 * names that DuckDB's paths cannot hold, which are empty or have a star.
 */
const isOrdered = (j: string, source: JsonSource): string =>
  `left(${j}, 1) IN ('{', '[', '"')${source === "raw" ? ` AND NOT regexp_matches(${j}, '.[{]|[*]|"":')` : ""}`;

/** What PARSE_JSON does to an object without objects in it: members by name, the first of equal names. */
function inOrder(j: string, source: JsonSource): string {
  if (source !== "raw") return j;
  const member = `concat('"', name, '":', json_extract(${j}, concat('$."', name, '"')))`;
  const members = `list_transform(list_sort(list_distinct(json_keys(${j}))), lambda name: ${member})`;
  return `CASE WHEN left(${j}, 1) = '{' THEN concat('{', array_to_string(${members}, ','), '}') ELSE ${j} END`;
}

/** The exact call for a JSON text. */
type Slow = (of: string) => string;

/** What is made of a found part, given as text, of the JSON around it. */
type Use = (found: string, around: string) => string;

/**
 * JSON_VALUE along a plain path in DuckDB's own JSON functions; undefined: the path is no plain one. Texts that are not quite JSON, and
 * numbers whose digits DuckDB changes, take the exact way through JavaScript.
 *
 * @param of the JSON as DuckDB text
 */
export function plainJsonValue(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  return alongPlainPath(of, path, source, slow, (found, around) => scalar(found, source, around, slow(around)));
}

/** The same for JSON_QUERY. */
export function plainJsonQuery(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  return alongPlainPath(of, path, source, slow, (found, around) => {
    const same = `${isOrdered(found, source)} AND ${sameText(found, source, around)}`;
    return `CASE WHEN ${found} IS NULL THEN NULL WHEN ${same} THEN ${inOrder(found, source)} ELSE ${slow(around)} END`;
  });
}

/** The same for JSON_QUERY_ARRAY, whose elements are texts. */
export function plainJsonQueryArray(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  return alongPlainPath(of, path, source, slow, (found, around) => {
    const same = `left(${found}, 1) = '[' AND ${isOrdered(found, source)} AND ${sameText(found, source, around)}`;
    return `CASE WHEN ${found} IS NULL THEN NULL WHEN ${same} THEN CAST(json_extract(${found}, '$[*]') AS VARCHAR[]) ELSE ${slow(around)} END`;
  });
}

/** The same for JSON_VALUE_ARRAY, which is NULL for arrays of anything but scalars. */
export function plainJsonValueArray(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  return alongPlainPath(of, path, source, slow, (found, around) => {
    const same = `left(${found}, 1) = '[' AND NOT ${matches(found, ".[\\[{]")} AND ${sameText(found, source, around)}`;
    return `CASE WHEN ${found} IS NULL THEN NULL WHEN ${same} THEN json_extract_string(${found}, '$[*]') ELSE ${slow(around)} END`;
  });
}

/** A part of a JSON value, as the text of a JSON value: NULL only where there is none. */
export function plainJsonPart({ of, source, path, exact }: JsonPart): string {
  const isScalar = (j: string, around: string): string =>
    `${j} IN ('null', 'true', 'false') OR regexp_full_match(${j}, '-?[0-9]{1,15}') OR (${isReal(j, source, around)})`;
  return bindOnce([of], ([text = ""]) => {
    const found = `coalesce(CAST(json_extract(${text}, ${quoteString(path)}) AS VARCHAR), '')`;
    const use =
      `CASE WHEN j = '' THEN NULL WHEN ${isScalar("j", text)} THEN j ` +
      `WHEN ${isOrdered("j", source)} AND ${sameText("j", source, text)} THEN ${inOrder("j", source)} ELSE ${exact(text)} END`;
    return `list_transform([CASE WHEN ${REGULAR[source](text)} THEN ${found} ELSE '?' END], lambda j: ${use})[1]`;
  });
}

/** What is made of a part by the first condition on its text that holds, and by `slow` where none does; NULL where there is no part. */
export function plainJsonScalar({ of, source, path, exact }: JsonPart, cases: Cases, slow: Slow): string | undefined {
  return alongPlainPath(
    of,
    path,
    source,
    (text) => slow(exact(text)),
    (found, around) => firstOf(found, cases, slow(exact(around))),
  );
}

/** Conditions on a JSON text, and what holds under each. */
export type Cases = (j: string) => readonly (readonly [when: string, then: string])[];

export function firstOf(j: string, cases: Cases, otherwise: string): string {
  const branches = cases(j).map(([when, then]) => `WHEN ${when} THEN ${then}`);
  return `CASE WHEN ${j} IS NULL THEN NULL ${branches.join(" ")} ELSE ${otherwise} END`;
}

function alongPlainPath(of: string, path: string, source: JsonSource, slow: Slow, use: Use): string | undefined {
  if (path !== "$" && !PLAIN.test(path)) return undefined;
  return bindOnce([of], ([text = ""]) => {
    const found = `list_transform([CAST(json_extract(${text}, ${quoteString(path)}) AS VARCHAR)], lambda j: ${use("j", text)})[1]`;
    return `CASE WHEN ${REGULAR[source](text)} THEN ${found} ELSE ${slow(text)} END`;
  });
}

/** A found value as text: NULL where it is no scalar. Strings are looked for first, being the most. */
function scalar(found: string, source: JsonSource, around: string, slow: string): string {
  return (
    `CASE WHEN starts_with(${found}, '"') THEN CASE WHEN contains(${found}, '\\') THEN json_extract_string(${found}, '$') ` +
    `ELSE substr(${found}, 2, length(${found}) - 2) END ` +
    `WHEN ${found} IS NULL OR ${found} = 'null' OR left(${found}, 1) IN ('{', '[') THEN NULL ` +
    `WHEN ${found} IN ('true', 'false') OR regexp_full_match(${found}, '-?[0-9]+') OR (${isReal(found, source, around)}) ` +
    `THEN ${found} ELSE ${slow} END`
  );
}
