import type { CallArgument, Expr, FromItem } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { duckdbType, quoteName } from "../print/sql.js";
import { refuseCollation } from "../types/collation.js";
import { isComparable } from "../types/equality.js";
import { INTERVAL_PARTS } from "../types/interval-parts.js";
import { resolveAs } from "./expression.js";
import { type FromContext, lateralContext, type ResolvedFrom, relation, resolveFromItem, uniqueKey } from "./from.js";
import { Gathered, type Origin } from "./lineage.js";
import { WrittenArguments } from "./named-columns.js";
import { NOTHING_VISIBLE, type OutputColumn, type ScopeColumn } from "./scope.js";
import { didYouMean } from "./suggest.js";

type Item = Extract<FromItem, { kind: "gapFill" }>;
type Time = "DATE" | "DATETIME" | "TIMESTAMP";

const WRITTEN = new WrittenArguments("GAP_FILL");

const METHODS = ["null", "locf", "linear"] as const;

/** A column that is filled, and how. */
interface Filled {
  readonly column: ScopeColumn;
  readonly method: (typeof METHODS)[number];
}

/**
 * GAP_FILL: for each series of rows the values at the bounds of its time buckets, from the first bound that is not before the series to
 * the last that is not behind it. A value is that of a row at the bound, or is made of the rows around it.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/time-series-functions#gap_fill
 */
export function resolveGapFill(item: Item, from: FromContext): ResolvedFrom {
  const source = resolveFromItem(item.source, from);
  const args = argumentsOf(item);
  const columns = source.visible.columns.filter((column) => column.pseudo !== true);
  const at = required(args, "ts_column", item);
  const time = WRITTEN.column(at, columns);
  if (!isTime(time.type))
    throw analysisError(`GAP_FILL needs a DATE, DATETIME or TIMESTAMP column, not ${typeName(time.type)}`, at);
  const keys = partitions(args.get("partitioning_columns"), columns);
  const filled = filledColumns(args.get("value_columns"), columns, [time, ...keys]);
  const ctx = lateralContext({ ...from, left: NOTHING_VISIBLE }, "GAP_FILL");
  const width = required(args, "bucket_width", item);
  checkWidth(width, time.type);
  const originArg = args.get("origin");
  const series: Series = {
    type: time.type,
    time: time.sql,
    keys: keys.map(({ sql }) => sql),
    width: resolveAs(width, "INTERVAL", ctx, "Bucket width").sql,
    origin:
      originArg === undefined
        ? "TIMESTAMP '1950-01-01'"
        : plainTime(resolveAs(originArg, time.type, ctx, "Origin").sql, time.type),
    ignoresNulls: isTrue(args.get("ignore_null_values")),
  };
  const outputs = outputsOf(time, keys, filled, from, item);
  const sql = filledRows(source.sql, series, filled, outputs, from.env.freshAlias());
  return relation(sql, outputs, false, item.alias, from.env);
}

const NAMES = ["ts_column", "bucket_width", "partitioning_columns", "value_columns", "origin", "ignore_null_values"];

function argumentsOf({ args }: Item): ReadonlyMap<string, Expr> {
  const found = new Map<string, Expr>();
  for (const [i, { name, value }] of args.entries()) {
    const key = name?.name.toLowerCase() ?? (i < 2 ? NAMES[i] : undefined);
    if (key === undefined || !NAMES.includes(key)) throw unknownArgument(args[i] as CallArgument);
    if (found.has(key)) throw analysisError(`Duplicate argument ${key} of GAP_FILL`, value);
    found.set(key, value);
  }
  return found;
}

function unknownArgument({ name, value }: CallArgument): Error {
  if (name === undefined) return analysisError("GAP_FILL takes its other arguments by their names", value);
  return analysisError(`Named argument ${name.name} not found in GAP_FILL${didYouMean(name.name, NAMES)}`, name);
}

function required(args: ReadonlyMap<string, Expr>, name: string, item: Item): Expr {
  const value = args.get(name);
  if (value === undefined) throw analysisError(`GAP_FILL needs ${name}`, item);
  return value;
}

function isTime(type: ScopeColumn["type"]): type is Time {
  return type === "DATE" || type === "DATETIME" || type === "TIMESTAMP";
}

function partitions(names: Expr | undefined, columns: readonly ScopeColumn[]): ScopeColumn[] {
  return (names === undefined ? [] : WRITTEN.elements(names)).map((name) => {
    const column = WRITTEN.column(name, columns);
    refuseCollation(column.type, "a partitioning column of GAP_FILL", name);
    if (!isComparable(column.type))
      throw analysisError(`GAP_FILL cannot partition by type ${typeName(column.type)}`, name);
    return column;
  });
}

