import type { DuckDBConnection } from "@duckdb/node-api";
import type { TranslatedQuery } from "../../dialect/contract.js";
import type { Script } from "../../dialect/script/script.js";
import { anyRowOf } from "../../port/any-row.js";
import { EngineError } from "../../port/engine-error.js";
import type { Partition } from "../../port/identity.js";
import type { SliceDigests, SliceRecord, SliceRequest } from "../../port/key-slices.js";
import type { LoadedFile, LoadFileRequest } from "../../port/load-file.js";
import {
  type AccumulateRequest,
  type DigestRequest,
  type LatestRowsRequest,
  type Log,
  type MergeCounts,
  type PartitionDigests,
  type PublishCounts,
  type PublishRequest,
  type QueryResult,
  type Relation,
  type RelationId,
  type ReplaceCounts,
  type RowObject,
  type RowScope,
  relationKey,
  type ScriptTexts,
  type Stage,
  type TableDefinition,
  type Transaction,
} from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { ReplaceContentRequest, ReplacedContent } from "../../port/table-content.js";
import { appendTo } from "./append.js";
import { madeTable, NO_LAYOUT, readRelation } from "./catalog.js";
import { compactLog } from "./compact-log.js";
import { readDigests } from "./digest-scans.js";
import { readDigestsThrough } from "./digests.js";
import { tellingErrors } from "./errors.js";
import { readLatestRows } from "./latest-rows.js";
import { mergeRows, replaceRows } from "./merge-rows.js";
import { type Published, publishStage } from "./publish.js";
import { quoteName, quotePath, quoteText, TEMPORARY } from "./quote.js";
import { CallersTransaction, type HandledFailures } from "./recovery.js";
import type { TransactionRelations } from "./relation-source.js";
import { sqlValue } from "./result-values.js";
import { DuckDbScriptHost, readRoutines } from "./script-host.js";
import { appendSliceDigests, readSliceDigests } from "./slice-digests.js";
import { datasetSql, stagePath, tableOfSql } from "./tables.js";
import type { TransactionDigests } from "./transaction-digests.js";
import type { Translator } from "./translator.js";
import { appendRow } from "./values.js";

/** A script, and what carries it out. */
interface OpenScript {
  readonly host: DuckDbScriptHost;
  readonly script: Script;
}

/** A DuckDB transaction on a connection of its own. */
export class DuckDbTransaction implements Transaction {
  readonly #connection: DuckDBConnection;
  readonly #translator: Translator;
  readonly #recovery: CallersTransaction;
  readonly #relations: TransactionRelations;
  readonly #digests: TransactionDigests;
  #stages = 0;

  constructor(
    connection: DuckDBConnection,
    translator: Translator,
    handled: HandledFailures,
    relations: TransactionRelations,
    digests: TransactionDigests,
  ) {
    this.#digests = digests;
    this.#connection = connection;
    this.#translator = translator;
    this.#recovery = new CallersTransaction(connection, handled);
    this.#relations = relations;
  }

  async relations(): Promise<ReadonlyMap<string, Relation>> {
    return this.#relations.read();
  }

