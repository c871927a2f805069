import type { DuckDBConnection } from "@duckdb/node-api";
import { addedColumn } from "../../dialect/print/added-column.js";
import { coerce, coercionCost } from "../../dialect/types/coercion.js";
import { type Partitioning, partitioningOf } from "../../googlesql/partitioning.js";
import { EngineError } from "../../port/engine-error.js";
import {
  type AccumulateRequest,
  type PublishCounts,
  type Relation,
  type RelationId,
  relationKey,
} from "../../port/port.js";
import { type Column, isSameName, typeName } from "../../port/sql-types.js";
import { type SchemaChange, schemaChange } from "../schema-change.js";
import { exactValues } from "./exact-values.js";
import { quoteName, quotePath } from "./quote.js";
import { changedRows, numberOf, stagePath } from "./tables.js";

/**
 * Adds a stage's rows to a table as Dataform's incremental tables take them: inserted, merged by key, or in the place of the
 * partitions that they belong to. Rows that the stage does not name stay as they are, and so do rows that would get the values that
 * they have.
 * @throws EngineError `data` for columns that do not fit, and for two rows that would merge into one
 */
export async function accumulateStage(
  connection: DuckDBConnection,
  existing: Relation,
  request: AccumulateRequest,
): Promise<PublishCounts> {
  const overwritten = overwrittenBy(request);
  const change = schemaChange(existing, request);
  await alterTable(connection, request.target, change);
  const sql = new AccumulateSql(request, change.columns);
  const counts = await applyRows(connection, sql, request, overwritten);
  await connection.run(`DROP TABLE ${stagePath(request.stage)}`);
  return counts;
}

/**
 * What tells the partition of a row whose partition is replaced; undefined: none is.
 * @throws EngineError `data` where nobody knows: rows added to those that they should replace would be there twice
 */
function overwrittenBy({
  target,
  overwritesPartitions,
  partitionColumn,
  partitionBy,
}: AccumulateRequest): string | undefined {
  if (!overwritesPartitions) return undefined;
  if (partitionColumn !== undefined) return quoteName(partitionColumn);
  if (partitionBy === undefined) return undefined;
  const sql = partitionSql(partitioningOf(partitionBy));
  if (sql !== undefined) return sql;
  throw new EngineError(
    "data",
    `${relationKey(target)}: the embedded engine does not tell partitions by ${partitionBy}, which its incrementalStrategy replaces; partition by a column, or by DATE(), .._TRUNC() or RANGE_BUCKET() of one`,
  );
}

/** Equal for rows of one partition, and NULL for those of none. */
function partitionSql({ timePartitioning, rangePartitioning }: Partitioning = {}): string | undefined {
  if (timePartitioning?.field !== undefined)
    return `date_trunc('${timePartitioning.type.toLowerCase()}', ${quoteName(timePartitioning.field)})`;
  if (rangePartitioning === undefined) return undefined;
  const column = quoteName(rangePartitioning.field);
  const { start, end, interval } = rangePartitioning.range;
  // All that lies outside is one partition below and one above.
  return `CASE WHEN ${column} < ${start} THEN -1 ELSE least(${column} - ${start}, ${end} - ${start}) // ${interval} END`;
}

async function applyRows(
  connection: DuckDBConnection,
  sql: AccumulateSql,
  request: AccumulateRequest,
  overwritten: string | undefined,
): Promise<PublishCounts> {
  const none = { inserted: 0, updated: 0, refreshed: 0, deleted: 0, unchanged: 0 };
  if (overwritten !== undefined) {
    const deleted = await changedRows(connection, sql.deleteOverwritten(overwritten));
    return { ...none, deleted, inserted: await changedRows(connection, sql.insertAll()) };
  }
  if (request.key.length === 0) return { ...none, inserted: await changedRows(connection, sql.insertAll()) };
  await refuseAmbiguous(connection, sql, request);
  const { rows } = request.stage;
  if (sql.hidesRowId) {
    const updated = await changedRows(connection, sql.updateInPlace());
    const inserted = await changedRows(connection, sql.insertNew());
    return { ...none, inserted, updated, unchanged: rows - inserted - updated };
  }
  await connection.run(sql.rewrittenRows());
  const updated = await numberOf(connection, "SELECT count(*) FROM temp.main.merged_rows");
  const inserted = await changedRows(connection, sql.insertNew());
  if (updated > 0) {
    await connection.run(sql.deleteRewritten());
    await connection.run(sql.insertRewritten());
  }
  await connection.run("DROP TABLE temp.main.merged_rows");
  return { ...none, inserted, updated, unchanged: rows - inserted - updated };
}

/** Lets the table follow the columns of its query. */
async function alterTable(
  connection: DuckDBConnection,
  target: RelationId,
  { added, gone }: SchemaChange,
): Promise<void> {
  const table = `ALTER TABLE ${quotePath(target)}`;
  for (const { name } of gone) await connection.run(`${table} DROP COLUMN ${quoteName(name)}`);
  for (const column of added) for (const sql of addedColumn(quotePath(target), column)) await connection.run(sql);
}