function filledColumns(
  pairs: Expr | undefined,
  columns: readonly ScopeColumn[],
  others: readonly ScopeColumn[],
): Filled[] {
  const free = columns.filter((column) => !others.includes(column));
  if (pairs === undefined) return free.map((column) => ({ column, method: "null" }));
  const seen = new Set<ScopeColumn>();
  return WRITTEN.elements(pairs).map((pair): Filled => {
    const [name, how] = pair.kind === "struct" ? pair.fields.map(({ value }) => value) : [];
    if (name === undefined || how === undefined)
      throw analysisError("GAP_FILL needs pairs of a column's name and a method in value_columns", pair);
    const column = WRITTEN.column(name, free);
    if (seen.has(column)) throw analysisError(`Column ${column.name} is twice in value_columns of GAP_FILL`, name);
    seen.add(column);
    const method = METHODS.find((one) => one === WRITTEN.text(how).toLowerCase());
    if (method === undefined)
      throw analysisError(`GAP_FILL fills by 'null', 'linear' or 'locf', not by '${WRITTEN.text(how)}'`, how);
    if (method === "linear") checkNumber(column, name);
    return { column, method };
  });
}

function checkNumber({ type }: ScopeColumn, at: Expr): void {
  if (type === "BIGNUMERIC") throw unsupported("GAP_FILL by 'linear' of BIGNUMERIC", at);
  if (type !== "INT64" && type !== "FLOAT64" && type !== "NUMERIC")
    throw analysisError(`GAP_FILL by 'linear' needs a column of numbers, not ${typeName(type)}`, at);
}

function checkWidth(width: Expr, type: Time): void {
  const unit = width.kind === "interval" ? INTERVAL_PARTS[width.part] : undefined;
  if (unit === undefined) return;
  const [months, , micros] = unit;
  if (type === "TIMESTAMP" && months !== 0n)
    throw analysisError("GAP_FILL of TIMESTAMP does not support bucket width INTERVAL with MONTH or YEAR parts", width);
  if (type === "DATE" && micros !== 0n)
    throw analysisError("GAP_FILL of DATE does not support bucket width INTERVAL with time parts", width);
}

function isTrue(flag: Expr | undefined): boolean {
  if (flag === undefined) return true;
  if (flag.kind !== "bool") throw analysisError("ignore_null_values of GAP_FILL must be TRUE or FALSE", flag);
  return flag.value;
}

/** The time, the partitioning columns and those that are filled, under keys of their own. */
function outputsOf(
  time: ScopeColumn,
  keys: readonly ScopeColumn[],
  filled: readonly Filled[],
  { env }: FromContext,
  span: Span,
): OutputColumn[] {
  // Whichever rows there are hangs on the times and on what tells the series apart.
  for (const { sql } of [time, ...keys]) env.lineage?.read(sql);
  const columns: OutputColumn[] = [];
  for (const { name, type, sql } of [time, ...keys, ...filled.map(({ column }) => column)]) {
    const origin = env.lineage === undefined ? undefined : madeOf(sql, time, env);
    const key = uniqueKey(name ?? `f${columns.length}_`, columns);
    columns.push({ name, key, type, literal: undefined, span, origin });
  }
  return columns;
}

function madeOf(sql: string, time: ScopeColumn, { lineage }: FromContext["env"]): Origin {
  const origin = new Gathered();
  const [own, ofTime] = [lineage?.of(sql), lineage?.of(time.sql)];
  if (own !== undefined) origin.add(own);
  if (ofTime !== undefined) origin.addAside(ofTime);
  return origin;
}

/** What is known of the time series, as DuckDB texts. */
interface Series {
  readonly type: Time;
  readonly time: string;
  readonly keys: readonly string[];
  readonly width: string;
  readonly origin: string;
  readonly ignoresNulls: boolean;
}

/**
 * The rows of all series and the bounds of their buckets in one order; each bound looks back and ahead.
 * @param name for the rows, which nothing in their source has
 */
