import type { DuckDBConnection } from "@duckdb/node-api";
import { type Column, typeName } from "../../sql-types.js";
import {
  type PublishCounts,
  type PublishRequest,
  type Relation,
  relationKey,
  rowColumnNames,
  WarehouseError,
} from "../port.js";
import { type Layout, layoutSql } from "./catalog.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { changedRows, createTable, numberOf } from "./tables.js";

/**
 * Makes the target's partitions equal to the stage, touching only rows that differ (smart idempotency, spec hashing §6).
 * Runs inside the caller's transaction; writes nothing at all when nothing differs.
 */
export async function publishStage(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  request: PublishRequest,
): Promise<PublishCounts> {
  const counts = await applyStage(connection, existing, request);
  await connection.run(`DROP TABLE temp.${quoteName(request.stage.name)}`);
  return counts;
}

async function applyStage(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  request: PublishRequest,
): Promise<PublishCounts> {
  const plan = new PublishSql(request);
  await refuseBadKeys(connection, request);
  const kept = await prepareTarget(connection, existing, request);
  const live = kept ? await numberOf(connection, plan.countLive()) : 0;
  if (live === 0) {
    const inserted = request.stage.rows === 0 ? 0 : await changedRows(connection, plan.insertAll());
    return { inserted, updated: 0, refreshed: 0, deleted: 0, unchanged: 0 };
  }
  return request.key.length > 0
    ? mergeByKey(connection, plan, request)
    : replacePartitions(connection, plan, request, live);
}

/**
 * Makes the target a table of the stage's shape. A view in its place, a table partitioned by another column, or one of which no
 * column would stay, gives way.
 * @returns whether a table with rows of earlier runs was kept
 */
async function prepareTarget(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  request: PublishRequest,
): Promise<boolean> {
  const layout = { partitionColumn: request.partitionColumn, clusterBy: request.clusterBy, primaryKey: request.key };
  const keep =
    existing?.kind === "table" &&
    existing.partitionColumn === layout.partitionColumn &&
    existing.columns.some((column) => staying(request.stage.columns, column) !== undefined);
  if (existing !== undefined && !keep) await connection.run(`DROP ${existing.kind} ${quotePath(request.target)}`);
  if (existing === undefined || !keep) {
    await createTable(connection, request.target, request.stage.columns, layout);
    return false;
  }
  if (!sameShape(existing, request)) {
    await reshape(connection, existing, request, layout);
    return true;
  }
  const sameLayout = [existing.primaryKey, existing.clusterBy].join() === [layout.primaryKey, layout.clusterBy].join();
  if (!sameLayout) await connection.run(layoutSql(request.target, layout));
  return true;
}

async function mergeByKey(
  connection: DuckDBConnection,
  plan: PublishSql,
  request: PublishRequest,
): Promise<PublishCounts> {
  const deleted = await changedRows(connection, plan.deleteVanished());
  const updated = await rewriteRows(connection, plan, plan.changedRows());
  const refreshed = plan.hasHash ? await rewriteRows(connection, plan, plan.refreshedRows()) : 0;
  const inserted = await changedRows(connection, plan.insertNew());
  return { inserted, updated, refreshed, deleted, unchanged: request.stage.rows - inserted - updated - refreshed };
}

