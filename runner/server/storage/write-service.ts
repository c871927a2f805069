import type { ServerDuplexStream, ServerUnaryCall } from "@grpc/grpc-js";
import type { RowObject } from "../../port/port.js";
import { JobError } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import type { JobService } from "../jobs/service.js";
import { ApiError, type ErrorPlace } from "../protocol/errors.js";
import { decodeRow, ValueError } from "../values/decode.js";
import { rowsOfArrow } from "./arrow-input.js";
import { statusOf } from "./grpc-status.js";
import { type MessageDescriptor, ProtoRowReader } from "./proto-rows.js";
import { jsonOfProto } from "./proto-values.js";
import { packedMessage } from "./service-definition.js";
import { StorageError } from "./storage-error.js";
import { storageSchema } from "./table-schema.js";
import { type WriteMode, type WriteStream, WriteStreams } from "./write-streams.js";

interface AppendRequest {
  readonly writeStream: string;
  readonly offset: { readonly value: string } | null;
  readonly protoRows?: {
    readonly writerSchema: { readonly protoDescriptor: MessageDescriptor | null } | null;
    readonly rows: { readonly serializedRows: readonly Uint8Array[] } | null;
  } | null;
  readonly arrowRows?: {
    readonly writerSchema: { readonly serializedSchema: Uint8Array } | null;
    readonly rows: { readonly serializedRecordBatch: Uint8Array } | null;
  } | null;
  /** `NULL_VALUE` or `DEFAULT_VALUE`, by column. */
  readonly missingValueInterpretations?: Readonly<Record<string, string>>;
  readonly defaultMissingValueInterpretation?: string;
}

type Unary<Request> = ServerUnaryCall<Request, unknown>;

/** `google.cloud.bigquery.storage.v1.BigQueryWrite`. https://cloud.google.com/bigquery/docs/reference/storage/rpc */
export class WriteService {
  readonly #streams: WriteStreams;
  readonly #place: ErrorPlace;

  constructor(service: JobService, place: ErrorPlace) {
    this.#place = place;
    this.#streams = new WriteStreams(service);
  }

  async createWriteStream({
    request,
  }: Unary<{ readonly parent: string; readonly writeStream: { readonly type: string } | null }>) {
    const stream = await this.#streams.create(request.parent, modeOf(request.writeStream?.type ?? ""));
    return this.#described(stream);
  }

  async getWriteStream({ request }: Unary<{ readonly name: string }>) {
    return this.#described(this.#streams.find(request.name));
  }

