import type { DuckDBConnection } from "@duckdb/node-api";
import { type Relation, type RelationId, relationKey } from "../../../port/port.js";
import {
  JobError,
  type JobRequest,
  type JobRows,
  type JobSession,
  type JobStatement,
  type KeptVersions,
  type LeftMark,
  type ParquetSource,
  plainRequest,
  type RelationDetails,
  type SchemaChange,
  type SqlJobs,
  type TableVersion,
  type WriteRequest,
} from "../../../port/sql-jobs.js";
import { Turns } from "../../../port/turns.js";
import { quoteName, quotePath } from "../quote.js";
import { CommittedRelations } from "../relation-source.js";
import { readRoutines } from "../script-host.js";
import type { Translator } from "../translator.js";
import { ChangeMarks } from "./change-marks.js";
import { type RequiredColumns, readDatasets, readDetails, readRequired } from "./details.js";
import { jobError } from "./job-errors.js";
import { DuckDbJobSession } from "./job-session.js";
import { MovedClock } from "./moved-clock.js";
import { parquetSql, readParquet, readParquetColumns } from "./parquet.js";
import { partitionSql } from "./partition-write.js";
import { readRows } from "./result-rows.js";
import { countRows, TableHistory } from "./table-history.js";
import { writeRows } from "./write-rows.js";

/** Connections of one database, taken and given back. */
export interface Connections {
  take(): Promise<DuckDBConnection>;
  giveBack(connection: DuckDBConnection): void;
  /** Closes one that may not be as it was taken. */
  discard(connection: DuckDBConnection): void;
}

/** Jobs of many clients on one DuckDB instance. */
export class DuckDbJobs implements SqlJobs {
  readonly #connections: Connections;
  readonly #translator: Translator;
  readonly #clock = new MovedClock();
  readonly #locks = new Turns();
  readonly #relations = new CommittedRelations((work) => this.#with(work));
  #required: { readonly known: ReadonlyMap<string, Relation>; readonly columns: Promise<RequiredColumns> } | undefined;
  readonly #marks = new ChangeMarks((work) => this.#with(work));
  readonly #history: TableHistory | undefined;

  constructor(connections: Connections, translator: Translator, kept?: KeptVersions) {
    this.#connections = connections;
    this.#translator = translator;
    if (kept !== undefined)
      this.#history = new TableHistory((work) => this.#with(work), this.#relations, this.#locks, kept);
  }

  /** Somebody else has changed what there is. */
  forgetCatalog(): void {
    this.#relations.forget();
  }

  async run(request: JobRequest, told: (statement: JobStatement) => void): Promise<void> {
    const session = await this.#open(request);
    try {
      await session.run(request, told);
    } finally {
      await session.close();
    }
  }

  async openSession(request: JobRequest): Promise<JobSession> {
    return this.#open(request);
  }

  async describe(request: JobRequest): Promise<JobStatement> {
    const session = await this.#open(request);
    try {
      return await session.describe(request);
    } finally {
      await session.close();
    }
  }

  async #open(request: JobRequest): Promise<DuckDbJobSession> {
    await this.#translator.prepare();
    const connection = await this.#take();
    return DuckDbJobSession.open(
      connection,
      (isClean) => (isClean ? this.#connections.giveBack(connection) : this.#connections.discard(connection)),
      this.#translator,
      {
        locks: this.#locks,
        relations: this.#relations,
        place: this.#translator.place,
        history: this.#history,
        marks: this.#marks,
        clock: this.#clock,
      },
      request,
    );
  }

  async datasets(): Promise<readonly string[]> {
    return this.#with(readDatasets);
  }

  async relations(dataset: string, name?: string): Promise<readonly RelationDetails[]> {
    const known = await this.#relations.read();
    const required = await this.#requiredIn(known);
    return this.#with((connection) => readDetails(connection, known, required, dataset, name));
  }

