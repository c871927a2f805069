import {
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  DuckDBTimeNSType,
  DuckDBTimestampMillisecondsType,
  DuckDBTimestampNanosecondsType,
  DuckDBTimestampSecondsType,
  type DuckDBType,
} from "@duckdb/node-api";
import type { SqlValue } from "../../../port/port.js";
import type { SqlType } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { googleType } from "../types.js";

/** How a column of a Parquet file, or a part of one, is read. */
export interface ParquetReading {
  readonly type: SqlType;
  /** DuckDB's expression for it. */
  readonly sql: string;
  /** What becomes of the expression's value; undefined: it stays as it is. */
  readonly read?: (value: SqlValue) => SqlValue;
}

/**
 * The reading of a column; undefined: GoogleSQL has no such type.
 * @param sql DuckDB's expression for what is in the file
 * @param scaleOf takes the next of the columns and fields that hold values: the scale of one that is a decimal in bytes
 */
export function parquetReading(
  type: DuckDBType,
  sql: string,
  scaleOf: () => number | undefined,
  depth = 0,
): ParquetReading | undefined {
  const inner = (part: DuckDBType, of: string) => parquetReading(part, of, scaleOf, depth + 1);
  if (type instanceof DuckDBListType) {
    const item = `item${depth}`;
    const element = inner(type.valueType, item);
    return element && listReading(sql, item, element);
  }
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((name, index) => ({
      name,
      reading: inner(type.entryTypes[index] as DuckDBType, `struct_extract(${sql}, ${quoteText(name)})`),
    }));
    return fields.every(isRead) ? structReading(sql, fields) : undefined;
  }
  if (type instanceof DuckDBMapType) {
    const entry = `item${depth}`;
    const members = [
      { name: "key", reading: inner(type.keyType, `${entry}.key`) },
      { name: "value", reading: inner(type.valueType, `${entry}.value`) },
    ];
    if (!members.every(isRead)) return undefined;
    const entries = listReading(`map_entries(${sql})`, entry, structReading(entry, members));
    return structReading(sql, [{ name: "key_value", reading: entries }]);
  }
  const scale = scaleOf();
  if (scale !== undefined) return { type: "BIGNUMERIC", sql, read: (bytes) => decimalOf(bytes, scale) };
  if (COARSE.some((kind) => type instanceof kind)) return { type: "DATETIME", sql: `CAST(${sql} AS TIMESTAMP)` };
  if (type instanceof DuckDBTimeNSType) return { type: "TIME", sql: `CAST(${sql} AS TIME)` };
  const known = googleType(type.alias ?? String(type));
  return known && { type: known, sql };
}

/** Instants that are counted in another unit than microseconds. */
const COARSE = [DuckDBTimestampSecondsType, DuckDBTimestampMillisecondsType, DuckDBTimestampNanosecondsType];

interface FieldReading {
  readonly name: string;
  readonly reading: ParquetReading;
}

const isRead = (field: { readonly reading: ParquetReading | undefined }): field is FieldReading =>
  field.reading !== undefined;

function listReading(sql: string, item: string, { type, sql: inner, read }: ParquetReading): ParquetReading {
  return {
    type: { kind: "array", element: type },
    sql: inner === item ? sql : `list_transform(${sql}, lambda ${item}: ${inner})`,
    ...(read === undefined
      ? {}
      : { read: (value) => (value === null ? null : (value as readonly SqlValue[]).map(read)) }),
  };
}

function structReading(sql: string, fields: readonly FieldReading[]): ParquetReading {
  const packed = fields.map(({ name, reading }) => `${quoteName(name)} := ${reading.sql}`).join(", ");
  const readers = fields.filter(({ reading }) => reading.read !== undefined);
  return {
    type: { kind: "struct", fields: fields.map(({ name, reading }) => ({ name, type: reading.type })) },
    sql: `CASE WHEN ${sql} IS NULL THEN NULL ELSE struct_pack(${packed}) END`,
    ...(readers.length === 0
      ? {}
      : {
          read: (value) => {
            if (value === null) return null;
            const given = value as Readonly<Record<string, SqlValue>>;
            const own = readers.map(({ name, reading }) => [name, reading.read?.(given[name] ?? null) ?? null]);
            return { ...given, ...Object.fromEntries(own) };
          },
        }),
  };
}

/** Units of 10^-scale in two's complement with the highest byte first. */
function decimalOf(value: SqlValue, scale: number): SqlValue {
  if (value === null) return null;
  const bytes = Buffer.from(String(value), "base64");
  const units = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex") || "0"}`));
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const fraction = digits.slice(point).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${digits.slice(0, point)}${fraction === "" ? "" : `.${fraction}`}`;
}