  async finalizeWriteStream({ request }: Unary<{ readonly name: string }>) {
    const stream = this.#streams.find(request.name);
    if (stream.mode === "DEFAULT") throw new ApiError("invalid", "The default stream cannot be finalized");
    return { rowCount: String(await this.#streams.finalize(stream)) };
  }

  async batchCommitWriteStreams({
    request,
  }: Unary<{ readonly parent: string; readonly writeStreams: readonly string[] }>) {
    const done = await this.#streams.commit(request.parent, request.writeStreams);
    return done instanceof Date ? { commitTime: timestamp(done) } : { streamErrors: done };
  }

  async flushRows({
    request,
  }: Unary<{ readonly writeStream: string; readonly offset: { readonly value: string } | null }>) {
    const offset = Number(request.offset?.value ?? 0);
    await this.#streams.flush(this.#streams.find(request.writeStream), offset);
    return { offset: String(offset) };
  }

  /** Answers each request in its turn. What is wrong with rows is told in the answer; the stream goes on. */
  appendRows(call: ServerDuplexStream<AppendRequest, object>, fail: (cause: unknown) => void): void {
    const connection: Connection = { stream: undefined, reader: undefined, arrowSchema: undefined, schemas: new Map() };
    let last = Promise.resolve();
    call.on("data", (request: AppendRequest) => {
      last = last.then(async () => {
        call.write(await this.#answer(request, connection));
      });
      last.catch(fail);
    });
    call.on("end", () => void last.then(() => call.end()).catch(() => undefined));
  }

  async #answer(request: AppendRequest, connection: Connection): Promise<object> {
    if (request.writeStream !== "") connection.stream = this.#streams.find(request.writeStream);
    const { stream } = connection;
    if (stream === undefined) throw new ApiError("required", "The first request must name its write_stream");
    const { columns, required } = await this.#streams.requireTable(stream.table);
    const updated = updatedSchema(connection, stream.name, storageSchema(columns, required));
    const isDefault = defaultsOf(request);
    const rows: RowObject[] = [];
    const rowErrors: object[] = [];
    for (const [index, read] of incomingRows(request, connection, columns).entries()) {
      try {
        const row = decodeRow(read(), columns, { ignoreUnknown: false, required });
        // What is still missing gets its default.
        for (const { name } of columns) if (row[name] === undefined && !isDefault(name)) row[name] = null;
        rows.push(row);
      } catch (cause) {
        if (!(cause instanceof ValueError || cause instanceof ApiError)) throw cause;
        rowErrors.push({ index: String(index), code: "FIELDS_ERROR", message: cause.message });
      }
    }
    const name = { writeStream: stream.name, ...updated };
    if (rowErrors.length > 0)
      return {
        ...name,
        error: {
          code: 3,
          message: "Errors found while processing rows. Please refer to the row_errors field for details.",
        },
        rowErrors,
      };
    const offset = request.offset === null ? undefined : Number(request.offset.value);
    try {
      const begin = await this.#streams.append(stream, rows, offset);
      return { ...name, appendResult: stream.mode === "DEFAULT" ? {} : { offset: { value: String(begin) } } };
    } catch (cause) {
      if (!(cause instanceof ApiError || cause instanceof JobError)) throw cause;
      const { code, details: message } = statusOf(cause, this.#place);
      const details = cause instanceof StorageError ? [packedMessage("StorageError", cause.fault)] : [];
      return { ...name, error: { code, message, details } };
    }
  }

  async #described(stream: WriteStream): Promise<object> {
    const { columns, required } = await this.#streams.requireTable(stream.table);
    return {
      name: stream.name,
      type: stream.mode === "DEFAULT" ? "COMMITTED" : stream.mode,
      createTime: timestamp(stream.createdAt),
      ...(stream.committedAt === undefined ? {} : { commitTime: timestamp(stream.committedAt) }),
      tableSchema: storageSchema(columns, required),
      writeMode: "INSERT",
      location: this.#place.location.toLowerCase(),
    };
  }
}

/** What one connection has said before. */
interface Connection {
  stream: WriteStream | undefined;
  reader: ProtoRowReader | undefined;
  /** The writer's schema in Arrow. */
  arrowSchema: Uint8Array | undefined;
  /** The schemas that tables had when the connection last heard of them, by stream. */
  readonly schemas: Map<string, string>;
}

/** The rows of a request, each read when it is asked for: one that cannot be read is wrong alone. */
function incomingRows(
  { protoRows, arrowRows }: AppendRequest,
  connection: Connection,
  columns: readonly Column[],
): readonly (() => Readonly<Record<string, unknown>>)[] {
  const missing = () => new ApiError("required", "The first request must have a writer_schema");
  if (arrowRows) {
    if (arrowRows.writerSchema?.serializedSchema.length)
      connection.arrowSchema = arrowRows.writerSchema.serializedSchema;
    if (connection.arrowSchema === undefined) throw missing();
    const batch = arrowRows.rows?.serializedRecordBatch ?? new Uint8Array();
    return batch.length === 0 ? [] : rowsOfArrow(connection.arrowSchema, batch).map((row) => () => row);
  }
  const descriptor = protoRows?.writerSchema?.protoDescriptor;
  if (descriptor) connection.reader = new ProtoRowReader(descriptor);
  const { reader } = connection;
  if (reader === undefined) throw missing();
  return (protoRows?.rows?.serializedRows ?? []).map((bytes) => () => jsonOfProto(reader.read(bytes), columns));
}

/** The schema of the table, where it is not the one any more that the connection knows. */
function updatedSchema({ schemas }: Connection, stream: string, schema: object): { readonly updatedSchema?: object } {
  const text = JSON.stringify(schema);
  const known = schemas.get(stream) ?? text;
  schemas.set(stream, text);
  return known === text ? {} : { updatedSchema: schema };
}

/** Whether a column that a row lacks gets its default, or NULL. */
function defaultsOf({ missingValueInterpretations = {}, defaultMissingValueInterpretation }: AppendRequest) {
  const own = new Map(Object.entries(missingValueInterpretations).map(([name, how]) => [name.toLowerCase(), how]));
  return (column: string) => (own.get(column.toLowerCase()) ?? defaultMissingValueInterpretation) === "DEFAULT_VALUE";
}

function modeOf(type: string): Exclude<WriteMode, "DEFAULT"> {
  if (type === "COMMITTED" || type === "PENDING" || type === "BUFFERED") return type;
  throw new ApiError("invalid", "type of the write stream must be COMMITTED, PENDING or BUFFERED");
}

function timestamp(at: Date): object {
  return { seconds: String(Math.floor(at.getTime() / 1000)), nanos: (at.getTime() % 1000) * 1_000_000 };
}
