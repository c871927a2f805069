import { amongSql, rowText } from "../../googlesql/digest-sql.js";
import { everyPartition, partitioningOf } from "../../googlesql/partitioning.js";
import { quoteIdentifier } from "../../googlesql/quote.js";
import { EngineError } from "../../port/engine-error.js";
import { NULL_PARTITION, WHOLE } from "../../port/identity.js";
import { partitionTest } from "../../port/partition-set.js";
import { type PublishRequest, type Relation, relationKey, rowColumnNames } from "../../port/port.js";
import type { RelationSettings } from "../../port/relation-settings.js";
import { isSameName } from "../../port/sql-types.js";
import { isSameShape, keptColumn } from "../columns.js";
import type { Described } from "./catalog.js";
import { NEW, NOTHING_CHANGED, OLD, type PendingWrite, type PlannedWrite, type WriteHost } from "./pending.js";
import type { Table } from "./protocol.js";
import { kindSql, layoutSql, optionsSql, reshapedRows, wholeTable } from "./shape.js";

/**
 * Works out how the target's partitions become equal to the stage, touching only rows that differ (docs/decisions.md).
 * @throws EngineError `data` for two rows of one key
 */
export async function planPublish(
  host: WriteHost,
  described: Described | undefined,
  request: PublishRequest,
): Promise<PlannedWrite> {
  const existing = described?.relation;
  const isKeyed = request.key.length > 0 && (await refuseBadKeys(host, request));
  const fate = fateOf(described, request);
  const sql = new PublishSql(host, existing, request, fate);
  if (fate === "made") return makeTable(host, existing, request, sql);
  return isKeyed ? mergeByKey(host, request, sql) : replacePartitions(host, request, sql);
}

/** `made`: anew, of the stage's rows alone; `reshaped`: its rows stay, in other columns; `kept`: as it is. */
type Fate = "made" | "reshaped" | "kept";

function fateOf(described: Described | undefined, request: PublishRequest): Fate {
  const { stage, partitionColumn, settings } = request;
  const existing = described?.relation;
  if (existing?.kind !== "table") return "made";
  if (!isPartitionedBy(described?.table, settings)) return "made";
  if (existing.partitionColumn?.toLowerCase() !== partitionColumn?.toLowerCase()) return "made";
  if (!existing.columns.some((column) => keptColumn(stage.columns, column) !== undefined)) return "made";
  // By what a table is clustered is set on it as it stands, like its labels.
  return isSameShape(existing, stage.columns) ? "kept" : "reshaped";
}

/** Whether a table is partitioned as a project says; undefined: it says nothing. */
function isPartitionedBy(table: Table | undefined, settings: RelationSettings | undefined): boolean {
  if (table === undefined || settings === undefined) return true;
  const { timePartitioning: time, rangePartitioning: range } = table;
  if (settings.partitionBy === undefined) return time === undefined && range === undefined;
  const wanted = partitioningOf(settings.partitionBy);
  if (wanted === undefined) return true;
  const text = (...parts: readonly unknown[]) => parts.join(" ").toLowerCase();
  if (wanted.timePartitioning !== undefined) {
    const { type, field = "" } = wanted.timePartitioning;
    return time !== undefined && text(type, field) === text(time.type, time.field ?? "");
  }
  const { field, range: of } = wanted.rangePartitioning ?? { field: "", range: undefined };
  return (
    range !== undefined &&
    text(field, of?.start, of?.end, of?.interval) ===
      text(range.field, range.range?.start, range.range?.end, range.range?.interval)
  );
}

/** Of a table as it will be. */
function filterColumnOf(
  existing: Relation | undefined,
  { settings, partitionColumn }: PublishRequest,
): Pick<Relation, "filterColumn"> {
  if (existing !== undefined) return existing.filterColumn === undefined ? {} : { filterColumn: existing.filterColumn };
  if (settings?.partitionBy === undefined || !settings.requiresPartitionFilter) return {};
  const { timePartitioning, rangePartitioning } = partitioningOf(settings.partitionBy) ?? {};
  const filterColumn = partitionColumn ?? timePartitioning?.field ?? rangePartitioning?.field;
  return filterColumn === undefined ? {} : { filterColumn };
}

