import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column } from "../../sql-types.js";
import {
  type DigestRequest,
  type LatestRowsRequest,
  type MergeCounts,
  type PartitionDigests,
  type PublishCounts,
  type PublishRequest,
  type QueryResult,
  type Relation,
  type RelationId,
  type RowObject,
  relationKey,
  type Stage,
  type TableDefinition,
  type Transaction,
} from "../port.js";
import { readCatalog } from "./catalog.js";
import { readDigests } from "./digests.js";
import { latestRowsSql } from "./latest-rows.js";
import { mergeRows } from "./merge-rows.js";
import { publishStage } from "./publish.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { sqlValue } from "./result-values.js";
import { DuckDbScriptHost } from "./script-host.js";
import type { Translator } from "./translator.js";
import { appendRow } from "./values.js";

/** A DuckDB transaction on a connection of its own. */
export class DuckDbTransaction implements Transaction {
  readonly #connection: DuckDBConnection;
  readonly #translator: Translator;
  #catalog: ReadonlyMap<string, Relation> | undefined;
  #stages = 0;

  constructor(connection: DuckDBConnection, translator: Translator) {
    this.#connection = connection;
    this.#translator = translator;
  }

  async relations(): Promise<ReadonlyMap<string, Relation>> {
    this.#catalog ??= await readCatalog(this.#connection);
    return this.#catalog;
  }

  async digests(requests: readonly DigestRequest[]): Promise<readonly PartitionDigests[]> {
    return readDigests(this.#connection, requests);
  }

  async latestRows(request: LatestRowsRequest): Promise<readonly RowObject[]> {
    const relations = await this.relations();
    if (!relations.has(relationKey(request.table))) return [];
    const reader = await this.#connection.runAndReadAll(latestRowsSql(request));
    return reader.getRowObjectsJson() as readonly RowObject[];
  }

  async append(table: RelationId, columns: readonly Column[], rows: readonly RowObject[]): Promise<void> {
    if (rows.length === 0) return;
    // A newer version may have given the table columns that this one does not know.
    const known = new Map(columns.map((column) => [column.name, column]));
    const layout =
      (await this.relations()).get(relationKey(table))?.columns.map(({ name }) => known.get(name)) ?? columns;
    const appender = await this.#connection.createAppender(table.name, table.dataset);
    try {
      for (const row of rows) appendRow(appender, layout, row);
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
  }

  async execute(sql: string): Promise<void> {
    await this.#translator.script(sql, new DuckDbScriptHost(this.#connection, "in transaction"));
    this.#catalog = undefined;
  }

  async stage(query: string): Promise<Stage> {
    const translated = await this.#translator.query(query, await this.relations());
    this.#stages += 1;
    const name = `stage_${this.#stages}`;
    const result = await this.#connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(name)} AS ${translated.sql}`);
    return { name, columns: translated.columns, rows: Number((await result.getRowsJson())[0]?.[0] ?? 0) };
  }

  async publish(request: PublishRequest): Promise<PublishCounts> {
    const existing = (await this.relations()).get(relationKey(request.target));
    const counts = await publishStage(this.#connection, existing, request);
    this.#catalog = undefined;
    return counts;
  }

  async digestStage(stage: Stage, like: Omit<DigestRequest, "range">): Promise<PartitionDigests> {
    const relation = { ...like.relation, id: { dataset: "temp", name: stage.name } };
    const [digests] = await readDigests(this.#connection, [{ ...like, relation, range: undefined }]);
    return digests ?? new Map();
  }

  async discard(stage: Stage): Promise<void> {
    await this.#connection.run(`DROP TABLE temp.${quoteName(stage.name)}`);
  }

  async replaceView(view: RelationId, query: string): Promise<void> {
    const translated = await this.#translator.query(query, await this.relations());
    const existing = (await this.relations()).get(relationKey(view));
    if (existing?.kind === "table") await this.#connection.run(`DROP TABLE ${quotePath(view)}`);
    await this.#connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(view.dataset)}`);
    await this.#connection.run(`CREATE OR REPLACE VIEW ${quotePath(view)} AS ${translated.sql}`);
    // DuckDB prints a view's SQL differently after reopening; the comment stays, and is lost when somebody replaces the view.
    await this.#connection.run(`COMMENT ON VIEW ${quotePath(view)} IS ${quoteText(translated.sql)}`);
    this.#catalog = undefined;
  }

  async query(sql: string): Promise<QueryResult> {
    const translated = await this.#translator.query(sql, await this.relations());
    const reader = await this.#connection.runAndReadAll(translated.sql);
    return { columns: translated.columns, rows: reader.getRows().map((row) => row.map(sqlValue)) };
  }

  async mergeRows(table: TableDefinition, rows: AsyncIterable<RowObject> | Iterable<RowObject>): Promise<MergeCounts> {
    const existing = (await this.relations()).get(relationKey(table.id));
    const counts = await mergeRows(this.#connection, existing, table, rows);
    this.#catalog = undefined;
    return counts;
  }
}
