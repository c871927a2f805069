import { randomUUID } from "node:crypto";
import type { RowObject } from "../../port/port.js";
import { Turns } from "../../port/turns.js";
import { bytesOfRows } from "../catalog/bytes.js";
import { requiredPaths } from "../catalog/schema-update.js";
import { requireRelation, type TableRef, tableFields, tableId } from "../catalog/tables.js";
import { externalOf } from "../jobs/external-tables.js";
import type { JobService } from "../jobs/service.js";
import { ApiError } from "../protocol/errors.js";
import { nameOfTable, tableOfName } from "./names.js";
import { StorageError, type StorageFault } from "./storage-error.js";

export type WriteMode = "DEFAULT" | "COMMITTED" | "PENDING" | "BUFFERED";

/** Rows on their way into a table. */
export interface WriteStream {
  readonly name: string;
  readonly table: TableRef;
  readonly mode: WriteMode;
  readonly createdAt: Date;
  /** Rows that were taken. */
  taken: number;
  /** Rows that are not in the table yet. */
  waiting: RowObject[];
  isFinal: boolean;
  committedAt: Date | undefined;
}

/** The streams of a server; those that clients have made end with it. */
export class WriteStreams {
  readonly #service: JobService;
  readonly #streams = new Map<string, WriteStream>();
  /** Several connections may speak of one stream: what one of them sees of it must hold until it is done. */
  readonly #turns = new Turns();

  constructor(service: JobService) {
    this.#service = service;
  }

  /** @throws ApiError where there is no such table */
  async create(parent: string, mode: Exclude<WriteMode, "DEFAULT">): Promise<WriteStream> {
    const table = tableOfName(parent);
    await this.requireTable(table);
    const stream = newStream(`${nameOfTable(table)}/streams/${randomUUID()}`, table, mode);
    this.#streams.set(stream.name, stream);
    return stream;
  }

  /**
   * A stream by its name; every table has one, `_default`, that nobody makes.
   * @throws ApiError where there is none
   */
  find(name: string): WriteStream {
    const own = /^(.*\/tables\/[^/]+)(?:\/streams)?\/_default$/.exec(name)?.[1];
    if (own !== undefined) return newStream(`${own}/streams/_default`, tableOfName(own), "DEFAULT");
    const stream = this.#streams.get(name);
    if (stream !== undefined) return stream;
    throw new ApiError("notFound", `Requested entity was not found. Entity: ${name}`);
  }

