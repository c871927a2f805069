import type { DuckDBConnection } from "@duckdb/node-api";
import { EngineError } from "../../port/engine-error.js";
import { NULL_PARTITION, type Partition, WHOLE } from "../../port/identity.js";
import { partitionTest } from "../../port/partition-set.js";
import { type PublishCounts, type PublishRequest, type Relation, relationKey } from "../../port/port.js";
import { isSameName } from "../../port/sql-types.js";
import { isSameShape, keptColumn } from "../columns.js";
import { layoutSql } from "./catalog.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { isSameLayout, ownColumns, reshape } from "./shape.js";
import { sliceTest } from "./slice-digests.js";
import { changedRows, createTable, describingSql, numberOf, stagePath } from "./tables.js";
import type { TouchedPartitions } from "./transaction-digests.js";

/**
 * Makes the target's partitions equal to the stage, touching only rows that differ (docs/decisions.md).
 * Runs inside the caller's transaction; writes nothing at all when nothing differs.
 */
export async function publishStage(
  connection: DuckDBConnection,
  relations: ReadonlyMap<string, Relation>,
  request: PublishRequest,
): Promise<Published> {
  if (request.stage.table !== undefined) return publishInPlace(connection, request);
  const plan = new PublishSql(request);
  const isKeyed = request.key.length > 0 && (await refuseBadKeys(connection, request));
  const prepared = await prepareTarget(connection, relations, request);
  const { counts, touched } = await applyStage(connection, plan, { isKeyed, ...prepared }, request);
  await connection.run(`DROP TABLE ${stagePath(request.stage)}`);
  return { counts, table: prepared.table, touched: prepared.table === "as it was" ? touched : undefined };
}

/** Makes a table of rows that were written where they are to stand. */
async function publishInPlace(connection: DuckDBConnection, request: PublishRequest): Promise<Published> {
  const { target, stage, partitionColumn, clusterBy, key } = request;
  if (key.length > 0) await refuseBadKeys(connection, request);
  const describing = describingSql(target, stage.columns, { partitionColumn, clusterBy, primaryKey: key });
  await connection.run(describing.join(";\n"));
  const counts = { inserted: stage.rows, updated: 0, refreshed: 0, deleted: 0, unchanged: 0 };
  return { counts, table: "made", touched: undefined };
}

/** What a publish has done to the rows, and to the table that holds them. */
export interface Published {
  readonly counts: PublishCounts;
  readonly table: "as it was" | "made" | "changed";
  /** The partitions whose rows may be others; undefined: any. */
  readonly touched: TouchedPartitions;
}

type Applied = Omit<Published, "table">;

async function applyStage(
  connection: DuckDBConnection,
  plan: PublishSql,
  { isKeyed, table, dropped }: Prepared & { readonly isKeyed: boolean },
  request: PublishRequest,
): Promise<Applied> {
  const others = request.only === undefined || table === "made" ? 0 : await numberOf(connection, plan.countOthers());
  const applied = await applyRows(connection, plan, { isKeyed, table, dropped }, request);
  return { ...applied, counts: { ...applied.counts, unchanged: applied.counts.unchanged + others } };
}

async function applyRows(
  connection: DuckDBConnection,
  plan: PublishSql,
  { isKeyed, table, dropped }: Prepared & { readonly isKeyed: boolean },
  request: PublishRequest,
): Promise<Applied> {
  const live = table === "made" ? 0 : await numberOf(connection, plan.countLive());
  if (live === 0) {
    const inserted = request.stage.rows === 0 ? 0 : await changedRows(connection, plan.insertAll());
    // Of a table that is another one now everything may be.
    const touched = inserted === 0 || table !== "as it was" ? NONE : await filledPartitions(connection, plan, request);
    return { counts: { inserted, updated: 0, refreshed: 0, deleted: dropped, unchanged: 0 }, touched };
  }
  return isKeyed ? mergeByKey(connection, plan, request, live) : replacePartitions(connection, plan, request, live);
}

const NONE: ReadonlySet<Partition> = new Set();

/** The partitions of the stage's rows. */
async function filledPartitions(
  connection: DuckDBConnection,
  plan: PublishSql,
  { partitionColumn }: PublishRequest,
): Promise<ReadonlySet<Partition>> {
  return partitionColumn === undefined ? new Set([WHOLE]) : partitionsOf(connection, plan.partitionsOfStage());
}

/** Partitions that a query names. */
async function partitionsOf(connection: DuckDBConnection, sql: string): Promise<ReadonlySet<Partition>> {
  const reader = await connection.runAndReadAll(sql);
  return new Set(reader.getRowsJson().map(([partition]) => String(partition) as Partition));
}

