import type { SqlType } from "../../runner/port/sql-types.js";

/** A value in the notation of the conformance files. */
export type Cell = null | boolean | number | string | readonly Cell[];

/** The part of a DuckDB result reader that is needed here. */
interface Reader {
  getRows(): readonly (readonly unknown[])[];
}

/** Rows of a DuckDB result in the notation of the conformance files. */
export function readRows(reader: Reader, types: readonly SqlType[]): Cell[][] {
  return reader.getRows().map((row) => row.map((value, i) => toCell(value, types[i] as SqlType)));
}

function toCell(value: unknown, type: SqlType): Cell {
  if (value === null || value === undefined) return null;
  if (typeof type === "object") {
    if (type.kind === "array") return (value as { items: unknown[] }).items.map((item) => toCell(item, type.element));
    const entries = Object.values((value as { entries: Record<string, unknown> }).entries);
    return entries.map((entry, i) => toCell(entry, type.fields[i]?.type ?? "STRING"));
  }
  switch (type) {
    case "INT64":
      return String(value);
    case "FLOAT64":
      return Number.isFinite(value) ? Number(value) : String(value);
    case "NUMERIC":
    case "BIGNUMERIC":
      return trimFraction(String(value));
    case "BOOL":
      return value as boolean;
    case "BYTES":
      return Buffer.from((value as { bytes: Uint8Array }).bytes).toString("base64");
    case "TIMESTAMP":
      return `${trimFraction(isoOf((value as { micros: bigint }).micros))}Z`;
    case "DATETIME":
      return trimFraction(isoOf((value as { micros: bigint }).micros));
    case "TIME":
    case "DATE":
      return trimFraction(String(value));
    case "INTERVAL":
      return intervalText(value as { months: number; days: number; micros: bigint });
    default:
      return String(value);
  }
}

/** `Y-M D H:M:S`, each group with its own sign. */
function intervalText({ months, days, micros }: { months: number; days: number; micros: bigint }): string {
  const [m, u] = [Math.abs(months), micros < 0n ? -micros : micros];
  const clock = `${u / 3_600_000_000n}:${(u / 60_000_000n) % 60n}:${(u / 1_000_000n) % 60n}`;
  const fraction = String(u % 1_000_000n).padStart(6, "0");
  return `${months < 0 ? "-" : ""}${Math.floor(m / 12)}-${m % 12} ${days} ${micros < 0n ? "-" : ""}${trimFraction(`${clock}.${fraction}`)}`;
}

export function trimFraction(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function isoOf(micros: bigint): string {
  const second = micros >= 0n ? micros / 1_000_000n : (micros - 999_999n) / 1_000_000n;
  const fraction = micros - second * 1_000_000n;
  const text = new Date(Number(second) * 1000).toISOString().slice(0, 19);
  return `${text}.${fraction.toString().padStart(6, "0")}`;
}

/** Same rows: by order, or as bags. Floats compare within 1e-9 relative. */
export function sameRows(
  expected: readonly (readonly Cell[])[],
  actual: readonly (readonly Cell[])[],
  ordered: boolean,
): boolean {
  if (expected.length !== actual.length) return false;
  if (ordered) return expected.every((row, i) => sameCell(row, actual[i] as readonly Cell[]));
  const rest = [...actual];
  return expected.every((row) => {
    const at = rest.findIndex((candidate) => sameCell(row, candidate));
    if (at === -1) return false;
    rest.splice(at, 1);
    return true;
  });
}

function sameCell(left: Cell, right: Cell): boolean {
  const [a, b] = [left === "-0" ? 0 : left, right === "-0" ? 0 : right];
  if (typeof a === "number" && typeof b === "number")
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameCell(item, b[i] as Cell));
  return a === b;
}
