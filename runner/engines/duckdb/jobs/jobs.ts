import type { DuckDBConnection } from "@duckdb/node-api";
import { EngineError } from "../../../port/engine-error.js";
import { type RelationId, type RowObject, relationKey } from "../../../port/port.js";
import {
  JobError,
  type JobRequest,
  type JobRows,
  type JobSession,
  type JobStatement,
  type RelationDetails,
  type SqlJobs,
} from "../../../port/sql-jobs.js";
import { readCatalog } from "../catalog.js";
import { quoteName, quotePath } from "../quote.js";
import { readRoutines } from "../script-host.js";
import type { Translator } from "../translator.js";
import { appendRow } from "../values.js";
import { readDatasets, readDetails } from "./details.js";
import { jobError } from "./job-errors.js";
import { DuckDbJobSession } from "./job-session.js";
import { ResultRows } from "./result-rows.js";
import { TableLocks } from "./table-locks.js";

/** Connections of one database, taken and given back. */
export interface Connections {
  take(): Promise<DuckDBConnection>;
  giveBack(connection: DuckDBConnection): void;
}

/** How often work is tried again that lost against another writer, and the longest wait before it, in milliseconds. */
const MOST_CONFLICTS = 6;
const LONGEST_WAIT_MS = 40;

/** Jobs of many clients on one DuckDB instance. */
export class DuckDbJobs implements SqlJobs {
  readonly #connections: Connections;
  readonly #translator: Translator;
  readonly #locks = new TableLocks();

  constructor(connections: Connections, translator: Translator) {
    this.#connections = connections;
    this.#translator = translator;
  }

  async run(request: JobRequest, told: (statement: JobStatement) => void): Promise<void> {
    const session = await this.#open(request);
    try {
      await session.run(request, told);
    } finally {
      await session.close();
    }
  }

  async openSession(): Promise<JobSession> {
    return this.#open(NO_REQUEST);
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
    const connection = await this.#connections.take();
    return DuckDbJobSession.open(
      connection,
      () => this.#connections.giveBack(connection),
      this.#translator,
      this.#locks,
      request,
    );
  }

  async datasets(): Promise<readonly string[]> {
    return this.#with(readDatasets);
  }

  async relations(dataset: string, name?: string): Promise<readonly RelationDetails[]> {
    return this.#with((connection) => readDetails(connection, dataset, name));
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    return this.#with(readRoutines);
  }

  async rows(relation: RelationId, columns: readonly string[], start: number, count: number): Promise<JobRows> {
    await this.#translator.prepare();
    return this.#with(async (connection) => {
      const known = (await readCatalog(connection)).get(relationKey(relation));
      if (known === undefined) throw missingTable(relation);
      const read = columns.flatMap((name) => known.columns.find((column) => column.name === name) ?? []);
      const names = read.length === 0 ? "NULL" : read.map(({ name }) => quoteName(name)).join(", ");
      const sql = `SELECT ${names} FROM ${quotePath(relation)} LIMIT ${count} OFFSET ${start}`;
      return new ResultRows(await connection.run(sql), read);
    });
  }

  async insert(table: RelationId, rows: readonly RowObject[]): Promise<void> {
    const { signal } = new AbortController();
    await this.#locks.hold([relationKey(table)], signal, () =>
      this.#retrying(() => this.#with((connection) => append(connection, table, rows))),
    );
  }

  async #retrying<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (cause) {
        if (!(cause instanceof EngineError) || cause.code !== "conflict" || attempt === MOST_CONFLICTS) throw cause;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_WAIT_MS));
      }
    }
  }

  async #with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#connections.take();
    try {
      return await work(connection);
    } finally {
      this.#connections.giveBack(connection);
    }
  }
}

async function append(connection: DuckDBConnection, table: RelationId, rows: readonly RowObject[]): Promise<void> {
  const known = (await readCatalog(connection)).get(relationKey(table));
  if (known === undefined) throw missingTable(table);
  const { signal } = new AbortController();
  await connection.run("BEGIN TRANSACTION");
  try {
    const appender = await connection.createAppender(table.name, table.dataset);
    const given = new Set(rows.flatMap(Object.keys));
    // A column that no row has gets its default.
    const columns = known.columns.map((column) => (given.has(column.name) ? column : undefined));
    for (const row of rows) appendRow(appender, columns, row);
    appender.closeSync();
    await connection.run("COMMIT");
  } catch (cause) {
    await connection.run("ROLLBACK").catch(() => undefined);
    throw jobError(cause, signal, false);
  }
}

function missingTable({ dataset, name }: RelationId): JobError {
  const path = [dataset, name];
  return new JobError("notFound", `Not found: Table ${path.join(".")}`, undefined, { kind: "Table", path });
}

const NO_REQUEST: JobRequest = {
  sql: "",
  parameters: [],
  defaultDataset: undefined,
  systemTables: () => undefined,
  signal: new AbortController().signal,
  destination: undefined,
};