interface Prepared {
  readonly table: Published["table"];
  /** How many rows of earlier runs went with a table that was not kept. */
  readonly dropped: number;
}

/**
 * Makes the target a table of the stage's shape. A view in its place, a table partitioned by another column, or one of which no
 * column would stay, gives way.
 */
async function prepareTarget(
  connection: DuckDBConnection,
  relations: ReadonlyMap<string, Relation>,
  request: PublishRequest,
): Promise<Prepared> {
  const { target, stage } = request;
  const existing = relations.get(relationKey(target));
  const layout = { partitionColumn: request.partitionColumn, clusterBy: request.clusterBy, primaryKey: request.key };
  const isSamePartitioning = existing?.partitionColumn?.toLowerCase() === layout.partitionColumn?.toLowerCase();
  const keep =
    existing?.kind === "table" &&
    isSamePartitioning &&
    existing.columns.some((column) => keptColumn(stage.columns, column) !== undefined);
  if (existing === undefined || !keep) {
    const isTable = existing?.kind === "table";
    const dropped = isTable ? await numberOf(connection, `SELECT count(*) FROM ${quotePath(target)}`) : 0;
    if (existing !== undefined) await connection.run(`DROP ${existing.kind} ${quotePath(target)}`);
    await createTable(connection, target, stage.columns, layout, relations);
    return { table: "made", dropped };
  }
  const isAsItWas = isSameShape(existing, stage.columns) && isSameLayout(existing, layout);
  if (!isSameShape(existing, stage.columns)) await reshape(connection, existing, stage.columns, layout);
  else if (!isAsItWas) await connection.run(layoutSql(target, layout));
  return { table: isAsItWas ? "as it was" : "changed", dropped: 0 };
}

/** Where several rows of the table have one key, which nothing keeps it from, a merge leaves them: then partitions are replaced. */
async function mergeByKey(
  connection: DuckDBConnection,
  plan: PublishSql,
  request: PublishRequest,
  live: number,
): Promise<Applied> {
  const vanished = await partitionsOfEach(connection, plan.deleteVanished());
  const updated = await rewriteRows(connection, plan, plan.changedRows());
  const refreshed = plan.hasHash ? await rewriteRows(connection, plan, plan.refreshedRows()) : NO_ROWS_REWRITTEN;
  const inserted = await changedRows(connection, plan.insertNew());
  const filled = inserted === 0 ? NONE : await filledPartitions(connection, plan, request);
  const rewritten = updated.rows + refreshed.rows;
  const touched = new Set([...vanished.touched, ...updated.touched, ...refreshed.touched, ...filled]);
  const left = live - vanished.rows + inserted;
  if (left !== request.stage.rows) {
    const { counts, touched: replaced } = await replacePartitions(connection, plan, request, left);
    const deleted = counts.deleted + vanished.rows;
    return { counts: { ...counts, deleted }, touched: replaced && new Set([...touched, ...replaced]) };
  }
  return {
    counts: {
      inserted,
      updated: updated.rows,
      refreshed: refreshed.rows,
      deleted: vanished.rows,
      unchanged: request.stage.rows - inserted - rewritten,
    },
    touched,
  };
}

interface ChangedRows {
  readonly rows: number;
  readonly touched: ReadonlySet<Partition>;
}

const NO_ROWS_REWRITTEN: ChangedRows = { rows: 0, touched: NONE };

/** Runs a statement that returns the partition of each row that it changes. */
async function partitionsOfEach(connection: DuckDBConnection, sql: string): Promise<ChangedRows> {
  const partitions = (await connection.runAndReadAll(sql)).getColumnsJson()[0] ?? [];
  return { rows: partitions.length, touched: new Set(partitions.map((partition) => String(partition) as Partition)) };
}