async function makeTable(
  host: WriteHost,
  existing: Relation | undefined,
  request: PublishRequest,
  sql: PublishSql,
): Promise<PlannedWrite> {
  const isTable = existing?.kind === "table";
  const deleted = isTable
    ? await numberOf(host, `SELECT COUNT(*) FROM ${wholeTable(existing, host.path(request.target))}`)
    : 0;
  return {
    counts: { ...NOTHING_CHANGED, inserted: request.stage.rows, deleted },
    pending: sql.pending(sql.stageRows(), sql.made(sql.stageRows()), []),
  };
}

/** Where several rows of the table have one key, which nothing keeps it from, a merge leaves them: then partitions are replaced. */
async function mergeByKey(host: WriteHost, request: PublishRequest, sql: PublishSql): Promise<PlannedWrite> {
  const [row = []] = (await host.query(sql.countByKey())).rows;
  const [inserted = 0, deleted = 0, updated = 0, refreshed = 0, pairs = 0] = row.map(Number);
  if (pairs - deleted !== request.stage.rows) return replacePartitions(host, request, sql);
  const counts = {
    inserted,
    updated,
    refreshed,
    deleted,
    unchanged: request.stage.rows - inserted - updated - refreshed,
  };
  const isSame = inserted + deleted + updated + refreshed === 0;
  return { counts, pending: sql.pendingChange(isSame ? [] : [sql.merge()], sql.mergedRows()) };
}

/** Without a key rows have no identity: a partition whose multiset of rows differs is replaced whole. */
async function replacePartitions(host: WriteHost, request: PublishRequest, sql: PublishSql): Promise<PlannedWrite> {
  const { rows } = await host.query(sql.differingPartitions());
  const partitions = rows.map(([partition]) => String(partition));
  const sum = (index: number) => rows.reduce((total, row) => total + Number(row[index] ?? 0), 0);
  const [deleted, inserted] = [sum(1), sum(2)];
  const counts = { ...NOTHING_CHANGED, inserted, deleted, unchanged: request.stage.rows - inserted };
  if (partitions.length === 0) return { counts, pending: sql.pendingChange([]) };
  return {
    counts,
    pending: sql.pendingChange(sql.replace(partitions, { deletes: deleted > 0, inserts: inserted > 0 })),
  };
}

/**
 * Two rows of one key in one partition are a mistake of the model, unless they are history. A NULL in a key equals nothing: such rows may
 * be as many as they like.
 * @returns whether every row can be told from the others of its partition by its key
 */
