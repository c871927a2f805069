import type { DuckDBConnection } from "@duckdb/node-api";
import { DEFINITIONS } from "../../dialect/definitions.js";
import type { TranslatedStatement } from "../../dialect/index.js";
import type { LoadData } from "../../dialect/load-data.js";
import type { ScriptHost } from "../../dialect/script/host.js";
import type { KeptChange } from "../../dialect/statement.js";
import type { Catalog, CatalogTable } from "../../googlesql/catalog.js";
import { foldDataset, foldProject, type ProjectNames } from "../../googlesql/project-names.js";
import type { QueryResult, RelationId, SqlValue } from "../../port/port.js";
import type { CatalogueReader, SystemTables } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import { columnsOf, layoutSql, readCatalog, readRelation } from "./catalog.js";
import { quoteName, quotePath, quoteText, TEMPORARY } from "./quote.js";
import type { Recovery } from "./recovery.js";
import type { RelationSource } from "./relation-source.js";
import { sqlValue } from "./result-values.js";
import type { ScriptPlace } from "./script-place.js";
import { readerOn, WantedTables } from "./system-tables.js";
import { catalogOf } from "./translator.js";

const TEMPORARY_SQL = `
SELECT table_name, list(column_name ORDER BY column_index) AS names, list(data_type ORDER BY column_index) AS types,
  list(comment ORDER BY column_index) AS comments
FROM duckdb_columns() WHERE database_name = 'temp' AND NOT internal GROUP BY table_name`;

/** DuckDB keeps no GoogleSQL routines: a sequence of the same name, which is quick to list, carries the text as its comment. */
const ROUTINE_MARK = "GoogleSQL routine: ";
const ROUTINES_SQL = `
SELECT schema_name, sequence_name, comment FROM duckdb_sequences() WHERE starts_with(comment, '${ROUTINE_MARK}')`;

/** What the columns of a table ask of rows, of those that ask anything. */
function demandsSql([dataset, name]: CatalogTable["path"]): string {
  return `SELECT column_name, column_default, is_nullable FROM duckdb_columns() WHERE database_name = current_database()
    AND schema_name = ${quoteText(dataset)} AND table_name = ${quoteText(name)} AND (column_default IS NOT NULL OR NOT is_nullable)`;
}

/** The tables and views of a dataset, with their kinds; DuckDB takes names that differ in case for one. */
function datasetContentsSql(dataset: string): string {
  const isIn = `NOT internal AND NOT temporary AND database_name = current_database() AND lower(schema_name) = lower(${quoteText(dataset)})`;
  return `SELECT 'VIEW', schema_name, view_name FROM duckdb_views() WHERE ${isIn}
    UNION ALL SELECT 'TABLE', schema_name, table_name FROM duckdb_tables() WHERE ${isIn}`;
}

/** GoogleSQL texts of the persistent functions and procedures, by `dataset.name`. */
export async function readRoutines(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  const reader = await connection.runAndReadAll(ROUTINES_SQL);
  const rows = reader.getRowsJson() as unknown as [string, string, string][];
  return new Map(rows.map(([dataset, name, comment]) => [`${dataset}.${name}`, comment.slice(ROUTINE_MARK.length)]));
}

/** Carries a script out on one connection. */
export class DuckDbScriptHost implements ScriptHost {
  readonly #wrote: ((id: RelationId | undefined) => void) | undefined;
  readonly #connection: DuckDBConnection;
  readonly #recovery: Recovery;
  readonly #relations: RelationSource;
  #temporary: ReadonlyMap<string, CatalogTable> | undefined;
  /** What the statement reads that stands in no file. */
  protected readonly wanted = new WantedTables();
  #hasTemporary = false;

  /** @param wrote is told which relation is written to, before it is, or with undefined that it may be any */
  constructor(
    connection: DuckDBConnection,
    recovery: Recovery,
    relations: RelationSource,
    readonly place: ScriptPlace,
    readonly isInTransaction = false,
    wrote?: (id: RelationId | undefined) => void,
  ) {
    this.#wrote = wrote;
    this.#connection = connection;
    this.#recovery = recovery;
    this.#relations = relations;
  }