/** Rows are taken out and put back, because DuckDB's UPDATE leaves a value that equals the old one: 0.0 stays 0.0 under -0.0. */
async function rewriteRows(connection: DuckDBConnection, plan: PublishSql, rows: string): Promise<ChangedRows> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE rewritten_rows AS ${rows}`);
  const rewritten = await numberOf(connection, "SELECT count(*) FROM temp.main.rewritten_rows");
  const touched = rewritten === 0 ? NONE : await partitionsOf(connection, plan.partitionsOfRewritten());
  if (rewritten > 0) {
    await connection.run(plan.deleteRewritten());
    await connection.run(plan.insertRewritten());
  }
  await connection.run("DROP TABLE temp.main.rewritten_rows");
  return { rows: rewritten, touched };
}

/** Without a key rows have no identity: a partition whose multiset of rows differs is replaced whole. */
async function replacePartitions(
  connection: DuckDBConnection,
  plan: PublishSql,
  request: PublishRequest,
  live: number,
): Promise<Applied> {
  await connection.run(plan.differingPartitions());
  const touched = await partitionsOf(connection, "SELECT p FROM temp.main.differing_partitions");
  const isSame = touched.size === 0;
  const deleted = isSame ? 0 : await changedRows(connection, plan.deleteDiffering());
  const inserted = isSame ? 0 : await changedRows(connection, plan.insertDiffering());
  await connection.run("DROP TABLE temp.main.differing_partitions");
  const unchanged = isSame ? live : request.stage.rows - inserted;
  return { counts: { inserted, updated: 0, refreshed: 0, deleted, unchanged }, touched };
}

/**
 * Two rows of one key in one partition are a mistake of the model, unless they are history. A NULL in a key equals nothing: such rows may
 * be as many as they like.
 * @returns whether every row can be told from the others of its partition by its key
 */
async function refuseBadKeys(connection: DuckDBConnection, request: PublishRequest): Promise<boolean> {
  const key = request.key.map(quoteName);
  const partition = request.partitionColumn === undefined ? [] : [quoteName(request.partitionColumn)];
  const isNull = key.map((column) => `${column} IS NULL`).join(" OR ");
  const identity = [...new Set([...key, ...partition])].join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT ${key.join(", ")}, count(*) AS n, ${isNull} AS is_open FROM ${stagePath(request.stage)}` +
      ` GROUP BY ${identity} HAVING count(*) > 1 ORDER BY ${key.length + 2} LIMIT 1`,
  );
  const row = reader.getRowsJson()[0];
  if (row === undefined) return true;
  if (row.at(-1) === true || request.repeatsKeys) return false;
  const values = row.slice(0, -2);
  throw new EngineError(
    "data",
    `${relationKey(request.target)} produced ${row.at(-2)} rows with one unique key (${request.key.join(", ")}) = (${values.join(", ")})`,
  );
}

/**
 * The statements of one publish, over `t$` (target) and `s$` (stage): within a subquery a name of the outer query could be that of a STRUCT
 * column of the inner one, and no column of GoogleSQL has a `$` in its name.
 */
class PublishSql {
  readonly #request: PublishRequest;
  readonly #target: string;
  readonly #stage: string;
  readonly #rowHash: string | undefined;

  constructor(request: PublishRequest) {
    this.#request = request;
    this.#target = quotePath(request.target);
    this.#stage = stagePath(request.stage);
    this.#rowHash = request.stage.columns.find(({ name }) => isSameName(name, request.rowHash))?.name;
  }

  /** Rows of equal meaning can be refreshed. */
  get hasHash(): boolean {
    return this.#rowHash !== undefined;
  }

  countLive(): string {
    return `SELECT count(*) FROM ${this.#target} t$ WHERE ${this.#inPartitions("t$")}`;
  }

  /** Rows of the partitions that are of none of the slices. */
  countOthers(): string {
    return `SELECT count(*) FROM ${this.#target} t$ WHERE ${this.#ofDates("t$")} AND NOT ${this.#ofSlices("t$")}`;
  }

  insertAll(): string {
    return `INSERT INTO ${this.#target} (${this.#names().join(", ")}) SELECT ${this.#names("s$").join(", ")} FROM ${this.#stage} s$`;
  }

  deleteVanished(): string {
    return `DELETE FROM ${this.#target} t$ WHERE ${this.#inPartitions("t$")} AND NOT EXISTS (SELECT 1 FROM ${this.#stage} s$ WHERE ${this.#sameKey()}) RETURNING ${this.#partition("t$")}`;
  }

  partitionsOfStage(): string {
    return `SELECT DISTINCT ${this.#partition("s$")} FROM ${this.#stage} s$`;
  }

  partitionsOfRewritten(): string {
    return `SELECT DISTINCT ${this.#partition("s$")} FROM temp.main.rewritten_rows s$`;
  }

  insertNew(): string {
    return `${this.insertAll()} WHERE NOT EXISTS (SELECT 1 FROM ${this.#target} t$ WHERE ${this.#inPartitions("t$")} AND ${this.#sameKey()})`;
  }

