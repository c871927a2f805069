import { quoteIdentifier } from "../googlesql/quote.js";
import { COLLATED, type ScalarType, type SqlType } from "../port/sql-types.js";
import { TypeVar } from "./type-var.js";

const KEY = /(^|_)(id|key|code|no|number|uuid|pk|fk|sk)$/;
const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
/** Days that dates are spread over. */
const DAYS = 28;

/**
 * A value of a column as GoogleSQL text; the same on every call. Keys run from 1 to `rows` in every table, so that tables meet;
 * what the project compares a column with occurs in it, so that its conditions find rows.
 * @param row from 0
 */
export function plausibleValue(name: string, variable: TypeVar, row: number, rows: number): string {
  return typedValue(name, variable, variable.type(name), row, rows);
}

function typedValue(name: string, variable: TypeVar, type: SqlType, row: number, rows: number): string {
  if (typeof type === "string") return scalarOf(name, variable, type, row, rows);
  if (type.kind === "array") {
    const element = variable.elementIfAny() ?? new TypeVar();
    return `[${elementsOf(name, element, type.element, row, rows).join(", ")}]`;
  }
  const fields = type.fields.map((field) => {
    const value = typedValue(field.name ?? "", variable.field(field.name ?? ""), field.type, row, rows);
    return `${value} AS ${quoteIdentifier(field.name ?? "")}`;
  });
  return `STRUCT(${fields.join(", ")})`;
}

/** The same number for the same column and row, without a pattern between columns; 0 in the first row: it meets every condition. */
function spread(name: string, row: number): number {
  if (row === 0) return 0;
  let hash = row * 2_654_435_761;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** One element, or one for each constant that a field of it is compared with: lists of keys and values. */
function elementsOf(name: string, element: TypeVar, type: SqlType, row: number, rows: number): string[] {
  if (typeof type === "string" || type.kind === "array") return [typedValue(name, element, type, row, rows)];
  const withLiterals = type.fields.filter((field) => element.field(field.name ?? "").literals().length > 0);
  const leading =
    withLiterals.find((field) => /^(key|name)$/i.test(field.name ?? "")) ?? withLiterals[0] ?? type.fields[0];
  const count = leading === undefined ? 1 : Math.max(1, element.field(leading.name ?? "").literals().length);
  return Array.from({ length: count }, (_, index) => {
    const fields = type.fields.map((field) => {
      const at = field === leading && count > 1 ? index : row;
      const value = typedValue(field.name ?? "", element.field(field.name ?? ""), field.type, at, rows);
      return `${value} AS ${quoteIdentifier(field.name ?? "")}`;
    });
    return `STRUCT(${fields.join(", ")})`;
  });
}

function scalarOf(name: string, variable: TypeVar, type: ScalarType, row: number, rows: number): string {
  const literals = variable.literals();
  const chance = spread(name, row);
  const literal =
    literals.length === 0
      ? undefined
      : literals[literals.length > 1 && row < literals.length ? row : chance % literals.length];
  const plain = name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  if (variable.isNullTested && !KEY.test(plain) && chance % 3 !== 1) return "NULL";
  switch (type) {
    case "BOOL":
      return chance % 4 === 1 ? "TRUE" : "FALSE";
    case "INT64":
      if (KEY.test(plain)) return String((row % rows) + 1);
      return String(numberAt(literal, row) ?? ((row * 7) % 100) + 1);
    case "FLOAT64":
      return fraction(literal, row);
    case "NUMERIC":
    case "BIGNUMERIC":
      return `${type} '${fraction(literal, row)}'`;
    case "STRING":
    case COLLATED:
      return text(textOf(plain, variable, literal, row, rows));
    case "BYTES":
      return `b'${row + 1}'`;
    case "DATE":
      return `DATE '${day(literals, row)}'`;
    case "DATETIME":
      return `DATETIME '${day(literals, row)} ${clock(row)}'`;
    case "TIMESTAMP":
      return `TIMESTAMP '${day(literals, row)} ${clock(row)}+00'`;
    case "TIME":
      return `TIME '${clock(row)}'`;
    case "JSON":
      return "JSON '{}'";
    case "GEOGRAPHY":
      return `ST_GEOGPOINT(${(row % 360) - 180}, ${(row % 120) - 60})`;
    case "INTERVAL":
      return "INTERVAL 1 DAY";
    case "RANGE<DATE>":
    case "RANGE<DATETIME>":
    case "RANGE<TIMESTAMP>":
      return `${type} '[${day(literals, row)}, UNBOUNDED)'`;
  }
}

function textOf(name: string, variable: TypeVar, literal: string | undefined, row: number, rows: number): string {
  if (literal !== undefined) return literal;
  if (variable.uses("TIMESTAMP") || variable.uses("DATETIME")) return `${day([], row)} ${clock(row)}`;
  if (variable.uses("DATE")) return day([], row);
  const isNumber = (["INT64", "FLOAT64", "NUMERIC"] as const).some((type) => variable.uses(type));
  // Digits alone: a key may be cast to a number.
  if (isNumber || KEY.test(name)) return String((row % rows) + 1);
  return `${name} ${row + 1}`;
}

/** The constant in the first row, then around it, so that comparisons hold for some rows and not for others. */
function numberAt(literal: string | undefined, row: number): number | undefined {
  const number = Number(literal);
  return literal === undefined || !Number.isSafeInteger(number) ? undefined : number + (row % 3);
}

function fraction(literal: string | undefined, row: number): string {
  const number = Number(literal ?? Number.NaN);
  return Number.isFinite(number) ? String(number + (row % 3) / 2) : (((row * 37) % 1000) / 10 + 0.5).toFixed(1);
}

/** Behind the latest day that a column is compared with. */
function day(literals: readonly string[], row: number): string {
  const days = literals.map((literal) => Date.parse(literal.slice(0, 10))).filter((time) => Number.isFinite(time));
  const first = Math.max(FIRST_DAY, ...days);
  return new Date(first + (row % DAYS) * DAY).toISOString().slice(0, 10);
}

function clock(row: number): string {
  return `${String((row * 5) % 24).padStart(2, "0")}:${String((row * 13) % 60).padStart(2, "0")}:00`;
}

function text(value: string): string {
  return JSON.stringify(value).replaceAll("`", "\\`");
}
