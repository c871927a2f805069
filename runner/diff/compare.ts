import { quoteIdentifier } from "../googlesql/quote.js";
import type { QueryResult, SqlValue, Transaction } from "../port/port.js";
import type { Column, SqlType } from "../port/sql-types.js";
import { distributionsOf } from "./distribution.js";
import { compareShapes, isPlain, wholeText } from "./shape.js";
import type { ChangedRow, ColumnChange, RowCounts, SampleRow, TableDiff } from "./table-diff.js";

/** One side of a comparison: GoogleSQL of the rows, and their columns. */
export interface Side {
  /** What can stand behind FROM. */
  readonly from: string;
  readonly columns: readonly Column[];
}

export interface CompareOptions {
  /** The columns that should tell rows apart; empty: all do. */
  readonly key: TableDiff["by"];
  /** Columns that never make a row different. */
  readonly ignored: readonly string[];
  /** Sample rows of each kind. */
  readonly samples: number;
}

type Compared = Omit<TableDiff, "key" | "type">;

/** The most columns of which values are told. */
const MOST_CHANGES = 20;
const THERE = quoteIdentifier("fastbreak there");

/** Compares two relations by key, or where no key tells rows apart by all columns that both have. */
export async function compareRelations(
  transaction: Transaction,
  before: Side,
  after: Side,
  options: CompareOptions,
): Promise<Compared> {
  const shape = compareShapes(before.columns, after.columns);
  const ignored = new Set(options.ignored.map((name) => name.toLowerCase()));
  const common = shape.common.filter(({ name }) => !ignored.has(name.toLowerCase()));
  const notes = shape.retyped.length === 0 ? [] : ["columns of another type are left out of the comparison of rows"];
  const columns = { added: shape.added, removed: shape.removed, retyped: shape.retyped };
  const sides = { transaction, before, after, common };
  const key = options.key.columns.map((name) =>
    shape.common.find((one) => one.name.toLowerCase() === name.toLowerCase()),
  );
  const missing = options.key.columns.find((_, index) => key[index] === undefined);
  const usable = key.filter((column) => column !== undefined);
  const problem =
    missing !== undefined
      ? `the key column ${missing} is not on both sides`
      : usable.some(({ type }) => !isPlain(type))
        ? "a key column is no plain value"
        : usable.length > 0 && (await hasDuplicates(sides, usable))
          ? `${usable.map(({ name }) => name).join(", ")} does not tell the rows apart`
          : undefined;
  const isKeyed = usable.length > 0 && problem === undefined;
  const compared = isKeyed ? await byKey(sides, usable, options.samples) : await byAllColumns(sides, options.samples);
  const { rows } = compared;
  const isSame =
    rows.added + rows.removed + rows.changed === 0 && Object.values(columns).every((list) => list.length === 0);
  return {
    status: isSame ? "equal" : "different",
    by: isKeyed ? options.key : { columns: [], from: "all columns" },
    notes: problem === undefined ? notes : [...notes, `${problem}, so that whole rows are compared`],
    columns,
    ...compared,
  };
}

interface Sides {
  readonly transaction: Transaction;
  readonly before: Side;
  readonly after: Side;
  /** Columns of one name and type on both sides. */
  readonly common: readonly Column[];
}

type Rows = Pick<TableDiff, "rows" | "changes" | "samples">;

async function hasDuplicates({ transaction, before, after }: Sides, key: readonly Column[]): Promise<boolean> {
  const names = key.map(({ name }) => quoteIdentifier(name)).join(", ");
  const group = (side: Side) => `SELECT 1 FROM ${side.from} AS t GROUP BY ${names} HAVING COUNT(*) > 1`;
  const { rows } = await transaction.query(`SELECT COUNT(*) FROM (${group(before)} UNION ALL ${group(after)})`);
  return numberOf(rows[0]?.[0]) > 0;
}