  /** Kept as long as the relations that are known: reading them goes through every column there is. */
  #requiredIn(known: ReadonlyMap<string, Relation>): Promise<RequiredColumns> {
    if (this.#required?.known !== known) {
      const columns = this.#with(readRequired);
      const kept = { known, columns };
      this.#required = kept;
      columns.catch(() => {
        if (this.#required === kept) this.#required = undefined;
      });
    }
    return this.#required.columns;
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    return this.#with(readRoutines);
  }

  async rows(relation: RelationId, columns: readonly string[], start: number, count: number): Promise<JobRows> {
    await this.#translator.prepare();
    return this.#with(async (connection) => {
      const { dataset, name } = relation;
      const known = (await this.#relations.read()).get(relationKey(relation)) ?? this.#history?.find([dataset, name]);
      if (known === undefined) throw missingTable(relation);
      return readRows(connection, known, { relation, columns, start, count });
    });
  }

  async write(request: WriteRequest): Promise<number> {
    const { table, create, truncate, changes = [], signal } = request;
    // Found before the transaction: the statement is translated on what is there.
    const making = create === undefined ? [] : await this.#definition(create);
    if (request.once !== undefined) await this.#marks.prepare();
    const write = () => this.#with((connection) => writeRows(connection, request, making));
    const isDefined = create !== undefined || changes.length > 0;
    const how = isDefined ? "define" : truncate ? "rewrite" : "append";
    try {
      return await this.#locks.hold(
        [relationKey(table)],
        signal,
        () => this.#history?.changing([{ table, how }], write) ?? write(),
      );
    } finally {
      if (isDefined) this.#relations.forget();
    }
  }

  async changeSchema(table: RelationId, changes: readonly SchemaChange[]): Promise<void> {
    const rows: readonly never[] = [];
    const signal = new AbortController().signal;
    await this.write({ table, columns: [], rows, create: undefined, truncate: false, changes, signal });
  }

  async #definition(sql: string): Promise<readonly string[]> {
    const session = await this.#open(plainRequest(sql));
    try {
      return await session.definition(sql);
    } finally {
      await session.close();
    }
  }

  async version(table: RelationId, at: bigint | "oldest"): Promise<TableVersion> {
    const { signal } = new AbortController();
    try {
      if (this.#history === undefined) throw new Error("What tables were is not kept");
      const { path, columns, layout } = await this.#history.version(table, at, signal);
      const { partitionColumn, clusterBy = [] } = layout ?? {};
      const id = { dataset: path[0], name: path[1] };
      const rows = await this.#with((connection) => countRows(connection, id));
      return { id, columns, partitionColumn, clusterBy, rows };
    } catch (cause) {
      throw jobError(cause, signal, false);
    }
  }

  async marks(): Promise<readonly LeftMark[]> {
    return this.#marks.read();
  }

  async parquetColumns(path: string) {
    return this.#with((connection) => readParquetColumns(connection, path));
  }

  async parquetRows(path: string): Promise<JobRows> {
    return this.#with((connection) => readParquet(connection, path));
  }

  async writeParquet({ table, columns, partition, codec }: ParquetSource, path: string): Promise<void> {
    const where = partition === undefined ? "" : ` WHERE ${partitionSql(partition)}`;
    const rows = `SELECT ${columns.map(quoteName).join(", ")} FROM ${quotePath(table)}${where}`;
    await this.#with((connection) => connection.run(parquetSql(rows, path, codec)));
  }

  moveClock(milliseconds: number): void {
    this.#clock.move(milliseconds);
  }

  async #take(): Promise<DuckDBConnection> {
    const connection = await this.#connections.take();
    await this.#clock.apply(connection);
    return connection;
  }

  async #with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    try {
      return await work(connection);
    } finally {
      this.#connections.giveBack(connection);
    }
  }
}

/** The error for a table that is not there. */
function missingTable({ dataset, name }: RelationId): JobError {
  const path = [dataset, name];
  return new JobError("notFound", `Not found: Table ${path.join(".")}`, undefined, { kind: "Table", path });
}
