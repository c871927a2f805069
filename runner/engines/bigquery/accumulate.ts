import { rowText } from "../../googlesql/digest-sql.js";
import { everyPartition } from "../../googlesql/partitioning.js";
import { quoteIdentifier } from "../../googlesql/quote.js";
import { EngineError } from "../../port/engine-error.js";
import { type AccumulateRequest, type Relation, type RelationId, relationKey } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { type SchemaChange, schemaChange } from "../schema-change.js";
import { writtenType } from "./literals.js";
import { NEW, NOTHING_CHANGED, OLD, type PlannedWrite, type WriteHost } from "./pending.js";
import { wholeTable } from "./shape.js";

/**
 * Works out how a stage's rows come into a table as Dataform's incremental tables take them: inserted, merged by key, or in the place of
 * the partitions that they belong to. Rows that the stage does not name stay as they are, and so do rows that would get the values that
 * they have.
 * @throws EngineError `data` for columns that do not fit, and for two rows that would merge into one
 */
export async function planAccumulate(
  host: WriteHost,
  existing: Relation,
  request: AccumulateRequest,
): Promise<PlannedWrite> {
  const change = schemaChange(existing, request);
  const { columns } = change;
  // As stock Dataform does it: the table has its columns before rows come, and keeps them whatever becomes of the rows.
  for (const definition of alterations(host, request.target, change)) await host.define(definition);
  const sql = new AccumulateSql(host, request, columns, existing);
  const { counts, changes, stays } = await worked(host, sql, request);
  const relation: Relation = { ...existing, columns };
  const preview = `${sql.stageRows()} UNION ALL ${sql.liveRows(stays)}`;
  const pending = { target: request.target, relation, preview, definitions: [], changes, replaced: undefined };
  return { counts, pending: changes.length === 0 ? undefined : pending };
}

/** @returns changes, and the rows of the table that stay beside the stage's, as a condition */
async function worked(host: WriteHost, sql: AccumulateSql, request: AccumulateRequest) {
  const { stage, key, partitionColumn, partitionBy, overwritesPartitions } = request;
  const by = overwrittenBy(partitionColumn, partitionBy);
  if (overwritesPartitions && by !== undefined) {
    const deleted = await numberOf(host, sql.countOverwritten(by));
    const changes = [...(deleted > 0 ? [sql.deleteOverwritten(by)] : []), sql.insertAll()];
    return {
      counts: { ...NOTHING_CHANGED, deleted, inserted: stage.rows },
      changes: stage.rows === 0 ? [] : changes,
      stays: `NOT ${sql.isOverwritten(by)}`,
    };
  }
  if (key.length === 0) {
    const changes = stage.rows === 0 ? [] : [sql.insertAll()];
    return { counts: { ...NOTHING_CHANGED, inserted: stage.rows }, changes, stays: "TRUE" };
  }
  await refuseAmbiguous(host, sql, request);
  const [row = []] = (await host.query(sql.countByKey())).rows;
  const [inserted = 0, updated = 0] = row.map(Number);
  return {
    counts: { ...NOTHING_CHANGED, inserted, updated, unchanged: stage.rows - inserted - updated },
    changes: inserted + updated === 0 ? [] : [sql.merge()],
    stays: sql.isUnmatched(),
  };
}

/** What tells the partition of a row: a column, or an expression over the columns of the table. */
type OverwrittenBy =
  | { readonly column: string; readonly expression?: undefined }
  | { readonly column?: undefined; readonly expression: string };

function overwrittenBy(column: string | undefined, expression: string | undefined): OverwrittenBy | undefined {
  if (column !== undefined) return { column };
  return expression === undefined ? undefined : { expression };
}

async function refuseAmbiguous(host: WriteHost, sql: AccumulateSql, { target, key }: AccumulateRequest) {
  const [row] = (await host.query(sql.ambiguous())).rows;
  if (row === undefined) return;
  throw new EngineError(
    "data",
    `${relationKey(target)}: ${row.at(-1)} rows of the incremental query merge into one row, (${key.join(", ")}) = (${row.slice(0, -1).join(", ")})`,
  );
}

async function numberOf(host: WriteHost, sql: string): Promise<number> {
  return Number((await host.query(sql)).rows[0]?.[0] ?? 0);
}

