import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBGeometryValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { decodeWkb } from "../../dialect/runtime/geography/wkb.js";
import { wktText } from "../../dialect/runtime/geography/wkt.js";
import type { SqlValue } from "../../port/port.js";

/** A value that DuckDB answered, in the form of the port: what BigQuery would print, exact numbers as bigint or text. */
export function sqlValue(value: DuckDBValue): SqlValue {
  if (value === null || value === undefined) return null;
  if (value instanceof DuckDBDecimalValue) return trimmedDecimal(value.toString());
  if (value instanceof DuckDBTimestampTZValue) return `${dateTime(value.micros, " ")}+00:00`;
  if (value instanceof DuckDBTimestampValue) return dateTime(value.micros, "T");
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBIntervalValue) return intervalText(value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof DuckDBGeometryValue) return wktText(decodeWkb(value.bytes));
  if (value instanceof DuckDBListValue) return value.items.map(sqlValue);
  if (value instanceof DuckDBStructValue) {
    if ("_range_start" in value.entries) return rangeText(value.entries);
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, field]) => [name, sqlValue(field as DuckDBValue)]),
    );
  }
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean" || typeof value === "string")
    return value;
  return String(value);
}

/** `[start, end)`, instants with a T; an end without bound is infinite in the engine. */
function rangeText({ _range_start, _range_end }: DuckDBStructValue["entries"]): string {
  const bound = (value: DuckDBValue): string =>
    (value as DuckDBDateValue | DuckDBTimestampValue | DuckDBTimestampTZValue).isFinite
      ? String(sqlValue(value)).replace(" ", "T")
      : "UNBOUNDED";
  return `[${bound(_range_start as DuckDBValue)}, ${bound(_range_end as DuckDBValue)})`;
}

function trimmedDecimal(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `Y-M D H:M:S[.F]`: years and months, days and the time have a sign each; the fraction has 3 or 6 digits. */
function intervalText({ months, days, micros }: DuckDBIntervalValue): string {
  const [month, micro] = [Math.abs(months), micros < 0n ? -micros : micros];
  const fraction = String(micro % 1_000_000n).padStart(6, "0");
  const digits = fraction === "000000" ? "" : `.${fraction.endsWith("000") ? fraction.slice(0, 3) : fraction}`;
  const clock = `${micro / 3_600_000_000n}:${(micro / 60_000_000n) % 60n}:${(micro / 1_000_000n) % 60n}${digits}`;
  const date = `${months < 0 ? "-" : ""}${Math.floor(month / 12)}-${month % 12}`;
  return `${date} ${days} ${micros < 0n ? "-" : ""}${clock}`;
}

function dateTime(micros: bigint, separator: string): string {
  const millis = Number(micros >= 0n || micros % 1000n === 0n ? micros / 1000n : micros / 1000n - 1n);
  const rest = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n);
  const text = new Date(millis).toISOString().slice(0, 19).replace("T", separator);
  return rest === 0 ? text : `${text}.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
}