/**
 * The text of a stage's column as the table's column takes it: as INSERT does, values are coerced and never converted.
 * @throws EngineError `data` where it does not take values of the type
 */
function coerced({ name, type }: Column, { stage, target }: AccumulateRequest): string {
  const from = stage.columns.find((column) => isSameName(column.name, name));
  const sql = `s$.${quoteName(name)}`;
  if (from === undefined) return sql;
  const value = { sql, type: from.type, span: { start: 0, end: 0 }, nullable: true, uses: [] };
  if (coercionCost(value, type) !== undefined) return coerce(value, type).sql;
  throw new EngineError(
    "data",
    `${relationKey(target)}: the query gives ${name} as ${typeName(from.type)}, and the column is ${typeName(type)}; cast it in the query, or run with --full-refresh`,
  );
}

async function refuseAmbiguous(
  connection: DuckDBConnection,
  sql: AccumulateSql,
  { target, key }: AccumulateRequest,
): Promise<void> {
  const reader = await connection.runAndReadAll(sql.ambiguous());
  const [row] = reader.getRowsJson();
  if (row === undefined) return;
  throw new EngineError(
    "data",
    `${relationKey(target)}: ${row.at(-1)} rows of the incremental query merge into one row, (${key.join(", ")}) = (${row.slice(0, -1).join(", ")})`,
  );
}

/** The statements of one merge, over `t$` (target) and `s$` (stage), as no column of GoogleSQL is called. */
class AccumulateSql {
  readonly #target: string;
  readonly #stage: string;
  readonly #names: readonly string[];
  /** The value of each column as the table takes it. */
  readonly #values: readonly string[];

  constructor(
    readonly request: AccumulateRequest,
    readonly columns: readonly Column[],
  ) {
    this.#target = quotePath(request.target);
    this.#stage = stagePath(request.stage);
    this.#names = columns.map(({ name }) => quoteName(name));
    this.#values = columns.map((column) => coerced(column, request));
  }

  insertAll(): string {
    const values = this.#values.join(", ");
    return `INSERT INTO ${this.#target} (${this.#names.join(", ")}) SELECT ${values} FROM ${this.#stage} s$`;
  }

  deleteOverwritten(partition: string): string {
    return `DELETE FROM ${this.#target} WHERE ${partition} IN (SELECT ${partition} FROM ${this.#stage})`;
  }

  insertNew(): string {
    return `${this.insertAll()} WHERE NOT EXISTS (SELECT 1 FROM ${this.#target} t$ WHERE ${this.#sameKey()})`;
  }

  /** Keys of which the table has a row and the stage several. */
  ambiguous(): string {
    const key = this.request.key.map((name) => `s$.${quoteName(name)}`).join(", ");
    return (
      `SELECT ${key}, count(*) AS n FROM ${this.#stage} s$ WHERE EXISTS (SELECT 1 FROM ${this.#target} t$ WHERE ${this.#sameKey()})` +
      ` GROUP BY ${key} HAVING count(*) > 1 ORDER BY ${key} LIMIT 1`
    );
  }

  /** A column of that name hides the number by which DuckDB tells rows apart. */
  get hidesRowId(): boolean {
    return this.columns.some(({ name }) => isSameName(name, "rowid"));
  }

  /** Without that number: it leaves 0.0 where -0.0 comes, which the other way does not. */
  updateInPlace(): string {
    const values = this.#names.map((name, index) => `${name} = ${this.#values[index]}`).join(", ");
    return `UPDATE ${this.#target} AS t$ SET ${values} FROM ${this.#stage} s$ WHERE ${this.#sameKey()} AND (${this.#differs()})`;
  }

  rewrittenRows(): string {
    const values = this.#names.map((name, index) => `${this.#values[index]} AS ${name}`).join(", ");
    return (
      `CREATE OR REPLACE TEMP TABLE merged_rows AS SELECT t$.rowid AS "row$", ${values}` +
      ` FROM ${this.#target} t$ JOIN ${this.#stage} s$ ON ${this.#sameKey()} WHERE ${this.#differs()}`
    );
  }

  #differs(): string {
    const differs = this.columns.flatMap(({ name, type }, position) => {
      const ours = exactValues(this.#values[position] as string, type);
      return exactValues(`t$.${quoteName(name)}`, type).map(
        (value, index) => `${value} IS DISTINCT FROM ${ours[index]}`,
      );
    });
    return differs.join(" OR ");
  }

  deleteRewritten(): string {
    return `DELETE FROM ${this.#target} WHERE rowid IN (SELECT "row$" FROM temp.main.merged_rows)`;
  }

  insertRewritten(): string {
    const names = this.#names.join(", ");
    return `INSERT INTO ${this.#target} (${names}) SELECT ${names} FROM temp.main.merged_rows`;
  }

  #sameKey(): string {
    return this.request.key.map((name) => `t$.${quoteName(name)} = s$.${quoteName(name)}`).join(" AND ");
  }
}