  async requireTable(table: TableRef) {
    const relation = await requireRelation(this.#service, table);
    if (
      externalOf(this.#service, tableId(table)) !== undefined ||
      relation.kind === "view" ||
      relation.isSnapshot === true
    )
      throw new ApiError("invalid", `Rows can be written to tables only, and ${nameOfTable(table)} is none`);
    return { ...relation, required: requiredPaths(tableFields(this.#service, table, relation)) };
  }

  /** Takes rows, at an offset where the client gives one; where they begin. */
  async append(stream: WriteStream, rows: readonly RowObject[], offset: number | undefined): Promise<number> {
    // Nothing is kept of the default stream, to which any number of writers append.
    return stream.mode === "DEFAULT"
      ? this.#append(stream, rows, offset)
      : this.#inTurn([stream.name], () => this.#append(stream, rows, offset));
  }

  async #append(stream: WriteStream, rows: readonly RowObject[], offset: number | undefined): Promise<number> {
    if (stream.isFinal) throw new StorageError("STREAM_FINALIZED", stream.name, `${stream.name} has been finalized`);
    if (offset !== undefined && stream.mode !== "DEFAULT") requireOffset(stream, offset);
    const begin = stream.taken;
    if (stream.mode === "DEFAULT" || stream.mode === "COMMITTED") {
      await this.#write(stream.table, rows);
      stream.taken += rows.length;
      await this.#buffered(stream.table, rows.length);
    } else {
      for (const row of rows) stream.waiting.push(row);
      stream.taken += rows.length;
    }
    return begin;
  }

  /** A stream takes no more rows; how many it has taken. */
  async finalize(stream: WriteStream): Promise<number> {
    return this.#inTurn([stream.name], async () => {
      stream.isFinal = true;
      return stream.taken;
    });
  }

  /** Makes the rows of a BUFFERED stream visible, up to an offset. */
  async flush(stream: WriteStream, offset: number): Promise<void> {
    if (stream.mode !== "BUFFERED") throw new ApiError("invalid", `${stream.name} is not of type BUFFERED`);
    await this.#inTurn([stream.name], () => this.#flush(stream, offset));
  }

  async #flush(stream: WriteStream, offset: number): Promise<void> {
    const visible = stream.taken - stream.waiting.length;
    if (offset >= stream.taken) throw new ApiError("invalid", `offset ${offset} is behind the end of ${stream.name}`);
    const ready = stream.waiting.slice(0, Math.max(0, offset + 1 - visible));
    if (ready.length === 0) return;
    await this.#write(stream.table, ready);
    stream.waiting = stream.waiting.slice(ready.length);
    await this.#buffered(stream.table, ready.length);
  }

  /**
   * Makes the rows of PENDING streams of one table visible: of all streams or of none.
   * @returns when, or what is wrong with which stream
   */
  async commit(parent: string, names: readonly string[]): Promise<Date | readonly StorageFault[]> {
    const wanted = [...new Set(names)];
    return this.#inTurn(wanted, () => this.#commit(parent, wanted));
  }

  async #commit(parent: string, names: readonly string[]): Promise<Date | readonly StorageFault[]> {
    const table = tableOfName(parent);
    await this.requireTable(table);
    const streams = names.map((name) => this.#streams.get(name));
    const faults = names.flatMap((name, index) => faultOf(streams[index], name, table) ?? []);
    if (faults.length > 0) return faults;
    const found = streams.filter((stream) => stream !== undefined);
    const rows = found.flatMap(({ waiting }) => waiting);
    if (rows.length > 0) await this.#write(table, rows);
    const at = new Date();
    for (const stream of found) {
      stream.waiting = [];
      stream.committedAt = at;
    }
    return at;
  }

  #inTurn<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#turns.hold(names, new AbortController().signal, work);
  }

  /** Statements may change what comes by this API at once. */
  async #buffered(table: TableRef, rows: number): Promise<void> {
    if (rows === 0) return;
    const { columns } = await this.requireTable(table);
    this.#service.buffer.add(tableId(table), rows, bytesOfRows({ columns, rows }), false);
  }

  async #write(table: TableRef, rows: readonly RowObject[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#service.jobs.write({
      table: { dataset: table.dataset, name: table.table },
      columns: [...new Set(rows.flatMap(Object.keys))],
      fillsDefaults: true,
      rows,
      create: undefined,
      truncate: false,
      signal: new AbortController().signal,
    });
    this.#service.times.touch(tableId(table));
  }
}

function newStream(name: string, table: TableRef, mode: WriteMode): WriteStream {
  return { name, table, mode, createdAt: new Date(), taken: 0, waiting: [], isFinal: false, committedAt: undefined };
}

function requireOffset({ taken, name }: WriteStream, offset: number): void {
  if (offset < taken)
    throw new StorageError(
      "OFFSET_ALREADY_EXISTS",
      name,
      `The offset is within stream, expected offset ${taken}, received ${offset}: ${name}`,
    );
  if (offset > taken)
    throw new StorageError(
      "OFFSET_OUT_OF_RANGE",
      name,
      `The offset is beyond stream, expected offset ${taken}, received ${offset}: ${name}`,
    );
}

/** What keeps a stream from being committed; undefined: nothing. */
function faultOf(stream: WriteStream | undefined, entity: string, table: TableRef): StorageFault | undefined {
  const fault = (code: StorageFault["code"], errorMessage: string) => ({ code, entity, errorMessage });
  if (stream === undefined) return fault("STREAM_NOT_FOUND", `Requested entity was not found. Entity: ${entity}`);
  if (stream.mode !== "PENDING") return fault("INVALID_STREAM_TYPE", `${entity} is not of type PENDING`);
  if (nameOfTable(stream.table) !== nameOfTable(table))
    return fault("INVALID_STREAM_STATE", `${entity} does not belong to ${nameOfTable(table)}`);
  if (stream.committedAt !== undefined) return fault("STREAM_ALREADY_COMMITTED", `${entity} is already committed`);
  if (!stream.isFinal) return fault("INVALID_STREAM_STATE", `${entity} has not been finalized`);
  return undefined;
}
