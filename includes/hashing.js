/**
 * data_hash and source hashes as GoogleSQL expressions.
 *
 * A row's hash is the first 16 hex characters of SHA-256 over a canonical JSON text: keys in ascending byte order, ", " and
 * ": " as separators, every value rendered by the rule of its type. No engine's JSON writer is involved, so every engine
 * (and the loaders) produce the same bytes.
 */
const { TABLES } = require("./tables");

/** The hash fields of every table, `{table: {column: type}}`. */
const HASH_FIELDS = Object.fromEntries(TABLES.map(({ name, hash }) => [name, hash]));

/** digest16 of an empty text: the hash of "the source was read and had no row". */
const EMPTY_DIGEST = "e3b0c44298fc1c14";

/** First 16 hex characters of the SHA-256 of a text. */
function digest16(text) {
  return `SUBSTR(TO_HEX(SHA256(${text})), 1, 16)`;
}

/** `'...'` as a GoogleSQL literal of a text without control characters. */
function literal(text) {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** A NUMERIC as quoted text with exactly `scale` decimals. Rounding first leaves no "-0.0". */
function decimalText(value, scale) {
  return `CONCAT('"', FORMAT('%.${scale}f', ROUND(${value}, ${scale})), '"')`;
}

/** Six decimals; the cast to NUMERIC rounds the double's exact value half away from zero. */
function floatText(value) {
  return decimalText(`CAST(${value} AS NUMERIC)`, 6);
}

/** `null` for a NULL value, else its text. */
function orNull(value, text) {
  return `IF(${value} IS NULL, 'null', ${text})`;
}

/** The text of a value that is not NULL, by the rule of its type (docs/hashes.md). */
function valueText(value, type) {
  const numeric = /^NUMERIC\(\d+,\s*(\d+)\)$/.exec(type);
  if (numeric) return decimalText(value, Number(numeric[1]));
  switch (type) {
    case "BOOL":
    case "INT64":
      return `CAST(${value} AS STRING)`;
    case "STRING":
      // Hashed strings are ASCII codes: quote and backslash are all that JSON needs escaped.
      return `CONCAT('"', REPLACE(REPLACE(${value}, '\\\\', '\\\\\\\\'), '"', '\\\\"'), '"')`;
    case "DATE":
      return `CONCAT('"', CAST(${value} AS STRING), '"')`;
    case "TIMESTAMP":
      return `CONCAT('"', FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', ${value}, 'UTC'), '+00:00"')`;
    case "FLOAT64":
      return floatText(value);
    case "ARRAY<FLOAT64>":
      return (
        `CONCAT('[', IFNULL((SELECT STRING_AGG(${orNull("element", floatText("element"))}, ', ' ORDER BY position) ` +
        `FROM UNNEST(${value}) AS element WITH OFFSET AS position), ''), ']')`
      );
    default:
      throw new Error(`no canonical text for type ${type}`);
  }
}

/** The canonical text of an ARRAY<FLOAT64> whose elements are known one by one as NUMERIC: much cheaper than unnesting it. */
function arrayText(elements) {
  return `CONCAT('[', ${elements.map((element) => orNull(element, decimalText(element, 6))).join(", ', ', ")}, ']')`;
}

/**
 * The canonical JSON text of a field set `{name: type}`, as a GoogleSQL expression over columns of these names.
 * `texts` gives the canonical text of a field where it is already there, `{name: expression}`.
 * @throws Error if the names are not in ascending byte order: the list is the specification of the key order.
 */
function canonicalText(fields, texts = {}) {
  const names = Object.keys(fields);
  const members = names.map((name, index) => {
    if (index > 0 && !(names[index - 1] < name)) {
      throw new Error(`hash fields must be in ascending byte order: ${name} stands after ${names[index - 1]}`);
    }
    const prefix = literal(`${index === 0 ? "{" : ", "}"${name}": `);
    return `${prefix}, ${texts[name] ?? orNull(name, valueText(name, fields[name]))}`;
  });
  return `CONCAT(\n    ${members.join(",\n    ")}, '}')`;
}

/** The `data_hash` of a table of HASH_FIELDS; to be used where the table's own columns are in scope by their names. */
function dataHash(table, texts) {
  const fields = HASH_FIELDS[table];
  if (fields === undefined)
    throw new Error(`includes/tables.js has no table ${table}, so its rows have no hash fields`);
  return digest16(canonicalText(fields, texts));
}

/**
 * The hashes of the upstream rows of a group (N:1), sorted and joined with a bar; NULL if one of them is unknown, because
 * unknown is never "unchanged". With a condition, of the rows that satisfy it.
 */
function sortedHashes(hash, condition) {
  const [unknown, counted] =
    condition === undefined
      ? [`${hash} IS NULL`, hash]
      : [`(${condition}) AND ${hash} IS NULL`, `IF(${condition}, ${hash}, NULL)`];
  return `IF(COUNTIF(${unknown}) > 0, NULL, IFNULL(STRING_AGG(${counted}, '|' ORDER BY ${hash}), ''))`;
}

/** The hash of the upstream rows of a group (N:1): their sorted hashes digested. */
function digestOfRows(hash, condition) {
  return digest16(sortedHashes(hash, condition));
}

/**
 * Names one state of a date's rows: a digest of the date and all row hashes, so that a run that changes nothing keeps its id.
 * An aggregate, to be used where the rows of the date are grouped.
 */
function runId(date, hash) {
  return digest16(`CONCAT(CAST(${date} AS STRING), '|', IFNULL(STRING_AGG(${hash}, '|' ORDER BY ${hash}), ''))`);
}

module.exports = {
  HASH_FIELDS,
  EMPTY_DIGEST,
  digest16,
  arrayText,
  canonicalText,
  dataHash,
  sortedHashes,
  digestOfRows,
  runId,
};