/** Rows are taken out and put back, because DuckDB's UPDATE leaves a value that equals the old one: 0.0 stays 0.0 under -0.0. */
async function rewriteRows(connection: DuckDBConnection, plan: PublishSql, rows: string): Promise<number> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE rewritten_rows AS ${rows}`);
  const rewritten = await numberOf(connection, "SELECT count(*) FROM temp.rewritten_rows");
  if (rewritten > 0) {
    await connection.run(plan.deleteRewritten());
    await connection.run(plan.insertRewritten());
  }
  await connection.run("DROP TABLE temp.rewritten_rows");
  return rewritten;
}

/** Without a key rows have no identity: a partition whose multiset of rows differs is replaced whole. */
async function replacePartitions(
  connection: DuckDBConnection,
  plan: PublishSql,
  request: PublishRequest,
  live: number,
): Promise<PublishCounts> {
  await connection.run(plan.differingPartitions());
  const differing = await numberOf(connection, "SELECT count(*) FROM temp.differing_partitions");
  const deleted = differing === 0 ? 0 : await changedRows(connection, plan.deleteDiffering());
  const inserted = differing === 0 ? 0 : await changedRows(connection, plan.insertDiffering());
  await connection.run("DROP TABLE temp.differing_partitions");
  return {
    inserted,
    updated: 0,
    refreshed: 0,
    deleted,
    unchanged: differing === 0 ? live : request.stage.rows - inserted,
  };
}

async function refuseBadKeys(connection: DuckDBConnection, request: PublishRequest): Promise<void> {
  if (request.key.length === 0) return;
  const key = request.key.map(quoteName);
  const anyNull = key.map((column) => `${column} IS NULL`).join(" OR ");
  const reader = await connection.runAndReadAll(
    `SELECT ${key.join(", ")}, count(*) AS n FROM temp.${quoteName(request.stage.name)} GROUP BY ALL HAVING count(*) > 1 OR ${anyNull} ORDER BY ALL LIMIT 1`,
  );
  const row = reader.getRowsJson()[0];
  if (row === undefined) return;
  const values = row.slice(0, -1);
  const what = values.includes(null) ? "a NULL in its unique key" : `${row.at(-1)} rows with one unique key`;
  throw new WarehouseError(
    "data",
    `${relationKey(request.target)} produced ${what} (${request.key.join(", ")}) = (${values.join(", ")})`,
  );
}

/** The staged column that takes the values of one that was there: of the same name, in any case, and type. */
function staying(staged: readonly Column[], { name, type }: Column): Column | undefined {
  const key = name.toLowerCase();
  return staged.find((column) => column.name.toLowerCase() === key && typeName(column.type) === typeName(type));
}

/** Whether the table has the columns of the query: their names as they are spelled, their types, their order. */
function sameShape(existing: Relation, { stage }: PublishRequest): boolean {
  const spelled = (columns: readonly Column[]): string =>
    JSON.stringify(columns.map(({ name, type }) => [name, typeName(type)]));
  return existing.foreignColumns.length === 0 && spelled(existing.columns) === spelled(stage.columns);
}

/**
 * Gives the table the columns of the query. Columns of the same name and type keep their values; in the rows that are not built now,
 * others are NULL (their partitions are stale).
 */
async function reshape(
  connection: DuckDBConnection,
  existing: Relation,
  { target, stage }: PublishRequest,
  layout: Layout,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE kept_rows AS SELECT * FROM ${quotePath(target)}`);
  await connection.run(`DROP TABLE ${quotePath(target)}`);
  await createTable(connection, target, stage.columns, layout);
  const kept = existing.columns.flatMap((column) => {
    const now = staying(stage.columns, column);
    return now === undefined ? [] : [{ now: quoteName(now.name), before: quoteName(column.name) }];
  });
  const into = kept.map(({ now }) => now).join(", ");
  const values = kept.map(({ before }) => before).join(", ");
  await connection.run(`INSERT INTO ${quotePath(target)} (${into}) SELECT ${values} FROM temp.kept_rows`);
  await connection.run("DROP TABLE temp.kept_rows");
}

/** The statements of one publish, over `t` (target) and `s` (stage). */
class PublishSql {
  readonly #request: PublishRequest;
  readonly #target: string;
  readonly #stage: string;
  readonly hasHash: boolean;

  constructor(request: PublishRequest) {
    this.#request = request;
    this.#target = quotePath(request.target);
    this.#stage = `temp.${quoteName(request.stage.name)}`;
    this.hasHash = request.stage.columns.some((column) => column.name === "data_hash");
  }

  countLive(): string {
    return `SELECT count(*) FROM ${this.#target} t WHERE ${this.#inPartitions("t")}`;
  }

  insertAll(): string {
    return `INSERT INTO ${this.#target} (${this.#names().join(", ")}) SELECT ${this.#names("s").join(", ")} FROM ${this.#stage} s`;
  }

  deleteVanished(): string {
    return `DELETE FROM ${this.#target} t WHERE ${this.#inPartitions("t")} AND NOT EXISTS (SELECT 1 FROM ${this.#stage} s WHERE ${this.#sameKey()})`;
  }

  insertNew(): string {
    return `${this.insertAll()} WHERE NOT EXISTS (SELECT 1 FROM ${this.#target} t WHERE ${this.#inPartitions("t")} AND ${this.#sameKey()})`;
  }

