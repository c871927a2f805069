import { bindOnce } from "../print/bind.js";
import { quoteString } from "../print/sql.js";

/** Names and positions that JSONPath and DuckDB's paths write alike. */
const PLAIN = /^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[\d{1,9}\])+$/;

/**
 * What DuckDB's JSON reader takes though JSON does not have it, or reads as something else: commas at the end, NaN, infinities, -0. Within
 * strings it is harmless, and only costs time.
 */
const ODD = ",\\s*[\\]}]|[:,\\[]\\s*(-0|-?(?i:nan|inf))";

/**
 * JSON_VALUE along a plain path in DuckDB's own JSON functions; undefined: the path is no plain one. Texts that are not quite JSON, and
 * numbers with a point or exponent, whose digits DuckDB changes, take the exact way through JavaScript.
 *
 * @param of the JSON as DuckDB text
 * @param slow the exact call for a text
 */
export function plainJsonValue(
  of: string,
  path: string,
  isJson: boolean,
  slow: (of: string) => string,
): string | undefined {
  if (!PLAIN.test(path)) return undefined;
  return bindOnce([of], ([text = ""]) => {
    const found = `list_transform([CAST(json_extract(${text}, ${quoteString(path)}) AS VARCHAR)], lambda j: ${scalar("j", slow(text))})[1]`;
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