  async projects(): Promise<ProjectNames> {
    return this.place.projects();
  }

  async systemVariable(name: string): Promise<string | undefined> {
    const { home } = await this.projects();
    return home !== undefined && (name === "project_id" || name === "dataset_project_id")
      ? JSON.stringify(home)
      : undefined;
  }

  async catalog(): Promise<Catalog> {
    const systemTables = await this.systemTables();
    const kept = catalogOf(await this.#relations.read(), await this.projects());
    const made = (path: readonly string[]) => {
      const found = systemTables?.(path);
      return found && this.wanted.add(found);
    };
    const persistent: Catalog = { ...kept, find: (path) => kept.find(path) ?? made(path) };
    if (!this.#hasTemporary) return persistent;
    this.#temporary ??= await this.#readTemporary();
    const temporary = this.#temporary;
    return {
      ...persistent,
      find(path) {
        const isTemporary = path.length === 1 || path.at(-2)?.toUpperCase() === "_SESSION";
        return isTemporary ? temporary.get(path.at(-1) ?? "") : persistent.find(path);
      },
      names: () => [...persistent.names(), ...temporary.keys()],
    };
  }

  /** Finds tables that are made up about others; undefined: there are none. */
  protected async systemTables(): Promise<SystemTables | undefined> {
    return this.place.systemTables?.();
  }

  /** Undefined: nobody sees more than what is committed. */
  protected get reader(): CatalogueReader | undefined {
    return readerOn(this.#connection, () => this.#relations.read(), {
      routines: () => this.routines(),
      select: async (sql) => {
        const { runScript } = await import("../../dialect/script/script.js");
        return (await runScript(sql, this)).rows?.rows ?? [];
      },
    });
  }

  /** Makes what the statement reads ready; called once it is translated, before it runs. */
  async fillWanted(): Promise<void> {
    await this.wanted.fill(this.#connection, this.reader);
  }

  async #readTemporary(): Promise<ReadonlyMap<string, CatalogTable>> {
    const reader = await this.#connection.runAndReadAll(TEMPORARY_SQL);
    return new Map(
      (reader.getRowsJson() as unknown as [string, string[], string[], (string | null)[]][]).map(
        ([name, names, types, comments]) => [
          name,
          { path: [TEMPORARY, name] as const, temporary: true, columns: columnsOf(names, types, comments) },
        ],
      ),
    );
  }

  async apply(statement: TranslatedStatement): Promise<number> {
    await this.fillWanted();
    return this.#apply(statement);
  }

  async #apply(statement: TranslatedStatement): Promise<number> {
    await this.#tellWritten(statement);
    if (statement.kind === "loadData") return this.#load(statement.load);
    const known = statement.kind === "createTable" ? (await this.catalog()).find(statement.path) : undefined;
    let changed = 0;
    // A table may take the place of the one that it is like.
    const isMade = statement.kind === "createTable" && (!statement.ifNotExists || known === undefined);
    const demands = isMade ? await this.#demands(statement) : [];
    const changes = [...statement.sql, ...demands];
    const changeAll = async () => {
      for (const sql of changes) changed = (await this.#change(sql)).rowsChanged;
    };
    if (statement.kind === "drop" && statement.object === "SCHEMA") await this.#dropDataset(statement);
    // Rows may be refused once they are there, and so may the second of two changes.
    else if (changes.length > 1 && DEFINITIONS.has(statement.kind)) await this.#recovery.atomically(changeAll);
    else await changeAll();
    if (statement.kind === "insert" || statement.kind === "update" || statement.kind === "delete") return changed;
    if (statement.kind === "merge" || statement.kind === "truncate") return changed;
    if (statement.kind === "alter" && statement.kept !== undefined)
      await this.#keepChange(statement.path, statement.kept);
    if (statement.kind === "alterTable") await this.#keepAdded(statement);
    // A schema by itself is no relation.
    else if (statement.kind === "createSchema") return 0;
    else if (statement.kind !== "createTable") this.forgetCatalog();
    else if (isMade) await this.#keep(statement);
    return 0;
  }

  /**
   * Drops a dataset, and what is in it before: DuckDB forgets of a table that was given columns which dataset it is in. It would take
   * the dataset for empty, and let others write to the table while its dataset goes, which ends the process.
   */
  async #dropDataset({ path, cascade, sql }: Extract<TranslatedStatement, { object: "SCHEMA" }>): Promise<void> {
    const dataset = foldDataset(path, (await this.projects()).home);
    await this.#recovery.atomically(async () => {
      const contents = await this.#read(datasetContentsSql(dataset));
      const relations = contents.getRowsJson() as unknown as [kind: string, dataset: string, name: string][];
      if (relations.length > 0 && !cascade)
        throw new Error(`Cannot drop entry "${dataset}" because there are entries that depend on it.`);
      for (const [kind, dataset, name] of relations) await this.#change(`DROP ${kind} ${quotePath({ dataset, name })}`);
      for (const one of sql) await this.#change(one);
    });
  }

  async #tellWritten(statement: TranslatedStatement): Promise<void> {
    if (this.#wrote === undefined) return;
    switch (statement.kind) {
      case "query":
      case "assert":
      case "createSchema":
        return;
      case "alter":
        // Some change its name.
        return this.#wrote(undefined);
      case "drop":
        if (statement.object === "SCHEMA") return this.#wrote(undefined);
    }
    const { path } = statement;
    const found = (await this.catalog()).find(path);
    const looksTemporary = path.length === 1 || path.at(-2)?.toUpperCase() === "_SESSION";
    if (found === undefined ? looksTemporary : found.temporary === true) return;
    const [dataset = "", name = ""] = found?.path ?? foldProject(path, (await this.projects()).home);
    this.#wrote({ dataset, name });
  }

  /** Statements that make the columns of a table ask of rows what those ask that it is like: no NULLs, and values of their own. */
  async #demands({ path, like }: Extract<TranslatedStatement, { kind: "createTable" }>): Promise<string[]> {
    if (like === undefined) return [];
    const [dataset = "", name = ""] = foldProject(path, (await this.projects()).home);
    const rows = (await this.#read(demandsSql(like))).getRowsJson() as unknown as [string, string | null, boolean][];
    return rows.flatMap(([column, value, isNullable]) => {
      const head = `ALTER TABLE ${quotePath({ dataset, name })} ALTER COLUMN ${quoteName(column)} SET`;
      return [...(isNullable ? [] : [`${head} NOT NULL`]), ...(value === null ? [] : [`${head} DEFAULT ${value}`])];
    });
  }

  /** Keeps what DuckDB has no place for, and the table itself among what is known. */
  async #keep(statement: Extract<TranslatedStatement, { kind: "createTable" }>): Promise<void> {
    if (statement.path.length === 1 || statement.path.at(-2)?.toUpperCase() === "_SESSION") {
      this.#hasTemporary = true;
      this.#temporary = undefined;
      return;
    }
    const { columns, partitionColumn, clusterBy, primaryKey, foreignKeys, isSnapshot = false, ingestion } = statement;
    const { isCollated } = statement;
    const layout = { partitionColumn, clusterBy, primaryKey, foreignKeys, isCollated, isSnapshot, ingestion };
    const [dataset = "", name = ""] = foldProject(statement.path, (await this.projects()).home);
    const isPartitioned = partitionColumn !== undefined || ingestion !== undefined;
    const hasKeys = primaryKey.length > 0 || (foreignKeys ?? []).length > 0;
    const isPlain = !isPartitioned && clusterBy.length === 0 && !hasKeys && !isSnapshot && isCollated !== true;
    if (!isPlain) await this.#change(layoutSql({ dataset, name }, layout));
    const declared = new Map(columns.map((column) => [column.name, column.declared]));
    const made = { ...layout, definition: undefined };
    this.#relations.put(await readRelation(this.#connection, { dataset, name }, made, declared));
  }

  /** What is known of a table has the columns that it was just given; a temporary one is read again. */
  async #keepAdded({ path, addedColumns }: Extract<TranslatedStatement, { kind: "alterTable" }>): Promise<void> {
    const [dataset = "", name = ""] = foldProject(path, (await this.projects()).home);
    const relation = (await this.#relations.read()).get(`${dataset}.${name}`);
    if (relation === undefined || path.length === 1) return this.forgetCatalog();
    const names = [...relation.columns.map((column) => column.name), ...relation.foreignColumns];
    const known = new Set(names.map((column) => column.toLowerCase()));
    const added = addedColumns.filter((column) => !known.has(column.name.toLowerCase()));
    this.#relations.put({ ...relation, columns: [...relation.columns, ...added] });
  }

  /** Gives a table other keys and the like; a temporary one keeps none. */
  async #keepChange(path: readonly string[], change: KeptChange): Promise<void> {
    const [dataset = "", name = ""] = foldProject(path, (await this.projects()).home);
    const relation = (await this.#relations.read()).get(`${dataset}.${name}`);
    if (relation !== undefined) await this.#change(layoutSql({ dataset, name }, { ...relation, ...change }));
  }

  async #load(load: LoadData): Promise<number> {
    const { loadFiles } = await import("./files/load-data.js");
    const work = async () => {
      if (load.create !== undefined) await this.#apply(load.create);
      // What the transaction has made is seen by its own connection alone.
      const existing = (await readCatalog(this.#connection)).get(load.target.join("."));
      return loadFiles(this.#connection, existing, load, this.place.folder);
    };
    const text = `LOAD DATA ${JSON.stringify(load.target)}`;
    try {
      return await this.#recovery.run(text, true, () => this.#recovery.atomically(work));
    } finally {
      this.forgetCatalog();
    }
  }

  /** What is known of relations may be another thing by now. */
  protected forgetCatalog(): void {
    this.#temporary = undefined;
    this.#relations.forget();
  }

  async #change(sql: string) {
    return this.#recovery.run(sql, true, () => this.#connection.run(sql));
  }

  async #read(sql: string) {
    return this.#recovery.run(sql, false, () => this.#connection.runAndReadAll(sql));
  }

  async query(sql: string, columns: readonly Column[]): Promise<QueryResult> {
    await this.fillWanted();
    const reader = await this.#read(sql);
    return { columns, rows: reader.getRows().map((row) => row.map(sqlValue)) };
  }

  async value(sql: string): Promise<SqlValue> {
    await this.fillWanted();
    const reader = await this.#read(sql);
    const value = reader.getRows()[0]?.[0];
    return value === undefined ? null : sqlValue(value);
  }

  async setVariable(key: string, sql: string): Promise<void> {
    await this.fillWanted();
    await this.#recovery.keepVariable(key);
    await this.#change(`SET VARIABLE ${quoteName(key)} = ${sql}`);
  }

  async transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void> {
    this.#wrote?.(undefined);
    await this.#recovery.transaction(verb);
    this.forgetCatalog();
  }

  async recover(_handled?: Error): Promise<void> {
    this.#wrote?.(undefined);
    await this.#recovery.recover();
    this.forgetCatalog();
  }

  async dropTemporaryTables(names: Iterable<string>): Promise<void> {
    for (const name of names)
      await this.#connection.run(`DROP TABLE IF EXISTS ${quotePath({ dataset: TEMPORARY, name })}`);
    this.#hasTemporary = false;
    this.#temporary = undefined;
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    return readRoutines(this.#connection);
  }

  async saveRoutine(path: readonly string[], text: string | undefined): Promise<void> {
    const [dataset = "", name = ""] = path;
    const carrier = quotePath({ dataset, name });
    if (text === undefined) {
      await this.#change(`DROP SEQUENCE ${carrier}`);
      return;
    }
    // Another project's datasets are there as soon as something is put into them.
    if (dataset.includes(".")) await this.#change(`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`);
    await this.#change(`CREATE OR REPLACE SEQUENCE ${carrier}`);
    await this.#change(`COMMENT ON SEQUENCE ${carrier} IS ${quoteText(ROUTINE_MARK + text)}`);
  }
}
