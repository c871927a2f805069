import { quoteIdentifier } from "../../googlesql/quote.js";
import type { RowObject, SqlValue } from "../../port/port.js";
import { type Column, type SqlType, typeName } from "../../port/sql-types.js";

/** A text as a literal of GoogleSQL. */
export function quoteText(text: string): string {
  const escaped = text.replace(/[\\'\n\r\0]/g, (character) => ESCAPES[character] ?? character);
  return `'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\000",
};

/** A value as a literal of its type. */
export function literal(value: SqlValue | undefined, type: SqlType): string {
  if (value === null || value === undefined) return `CAST(NULL AS ${writtenType(type)})`;
  if (typeof type === "object") {
    if (type.kind === "array") {
      const items = value as readonly SqlValue[];
      return `${writtenType(type)}[${items.map((item) => literal(item, type.element)).join(", ")}]`;
    }
    const fields = value as Readonly<Record<string, SqlValue>>;
    const written = type.fields.map(({ name, type: inner }) => literal(fields[name ?? ""], inner));
    return `${writtenType(type)}(${written.join(", ")})`;
  }
  switch (type) {
    case "INT64":
      return String(BigInt(value as bigint | number));
    case "FLOAT64":
      return floatLiteral(Number(value));
    case "BOOL":
      return value === true ? "TRUE" : "FALSE";
    case "STRING":
      return quoteText(String(value));
    case "BYTES":
      // A text is base64 already, as the port writes it.
      return `FROM_BASE64('${typeof value === "string" ? value : Buffer.from(value as Uint8Array).toString("base64")}')`;
    case "GEOGRAPHY":
      return `ST_GEOGFROMTEXT(${quoteText(String(value))})`;
    case "JSON":
      return `PARSE_JSON(${quoteText(String(value))}, wide_number_mode=>'round')`;
    default:
      return `CAST(${quoteText(String(value))} AS ${type})`;
  }
}

function floatLiteral(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "CAST('-0' AS FLOAT64)" : `CAST('${value}' AS FLOAT64)`;
  return `CAST('${Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"}' AS FLOAT64)`;
}

/** A type as GoogleSQL writes it, with the names of fields quoted. */
export function writtenType(type: SqlType): string {
  if (typeof type === "string") return typeName(type);
  if (type.kind === "array") return `ARRAY<${writtenType(type.element)}>`;
  const fields = type.fields.map(({ name, type: inner }) =>
    name === undefined ? writtenType(inner) : `${quoteIdentifier(name)} ${writtenType(inner)}`,
  );
  return `STRUCT<${fields.join(", ")}>`;
}

/** Columns as CREATE TABLE lists them. */
export function columnList(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${quoteIdentifier(name)} ${writtenType(type)}`).join(", ");
}

/** Rows by the names of their columns. */
export function asObjects(columns: readonly Column[], rows: readonly (readonly SqlValue[])[]): readonly RowObject[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

/** A longer text would be refused by the service. */
const MOST_CHARACTERS = 200_000;

/** INSERT statements of some rows, each of a text that is not too long. */
export function insertStatements(
  table: string,
  columns: readonly Column[],
  rows: readonly RowObject[],
): readonly string[] {
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const statements: string[] = [];
  let values: string[] = [];
  let length = 0;
  const close = (): void => {
    if (values.length > 0) statements.push(`INSERT INTO ${table} (${names}) VALUES\n${values.join(",\n")}`);
    values = [];
    length = 0;
  };
  for (const row of rows) {
    const text = `(${columns.map(({ name, type }) => literal(row[name], type)).join(", ")})`;
    if (length + text.length > MOST_CHARACTERS) close();
    values.push(text);
    length += text.length;
  }
  close();
  return statements;
}