async function refuseBadKeys(host: WriteHost, request: PublishRequest): Promise<boolean> {
  const key = request.key.map(quoteIdentifier);
  const partition = request.partitionColumn === undefined ? [] : [quoteIdentifier(request.partitionColumn)];
  const isNull = key.map((column) => `${column} IS NULL`).join(" OR ");
  const identity = [...new Set([...key, ...partition])].join(", ");
  const { rows } = await host.query(
    `SELECT ${key.map((column) => `CAST(${column} AS STRING)`).join(", ")}, COUNT(*), ${isNull} AS is_open` +
      ` FROM ${host.stagePath(request.stage.name)} GROUP BY ${identity} HAVING COUNT(*) > 1 ORDER BY is_open LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) return true;
  if (row.at(-1) === true || request.repeatsKeys) return false;
  const values = row.slice(0, -2).map((value) => value ?? "NULL");
  throw new EngineError(
    "data",
    `${relationKey(request.target)} produced ${row.at(-2)} rows with one unique key (${request.key.join(", ")}) = (${values.join(", ")})`,
  );
}

async function numberOf(host: WriteHost, sql: string): Promise<number> {
  return Number((await host.query(sql)).rows[0]?.[0] ?? 0);
}

/** The statements of one publish. */
class PublishSql {
  readonly #target: string;
  readonly #pathOf: WriteHost["path"];
  readonly #stage: string;
  /** The rows that the target has, in the columns that it will have. */
  readonly #live: string;
  readonly #rowHash: string | undefined;
  readonly #names: readonly string[];

  constructor(
    host: WriteHost,
    readonly existing: Relation | undefined,
    readonly request: PublishRequest,
    readonly fate: Fate,
  ) {
    const { stage, target } = request;
    this.#target = host.path(target);
    this.#pathOf = (id) => host.path(id);
    this.#stage = host.stagePath(stage.name);
    this.#live =
      fate === "reshaped"
        ? `(${reshapedRows(existing as Relation, stage.columns, this.#target)})`
        : wholeTable(existing, this.#target);
    this.#rowHash = stage.columns.find(({ name }) => isSameName(name, request.rowHash))?.name;
    this.#names = stage.columns.map(({ name }) => quoteIdentifier(name));
  }

  stageRows(): string {
    return `SELECT ${this.#names.join(", ")} FROM ${this.#stage}`;
  }

  /**
   * Statements that make the table of rows. The service replaces no view by a table, and no table by one of other partitions or clusters:
   * then it is made under another name first, so that the table stays where it cannot be made.
   */
  made(rows: string): readonly string[] {
    const { existing, fate } = this;
    const { target, clusterBy } = this.request;
    if (existing === undefined) return [`CREATE OR REPLACE TABLE ${this.#create(this.#target, clusterBy, rows)}`];
    const kept = existing.columns.filter((column) => keptColumn(this.request.stage.columns, column) !== undefined);
    const keepsClusters = existing.clusterBy.every((name) => kept.some((column) => isSameName(column.name, name)));
    if (fate === "reshaped" && keepsClusters)
      return [`CREATE OR REPLACE TABLE ${this.#create(this.#target, existing.clusterBy, rows)}`];
    const beside = this.#pathOf({ ...target, name: `fastbreak_remade_${target.name}` });
    return [
      `DROP TABLE IF EXISTS ${beside};\nCREATE TABLE ${this.#create(beside, clusterBy, rows)}`,
      `DROP ${kindSql(existing)} IF EXISTS ${this.#target};\nALTER TABLE ${beside} RENAME TO ${quoteIdentifier(target.name)}`,
    ];
  }

  #create(path: string, clusterBy: readonly string[], rows: string): string {
    const { partitionColumn, settings } = this.request;
    const layout = layoutSql(partitionColumn, clusterBy, settings?.partitionBy);
    return `${path}${layout}${optionsSql(settings)} AS\n${rows}`;
  }

  pending(
    preview: string,
    definitions: readonly string[],
    changes: readonly string[],
    merged: string | undefined = undefined,
  ): PendingWrite {
    const { target, stage, partitionColumn, clusterBy, partitions } = this.request;
    const relation: Relation = {
      id: target,
      kind: "table",
      definition: undefined,
      columns: stage.columns,
      foreignColumns: [],
      partitionColumn,
      ...filterColumnOf(this.fate === "kept" ? this.existing : undefined, this.request),
      clusterBy,
      primaryKey: [],
    };
    const rows = { stage: this.#stage, merged: merged === undefined ? undefined : `(${merged})`, own: this.#own() };
    const replaced = this.fate === "kept" ? { ...rows, partitions } : undefined;
    return { target, relation, preview, definitions, changes, replaced };
  }

  /**
   * Undefined where nothing differs.
   * @param merged the rows as they will be, where those of the stage do not have their times yet
   */
  pendingChange(changes: readonly string[], merged?: string): PendingWrite | undefined {
    const definitions = this.fate === "reshaped" ? this.made(`SELECT * FROM ${this.#live}`) : this.#newOptions();
    if (changes.length === 0 && definitions.length === 0) return undefined;
    const { partitions, partitionColumn } = this.request;
    const isAll = partitions === undefined || partitionColumn === undefined;
    const names = this.#names.map((name) => `${OLD}.${name}`).join(", ");
    const rest = `SELECT ${names} FROM ${this.#live} AS ${OLD} WHERE NOT COALESCE(${this.#inPartitions(OLD)}, FALSE)`;
    const rows = merged ?? this.stageRows();
    return this.pending(isAll ? rows : `${rows} UNION ALL ${rest}`, definitions, changes, merged);
  }

  /** Nobody can tell what options of any name stand for: they are set again whenever they may be others. */
  #newOptions(): readonly string[] {
    const { settings, isNewCode } = this.request;
    const options = optionsSql(
      settings && { ...settings, partitionExpirationDays: undefined, requiresPartitionFilter: false },
    );
    return isNewCode === true && options !== "" ? [`ALTER TABLE ${this.#target} SET${options}`] : [];
  }

  /** How many rows come, go, change their meaning, and only look different; and of how many rows on either side there is a pair or one. */
  countByKey(): string {
    const side = (source: string, alias: string, where: string) =>
      `(SELECT ${this.#identity(alias)} AS k, ${this.#meaning(alias)} AS m, ${this.#compared(alias)} AS v FROM ${source} AS ${alias} WHERE ${where})`;
    return (
      `SELECT COUNTIF(fastbreak_old.k IS NULL), COUNTIF(fastbreak_new.k IS NULL), COUNTIF(fastbreak_old.m != fastbreak_new.m), COUNTIF(fastbreak_old.m = fastbreak_new.m AND fastbreak_old.v != fastbreak_new.v), COUNT(*)` +
      ` FROM ${side(this.#live, OLD, this.#inPartitions(OLD))} AS fastbreak_old FULL JOIN ${side(this.#stage, NEW, "TRUE")} AS fastbreak_new ON fastbreak_old.k = fastbreak_new.k`
    );
  }

  /** The stage's rows with the times and revisions that the merge gives them; undefined: it has no such columns. */
  mergedRows(): string | undefined {
    const { created, revision } = this.request.rowColumns;
    const own = this.#own();
    if (!this.request.stage.columns.some(({ name }) => own.has(name.toLowerCase()))) return undefined;
    const isNew = "fastbreak_was.k IS NULL";
    const differs = `fastbreak_was.m != ${this.#meaning(NEW)}`;
    const columns = this.request.stage.columns.map(({ name }, index) => {
      const column = quoteIdentifier(name);
      const [now, was] = [`${NEW}.${column}`, `fastbreak_was.c${index}`];
      if (!own.has(name.toLowerCase())) return `${now} AS ${column}`;
      if (isSameName(name, created)) return `IF(${isNew}, ${now}, ${was}) AS ${column}`;
      const changed = isSameName(name, revision) ? `COALESCE(${was}, 0) + 1` : now;
      return `CASE WHEN ${isNew} THEN ${now} WHEN ${differs} THEN ${changed} ELSE ${was} END AS ${column}`;
    });
    const kept = this.request.stage.columns.flatMap(({ name }, index) =>
      own.has(name.toLowerCase()) ? [`${OLD}.${quoteIdentifier(name)} AS c${index}`] : [],
    );
    const was = `SELECT ${[`${this.#identity(OLD)} AS k`, `${this.#meaning(OLD)} AS m`, ...kept].join(", ")} FROM ${this.#live} AS ${OLD} WHERE ${this.#inPartitions(OLD)}`;
    return `SELECT ${columns.join(", ")} FROM ${this.#stage} AS ${NEW} LEFT JOIN (${was}) AS fastbreak_was ON fastbreak_was.k = ${this.#identity(NEW)}`;
  }

  merge(): string {
    const { created, revision } = this.request.rowColumns;
    const set = (value: (name: string) => string | undefined) =>
      this.request.stage.columns
        .flatMap(({ name }) => {
          const text = value(name);
          return text === undefined ? [] : [`${quoteIdentifier(name)} = ${text}`];
        })
        .join(", ");
    const own = this.#own();
    const changed = set((name) => {
      if (isSameName(name, created)) return undefined;
      const column = quoteIdentifier(name);
      return isSameName(name, revision) ? `COALESCE(fastbreak_old.${column}, 0) + 1` : `fastbreak_new.${column}`;
    });
    const refreshed = set((name) =>
      own.has(name.toLowerCase()) ? undefined : `fastbreak_new.${quoteIdentifier(name)}`,
    );
    const inPartitions = this.#inPartitions(OLD);
    const names = this.#names.join(", ");
    return (
      `MERGE ${this.#target} AS fastbreak_old USING ${this.#stage} AS fastbreak_new ON ${inPartitions} AND ${this.#identity(OLD)} = ${this.#identity(NEW)}\n` +
      `WHEN MATCHED AND ${this.#meaning(OLD)} != ${this.#meaning(NEW)} THEN UPDATE SET ${changed}\n` +
      (this.#rowHash === undefined
        ? ""
        : `WHEN MATCHED AND ${this.#compared(OLD)} != ${this.#compared(NEW)} THEN UPDATE SET ${refreshed}\n`) +
      `WHEN NOT MATCHED BY TARGET THEN INSERT (${names}) VALUES (${names})\n` +
      `WHEN NOT MATCHED BY SOURCE AND ${inPartitions} THEN DELETE`
    );
  }

  /** Partitions whose rows differ, with the rows that they have and will have. */
  differingPartitions(): string {
    const digest = (source: string, alias: string, where: string) =>
      `(SELECT p, COUNT(*) AS n, BIT_XOR(h) AS x, SUM(CAST(h AS NUMERIC)) AS s FROM (SELECT ${this.#partition(alias)} AS p,` +
      ` FARM_FINGERPRINT(${this.#compared(alias)}) AS h FROM ${source} AS ${alias} WHERE ${where}) GROUP BY p)`;
    return (
      `SELECT COALESCE(fastbreak_old.p, fastbreak_new.p), COALESCE(fastbreak_old.n, 0), COALESCE(fastbreak_new.n, 0) FROM ${digest(this.#live, OLD, this.#inPartitions(OLD))} AS fastbreak_old` +
      ` FULL JOIN ${digest(this.#stage, NEW, "TRUE")} AS fastbreak_new ON fastbreak_old.p = fastbreak_new.p` +
      ` WHERE fastbreak_old.p IS NULL OR fastbreak_new.p IS NULL OR fastbreak_old.n != fastbreak_new.n OR fastbreak_old.x != fastbreak_new.x OR fastbreak_old.s != fastbreak_new.s`
    );
  }

  replace(
    partitions: readonly string[],
    { deletes, inserts }: { readonly deletes: boolean; readonly inserts: boolean },
  ) {
    const names = this.#names.join(", ");
    return [
      ...(deletes ? [`DELETE FROM ${this.#target} AS ${OLD} WHERE ${this.#among(partitions, OLD)}`] : []),
      ...(inserts
        ? [`INSERT INTO ${this.#target} (${names}) ${this.stageRows()} AS ${NEW} WHERE ${this.#among(partitions, NEW)}`]
        : []),
    ];
  }

  #among(partitions: readonly string[], alias: string): string {
    const { partitionColumn } = this.request;
    if (partitionColumn === undefined) return alias === OLD ? everyPartition(this.existing, OLD) : "TRUE";
    return amongSql(`${alias}.${quoteIdentifier(partitionColumn)}`, partitions);
  }

  /** Equal for rows of one key in one partition, NULL being equal to NULL. */
  #identity(alias: string): string {
    const { key, partitionColumn } = this.request;
    return rowText(
      this.#shape(),
      [...new Set([...key, ...(partitionColumn === undefined ? [] : [partitionColumn])])],
      alias,
    );
  }

  #meaning(alias: string): string {
    return this.#rowHash === undefined ? this.#compared(alias) : rowText(this.#shape(), [this.#rowHash], alias);
  }

  /** What can make a row different: not the columns that the runner maintains. */
  #compared(alias: string): string {
    const own = this.#own();
    const names = this.request.stage.columns.map(({ name }) => name).filter((name) => !own.has(name.toLowerCase()));
    return names.length === 0 ? "''" : rowText(this.#shape(), names, alias);
  }

  #shape() {
    return { columns: this.request.stage.columns };
  }

  #own(): ReadonlySet<string> {
    return new Set(rowColumnNames(this.request.rowColumns).map((name) => name.toLowerCase()));
  }

  #partition(alias: string): string {
    const { partitionColumn } = this.request;
    if (partitionColumn === undefined) return `'${WHOLE}'`;
    return `COALESCE(CAST(${alias}.${quoteIdentifier(partitionColumn)} AS STRING), '${NULL_PARTITION}')`;
  }

  #inPartitions(alias: string): string {
    const { partitions, partitionColumn } = this.request;
    if (partitions === undefined || partitionColumn === undefined) return everyPartition(this.existing, alias);
    return partitionTest(`${alias}.${quoteIdentifier(partitionColumn)}`, partitions);
  }
}
