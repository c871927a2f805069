import type { TypeNode } from "../../googlesql/ast.js";
import { parseTypeText } from "../../googlesql/parser/type.js";
import type { RowObject, SqlValue } from "../../port/port.js";
import { type Column, declaredType } from "../../port/sql-types.js";
import { ValueError } from "./value-error.js";

/** What the parameters of a type make of a value: it may be rounded, or refused. */
type Limit = (value: SqlValue, field: string) => SqlValue;

type RowLimits = readonly (readonly [column: string, limit: Limit])[];

/** Limits of columns that rows come for one by one. */
const known = new WeakMap<readonly Column[], RowLimits>();

/**
 * A row as its table can hold it: `NUMERIC(5, 2)` is rounded half away from zero, as a statement would round it.
 * @throws ValueError for a value that is too long for its column or out of its range
 */
export function withinLimits<R extends RowObject>(row: R, columns: readonly Column[]): R {
  const limits = known.get(columns) ?? limitsOf(columns);
  known.set(columns, limits);
  if (limits.length === 0) return row;
  const held: Record<string, SqlValue> = { ...row };
  for (const [name, limit] of limits) {
    const value = row[name];
    if (value !== undefined && value !== null) held[name] = limit(value, name);
  }
  return held as R;
}

function limitsOf(columns: readonly Column[]): RowLimits {
  return columns.flatMap((column) => {
    const limit = column.declared === undefined ? undefined : limitOf(parseTypeText(declaredType(column)));
    return limit === undefined ? [] : [[column.name, limit] as const];
  });
}

function limitOf(node: TypeNode): Limit | undefined {
  if (node.kind === "arrayType") {
    const limit = limitOf(node.element);
    if (limit === undefined) return undefined;
    return (items, field) => (Array.isArray(items) ? items.map((item: SqlValue) => limit(item, field)) : items);
  }
  if (node.kind === "structType") return limitOfStruct(node);
  const [first, second] = node.parameters.map(Number);
  if (first === undefined) return undefined;
  if (node.name === "STRING" || node.name === "BYTES") return lengthLimit(node.name, first);
  return decimalLimit(node.name, first, second);
}

function limitOfStruct({ fields }: Extract<TypeNode, { kind: "structType" }>): Limit | undefined {
  const limits = fields.flatMap(({ name, type }) => {
    const limit = limitOf(type);
    return limit === undefined || name === undefined ? [] : [[name, limit] as const];
  });
  if (limits.length === 0) return undefined;
  return (value, field) => {
    if (value === null || typeof value !== "object") return value;
    const held: Record<string, SqlValue> = { ...(value as RowObject) };
    for (const [name, limit] of limits) {
      const inner = held[name];
      if (inner !== undefined && inner !== null) held[name] = limit(inner, `${field}.${name}`);
    }
    return held;
  };
}

function lengthLimit(type: "STRING" | "BYTES", most: number): Limit {
  return (value, field) => {
    const length = type === "STRING" ? charactersOf(String(value), most) : bytesOf(value);
    if (length <= most) return value;
    const shown = `${type}(${most})`;
    throw new ValueError(
      `Field ${field}: ${shown} has maximum length ${most} but got a value with length ${length}`,
      field,
    );
  };
}

/** Characters are code points; a text that is short in any case is not counted. */
const charactersOf = (text: string, most: number): number => (text.length <= most ? text.length : [...text].length);

function bytesOf(value: SqlValue): number {
  return value instanceof Uint8Array ? value.length : Buffer.from(String(value), "base64").length;
}

function decimalLimit(type: string, precision: number, scale = 0): Limit {
  const limit = 10n ** BigInt(precision);
  return (value, field) => {
    const parts = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(String(value));
    if (parts === null) return value;
    const [, sign, whole = "", fraction = ""] = parts;
    const digits = BigInt(`${whole}${fraction.padEnd(scale, "0").slice(0, scale)}` || "0");
    const rounded = digits + (Number(fraction[scale] ?? "0") >= 5 ? 1n : 0n);
    if (rounded < limit) return rounded === 0n ? "0" : `${sign === "-" ? "-" : ""}${decimalText(rounded, scale)}`;
    const most = decimalText(limit - 1n, scale);
    const shown = scale === 0 ? `${type}(${precision})` : `${type}(${precision}, ${scale})`;
    throw new ValueError(
      `${shown} has precision ${precision} and scale ${scale} but got a value that is not in range of [-${most}, ${most}] Field: ${field}; Value: ${value}`,
      field,
    );
  };
}

function decimalText(digits: bigint, scale: number): string {
  const text = String(digits).padStart(scale + 1, "0");
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
