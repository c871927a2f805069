import type { DuckDBConnection } from "@duckdb/node-api";
import { limitedTree } from "../../../dialect/functions/limits.js";
import { structLiteral } from "../../../dialect/print/sql.js";
import { limitsOf } from "../../../dialect/resolve/type-node.js";
import { geographyCall } from "../../../dialect/runtime/js/geography-functions.js";
import { parseTypeText } from "../../../googlesql/parser/type.js";
import type { Column, ScalarType, SqlType, StructField } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { duckdbType } from "../types.js";
import { leavesOf, NUMBER_MARK, type StagedShape } from "./staged-shape.js";

/** A column of a staged file. */
export interface StagedColumn {
  readonly name: string;
  /** Its name in the staging table. */
  readonly key: string;
  readonly shape: StagedShape;
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

/** What numbers with leading zeros are: texts, or numbers as BigQuery detects them. */
export type Codes = "texts" | "BigQuery's";

/**
 * The types of the texts in staged columns, by the path of each leaf, which begins with the column's key: the first that all of them have;
 * a leaf without any text is left out. One query for all: planning one that names a thousand columns takes minutes.
 */
export async function detectTypes(
  connection: DuckDBConnection,
  columns: readonly StagedColumn[],
  table: string,
  codes: Codes,
): Promise<ReadonlyMap<string, ScalarType>> {
  const leaves = columns.flatMap(({ key, shape }) => leavesOf(shape, quoteName(key), key));
  const texts = leaves.filter(({ shape }) => shape.kind === "text");
  const [plain, nested] = [texts.filter(({ isList }) => !isList), texts.filter(({ isList }) => isList)];
  const sources = [
    `SELECT unnest([${plain.map(({ path }) => quoteText(path)).join(", ")}]::VARCHAR[]) AS leaf,
     unnest([${plain.map(({ sql }) => sql).join(", ")}]::VARCHAR[]) AS v FROM ${table}`,
    ...nested.map(({ path, sql }) => `SELECT ${quoteText(path)}, unnest(${sql}) FROM ${table}`),
  ];
  const text = `ltrim(v, chr(${NUMBER_MARK.charCodeAt(0)}))`;
  const fits = DETECTED.map((type) => {
    const isNumber = type === "INT64" || type === "FLOAT64";
    const code = isNumber && codes === "texts" ? ` AND NOT regexp_full_match(v, ${quoteText(LEADING_ZERO)})` : "";
    return `WHEN bool_and(${fromText("v", type)} IS NOT NULL${code}) THEN ${quoteText(type)}`;
  });
  const reader = await connection.runAndReadAll(`SELECT leaf, CASE ${fits.join(" ")} ELSE 'STRING' END
    FROM (SELECT leaf, ${text} AS v FROM (${sources.join(" UNION ALL ")}) WHERE v IS NOT NULL) GROUP BY leaf`);
  return new Map(reader.getRowsJson() as [string, ScalarType][]);
}

/** The GoogleSQL type that a staged column is kept as; undefined: there is none. */
export function typeOfShape(
  shape: StagedShape,
  path: string,
  detected: ReadonlyMap<string, ScalarType>,
): SqlType | undefined {
  switch (shape.kind) {
    case "text":
      return detected.get(path) ?? "STRING";
    case "json":
      return "JSON";
    case "own":
      return shape.type;
    case "list": {
      const element = typeOfShape(shape.element, `${path}[]`, detected);
      const isArray = typeof element === "object" && element.kind === "array";
      return element === undefined || isArray ? undefined : { kind: "array", element };
    }
    case "struct": {
      const fields = shape.fields.flatMap(({ name, shape }) => {
        const type = typeOfShape(shape, `${path}.${name.toLowerCase()}`, detected);
        return type === undefined ? [] : [{ name: columnName(name), type }];
      });
      return fields.length < shape.fields.length ? undefined : { kind: "struct", fields };
    }
  }
}

/** The value of a staged column as a column of a table takes it; NULL where it is none of its type or outside of its limits. */
export function converted({ key, shape }: StagedColumn, { type, declared }: Column): string {
  const value = valueAs(quoteName(key), shape, type);
  const limits = declared === undefined || type === "BIGNUMERIC" ? undefined : limitsOf(parseTypeText(declared));
  return limits === undefined ? value : `TRY(${limitedTree(value, type, limits)})`;
}

/** SQL for whether a staged column holds what is no value of a column of a table, or holds such a thing within it. */
export function misfits(from: StagedColumn, column: Column): string {
  const value = quoteName(from.key);
  const inner = from.shape.kind === "list" || from.shape.kind === "struct";
  const parts = inner ? ` OR NOT ${fits(value, from.shape, column.type)}` : "";
  return `${value} IS NOT NULL AND ((${converted(from, column)}) IS NULL${parts})`;
}

/** The first field within a staged column that a type has no place for, by its path; undefined: it has one for each. */
export function unknownField(path: string, shape: StagedShape, type: SqlType): string | undefined {
  if (typeof type === "string") return undefined;
  if (shape.kind === "list" && type.kind === "array") return unknownField(path, shape.element, type.element);
  if (shape.kind !== "struct" || type.kind !== "struct") return undefined;
  for (const { name, shape: own } of shape.fields) {
    const field = fieldOf(type, name);
    const unknown = field === undefined ? `${path}.${name}` : unknownField(`${path}.${name}`, own, field.type);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function valueAs(value: string, shape: StagedShape, type: SqlType): string {
  const none = `CAST(NULL AS ${duckdbType(type)})`;
  switch (shape.kind) {
    case "text":
      return fromText(unmarked(value), type);
    case "json":
      return type === "JSON" ? plainJson(value) : none;
    case "own":
      return fromOwn(value, shape, type);
    case "list":
      if (typeof type !== "object" || type.kind !== "array") return none;
      return `list_transform(${value}, lambda item: ${valueAs("item", shape.element, type.element)})`;
    case "struct": {
      if (typeof type !== "object" || type.kind !== "struct") return none;
      const fields = type.fields.map((field) => {
        const from = shape.fields.find(({ name }) => fieldOf({ ...type, fields: [field] }, name) !== undefined);
        const own = from === undefined ? undefined : `${value}.${quoteName(from.name)}`;
        return own === undefined || from === undefined
          ? `CAST(NULL AS ${duckdbType(field.type)})`
          : valueAs(own, from.shape, field.type);
      });
      return `CASE WHEN ${value} IS NOT NULL THEN ${structLiteral(type, fields)} END`;
    }
  }
}

/** SQL for whether a value and all within it have their types; an array has no NULL. */
function fits(value: string, shape: StagedShape, type: SqlType): string {
  if (shape.kind === "list" && typeof type === "object" && type.kind === "array") {
    const inner = fits("item", shape.element, type.element);
    return `coalesce(list_bool_and(list_transform(${value}, lambda item: item IS NOT NULL AND ${inner})), true)`;
  }
  if (shape.kind !== "struct" || typeof type !== "object" || type.kind !== "struct")
    return `(${value} IS NULL OR (${valueAs(value, shape, type)}) IS NOT NULL)`;
  const parts = shape.fields.flatMap(({ name, shape: own }) => {
    const field = fieldOf(type, name);
    return field === undefined ? [] : [fits(`${value}.${quoteName(name)}`, own, field.type)];
  });
  return `(${value} IS NULL OR (${parts.length === 0 ? "true" : parts.join(" AND ")}))`;
}

function fieldOf({ fields }: { readonly fields: readonly StructField[] }, name: string): StructField | undefined {
  const wanted = [name.toLowerCase(), columnName(name).toLowerCase()];
  return fields.find((field) => field.name !== undefined && wanted.includes(field.name.toLowerCase()));
}

function unmarked(value: string): string {
  return `ltrim(${value}, chr(${NUMBER_MARK.charCodeAt(0)}))`;
}

const MARKED_NUMBER = `"\\\\u0001([^"]*)"`;

function plainJson(value: string): string {
  return `CAST(regexp_replace(CAST(${value} AS VARCHAR), ${quoteText(MARKED_NUMBER)}, '\\1', 'g') AS JSON)`;
}

function fromOwn(value: string, { type: own }: Extract<StagedShape, { kind: "own" }>, type: SqlType): string {
  // What a file has as a geometry need not be a geography.
  if (own === "GEOGRAPHY" && type === "GEOGRAPHY")
    return geographyCall("ST_GEOGFROMWKB", [`ST_AsWKB(${value})`, "false", "false", "false"], true);
  if (own === "BYTES" && type === "STRING") return `TRY(decode(${value}))`;
  if (own !== undefined && duckdbType(own) === duckdbType(type))
    return bounded(`TRY_CAST(${value} AS ${duckdbType(type)})`, type);
  return fromText(`CAST(${value} AS VARCHAR)`, type);
}

function fromText(text: string, type: SqlType): string {
  if (type === "STRING") return text;
  if (type === "BYTES") return `TRY(from_base64(${text}))`;
  if (type === "GEOGRAPHY") return geographyCall("ST_GEOGFROM", [text], true);
  if (type === "JSON") return `CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) END`;
  if (typeof type !== "string") return `CAST(NULL AS ${duckdbType(type)})`;
  const form = TEXT_FORMS[type];
  const cast = bounded(`TRY_CAST(${text} AS ${duckdbType(type)})`, type);
  return form === undefined ? cast : `CASE WHEN regexp_full_match(${text}, ${quoteText(form)}) THEN ${cast} END`;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#date_type */
const LAST_MOMENT = "9999-12-31 23:59:59.999999";
const BOUNDS: Partial<Record<ScalarType, readonly [string, string]>> = {
  DATE: ["DATE '0001-01-01'", "DATE '9999-12-31'"],
  DATETIME: ["TIMESTAMP '0001-01-01 00:00:00'", `TIMESTAMP '${LAST_MOMENT}'`],
  TIMESTAMP: ["TIMESTAMPTZ '0001-01-01 00:00:00+00'", `TIMESTAMPTZ '${LAST_MOMENT}+00'`],
};

/** NULL for a moment that GoogleSQL does not have. */
function bounded(value: string, type: SqlType): string {
  const bounds = typeof type === "string" ? BOUNDS[type] : undefined;
  return bounds === undefined ? value : `CASE WHEN ${value} BETWEEN ${bounds[0]} AND ${bounds[1]} THEN ${value} END`;
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
