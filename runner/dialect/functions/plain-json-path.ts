import { bindOnce } from "../print/bind.js";
import { quoteString } from "../print/sql.js";
import type { JsonPart, JsonSource } from "../types/typed.js";

/** Names and positions that JSONPath and DuckDB's paths write alike. */
export const PLAIN = /^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[\d{1,9}\])+$/;

/**
 * What DuckDB's JSON reader takes though JSON does not have it, or reads as something else: commas at the end, NaN, infinities, -0. Within
 * strings it is harmless, and only costs time.
 */
const ODD = ",\\s*[\\]}]|(^|[:,\\[])\\s*(-0|-?(?i:nan|inf))";

/** What PARSE_JSON writes anew or refuses, wherever it stands: numbers of more than 15 digits, exponents, escapes. */
const UNSETTLED = `${ODD}|[0-9.]{16}|[0-9][eE]|\\\\`;

/** A found part whose text DuckDB may write in another way than GoogleSQL: escapes, separators of lines, and numbers with a point or exponent. */
const REWRITTEN = "[\\\\\u2028\u2029]|[0-9][.eE]";

const REGULAR: Readonly<Record<JsonSource, (text: string) => string>> = {
  text: (text) => `json_valid(${text}) AND NOT regexp_matches(${text}, ${quoteString(ODD)})`,
  stored: (text) => `NOT regexp_matches(${text}, ${quoteString(ODD)})`,
  raw: (text) => `json_valid(${text}) AND NOT regexp_matches(${text}, ${quoteString(UNSETTLED)})`,
};

/** A text as PARSE_JSON would write it; objects and arrays of an argument of PARSE_JSON are not yet put in order. */
const sameText = (j: string, source: JsonSource): string =>
  `left(${j}, 1) IN (${source === "raw" ? "" : "'{', '[', "}'"') AND NOT regexp_matches(${j}, ${quoteString(REWRITTEN)})`;

/** The exact call for a JSON text. */
type Slow = (of: string) => string;

/**
 * JSON_VALUE along a plain path in DuckDB's own JSON functions; undefined: the path is no plain one. Texts that are not quite JSON, and
 * numbers with a point or exponent, whose digits DuckDB changes, take the exact way through JavaScript.
 *
 * @param of the JSON as DuckDB text
 */
export function plainJsonValue(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  return alongPlainPath(of, path, source, slow, scalar);
}

/** The same for JSON_QUERY. */
export function plainJsonQuery(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  return alongPlainPath(
    of,
    path,
    source,
    slow,
    (found, exact) =>
      `CASE WHEN ${found} IS NULL THEN NULL WHEN ${sameText(found, source)} THEN ${found} ELSE ${exact} END`,
  );
}

/** The same for JSON_QUERY_ARRAY, whose elements are texts. */
export function plainJsonQueryArray(of: string, path: string, source: JsonSource, slow: Slow): string | undefined {
  if (source === "raw") return undefined;
  return alongPlainPath(of, path, source, slow, (found, exact) => {
    const same = `left(${found}, 1) = '[' AND NOT regexp_matches(${found}, ${quoteString(REWRITTEN)})`;
    return `CASE WHEN ${found} IS NULL THEN NULL WHEN ${same} THEN CAST(json_extract(${found}, '$[*]') AS VARCHAR[]) ELSE ${exact} END`;
  });
}

/** A part of a JSON value, as the text of a JSON value: NULL only where there is none. */
export function plainJsonPart({ of, source, path, exact }: JsonPart): string {
  const settled = (j: string): string =>
    `${j} IN ('null', 'true', 'false') OR regexp_full_match(${j}, '-?[0-9]{1,15}') OR (${sameText(j, source)})`;
  return bindOnce([of], ([text = ""]) => {
    const found = `coalesce(CAST(json_extract(${text}, ${quoteString(path)}) AS VARCHAR), '')`;
    const use = `CASE WHEN j = '' THEN NULL WHEN ${settled("j")} THEN j ELSE ${exact(text)} END`;
    return `list_transform([CASE WHEN ${REGULAR[source](text)} THEN ${found} ELSE '?' END], lambda j: ${use})[1]`;
  });
}

/** @param use what is made of the found part, given as text, and of the exact call */
function alongPlainPath(
  of: string,
  path: string,
  source: JsonSource,
  slow: Slow,
  use: (found: string, exact: string) => string,
): string | undefined {
  if (!PLAIN.test(path)) return undefined;
  return bindOnce([of], ([text = ""]) => {
    const found = `list_transform([CAST(json_extract(${text}, ${quoteString(path)}) AS VARCHAR)], lambda j: ${use("j", slow(text))})[1]`;
    return `CASE WHEN ${REGULAR[source](text)} THEN ${found} ELSE ${slow(text)} END`;
  });
}

/** A found value as text: NULL where it is no scalar. */
function scalar(found: string, slow: string): string {
  return (
    `CASE WHEN ${found} IS NULL OR ${found} = 'null' OR left(${found}, 1) IN ('{', '[') THEN NULL ` +
    `WHEN left(${found}, 1) = '"' THEN CASE WHEN contains(${found}, '\\') THEN json_extract_string(${found}, '$') ` +
    `ELSE substr(${found}, 2, length(${found}) - 2) END ` +
    `WHEN ${found} IN ('true', 'false') OR regexp_full_match(${found}, '-?[0-9]+') THEN ${found} ELSE ${slow} END`
  );
}