  async digests(requests: readonly DigestRequest[]): Promise<readonly PartitionDigests[]> {
    return readDigestsThrough(this.#digests, this.#connection, requests);
  }

  async latestRows(request: LatestRowsRequest): Promise<readonly RowObject[]> {
    try {
      return await readLatestRows(this.#connection, request);
    } catch (cause) {
      // Looking for the table first would cost as much as most of these read. What ends the transaction is told as it is.
      const names = await this.#relations.columnNames(request.table).catch(() => request.columns);
      if (names === undefined) return [];
      const columns = request.columns.filter((column) => names.includes(column));
      if (columns.length === 0 || columns.length === request.columns.length) throw cause;
      return readLatestRows(this.#connection, { ...request, columns });
    }
  }

  async append(table: RelationId, columns: readonly Column[], rows: readonly RowObject[]): Promise<void> {
    if (rows.length === 0) return;
    this.#digests.wrote(table);
    // A newer version may have given the table columns that this one does not know.
    const known = new Map(columns.map((column) => [column.name, column]));
    const layout = (await this.#relations.columnNames(table))?.map((name) => known.get(name)) ?? columns;
    await appendTo(this.#connection, table, (appender) => {
      for (const row of rows) appendRow(appender, layout, row);
    });
  }

  async compactLog(log: Log): Promise<void> {
    if (await compactLog(this.#connection, log)) this.#digests.wrote(log.table);
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    return readRoutines(this.#connection);
  }

  async script<T>(work: (script: ScriptTexts) => Promise<T>, options?: { readonly readOnly?: boolean }): Promise<T> {
    const opened = await this.#openScript(options);
    const { script } = opened;
    const result = await work({
      execute: async (sql) => {
        const { rowsChanged } = await script.execute(sql);
        return rowsChanged;
      },
      stage: (query, table) => this.#stage(opened, query, table),
      replaceView: (view, query) => this.#replaceView(opened, view, query),
    });
    await script.end();
    return result;
  }

  async execute(sql: string): Promise<number | undefined> {
    const { rowsChanged } = await this.#translator.run(sql, this.#host());
    return rowsChanged;
  }

  async stage(query: string, table?: RelationId): Promise<Stage> {
    return this.#stage(await this.#openScript(), query, table);
  }

  async replaceView(view: RelationId, query: string): Promise<void> {
    await this.#replaceView(await this.#openScript(), view, query);
  }

  async #openScript(options?: { readonly readOnly?: boolean }): Promise<OpenScript> {
    const host = this.#host();
    return { host, script: await this.#translator.script(host, options) };
  }

  /** A query as it can be run by now. */
  async #ready({ host, script }: OpenScript, sql: string): Promise<TranslatedQuery> {
    const translated = await script.query(sql);
    await host.fillWanted();
    return translated;
  }

  #host(): DuckDbScriptHost {
    const { place } = this.#translator;
    const wrote = (id: RelationId | undefined) => this.#digests.wrote(id);
    return new DuckDbScriptHost(this.#connection, this.#recovery, this.#relations, place, true, wrote);
  }

  async #stage({ host, script }: OpenScript, query: string, table?: RelationId): Promise<Stage> {
    const { sql, columns } = await script.tableQuery(query);
    await host.fillWanted();
    this.#stages += 1;
    const name = `stage_${this.#stages}`;
    const place = table && (await this.#placeOf(table));
    const create =
      place === undefined
        ? `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} AS ${sql}`
        : tableOfSql(place, columns, sql);
    const result = await tellingErrors(this.#connection.run(create)).catch(async (cause) => {
      throw place === undefined ? cause : await this.#namesakeOf(place, cause);
    });
    return { name, columns, rows: Number((await result.getRowsJson())[0]?.[0] ?? 0), table: place };
  }

  /** Where the rows of a table can stand at once, with its dataset; undefined: it is there already. */
  async #placeOf(table: RelationId): Promise<RelationId | undefined> {
    if ((await this.relations()).has(relationKey(table))) return undefined;
    this.#digests.wrote(table);
    await this.#makeDataset(table);
    return table;
  }

  /** What is wrong where a table cannot be made because there is one whose name differs in the case of its letters. */
  async #namesakeOf(table: RelationId, cause: unknown): Promise<unknown> {
    if (!(cause instanceof EngineError) || !cause.message.includes("already exists")) return cause;
    const key = relationKey(table);
    const other = [...(await this.relations()).keys()].find((name) => name.toLowerCase() === key.toLowerCase());
    if (other === undefined) return cause;
    return new EngineError(
      "data",
      `the embedded engine takes names without regard to case, and ${other} is there: where its rows are not needed any more, drop it ('DROP TABLE ${other}'), and ${key} is built`,
    );
  }

  async #makeDataset(id: RelationId): Promise<void> {
    const sql = datasetSql(id, await this.relations());
    if (sql !== undefined) await this.#connection.run(sql);
  }

  async #replaceView({ script }: OpenScript, view: RelationId, query: string): Promise<void> {
    const translated = await script.viewQuery(query);
    this.#digests.wrote(view);
    const existing = (await this.relations()).get(relationKey(view));
    if (existing?.kind === "table") await this.#connection.run(`DROP TABLE ${quotePath(view)}`);
    await this.#makeDataset(view);
    const create = `CREATE OR REPLACE VIEW ${quotePath(view)} AS ${translated.sql}`;
    // DuckDB prints a view's SQL differently after reopening; the comment stays, and is lost when somebody replaces the view.
    const comment = `COMMENT ON VIEW ${quotePath(view)} IS ${quoteText(translated.sql)}`;
    await tellingErrors(this.#connection.run(`${create};\n${comment}`));
    this.#relations.put(await readRelation(this.#connection, view, { ...NO_LAYOUT, definition: translated.sql }));
  }

  async publish(request: PublishRequest): Promise<PublishCounts> {
    const { counts, table, touched } = await this.#publishing(request);
    if (touched === undefined || touched.size > 0) this.#digests.wrote(request.target, touched);
    if (table === "changed") this.#relations.forget();
    if (table === "made") {
      const { target, stage, partitionColumn, clusterBy, key } = request;
      this.#relations.put(madeTable(target, stage.columns, { partitionColumn, clusterBy, primaryKey: key }));
    }
    return counts;
  }

  /** What fails may have written to the table; who goes on in spite of it reads it again. */
  async #publishing(request: PublishRequest): Promise<Published> {
    try {
      return await publishStage(this.#connection, await this.relations(), request);
    } catch (cause) {
      this.#digests.wrote(request.target);
      throw cause;
    }
  }

  async accumulate(request: AccumulateRequest): Promise<PublishCounts> {
    this.#digests.wrote(request.target);
    const existing = (await this.relations()).get(relationKey(request.target));
    if (existing?.kind !== "table")
      throw new EngineError("missing", `${relationKey(request.target)} is no table that rows could be added to`);
    const { accumulateStage } = await import("./accumulate.js");
    const counts = await accumulateStage(this.#connection, existing, request);
    if (request.onSchemaChange !== "IGNORE") this.#relations.forget();
    return counts;
  }

  async digestStage(stage: Stage, like: Omit<DigestRequest, "range">): Promise<PartitionDigests> {
    const relation = { ...like.relation, id: stage.table ?? { dataset: TEMPORARY, name: stage.name } };
    const [digests] = await readDigests(this.#connection, [{ ...like, relation, range: undefined }]);
    return digests ?? new Map();
  }

  async sliceDigests(requests: readonly SliceRequest[]): Promise<readonly ReadonlyMap<Partition, SliceDigests>[]> {
    return readSliceDigests(this.#connection, requests);
  }

  async appendSliceDigests(table: RelationId, records: readonly SliceRecord[]): Promise<void> {
    if (records.length > 0) this.#digests.wrote(table);
    await appendSliceDigests(this.#connection, table, records);
  }

  async discard(stage: Stage): Promise<void> {
    await this.#connection.run(`DROP TABLE ${stagePath(stage)}`);
  }

  async query(sql: string): Promise<QueryResult> {
    const translated = await this.#ready(await this.#openScript(), sql);
    const reader = await this.#connection.runAndReadAll(translated.sql);
    return { columns: translated.columns, rows: reader.getRows().map((row) => row.map(sqlValue)) };
  }

  async requireQuery(sql: string): Promise<void> {
    const { script } = await this.#openScript();
    await script.query(sql);
  }

  async returnsRow(sql: string): Promise<boolean> {
    const translated = await this.#ready(await this.#openScript(), sql);
    const reader = await this.#connection.runAndReadAll(anyRowOf(translated.sql));
    return reader.currentRowCount > 0;
  }

  async mergeRows(table: TableDefinition, rows: AsyncIterable<RowObject> | Iterable<RowObject>): Promise<MergeCounts> {
    this.#digests.wrote(table.id);
    const existing = (await this.relations()).get(relationKey(table.id));
    const counts = await mergeRows(this.#connection, existing, table, rows);
    this.#relations.forget();
    return counts;
  }

  async replaceRows(
    table: TableDefinition,
    rows: AsyncIterable<RowObject> | Iterable<RowObject>,
    scopes: () => readonly RowScope[],
  ): Promise<ReplaceCounts> {
    this.#digests.wrote(table.id);
    const existing = (await this.relations()).get(relationKey(table.id));
    const counts = await replaceRows(this.#connection, existing, table, rows, scopes);
    this.#relations.forget();
    return counts;
  }

  async loadFile(request: LoadFileRequest): Promise<LoadedFile> {
    this.#digests.wrote(request.table);
    const { loadFile } = await import("./files/load-file.js");
    const existing = (await this.relations()).get(relationKey(request.table));
    const loaded = await loadFile(this.#connection, existing, request);
    this.#relations.forget();
    return loaded;
  }

  async replaceContent(request: ReplaceContentRequest): Promise<ReplacedContent> {
    this.#digests.wrote(request.table.id);
    const { replaceContent } = await import("./replace-content.js");
    const existing = (await this.relations()).get(relationKey(request.table.id));
    const replaced = await replaceContent(this.#connection, existing, request);
    this.#relations.forget();
    return replaced;
  }
}
