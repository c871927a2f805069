import type { Column } from "../../runner/port/sql-types.js";
import { type Content, dateOf, dayNumber, type Row } from "./content.js";
import { type Input, isStar, type Spec } from "./spec.js";

const INT64: Column["type"] = "INT64";
const STRING: Column["type"] = "STRING";
export const KEY_COLUMNS: readonly Column[] = [
  { name: "d", type: "DATE" },
  { name: "k", type: STRING },
  { name: "j", type: STRING },
];

/** Behind it nothing is moved: a date that stands for "never" stays what it is. */
const LAST_MOVED = "9999-01-01";

/**
 * What an action's full query gives, by definition, and its post_operations leave of it.
 * @param raised what pre_operations and functions add to every value
 */
export function evaluate(spec: Spec, inputs: readonly Content[], raised = 0): Content {
  const first = inputs[0] as Content;
  if (spec.accumulation !== undefined) return { columns: historyColumns, rows: historyRows(spec, first) };
  if (spec.kind === "assertion")
    return { columns: readable(first), rows: first.rows.filter((row) => numberOf(row) === spec.version) };
  if (spec.kind === "view" || spec.kind === "operation" || isStar(spec)) {
    const columns = isStar(spec) ? first.columns : readable(first);
    return {
      columns,
      rows: first.rows.filter((row) => numberOf(row) >= spec.version).map((row) => only(row, columns)),
    };
  }
  const { columns, rows } = sums(spec, inputs, raised);
  return { columns, rows: spec.after === "deletes" ? rows.filter((row) => numberOf(row) % 4 !== 3) : rows };
}

/** What the incremental query of an accumulating model gives, given the rows that its table has. */
export function evaluateIncrement(spec: Spec, input: Content, own: readonly Row[]): readonly Row[] {
  const rows = historyRows(spec, input);
  switch (spec.accumulation) {
    case "new_dates": {
      const last = own.reduce((max, { d }) => (typeof d === "string" && d > max ? d : max), "0001-01-01");
      return rows.filter(({ d }) => typeof d === "string" && d > last);
    }
    case "new_keys": {
      const known = new Set(own.map(identity));
      return rows.filter((row) => !known.has(identity(row)));
    }
    case "merge":
      return rows.filter(({ d }) => d !== null);
    case "highest":
      return rows.map((row) => {
        const mine = own.find((other) => isSameKey(row, other));
        return { ...row, v: Math.max(Number(row.v), Number(mine?.v ?? 0)) };
      });
    default:
      return rows;
  }
}

/** A table after Dataform's own statement has brought an increment into it: INSERT, or MERGE by key, in which NULL equals nothing. */
export function accumulated(spec: Pick<Spec, "accumulation">, own: readonly Row[], increment: readonly Row[]): Row[] {
  if (!mergesByKey(spec)) return [...own, ...increment];
  const merged = own.map((row) => increment.find((other) => isSameKey(row, other)) ?? row);
  return [...merged, ...increment.filter((row) => !own.some((other) => isSameKey(row, other)))];
}

export function mergesByKey({ accumulation }: Pick<Spec, "accumulation">): boolean {
  return accumulation === "merge" || accumulation === "highest";
}

/** The value of `data_hash`: a foreign one in sources, which says nothing of `x`, and the model's own. */
export function hashOf({ d, k, j, v }: Row): string {
  return `${d ?? "?"}/${k ?? "?"}/${j ?? "?"}/${v}`;
}

const historyColumns: readonly Column[] = [...KEY_COLUMNS, { name: "v", type: INT64 }];

function historyRows({ version }: Spec, input: Content): Row[] {
  return input.rows.map((row) => ({
    d: row.d ?? null,
    k: row.k ?? null,
    j: row.j ?? null,
    v: numberOf(row) + version,
  }));
}

function sums(spec: Spec, inputs: readonly Content[], raised: number): Content {
  const sums = new Map<string, number>();
  for (const d of new Set(inputs[0]?.rows.map((row) => row.d ?? null))) {
    const out = d === null ? null : moved(d as string, spec.forecast);
    inputs.forEach(({ rows }, index) => {
      for (const row of rows) {
        if (!isRead(row.d as string | null, d as string | null, spec.inputs[index] as Input)) continue;
        const key = JSON.stringify([out, row.k, row.j]);
        const value = numberOf(row) + (spec.wide ? Number(row.x ?? 0) : 0);
        sums.set(key, (sums.get(key) ?? 0) + value * (index + 1));
      }
    });
  }
  const rows = [...sums].map(([key, sum]): Row => {
    const [d, k, j] = JSON.parse(key) as (string | null)[];
    const v = (sum + 7 * spec.version + raised) % spec.modulus;
    const row: Row = { d: d ?? null, k: k ?? null, j: j ?? null, v: spec.texts ? String(v) : v };
    return spec.keyed ? { ...row, data_hash: hashOf(row) } : row;
  });
  const value: Column = { name: "v", type: spec.texts ? STRING : INT64 };
  return { columns: [...KEY_COLUMNS, value, ...(spec.keyed ? [{ name: "data_hash", type: STRING }] : [])], rows };
}

function isRead(date: string | null, from: string | null, { back, ahead }: Input): boolean {
  if (date === null || from === null) return date === from;
  const days = dayNumber(date) - dayNumber(from);
  return days >= -back && days <= ahead;
}

function moved(date: string, days: number): string {
  return date > LAST_MOVED ? date : dateOf(dayNumber(date) + days);
}

function readable({ columns }: Content): readonly Column[] {
  return ["d", "k", "j", "v"].map((name) => columns.find((column) => column.name === name) as Column);
}

function only(row: Row, columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
}

function numberOf({ v }: Row): number {
  return Number(v);
}

function identity({ d, k, j }: Row): string {
  return JSON.stringify([d, k, j]);
}

function isSameKey(a: Row, b: Row): boolean {
  return ["d", "k", "j"].every((name) => a[name] !== null && a[name] === b[name]);
}