  /** Rows whose meaning changed, as they will be: every column is the stage's, but `created` is kept and `revision` counted. */
  changedRows(): string {
    const { created, revision } = this.#request.rowColumns;
    const differs = this.hasHash ? "t.data_hash IS DISTINCT FROM s.data_hash" : this.#differs();
    return this.#rewritten(differs, (name) => {
      if (name === created) return `t.${quoteName(name)}`;
      return name === revision ? `coalesce(t.${quoteName(name)}, 0) + 1` : `s.${quoteName(name)}`;
    });
  }

  /** Rows that mean the same but whose provenance moved, as they will be: what the runner maintains stays. */
  refreshedRows(): string {
    const own = new Set(rowColumnNames(this.#request.rowColumns));
    return this.#rewritten(this.#differs(), (name) => `${own.has(name) ? "t" : "s"}.${quoteName(name)}`);
  }

  deleteRewritten(): string {
    return `DELETE FROM ${this.#target} t WHERE ${this.#inPartitions("t")} AND EXISTS (SELECT 1 FROM temp.rewritten_rows s WHERE ${this.#sameKey()})`;
  }

  insertRewritten(): string {
    const names = this.#names().join(", ");
    return `INSERT INTO ${this.#target} (${names}) SELECT ${names} FROM temp.rewritten_rows`;
  }

  differingPartitions(): string {
    const digest = (source: string, where: string) =>
      `SELECT p, count(*) AS n, bit_xor(h) AS x, sum(CAST(h AS HUGEINT)) AS s FROM (SELECT ${this.#partition("r")} AS p, ${hashOfRow(this.#compared("r"))} AS h FROM ${source} r WHERE ${where}) GROUP BY p`;
    return (
      `CREATE OR REPLACE TEMP TABLE differing_partitions AS SELECT coalesce(a.p, b.p) AS p` +
      ` FROM (${digest(this.#target, this.#inPartitions("r"))}) a FULL JOIN (${digest(this.#stage, "TRUE")}) b ON a.p = b.p` +
      ` WHERE a.n IS DISTINCT FROM b.n OR a.x IS DISTINCT FROM b.x OR a.s IS DISTINCT FROM b.s`
    );
  }

  deleteDiffering(): string {
    return `DELETE FROM ${this.#target} t WHERE ${this.#partition("t")} IN (SELECT p FROM temp.differing_partitions)`;
  }

  insertDiffering(): string {
    return `${this.insertAll()} WHERE ${this.#partition("s")} IN (SELECT p FROM temp.differing_partitions)`;
  }

  #rewritten(differs: string, value: (column: string) => string): string {
    const columns = this.#request.stage.columns.map(({ name }) => `${value(name)} AS ${quoteName(name)}`);
    return `SELECT ${columns.join(", ")} FROM ${this.#target} t JOIN ${this.#stage} s ON ${this.#sameKey()} WHERE ${this.#inPartitions("t")} AND (${differs})`;
  }

  #differs(): string {
    const ours = this.#compared("s");
    return this.#compared("t")
      .map((value, index) => `${value} IS DISTINCT FROM ${ours[index]}`)
      .join(" OR ");
  }

  /** What can make a row different: not the columns that the runner maintains. */
  #compared(alias: string): readonly string[] {
    const own = new Set(rowColumnNames(this.#request.rowColumns));
    return this.#request.stage.columns
      .filter((column) => !own.has(column.name))
      .flatMap(({ name, type }) => exactValues(`${alias}.${quoteName(name)}`, type));
  }

  #names(alias?: string): readonly string[] {
    return this.#request.stage.columns.map(
      (column) => `${alias === undefined ? "" : `${alias}.`}${quoteName(column.name)}`,
    );
  }

  #sameKey(): string {
    return this.#request.key.map((column) => `t.${quoteName(column)} = s.${quoteName(column)}`).join(" AND ");
  }

  #partition(alias: string): string {
    const { partitionColumn } = this.#request;
    return partitionColumn === undefined ? "'*'" : `CAST(${alias}.${quoteName(partitionColumn)} AS VARCHAR)`;
  }

  #inPartitions(alias: string): string {
    const { partitions, partitionColumn } = this.#request;
    if (partitions === undefined || partitionColumn === undefined) return "TRUE";
    return `${alias}.${quoteName(partitionColumn)} IN (${partitions.map((partition) => `DATE ${quoteText(partition)}`).join(", ")})`;
  }
}
