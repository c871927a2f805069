import type { SqlValue } from "../port/port.js";
import { type SqlType, typeName } from "../port/sql-types.js";

/** A value as GoogleSQL writes it, of exactly the type. */
export function literal(value: SqlValue | undefined, type: SqlType): string {
  if (value === null || value === undefined) return `CAST(NULL AS ${typeName(type)})`;
  if (typeof type !== "string") {
    if (type.kind === "array") {
      const items = Array.isArray(value) ? value : [];
      return `${typeName(type)}[${items.map((item: SqlValue) => literal(item, type.element)).join(", ")}]`;
    }
    const fields = value as Readonly<Record<string, SqlValue>>;
    const values = Array.isArray(value) ? (value as readonly SqlValue[]) : Object.values(fields);
    return `${typeName(type)}(${type.fields.map((field, index) => literal(values[index], field.type)).join(", ")})`;
  }
  switch (type) {
    case "INT64":
      return String(value);
    case "BOOL":
      return value === true || value === "true" ? "TRUE" : "FALSE";
    case "FLOAT64":
      return floatLiteral(Number(value));
    case "STRING":
      return quoted(String(value));
    case "BYTES": {
      // Where values come as texts, bytes are in Base64.
      const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value), "base64");
      return `b'${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'`;
    }
    case "INTERVAL":
      return `CAST(${quoted(String(value))} AS INTERVAL)`;
    case "GEOGRAPHY":
      return `ST_GEOGFROMTEXT(${quoted(String(value))})`;
    default:
      return `${type} ${quoted(typeof value === "object" ? JSON.stringify(value) : String(value))}`;
  }
}

function floatLiteral(value: number): string {
  if (!Number.isFinite(value)) return `CAST('${String(value).replace("Infinity", "inf")}' AS FLOAT64)`;
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * A text in quotes. What means something to a SQLX file around it (braces, interpolation, the beginning of a comment) is written by its
 * code.
 */
function quoted(text: string): string {
  const plain = text
    .replace(/[\\'{}$`\p{Cc}\u2028\u2029]/gu, coded)
    .replace(/--|\/\*/g, (signs) => coded(signs[0] ?? "") + signs.slice(1));
  return `'${plain}'`;
}

function coded(sign: string): string {
  if (sign === "\n") return "\\n";
  const code = (sign.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
}
