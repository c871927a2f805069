import type { Expr, FromItem } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { rangeElement, typeName } from "../../port/sql-types.js";
import { quoteName } from "../print/sql.js";
import { isComparable } from "../types/equality.js";
import { type FromContext, type ResolvedFrom, relation, resolveFromItem, uniqueKey } from "./from.js";
import { Gathered, type Origin } from "./lineage.js";
import { WrittenArguments } from "./named-columns.js";
import type { OutputColumn, ScopeColumn } from "./scope.js";

type Item = Extract<FromItem, { kind: "sessionize" }>;

const WRITTEN = new WrittenArguments("RANGE_SESSIONIZE");

/**
 * RANGE_SESSIONIZE: the rows with the session that their range is part of. Ranges of one key make a session where one begins before
 * the others end (OVERLAPS), or at their end too (MEETS, unless said otherwise).
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/range-functions#range_sessionize
 */
export function resolveSessionize(item: Item, from: FromContext): ResolvedFrom {
  const source = resolveFromItem(item.source, from);
  const [rangeName, keyNames, option] = item.args;
  if (rangeName === undefined || keyNames === undefined || item.args.length > 3)
    throw analysisError("RANGE_SESSIONIZE takes a table, a range column, an array of key columns and an option", item);
  const kept = source.visible.columns.filter((column) => column.pseudo !== true);
  const range = WRITTEN.column(rangeName, kept);
  if (rangeElement(range.type) === undefined)
    throw analysisError(`RANGE_SESSIONIZE needs a RANGE column, not ${typeName(range.type)}`, rangeName);
  const keys = WRITTEN.elements(keyNames).map((name) => ({ at: name, column: WRITTEN.column(name, kept) }));
  for (const { at, column } of keys)
    if (!isComparable(column.type))
      throw analysisError(`RANGE_SESSIONIZE cannot partition by type ${typeName(column.type)}`, at);
  const origin = sessionOrigin(
    range,
    keys.map(({ column }) => column),
    from,
  );
  const outputs = outputsOf(kept, range, origin, from, item);
  const values = { cells: kept.map(({ sql }) => sql), keys: keys.map(({ column }) => column.sql), range: range.sql };
  const sql = sessions(
    source.sql,
    values,
    outputs.map(({ key }) => quoteName(key)),
    meets(option),
  );
  return relation(sql, outputs, false, item.alias, from.env);
}

/** The columns of the source under keys of their own, and the session. */
function outputsOf(
  kept: readonly ScopeColumn[],
  range: ScopeColumn,
  origin: Origin,
  from: FromContext,
  item: Item,
): OutputColumn[] {
  const own = kept.map(({ name, type, sql }) => ({ name, type, origin: from.env.lineage?.of(sql) }));
  const columns: OutputColumn[] = [];
  for (const [i, column] of [...own, { name: "session_range", type: range.type, origin }].entries())
    columns.push({ ...column, key: uniqueKey(column.name ?? `f${i}_`, columns), literal: undefined, span: item });
  return columns;
}

/** A session is made of ranges; the keys say which. */
function sessionOrigin(range: ScopeColumn, keys: readonly ScopeColumn[], { env }: FromContext): Origin {
  const origin = new Gathered();
  const ofRange = env.lineage?.of(range.sql);
  if (ofRange !== undefined) origin.add(ofRange);
  for (const { sql } of keys) {
    const ofKey = env.lineage?.of(sql);
    if (ofKey !== undefined) origin.addAside(ofKey);
  }
  return origin;
}

interface Values {
  readonly cells: readonly string[];
  readonly keys: readonly string[];
  readonly range: string;
}

/** @param names the columns' names in the result, the session's last */
function sessions(source: string, { cells, keys, range }: Values, names: readonly string[], meeting: boolean): string {
  const [start, end] = ["_range_start", "_range_end"].map((name) => `struct_extract(r.r, '${name}')`);
  const parts = [...keys.map((_, i) => `r.k${i}`), "r.r IS NULL"].join(", ");
  const ordered = `PARTITION BY ${parts} ORDER BY ${start}, ${end}`;
  const before = `max(${end}) OVER (${ordered} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  const begins = `CASE WHEN ${start} ${meeting ? "<=" : "<"} ${before} THEN 0 ELSE 1 END`;
  const input = [
    ...cells.map((cell, i) => `${cell} AS c${i}`),
    ...keys.map((key, i) => `${key} AS k${i}`),
    `${range} AS r`,
  ];
  const marked = `SELECT r.*, ${begins} AS b FROM (SELECT ${input.join(", ")} FROM ${source}) AS r`;
  const counted = `SELECT r.*, sum(r.b) OVER (${ordered} ROWS UNBOUNDED PRECEDING) AS s FROM (${marked}) AS r`;
  const session = `OVER (PARTITION BY ${parts}, r.s)`;
  const whole = `CASE WHEN r.r IS NOT NULL THEN {'_range_start': min(${start}) ${session}, '_range_end': max(${end}) ${session}} END`;
  const list = [...cells.map((_, i) => `r.c${i}`), whole].map((value, i) => `${value} AS ${names[i]}`);
  return `(SELECT ${list.join(", ")} FROM (${counted}) AS r)`;
}

/** Whether ranges that only meet are of one session. */
function meets(option: Expr | undefined): boolean {
  const text = option === undefined ? "MEETS" : WRITTEN.text(option).toUpperCase();
  if (text !== "MEETS" && text !== "OVERLAPS")
    throw analysisError(`RANGE_SESSIONIZE option must be 'MEETS' or 'OVERLAPS', not '${text}'`, option as Expr);
  return text === "MEETS";
}
