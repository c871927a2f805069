import { randomUUID } from "node:crypto";
import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import { DEFINITIONS } from "../../../dialect/definitions.js";
import type { TranslatedStatement } from "../../../dialect/index.js";
import type { ScriptAccess, ScriptHost } from "../../../dialect/script/host.js";
import { openRows, withUser } from "../../../dialect/script/row-access.js";
import { parseQueryText } from "../../../dialect/script.js";
import type { Catalog, CatalogTable } from "../../../googlesql/catalog.js";
import type { ScriptStatement } from "../../../googlesql/script-ast.js";
import { lacksDataset } from "../../../googlesql/system-tables.js";
import type { QueryResult, RelationId, SqlValue } from "../../../port/port.js";
import type {
  ChangedRows,
  ExternalDefinition,
  JobRequest,
  JobStatement,
  SystemProcedures,
  SystemTables,
} from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import type { Turns } from "../../../port/turns.js";
import { NO_LAYOUT } from "../catalog.js";
import { OwnTransactions } from "../recovery.js";
import type { RelationSource } from "../relation-source.js";
import { DuckDbScriptHost } from "../script-host.js";
import type { ScriptPlace } from "../script-place.js";
import { type ChangeMarks, markSql } from "./change-marks.js";
import { aborted, hasLost, queued } from "./conflicts.js";
import { changeOf, writeDestination } from "./destination.js";
import { inDataset, jobError } from "./job-errors.js";
import type { MovedClock } from "./moved-clock.js";
import { parquetSql } from "./parquet.js";
import { ResultRows } from "./result-rows.js";
import { operationOf, renamedTo, statementKind, targetOf } from "./statement-kinds.js";
import type { TableChange, TableHistory } from "./table-history.js";

/** A statement that has begun. */
interface Begun {
  readonly statement: ScriptStatement;
  readonly text: string;
  readonly target: RelationId | undefined;
  readonly startedAt: number;
}

/** What a statement has changed. */
interface Changed {
  readonly total: number;
  readonly rows?: ChangedRows;
}

/** What all jobs of a database share. */
export interface SharedState {
  readonly locks: Turns;
  readonly relations: RelationSource;
  readonly place: ScriptPlace;
  /** What tables were; undefined: nobody keeps it. */
  readonly history: TableHistory | undefined;
  readonly marks: ChangeMarks;
  readonly clock: MovedClock;
}

/** Carries the script of a job out, and tells what each statement did. */
export class JobHost extends DuckDbScriptHost {
  readonly #connection: DuckDBConnection;
  readonly #recovery: OwnTransactions;
  readonly #locks: Turns;
  #request: JobRequest;
  #told: (statement: JobStatement) => void = () => undefined;
  #begun: Begun | undefined;
  readonly #reads = new Map<string, RelationId>();
  #inTransaction = false;
  /** Of the transaction that is open, or that was the last one. */
  #transactionId = "";
  /** What the open transaction has changed. */
  readonly #changed = new Map<string, TableChange>();
  readonly #history: TableHistory | undefined;
  readonly #marks: ChangeMarks;
  /** The dataset of names that have none. */
  #dataset: string | undefined;
  #labels: Readonly<Record<string, string>> | undefined;
  #inScript = false;

  private constructor(
    connection: DuckDBConnection,
    recovery: OwnTransactions,
    { locks, relations, place, history, marks }: SharedState,
    request: JobRequest,
  ) {
    super(connection, recovery, relations, place);
    this.#connection = connection;
    this.#recovery = recovery;
    this.#locks = locks;
    this.#history = history;
    this.#marks = marks;
    this.#request = request;
    this.#dataset = request.defaultDataset;
  }

  static on(connection: DuckDBConnection, shared: SharedState, request: JobRequest): JobHost {
    return new JobHost(connection, new OwnTransactions(connection), shared, request);
  }

  /**
   * The next job of the same session.
   * @param inScript its statements are jobs of their own
   */
  serve(request: JobRequest, told: (statement: JobStatement) => void, inScript = false): void {
    this.#inScript = inScript;
    this.#request = request;
    this.#told = told;
    this.#begun = undefined;
  }