/** The statement that lets the table follow the columns of its query; none where it has them. */
function alterations(host: WriteHost, target: RelationId, { added, gone }: SchemaChange): readonly string[] {
  const changes = [
    ...gone.map(({ name }) => `DROP COLUMN ${quoteIdentifier(name)}`),
    ...added.map(({ name, type }) => `ADD COLUMN ${quoteIdentifier(name)} ${writtenType(type)}`),
  ];
  return changes.length === 0 ? [] : [`ALTER TABLE ${host.path(target)} ${changes.join(", ")}`];
}

/** The statements of one merge. */
class AccumulateSql {
  readonly #target: string;
  /** The table to select from. */
  readonly #live: string;
  readonly #stage: string;
  readonly #names: readonly string[];

  constructor(
    host: WriteHost,
    readonly request: AccumulateRequest,
    readonly columns: readonly Column[],
    readonly existing: Relation,
  ) {
    this.#target = host.path(request.target);
    this.#live = wholeTable(existing, this.#target);
    this.#stage = host.stagePath(request.stage.name);
    this.#names = columns.map(({ name }) => quoteIdentifier(name));
  }

  stageRows(): string {
    return `SELECT ${this.#names.join(", ")} FROM ${this.#stage}`;
  }

  liveRows(where: string): string {
    return `SELECT ${this.#names.map((name) => `fastbreak_old.${name}`).join(", ")} FROM ${this.#live} AS fastbreak_old WHERE ${where}`;
  }

  insertAll(): string {
    return `INSERT INTO ${this.#target} (${this.#names.join(", ")}) ${this.stageRows()}`;
  }

  countOverwritten(by: OverwrittenBy): string {
    return `SELECT COUNT(*) FROM ${this.#live} AS fastbreak_old WHERE ${this.isOverwritten(by)}`;
  }

  deleteOverwritten(by: OverwrittenBy): string {
    return `DELETE FROM ${this.#target} AS fastbreak_old WHERE ${everyPartition(this.existing, OLD)} AND ${this.isOverwritten(by)}`;
  }

  isOverwritten({ column, expression }: OverwrittenBy): string {
    if (column === undefined)
      return `COALESCE((${expression}) IN (SELECT ${expression} FROM ${this.#stage} AS fastbreak_new), FALSE)`;
    const name = quoteIdentifier(column);
    return `EXISTS (SELECT 1 FROM ${this.#stage} AS fastbreak_new WHERE fastbreak_new.${name} = fastbreak_old.${name})`;
  }

  isUnmatched(): string {
    return `NOT EXISTS (SELECT 1 FROM ${this.#stage} AS fastbreak_new WHERE ${this.#sameKey()})`;
  }

  countByKey(): string {
    const isNew = `NOT EXISTS (SELECT 1 FROM ${this.#live} AS fastbreak_old WHERE ${this.#sameKey()})`;
    return (
      `SELECT (SELECT COUNT(*) FROM ${this.#stage} AS fastbreak_new WHERE ${isNew}),` +
      ` (SELECT COUNT(*) FROM ${this.#live} AS fastbreak_old JOIN ${this.#stage} AS fastbreak_new ON ${this.#sameKey()} WHERE ${this.#differs()})`
    );
  }

  /** A row of the table that several rows of the stage would become. */
  ambiguous(): string {
    const key = this.request.key.map((name) => `fastbreak_new.${quoteIdentifier(name)}`);
    const shown = key.map((column) => `CAST(${column} AS STRING)`).join(", ");
    const isThere = `EXISTS (SELECT 1 FROM ${this.#live} AS fastbreak_old WHERE ${this.#sameKey()})`;
    return `SELECT ${shown}, COUNT(*) FROM ${this.#stage} AS fastbreak_new WHERE ${isThere} GROUP BY ${key.join(", ")} HAVING COUNT(*) > 1 LIMIT 1`;
  }

  merge(): string {
    const names = this.#names.join(", ");
    const set = this.#names.map((name) => `${name} = fastbreak_new.${name}`).join(", ");
    return (
      `MERGE ${this.#target} AS fastbreak_old USING ${this.#stage} AS fastbreak_new ON ${everyPartition(this.existing, OLD)} AND ${this.#sameKey()}\n` +
      `WHEN MATCHED AND ${this.#differs()} THEN UPDATE SET ${set}\n` +
      `WHEN NOT MATCHED THEN INSERT (${names}) VALUES (${names})`
    );
  }

  #differs(): string {
    const names = this.columns.map(({ name }) => name);
    return `${rowText(this, names, OLD)} != ${rowText(this, names, NEW)}`;
  }

  #sameKey(): string {
    return this.request.key
      .map(quoteIdentifier)
      .map((name) => `fastbreak_old.${name} = fastbreak_new.${name}`)
      .join(" AND ");
  }
}
