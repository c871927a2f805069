import { bindOnce } from "../print/bind.js";
import { quoteString } from "../print/sql.js";

/** Names and positions that JSONPath and DuckDB's paths write alike. */
const PLAIN = /^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[\d{1,9}\])+$/;

/**
 * What DuckDB's JSON reader takes though JSON does not have it, or reads as something else: commas at the end, NaN, infinities, -0. Within
 * strings it is harmless, and only costs time.
 */
const ODD = ",\\s*[\\]}]|[:,\\[]\\s*(-0|-?(?i:nan|inf))";

/** A found part whose text DuckDB may write in another way than GoogleSQL: escapes, separators of lines, and numbers with a point or exponent. */
const REWRITTEN = "[\\\\\u2028\u2029]|[0-9][.eE]";

/** The exact call for a JSON text. */
type Slow = (of: string) => string;

/**
 * JSON_VALUE along a plain path in DuckDB's own JSON functions; undefined: the path is no plain one. Texts that are not quite JSON, and
 * numbers with a point or exponent, whose digits DuckDB changes, take the exact way through JavaScript.
 *
 * @param of the JSON as DuckDB text
 */
export function plainJsonValue(of: string, path: string, isJson: boolean, slow: Slow): string | undefined {
  return alongPlainPath(of, path, isJson, slow, scalar);
}

/** The same for JSON_QUERY. */
export function plainJsonQuery(of: string, path: string, isJson: boolean, slow: Slow): string | undefined {
  return alongPlainPath(of, path, isJson, slow, (found, exact) => {
    const same = `left(${found}, 1) IN ('{', '[', '"') AND NOT regexp_matches(${found}, ${quoteString(REWRITTEN)})`;
    return `CASE WHEN ${found} IS NULL THEN NULL WHEN ${same} THEN ${found} ELSE ${exact} END`;
  });
}

/** The same for JSON_QUERY_ARRAY, whose elements are texts. */
export function plainJsonQueryArray(of: string, path: string, isJson: boolean, slow: Slow): string | undefined {
  return alongPlainPath(of, path, isJson, slow, (found, exact) => {
    const same = `left(${found}, 1) = '[' AND NOT regexp_matches(${found}, ${quoteString(REWRITTEN)})`;
    return `CASE WHEN ${found} IS NULL THEN NULL WHEN ${same} THEN CAST(json_extract(${found}, '$[*]') AS VARCHAR[]) ELSE ${exact} END`;
  });
}

/** @param use what is made of the found part, given as text, and of the exact call */
function alongPlainPath(
  of: string,
  path: string,
  isJson: boolean,
  slow: Slow,
  use: (found: string, exact: string) => string,
): string | undefined {
  if (!PLAIN.test(path)) return undefined;
  return bindOnce([of], ([text = ""]) => {
    const found = `list_transform([CAST(json_extract(${text}, ${quoteString(path)}) AS VARCHAR)], lambda j: ${use("j", slow(text))})[1]`;
    const regular = `${isJson ? "" : `json_valid(${text}) AND `}NOT regexp_matches(${text}, ${quoteString(ODD)})`;
    return `CASE WHEN ${regular} THEN ${found} ELSE ${slow(text)} END`;
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