function filledRows(
  source: string,
  { type, time, keys, width, origin, ignoresNulls }: Series,
  filled: readonly Filled[],
  outputs: readonly OutputColumn[],
  name: string,
): string {
  const own = keys.map((_, i) => `k${i}`);
  const listed = own.map((key) => `${key}, `).join("");
  const cells = filled.map((_, i) => `c${i}`);
  const values = filled.map(({ column, method }, i) => {
    const cell = `{'t': r.t, 'v': r.v${i}}`;
    const skips = ignoresNulls && method !== "null" ? `CASE WHEN r.v${i} IS NOT NULL THEN ${cell} END` : cell;
    return { input: `${column.sql} AS v${i}`, cell: `${skips} AS c${i}` };
  });
  const input = [
    ...keys.map((key, i) => `${key} AS k${i}`),
    `${plainTime(time, type)} AS t`,
    ...values.map((value) => value.input),
  ];
  const rows = `SELECT * FROM (SELECT ${input.join(", ")} FROM ${source}) AS r WHERE r.t IS NOT NULL`;
  const ends = `SELECT ${listed}min(t) AS lo, max(t) AS hi FROM ${name}${own.length === 0 ? "" : ` GROUP BY ${own.join(", ")}`}`;
  const bounds = `SELECT ${listed}lo, hi, unnest(${boundList(width, origin)}) AS t FROM (${ends}) AS e WHERE lo IS NOT NULL`;
  const empty = cells.map((cell) => `, NULL AS ${cell}`).join("");
  const all = [
    `SELECT ${listed}t, 0 AS b${values.map(({ cell }) => `, ${cell}`).join("")} FROM ${name} AS r`,
    `SELECT ${listed}t, 1 AS b${empty} FROM (${bounds}) AS x WHERE t BETWEEN lo AND hi`,
  ].join(" UNION ALL ");
  const window = `${own.length === 0 ? "" : `PARTITION BY ${own.join(", ")} `}ORDER BY t, b`;
  const looks = cells.map(
    (cell, i) =>
      `, last_value(${cell} IGNORE NULLS) OVER (${window} ROWS UNBOUNDED PRECEDING) AS p${i}, first_value(${cell} IGNORE NULLS) OVER (${window} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS n${i}`,
  );
  const around = `SELECT ${listed}t, b${looks.join("")} FROM (${all}) AS u`;
  const texts = [ownTime("t", type), ...own, ...filled.map((one, i) => valueAt(one, i))];
  const list = texts.map((text, i) => `${text} AS ${quoteName((outputs[i] as OutputColumn).key)}`);
  return `(WITH ${name} AS (${rows}) SELECT ${list.join(", ")} FROM (${around}) AS w WHERE b = 1)`;
}

/** The bounds from `lo` to `hi`, and at most one before and behind. */
function boundList(width: string, origin: string): string {
  const months = `bq.interval_months(${width})`;
  const micros = `bq.interval_days(${width}) * 86400000000 + bq.interval_micros(${width})`;
  const bucket = (end: string): string => `bq.datetime_bucket(${end}, ${width}, ${origin})`;
  const monthsTo = (end: string): string => `datediff('month', ${origin}, ${bucket(end)})`;
  const steps = `range(${monthsTo("lo")}, ${monthsTo("hi")} + 1, ${months})`;
  return `CASE WHEN ${months} <> 0 THEN list_transform(${steps}, lambda m: ${origin} + to_months(CAST(m AS INTEGER)))
    ELSE list_transform(range(epoch_us(${bucket("lo")}), epoch_us(hi) + 1, ${micros}), lambda m: make_timestamp(m)) END`;
}

function valueAt({ column, method }: Filled, i: number): string {
  const [before, after] = [`w.p${i}`, `w.n${i}`];
  if (method === "locf") return `${before}.v`;
  const exact = `CASE WHEN ${before}.t = w.t THEN ${before}.v`;
  if (method === "null") return `${exact} END`;
  const us = (time: string): string => `epoch_us(${time})`;
  const share = `((${us("w.t")} - ${us(`${before}.t`)}) / (${us(`${after}.t`)} - ${us(`${before}.t`)}))`;
  const more = `(CAST(${after}.v AS DOUBLE) - CAST(${before}.v AS DOUBLE)) * ${share}`;
  const rounded = column.type === "INT64" ? `round(${more})` : more;
  return `${exact} ELSE ${before}.v + CAST(${rounded} AS ${duckdbType(column.type)}) END`;
}

/** A time without zone. */
function plainTime(sql: string, type: Time): string {
  if (type === "DATETIME") return sql;
  return type === "DATE" ? `CAST(${sql} AS TIMESTAMP)` : `timezone('UTC', ${sql})`;
}

function ownTime(sql: string, type: Time): string {
  if (type === "DATETIME") return sql;
  return type === "DATE" ? `CAST(${sql} AS DATE)` : `timezone('UTC', ${sql})`;
}