  override async systemVariable(name: string): Promise<string | undefined> {
    return (await this.#request.systemVariable?.(name, this.#inScript)) ?? super.systemVariable(name);
  }

  /** The dataset of names that have none; undefined: there is none. */
  get dataset(): string | undefined {
    return this.#dataset;
  }

  usesDataset(dataset: string | undefined): void {
    this.#dataset = dataset;
  }

  usesLabel(labels: Readonly<Record<string, string>>): void {
    this.#labels = Object.keys(labels).length === 0 ? undefined : labels;
  }

  /** Told of a statement before it runs. */
  begins(statement: ScriptStatement, sql: string): void {
    this.#request.signal.throwIfAborted();
    this.finish();
    this.#reads.clear();
    this.wanted.clear();
    const text = sql.slice(statement.start, statement.end);
    this.#begun = { statement, text, target: targetOf(statement, this.#dataset), startedAt: Date.now() };
    // What a procedure does is told by its statements.
    if (statement.kind === "call") this.#ended({});
  }

  /** The last statement is through; one that wrote nothing has not said so. */
  finish(): void {
    this.#ended({ operation: this.#begun === undefined ? undefined : operationOf(this.#begun.statement, true) });
  }

  /** The statement that has begun did not get through. */
  fail(failure: unknown): void {
    this.#ended({ failure });
  }

  override async recover(handled: Error): Promise<void> {
    this.fail(inDataset(jobError(handled, this.#request.signal, true), this.#dataset));
    await super.recover();
  }

  override async catalog(): Promise<Catalog> {
    const catalog = await super.catalog();
    const { isCollated } = this.#request;
    return {
      ...catalog,
      ...(isCollated === undefined ? {} : { isCollated }),
      find: (path) => {
        const version = this.#history?.find(path);
        if (version !== undefined) return version;
        const known = catalog.find(path);
        if (known === undefined) return undefined;
        const [dataset, name] = known.path;
        if (known.temporary === true) return known;
        this.#reads.set(`${dataset}.${name}`, { dataset, name });
        return this.#open(known, catalog);
      },
    };
  }

  /** A table with what the caller reads of it. */
  #open(table: CatalogTable, catalog: Catalog): CatalogTable {
    const { access, externals } = this.#request;
    const [dataset, name] = table.path;
    const external = this.#isTarget(dataset, name) ? undefined : externals?.find({ dataset, name });
    if (external !== undefined) return this.wanted.add(external);
    const condition = access?.condition({ dataset, name });
    if (access !== undefined && condition !== undefined)
      return { ...table, standIn: { query: openRows(table.path, condition, access.user), catalog } };
    const view = { dataset, name };
    const text = table.isView === true ? (access?.viewQuery(view) ?? externals?.viewQuery(view)) : undefined;
    if (text === undefined) return table;
    const within: Catalog = {
      ...catalog,
      find: (path) => {
        const known = catalog.find(path);
        return known === undefined || known.temporary === true ? known : this.#open(known, catalog);
      },
    };
    return { ...table, standIn: { query: withUser(parseQueryText(text), access?.user), catalog: within } };
  }

  get procedures(): SystemProcedures | undefined {
    return this.#request.procedures;
  }

  get access(): ScriptAccess | undefined {
    const { access } = this.#request;
    if (access === undefined) return undefined;
    return {
      user: access.user,
      changePolicies: async (change) => this.#ended({ operation: await access.change(change) }),
    };
  }

  protected override async systemTables(): Promise<SystemTables> {
    const { systemTables } = this.#request;
    const dataset = this.#dataset;
    if (dataset === undefined) return systemTables;
    return (path) =>
      lacksDataset(path) ? systemTables([dataset, ...path]) : (systemTables(path) ?? systemTables([dataset, ...path]));
  }

  /** Whoever gives the tables reads what is committed. */
  protected override get reader(): undefined {
    return undefined;
  }

  /** What a statement makes, changes or drops is the table itself; a view is made of the tables as the warehouse has them. */
  #isTarget(dataset: string, name: string): boolean {
    const { statement, target } = this.#begun ?? {};
    if (statement?.kind === "createView") return true;
    return statement?.kind !== "query" && target?.dataset === dataset && target.name === name;
  }

  async createExternal(path: readonly string[], definition: Omit<ExternalDefinition, "table">): Promise<void> {
    const { externals, signal } = this.#request;
    signal.throwIfAborted();
    if (externals === undefined) throw new Error("CREATE EXTERNAL is not supported by the embedded engine");
    const [name = "", dataset = ""] = [...path].reverse();
    const operation = await externals.create({ ...definition, table: { dataset, name } });
    this.forgetCatalog();
    this.#ended({ operation });
  }

  get loadFiles(): ScriptHost["loadFiles"] {
    const { loader, signal, once } = this.#request;
    if (loader === undefined) return undefined;
    return async (path, definition) => {
      signal.throwIfAborted();
      const [name = "", dataset = ""] = [...path].reverse();
      const loaded = await loader({ ...definition, table: { dataset, name } }, once);
      this.forgetCatalog();
      this.#ended({ loaded });
      return loaded.rows;
    };
  }

  /** What the statement reads, for the answer of a dry run. */
  planned(does: TranslatedStatement, columns: readonly Column[] | undefined): Omit<JobStatement, "rows"> {
    const { statement, text, target, startedAt } = this.#begun as Begun;
    return {
      kind: statementKind(statement, text),
      text,
      target,
      operation: undefined,
      reads: this.#readRelations(does.kind === "query" ? undefined : target),
      changed: undefined,
      columns,
      startedAt,
      endedAt: Date.now(),
    };
  }

  #readRelations(target: RelationId | undefined): RelationId[] {
    return [...this.#reads.values()].filter(({ dataset, name }) => dataset !== target?.dataset || name !== target.name);
  }

  #ended(done: Partial<Pick<JobStatement, "changed" | "rows" | "operation" | "loaded" | "failure">>): void {
    const begun = this.#begun;
    if (begun === undefined) return;
    this.#begun = undefined;
    const { statement, text, target, startedAt } = begun;
    this.#told({
      kind: statementKind(statement, text),
      text,
      target,
      operation: done.operation,
      reads: this.#readRelations(statement.kind === "query" ? undefined : target),
      changed: done.changed,
      rows: done.rows,
      columns: undefined,
      labels: this.#labels,
      ...(done.loaded === undefined ? {} : { loaded: done.loaded }),
      ...(done.failure === undefined ? {} : { failure: done.failure }),
      transactionId: this.#inTransaction || statement.kind === "transaction" ? this.#transactionId : undefined,
      startedAt,
      endedAt: Date.now(),
    });
  }

  override async query(sql: string, columns: readonly Column[]): Promise<QueryResult> {
    this.#request.signal.throwIfAborted();
    await this.fillWanted();
    const { destination, once } = this.#request;
    if (destination !== undefined && once !== undefined) await this.#marks.prepare();
    const rows =
      destination === undefined
        ? new ResultRows(await this.#run(sql, false), columns)
        : await this.#locks.hold([lockOf(destination.table)], this.#request.signal, () =>
            this.#changing([changeOf(destination)], () =>
              writeDestination(this.#connection, destination, sql, columns, once),
            ),
          );
    if (destination !== undefined) this.forgetCatalog();
    this.#ended({ rows });
    // The rows stay where they are until somebody reads them.
    return { columns, rows: [] };
  }

  async exportRows(
    options: Readonly<Record<string, SqlValue>>,
    sql: string,
    columns: readonly Column[],
  ): Promise<void> {
    const { exporter, signal } = this.#request;
    signal.throwIfAborted();
    if (exporter === undefined) throw new Error("EXPORT statement is not supported by the embedded engine");
    await this.fillWanted();
    const rows = new ResultRows(await this.#run(sql, false), columns);
    await exporter(options, rows, async (path, codec) => {
      await this.#connection.run(parquetSql(sql, path, codec));
    });
    this.#ended({});
  }

  async #run(sql: string, changes: boolean): Promise<DuckDBMaterializedResult> {
    return this.#recovery.run(sql, changes, () => this.#connection.run(sql));
  }

  override async value(sql: string): Promise<SqlValue> {
    this.#request.signal.throwIfAborted();
    const value = await super.value(sql);
    if (this.#begun?.statement.kind === "assert") this.#ended({});
    return value;
  }

  override async setVariable(key: string, sql: string): Promise<void> {
    this.#request.signal.throwIfAborted();
    return super.setVariable(key, sql);
  }

  override async apply(statement: TranslatedStatement): Promise<number> {
    const { signal } = this.#request;
    signal.throwIfAborted();
    await this.fillWanted();
    await this.#aimAtTemporary(statement);
    const begun = this.#begun;
    const target = begun?.target;
    const kind = ROW_CHANGES[statement.kind];
    if (kind !== undefined && target !== undefined) this.#request.mayChangeRows?.(target, kind);
    if (ROWS_WRITTEN.has(statement.kind) && target !== undefined && this.#request.externals?.find(target) !== undefined)
      throw new Error(
        `${target.dataset}.${target.name} is not allowed for this operation because it is currently a EXTERNAL.`,
      );
    await this.#requireDefinable(statement);
    const work = async (): Promise<number> => {
      const existed = target !== undefined && begun !== undefined && (await this.#exists(begun, statement));
      const changed = await this.#marked(statement);
      const operation = begun === undefined ? undefined : operationOf(begun.statement, existed);
      this.#ended({ changed: changed.rows, operation });
      return changed.total;
    };
    const changes = changesOf(begun, statement);
    // Within a transaction whoever comes second fails: it reads what was there when it began.
    if (this.#inTransaction) {
      for (const change of changes) this.#note(change);
      return this.#orAborted(target, work);
    }
    if (target === undefined || target.dataset === "_SESSION") return work();
    // Whoever waits for a transaction lets go of the table: the transaction needs it where it commits.
    const done = await queued(signal, () =>
      this.#locks.hold([lockOf(target)], signal, () => this.#changing(changes, work)),
    );
    if (statement.kind === "drop" && target.name === "") this.#history?.datasetDropped(target.dataset);
    return done;
  }

  /** A name without a dataset may be that of a temporary table: what a table of the default dataset is, stays as it is. */
  async #aimAtTemporary(statement: TranslatedStatement): Promise<void> {
    const begun = this.#begun;
    if (begun?.target === undefined || !OF_TABLES.has(statement.kind) || !("path" in statement)) return;
    if ((await super.catalog()).find(statement.path)?.temporary !== true) return;
    this.#begun = { ...begun, target: { dataset: "_SESSION", name: begun.target.name } };
  }

  /** @throws Error where the server does not take a definition that the warehouse would take */
  async #requireDefinable(statement: TranslatedStatement): Promise<void> {
    const { mayDefine } = this.#request;
    const { target, text } = this.#begun ?? {};
    if (mayDefine === undefined || target === undefined || text === undefined || !DEFINES.has(statement.kind)) return;
    const isPersistent = target.dataset !== "_SESSION" && target.name !== "" && "path" in statement;
    const known = isPersistent ? (await super.catalog()).find(statement.path) : undefined;
    const isTable = known !== undefined && known.isView !== true && known.temporary !== true;
    const before = isTable ? { ...NO_LAYOUT, ...known.layout, columns: known.columns } : undefined;
    const isView = known?.isView === true;
    const made = statement.kind === "createTable" ? statement : undefined;
    await mayDefine({ text, table: target, before, isView, made });
  }

  #note(change: TableChange): void {
    const key = lockOf(change.table);
    const known = this.#changed.get(key);
    this.#changed.set(key, known === undefined || known.how === "append" ? change : known);
  }

  async #changing<T>(changes: readonly TableChange[], work: () => Promise<T>): Promise<T> {
    return this.#history?.changing(changes, work) ?? work();
  }

  async version(table: CatalogTable, at: bigint): Promise<CatalogTable | undefined> {
    if (this.#history === undefined) return undefined;
    const [dataset, name] = table.path;
    if (table.standIn !== undefined)
      throw new Error("FOR SYSTEM_TIME AS OF is not supported for tables with row access policies");
    this.#reads.set(`${dataset}.${name}`, { dataset, name });
    return this.#history.version({ dataset, name }, at, this.#request.signal);
  }

  async #orAborted<T>(target: RelationId | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw hasLost(cause) ? aborted(target, this.#transactionId) : cause;
    }
  }

  async #exists({ statement, target }: Begun, { kind }: TranslatedStatement): Promise<boolean> {
    if (kind !== "createTable" && kind !== "createView" && kind !== "createSchema" && kind !== "drop") return true;
    const { dataset = "", name = "" } = target ?? {};
    if (name === "") {
      const found = await this.#connection.runAndReadAll("SELECT 1 FROM duckdb_schemas() WHERE schema_name = ?", [
        dataset,
      ]);
      return found.currentRowCount > 0;
    }
    const catalog = await super.catalog();
    const path = "temporary" in statement && statement.temporary ? [name] : [dataset, name];
    return catalog.find(path) !== undefined;
  }

  /** A change with the mark of its job, both or none. */
  async #marked(statement: TranslatedStatement): Promise<Changed> {
    const { once } = this.#request;
    if (once === undefined || this.#inTransaction) return this.#change(statement);
    await this.#marks.prepare();
    const changed = await this.#recovery.atomically(async () => {
      const result = await this.#change(statement);
      await this.#run(markSql(once, result.rows), true);
      return result;
    });
    // Others may have looked before it was committed.
    if (DEFINITIONS.has(statement.kind)) this.forgetCatalog();
    return changed;
  }

  async #change(statement: TranslatedStatement): Promise<Changed> {
    if (statement.kind === "merge") return this.#merge(statement.sql);
    const total = await super.apply(statement);
    const none = { inserted: 0, updated: 0, deleted: 0 };
    switch (statement.kind) {
      case "insert":
        return { total, rows: { ...none, inserted: total } };
      case "update":
        return { total, rows: { ...none, updated: total } };
      case "delete":
      case "truncate":
        return { total, rows: { ...none, deleted: total } };
      default:
        return { total };
    }
  }

  async #merge(statements: readonly string[]): Promise<{ readonly total: number; readonly rows: ChangedRows }> {
    const [merge = "", ...checks] = [...statements].reverse();
    for (const check of checks.reverse()) await this.#run(check, true);
    const result = await this.#run(`${merge} RETURNING merge_action`, true);
    const counts = { INSERT: 0, UPDATE: 0, DELETE: 0 };
    for (let index = 0; index < result.chunkCount; index += 1)
      for (const action of result.getChunk(index).getColumnValues(0)) counts[action as keyof typeof counts] += 1;
    const rows = { inserted: counts.INSERT, updated: counts.UPDATE, deleted: counts.DELETE };
    return { total: rows.inserted + rows.updated + rows.deleted, rows };
  }

  override async saveRoutine(path: readonly string[], text: string | undefined): Promise<void> {
    const existed = (await this.routines()).has(path.join("."));
    await super.saveRoutine(path, text);
    const begun = this.#begun;
    this.#ended({ operation: begun === undefined ? undefined : operationOf(begun.statement, existed) });
  }

  override async transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void> {
    const changes = [...this.#changed.values()];
    if (verb === "BEGIN") this.#transactionId = randomUUID();
    const work = () => this.#orAborted(changes[0]?.table, () => super.transaction(verb));
    if (verb !== "COMMIT" || this.#history === undefined) await work();
    else {
      const keys = changes.map(({ table }) => lockOf(table));
      await this.#locks.hold(keys, this.#request.signal, () => this.#changing(changes, work));
    }
    this.#changed.clear();
    this.#inTransaction = verb === "BEGIN";
  }
}

/** Statements that make tables and datasets or change what they are. */
const DEFINES: ReadonlySet<TranslatedStatement["kind"]> = new Set([
  "createSchema",
  "createTable",
  "createView",
  "alterTable",
  "alter",
  "drop",
]);

/** Statements that change or drop a table that is there. */
const OF_TABLES: ReadonlySet<TranslatedStatement["kind"]> = new Set([
  "insert",
  "delete",
  "update",
  "merge",
  "truncate",
  "alterTable",
  "alter",
  "drop",
]);

const ROWS_WRITTEN: ReadonlySet<TranslatedStatement["kind"]> = new Set([
  "insert",
  "update",
  "delete",
  "merge",
  "truncate",
  "loadData",
]);

const ROW_CHANGES: Partial<Record<TranslatedStatement["kind"], "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE">> = {
  update: "UPDATE",
  delete: "DELETE",
  merge: "MERGE",
  truncate: "TRUNCATE",
};

/** The tables that a statement outside a transaction is about to change. */
function changesOf(begun: Begun | undefined, statement: TranslatedStatement): readonly TableChange[] {
  const { target: table } = begun ?? {};
  if (begun === undefined || table === undefined || table.name === "" || table.dataset === "_SESSION") return [];
  switch (statement.kind) {
    case "insert":
      return [{ table, how: "append" }];
    case "update":
    case "delete":
    case "merge":
    case "truncate":
      return [{ table, how: "rewrite" }];
    case "createView":
    case "createSchema":
      return [];
    default: {
      // Options alone, and tables that are there already.
      if (statement.sql.length === 0 && statement.kind !== "loadData") return [];
      const renamed = renamedTo(begun.statement);
      const tables = renamed === undefined ? [table] : [table, { ...table, name: renamed }];
      return tables.map((changed) => ({ table: changed, how: "define" }));
    }
  }
}

const lockOf = ({ dataset, name }: RelationId): string => `${dataset}.${name}`;