  /** Rows whose meaning changed, as they will be: every column is the stage's, but `created` is kept and `revision` counted. */
  changedRows(): string {
    const { created, revision } = this.#request.rowColumns;
    const hash = this.#rowHash === undefined ? undefined : quoteName(this.#rowHash);
    const differs = hash === undefined ? this.#differs() : `t$.${hash} IS DISTINCT FROM s$.${hash}`;
    return this.#rewritten(differs, (name) => {
      if (isSameName(name, created)) return `t$.${quoteName(name)}`;
      return isSameName(name, revision) ? `coalesce(t$.${quoteName(name)}, 0) + 1` : `s$.${quoteName(name)}`;
    });
  }

  /** Rows that mean the same but whose provenance moved, as they will be: what the runner maintains stays. */
  refreshedRows(): string {
    const own = ownColumns(this.#request.rowColumns);
    return this.#rewritten(
      this.#differs(),
      (name) => `${own.has(name.toLowerCase()) ? "t$" : "s$"}.${quoteName(name)}`,
    );
  }

  deleteRewritten(): string {
    return `DELETE FROM ${this.#target} t$ WHERE ${this.#inPartitions("t$")} AND EXISTS (SELECT 1 FROM temp.main.rewritten_rows s$ WHERE ${this.#sameKey()})`;
  }

  insertRewritten(): string {
    const names = this.#names().join(", ");
    return `INSERT INTO ${this.#target} (${names}) SELECT ${names} FROM temp.main.rewritten_rows`;
  }

  differingPartitions(): string {
    const digest = (source: string, where: string) =>
      `SELECT p, count(*) AS n, bit_xor(h) AS x, sum(CAST(h AS HUGEINT)) AS s FROM (SELECT ${this.#partition("r$")} AS p, ${hashOfRow(this.#compared("r$"))} AS h FROM ${source} r$ WHERE ${where}) GROUP BY p`;
    return (
      `CREATE OR REPLACE TEMP TABLE differing_partitions AS SELECT coalesce(a.p, b.p) AS p` +
      ` FROM (${digest(this.#target, this.#inPartitions("r$"))}) a FULL JOIN (${digest(this.#stage, "TRUE")}) b ON a.p = b.p` +
      ` WHERE a.n IS DISTINCT FROM b.n OR a.x IS DISTINCT FROM b.x OR a.s IS DISTINCT FROM b.s`
    );
  }

  deleteDiffering(): string {
    return `DELETE FROM ${this.#target} t$ WHERE ${this.#inPartitions("t$")} AND ${this.#partition("t$")} IN (SELECT p FROM temp.main.differing_partitions)`;
  }

  insertDiffering(): string {
    return `${this.insertAll()} WHERE ${this.#partition("s$")} IN (SELECT p FROM temp.main.differing_partitions)`;
  }

  #rewritten(differs: string, value: (column: string) => string): string {
    const columns = this.#request.stage.columns.map(({ name }) => `${value(name)} AS ${quoteName(name)}`);
    return `SELECT ${columns.join(", ")} FROM ${this.#target} t$ JOIN ${this.#stage} s$ ON ${this.#sameKey()} WHERE ${this.#inPartitions("t$")} AND (${differs})`;
  }

  #differs(): string {
    const ours = this.#compared("s$");
    return this.#compared("t$")
      .map((value, index) => `${value} IS DISTINCT FROM ${ours[index]}`)
      .join(" OR ");
  }

  /** What can make a row different: not the columns that the runner maintains. */
  #compared(alias: string): readonly string[] {
    const own = ownColumns(this.#request.rowColumns);
    return this.#request.stage.columns
      .filter((column) => !own.has(column.name.toLowerCase()))
      .flatMap(({ name, type }) => exactValues(`${alias}.${quoteName(name)}`, type));
  }

  #names(alias?: string): readonly string[] {
    return this.#request.stage.columns.map(
      (column) => `${alias === undefined ? "" : `${alias}.`}${quoteName(column.name)}`,
    );
  }

  #sameKey(): string {
    const { key, partitionColumn } = this.#request;
    const identity = new Set([...key, ...(partitionColumn === undefined ? [] : [partitionColumn])].map(quoteName));
    return [...identity].map((column) => `t$.${column} IS NOT DISTINCT FROM s$.${column}`).join(" AND ");
  }

  #partition(alias: string): string {
    const { partitionColumn } = this.#request;
    if (partitionColumn === undefined) return quoteText(WHOLE);
    return `coalesce(CAST(${alias}.${quoteName(partitionColumn)} AS VARCHAR), '${NULL_PARTITION}')`;
  }

  /** Whether a row is one of those that the stage replaces. */
  #inPartitions(alias: string): string {
    return `${this.#ofDates(alias)} AND ${this.#ofSlices(alias)}`;
  }

  #ofDates(alias: string): string {
    const { partitions, partitionColumn } = this.#request;
    if (partitions === undefined || partitionColumn === undefined) return "TRUE";
    return partitionTest(`${alias}.${quoteName(partitionColumn)}`, partitions);
  }

  #ofSlices(alias: string): string {
    const { only } = this.#request;
    return only === undefined ? "TRUE" : `(${sliceTest(`${alias}.${quoteName(only.column)}`, only.slices)})`;
  }
}
