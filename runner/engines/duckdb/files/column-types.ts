import { limitedTree } from "../../../dialect/functions/limits.js";
import { limitsOf } from "../../../dialect/resolve/type-node.js";
import { geographyCall } from "../../../dialect/runtime/js/geography-functions.js";
import { parseTypeText } from "../../../googlesql/parser/type.js";
import type { Column, ScalarType, SqlType } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { duckdbType, googleType } from "../types.js";

/** A column of a staged file. */
export interface StagedColumn {
  readonly name: string;
  /** Its name in the staging table. */
  readonly key: string;
  /** DuckDB's type in the file; undefined: it is staged as text. */
  readonly stored: string | undefined;
}

/** How the text of each type is written, in the forms that BigQuery loads; a leading zero makes a code, not a number. */
const TEXT_FORMS: Partial<Record<ScalarType, string>> = {
  BOOL: "(?i)(true|false)",
  INT64: "[+-]?\\d{1,19}",
  FLOAT64: "(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?|[+-]?(nan|inf|infinity)",
  NUMERIC: "(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?",
  BIGNUMERIC: "(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?",
  DATE: "\\d{4}-\\d{1,2}-\\d{1,2}",
  DATETIME: "\\d{4}-\\d{1,2}-\\d{1,2}([T ]\\d{1,2}:\\d{1,2}:\\d{1,2}(\\.\\d{1,6})?)?",
  TIME: "\\d{1,2}:\\d{1,2}:\\d{1,2}(\\.\\d{1,6})?",
  TIMESTAMP:
    "\\d{4}-\\d{1,2}-\\d{1,2}([Tt ]\\d{1,2}:\\d{1,2}(:\\d{1,2}(\\.\\d{1,6})?)?)? ?(Z|z|UTC|[+-]\\d{1,2}(:?\\d{2})?)?",
};

/** Types that texts of a file are tried for, the narrowest first. */
const DETECTED: readonly ScalarType[] = ["BOOL", "INT64", "FLOAT64", "DATE", "TIME", "TIMESTAMP"];
const LEADING_ZERO = "[+-]?0\\d.*";

/**
 * SQL for one row of answers: for each column the first type that all its texts have, NULL for a column without any text.
 * @param codes what numbers with leading zeros are: texts, or numbers as BigQuery detects them
 */
export function detectionSql(
  columns: readonly StagedColumn[],
  table: string,
  codes: "texts" | "BigQuery's" = "texts",
): string {
  const answers = columns.map(({ key }) => {
    const text = quoteName(key);
    const fits = DETECTED.map((type) => {
      const isNumber = type === "INT64" || type === "FLOAT64";
      const code =
        isNumber && codes === "texts" ? ` AND NOT regexp_full_match(${text}, ${quoteText(LEADING_ZERO)})` : "";
      return `WHEN bool_and(${fromText(text, type)} IS NOT NULL${code}) FILTER (${text} IS NOT NULL) THEN ${quoteText(type)}`;
    });
    return `CASE WHEN count(${text}) = 0 THEN NULL ${fits.join(" ")} ELSE 'STRING' END`;
  });
  return `SELECT ${answers.join(", ")} FROM ${table}`;
}

/** The value of a staged column as a column of a table takes it; NULL where it is none of its type or outside of its limits. */
export function converted(from: StagedColumn, { type, declared }: Column): string {
  const value = valueOfType(from, type);
  const limits = declared === undefined || type === "BIGNUMERIC" ? undefined : limitsOf(parseTypeText(declared));
  return limits === undefined ? value : `TRY(${limitedTree(value, type, limits)})`;
}

function valueOfType(column: StagedColumn, type: SqlType): string {
  const value = quoteName(column.key);
  if (column.stored === undefined) return fromText(value, type);
  const own = googleType(column.stored);
  // What a file has as a geometry need not be a geography.
  if (own === "GEOGRAPHY" && type === "GEOGRAPHY")
    return geographyCall("ST_GEOGFROMWKB", [`ST_AsWKB(${value})`, "false", "false", "false"], true);
  if (own !== undefined && duckdbType(own) === duckdbType(type)) return `TRY_CAST(${value} AS ${duckdbType(type)})`;
  return typeof type === "string"
    ? fromText(`CAST(${value} AS VARCHAR)`, type)
    : `TRY_CAST(${value} AS ${duckdbType(type)})`;
}

function fromText(text: string, type: SqlType): string {
  if (type === "STRING") return text;
  if (type === "BYTES") return `TRY(from_base64(${text}))`;
  if (type === "GEOGRAPHY") return geographyCall("ST_GEOGFROM", [text], true);
  if (type === "JSON") return `CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) END`;
  const form = typeof type === "string" ? TEXT_FORMS[type] : undefined;
  const cast = `TRY_CAST(${text} AS ${duckdbType(type)})`;
  return form === undefined ? cast : `CASE WHEN regexp_full_match(${text}, ${quoteText(form)}) THEN ${cast} END`;
}

/** The GoogleSQL type that a column of a Parquet or JSON file is kept as; undefined: there is none. */
export function loadedType(stored: string): SqlType | undefined {
  const plain = stored
    .replace(/\b(UUID|ENUM\([^)]*\))/g, "VARCHAR")
    .replace(/\bTIMESTAMP_(NS|MS|S)\b/g, "TIMESTAMP")
    .replace(/\b(USMALLINT|UTINYINT|INT128)\b/g, "BIGINT");
  const type = googleType(plain);
  return type === undefined || hasInterval(type) ? undefined : type;
}

function hasInterval(type: SqlType): boolean {
  if (typeof type === "string") return type === "INTERVAL";
  return type.kind === "array" ? hasInterval(type.element) : type.fields.some((field) => hasInterval(field.type));
}

/** A name that BigQuery takes for a column: other characters become `_`. */
export function columnName(name: string): string {
  const plain = name.normalize("NFC").replace(/[^\p{L}\p{N}_]/gu, "_");
  return /^\p{N}/u.test(plain) ? `_${plain}` : plain;
}

/** The column of a table that a name in a file stands for. */
export function columnOf(columns: readonly Column[], name: string): Column | undefined {
  const wanted = [name.toLowerCase(), columnName(name).toLowerCase()];
  return columns.find((column) => wanted.includes(column.name.toLowerCase()));
}