async function byKey(sides: Sides, key: readonly Column[], samples: number): Promise<Rows> {
  const { transaction, common } = sides;
  const keys = new Set(key.map(({ name }) => name));
  const values = common.filter(({ name }) => !keys.has(name));
  const joined = joinOf(sides, key);
  const differs = values.map(differenceOf);
  const anyDiffers = differs.length === 0 ? "FALSE" : `(${differs.join(" OR ")})`;
  const both = `(b.${THERE} AND a.${THERE})`;
  const counts = await transaction.query(
    `SELECT COUNTIF(b.${THERE}), COUNTIF(a.${THERE}), COUNTIF(b.${THERE} IS NULL), COUNTIF(a.${THERE} IS NULL), ` +
      `COUNTIF(${[both, anyDiffers].join(" AND ")})` +
      `${differs.map((test) => `, COUNTIF(${both} AND ${test})`).join("")} ${joined}`,
  );
  const [was, is, added, removed, changed, ...perColumn] = (counts.rows[0] ?? []).map(numberOf);
  const rows = countsOf(was, is, added, removed, changed);
  const changedColumns = values
    .map((column, index) => ({ column, rows: perColumn[index] ?? 0 }))
    .filter(({ rows: number }) => number > 0)
    .sort((one, other) => other.rows - one.rows);
  const told = changedColumns.slice(0, MOST_CHANGES);
  return {
    rows,
    changes: await changesOf(sides, told),
    samples: {
      added: await sampleRows(sides, `${joined} WHERE b.${THERE} IS NULL`, "a", key, samples, rows.added),
      removed: await sampleRows(sides, `${joined} WHERE a.${THERE} IS NULL`, "b", key, samples, rows.removed),
      changed: await changedRows(sides, `${joined} WHERE ${both} AND ${anyDiffers}`, key, told, samples, rows.changed),
    },
  };
}

function joinOf({ before, after }: Sides, key: readonly Column[]): string {
  const there = (side: Side) => `(SELECT t.*, TRUE AS ${THERE} FROM ${side.from} AS t)`;
  const on = key.map(({ name }) => `b.${quoteIdentifier(name)} IS NOT DISTINCT FROM a.${quoteIdentifier(name)}`);
  return `FROM ${there(before)} AS b FULL JOIN ${there(after)} AS a ON ${on.join(" AND ")}`;
}

function differenceOf({ name, type }: Column): string {
  const [before, after] = ["b", "a"].map((side) => {
    const column = `${side}.${quoteIdentifier(name)}`;
    return isPlain(type) ? column : wholeText(column, type);
  });
  return `(${before} IS DISTINCT FROM ${after})`;
}

async function changesOf(
  { transaction, before, after }: Sides,
  changed: readonly { readonly column: Column; readonly rows: number }[],
): Promise<ColumnChange[]> {
  const columns = changed.map(({ column }) => column);
  const [was, is] = [
    await distributionsOf(transaction, before.from, columns),
    await distributionsOf(transaction, after.from, columns),
  ];
  return changed.flatMap(({ column, rows }, index) => {
    const [one, other] = [was[index], is[index]];
    return one === undefined || other === undefined ? [] : [{ column: column.name, rows, before: one, after: other }];
  });
}

async function sampleRows(
  { transaction, common }: Sides,
  from: string,
  side: "a" | "b",
  key: readonly Column[],
  samples: number,
  there: number,
): Promise<SampleRow[]> {
  if (there === 0 || samples === 0) return [];
  const columns = [...key, ...common.filter(({ name }) => !key.some((one) => one.name === name))];
  const select = columns.map((column) => textOf(column, side)).join(", ");
  const order = key.map(({ name }) => `${side}.${quoteIdentifier(name)}`).join(", ");
  const result = await transaction.query(`SELECT ${select} ${from} ORDER BY ${order} LIMIT ${samples}`);
  return result.rows.map((row) => rowOf(columns, row));
}

async function changedRows(
  { transaction }: Sides,
  from: string,
  key: readonly Column[],
  changed: readonly { readonly column: Column }[],
  samples: number,
  there: number,
): Promise<ChangedRow[]> {
  if (there === 0 || samples === 0) return [];
  const columns = changed.map(({ column }) => column);
  const select = [
    ...key.map((column) => textOf(column, "a")),
    ...columns.map((column) => textOf(column, "b")),
    ...columns.map((column) => textOf(column, "a")),
  ].join(", ");
  const order = key.map(({ name }) => `a.${quoteIdentifier(name)}`).join(", ");
  const result = await transaction.query(`SELECT ${select} ${from} ORDER BY ${order} LIMIT ${samples}`);
  return result.rows.map((row) => {
    const before = row.slice(key.length, key.length + columns.length);
    const after = row.slice(key.length + columns.length);
    const differing = columns.filter((_, index) => before[index] !== after[index]);
    const only = (values: QueryResult["rows"][number]) =>
      Object.fromEntries(
        Object.entries(rowOf(columns, values)).filter(([name]) => differing.some((one) => one.name === name)),
      );
    return { key: rowOf(key, row), before: only(before), after: only(after) };
  });
}

/** Rows as a multiset: equal rows are told apart by their number only. */
async function byAllColumns({ transaction, before, after, common }: Sides, samples: number): Promise<Rows> {
  // Rows are grouped by what can be grouped; the names of the columns are of no matter and cannot be those of the counts.
  const values = common.map(({ name, type }, index) => {
    const column = `t.${quoteIdentifier(name)}`;
    return `${isPlain(type) ? column : wholeText(column, type)} AS c${index}`;
  });
  const groups = common.map((_, index) => `c${index}`);
  const side = (from: string, was: number, is: number) =>
    `SELECT ${[...values, `${was} AS was`, `${is} AS now`].join(", ")} FROM ${from} AS t`;
  const both = `(${side(before.from, 1, 0)} UNION ALL ${side(after.from, 0, 1)})`;
  const sums = ["SUM(was) AS was", "SUM(now) AS now"];
  const by = groups.length === 0 ? "" : ` GROUP BY ${groups.join(", ")}`;
  const grouped = `(SELECT ${[...groups, ...sums].join(", ")} FROM ${both}${by})`;
  const counts = await transaction.query(
    `SELECT SUM(was), SUM(now), SUM(GREATEST(now - was, 0)), SUM(GREATEST(was - now, 0)) FROM ${grouped}`,
  );
  const [was, is, added, removed] = (counts.rows[0] ?? []).map(numberOf);
  const rows = countsOf(was, is, added, removed, 0);
  const sample = async (test: string, there: number): Promise<SampleRow[]> => {
    if (there === 0 || samples === 0 || groups.length === 0) return [];
    const texts = common.map(({ type }, index) => (isPlain(type) ? asText(`c${index}`, type) : `c${index}`));
    const result = await transaction.query(
      `SELECT ${texts.join(", ")} FROM ${grouped} WHERE ${test} ORDER BY ${groups.join(", ")} LIMIT ${samples}`,
    );
    return result.rows.map((row) => rowOf(common, row));
  };
  return {
    rows,
    changes: [],
    samples: {
      added: await sample("now > was", rows.added),
      removed: await sample("was > now", rows.removed),
      changed: [],
    },
  };
}

/** A column of one side as text, whatever its type. */
function textOf({ name, type }: Column, side: "a" | "b"): string {
  return asText(`${side}.${quoteIdentifier(name)}`, type);
}

function asText(column: string, type: SqlType): string {
  const isText = isPlain(type) && type !== "BYTES";
  return isText ? `CAST(${column} AS STRING)` : `IF(${column} IS NULL, NULL, ${wholeText(column, type)})`;
}

function rowOf(columns: readonly Column[], row: readonly SqlValue[]): SampleRow {
  return Object.fromEntries(
    columns.map(({ name }, index) => [
      name,
      row[index] === null || row[index] === undefined ? null : String(row[index]),
    ]),
  );
}

function countsOf(before = 0, after = 0, added = 0, removed = 0, changed = 0): RowCounts {
  return { before, after, added, removed, changed, unchanged: after - added - changed };
}

function numberOf(value: SqlValue | undefined): number {
  return Number(value ?? 0);
}
