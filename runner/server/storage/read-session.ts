import { randomUUID } from "node:crypto";
import { parseExpressionText } from "../../googlesql/parser/statement.js";
import type { SqlValue } from "../../port/port.js";
import { type JobRows, plainRequest } from "../../port/sql-jobs.js";
import type { Column, SqlType } from "../../port/sql-types.js";
import { accessOf, requireAllRows } from "../catalog/row-access.js";
import { fullTableName, requireRelation, type TableRef } from "../catalog/tables.js";
import { jobOfAnonymous, keepResult } from "../jobs/anonymous.js";
import { requireOwnRows } from "../jobs/external-tables.js";
import type { JobService } from "../jobs/service.js";
import { ApiError, notFound } from "../protocol/errors.js";
import { quoted } from "../protocol/schema.js";
import { AvroEncoder, storageNames } from "../values/avro-rows.js";
import { fieldTree, selectedRows } from "../values/selected-fields.js";
import { ArrowEncoder } from "./arrow-rows.js";

export type DataFormat = "ARROW" | "AVRO";

export interface ReadRequest {
  readonly table: TableRef;
  /** Who reads. */
  readonly user: string;
  readonly format: DataFormat;
  /** Names of columns, fields with dots; none: all. */
  readonly selectedFields: readonly string[];
  /** A condition on rows in GoogleSQL; empty: none. */
  readonly rowRestriction: string;
  /** The table as it was, in microseconds since 1970; undefined: as it is. */
  readonly at: bigint | undefined;
  /** Of all rows about so many of a hundred; undefined: all. */
  readonly samplePercentage: number | undefined;
  /** Streams at most; 0: as many as are worth it. */
  readonly maxStreams: number;
}

/** Rows of some streams: `from` of each up to the `from` of the next. */
interface Stream {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Rows below which another stream is not worth it. */
const ROWS_PER_STREAM = 50_000;
const MOST_STREAMS = 8;

/** One reading of a table: its rows as they were when it began, until it ends. */
export class ReadSession {
  readonly name: string;
  readonly streams: Stream[];
  readonly encoder: ArrowEncoder | AvroEncoder;

  private constructor(
    readonly request: ReadRequest,
    readonly rows: JobRows,
    location: string,
  ) {
    this.name = `projects/${request.table.project}/locations/${location.toLowerCase()}/sessions/${randomUUID()}`;
    this.encoder =
      request.format === "ARROW"
        ? new ArrowEncoder(rows.columns)
        : new AvroEncoder(rows.columns, { names: storageNames() });
    this.streams = streamsOf(this.name, rows.count, request.maxStreams);
  }

  /** @throws ApiError where there is no such table or column, or the restriction is wrong */
  static async open(service: JobService, request: ReadRequest): Promise<ReadSession> {
    return new ReadSession(request, await rowsOf(service, request), service.location);
  }

  /**
   * Two streams that have the rows of one together, which stays what it is.
   * @param fraction how much of it the first one has
   * @returns undefined: it has too few rows
   */
  split(stream: Stream, fraction: number): readonly [Stream, Stream] | undefined {
    const rows = stream.to - stream.from;
    const middle = stream.from + Math.round(rows * (fraction > 0 && fraction < 1 ? fraction : 0.5));
    if (middle <= stream.from || middle >= stream.to) return undefined;
    const part = (from: number, to: number) => ({ name: `${this.name}/streams/${randomUUID()}`, from, to });
    const parts = [part(stream.from, middle), part(middle, stream.to)] as const;
    this.streams.push(...parts);
    return parts;
  }

  /** Some rows of a stream, from its beginning. */
  read({ from, to }: Stream, offset: number, count: number): readonly (readonly SqlValue[])[] {
    return this.rows.read(from + offset, Math.min(count, to - from - offset));
  }
}

function streamsOf(session: string, rows: number, asked: number): Stream[] {
  const most = Math.min(asked === 0 ? MOST_STREAMS : asked, MOST_STREAMS);
  const number = rows === 0 ? 0 : Math.max(1, Math.min(most, Math.ceil(rows / ROWS_PER_STREAM)));
  return Array.from({ length: number }, (_, i) => ({
    name: `${session}/streams/${i}`,
    from: Math.floor((rows * i) / number),
    to: Math.floor((rows * (i + 1)) / number),
  }));
}

async function rowsOf(
  service: JobService,
  { table, selectedFields, rowRestriction, at: asked, samplePercentage, user }: ReadRequest,
): Promise<JobRows> {
  const jobId = jobOfAnonymous(table.dataset, table.table);
  // Results have been what they are from their beginning.
  const at = jobId === undefined ? asked : undefined;
  if (jobId !== undefined && rowRestriction === "" && samplePercentage === undefined) {
    const { rows } = service.registry.find(table.project, jobId, undefined).outcome;
    if (rows === undefined) throw notFound("Table", fullTableName(table));
    return selectedRows(rows, fieldTree(selectedFields.join(",")));
  }
  await keepResult(service, table);
  const relation = await requireRelation(service, table);
  requireOwnRows(service, table);
  if (relation.kind === "view")
    throw new ApiError(
      "invalid",
      `request failed: table type of ${fullTableName(table)} is a view, which cannot be read`,
    );
  if (at !== undefined) requireAllRows(service, table, user);
  const { id, columns } = at === undefined ? relation : await service.jobs.version(relation.id, at);
  const items = selection(columns, selectedFields);
  const where = rowRestriction === "" ? "" : ` WHERE ${restriction(rowRestriction)}`;
  const sql = `SELECT ${items.join(", ")} FROM ${quoted(id.dataset)}.${quoted(id.name)} AS ${ALIAS}${sample(samplePercentage)}${where}`;
  let rows: JobRows | undefined;
  await service.jobs.run({ ...plainRequest(sql), access: accessOf(service, user) }, (statement) => {
    rows = statement.rows;
  });
  return rows as JobRows;
}

/** @throws ApiError for what is no percentage */
function sample(percentage: number | undefined): string {
  if (percentage === undefined) return "";
  if (percentage >= 0 && percentage <= 100) return ` TABLESAMPLE SYSTEM (${percentage} PERCENT)`;
  throw new ApiError("invalid", `request failed: sample_percentage ${percentage} is not between 0 and 100`);
}

/** What no column is called: a name would stand for the whole row. */
const ALIAS = "_fastbreak_rows";

/**
 * The condition, on lines of its own, so that a comment in it ends.
 * @throws ApiError for anything but one expression
 */
function restriction(text: string): string {
  try {
    parseExpressionText(text);
  } catch (cause) {
    throw new ApiError("invalid", `request failed: row_restriction is no expression: ${(cause as Error).message}`);
  }
  return `(\n${text}\n)`;
}

/** Selected fields by the first part of their names. */
type Selected = ReadonlyMap<string, readonly string[]>;

function selection(columns: readonly Column[], fields: readonly string[]): readonly string[] {
  if (fields.length === 0) return columns.map(({ name }) => quoted(name));
  const selected = byFirstPart(fields);
  const known = new Set(columns.map(({ name }) => name.toLowerCase()));
  for (const name of selected.keys())
    if (!known.has(name))
      throw new ApiError(
        "invalid",
        `request failed: The following selected fields do not exist in the table schema: ${name}`,
      );
  return columns.flatMap(({ name, type }) => {
    const inner = selected.get(name.toLowerCase());
    if (inner === undefined) return [];
    const value = inner.includes("") ? quoted(name) : partOf(quoted(name), type, byFirstPart(inner), 0);
    return [`${value} AS ${quoted(name)}`];
  });
}

function byFirstPart(fields: readonly string[]): Selected {
  const parts = new Map<string, string[]>();
  for (const field of fields) {
    const [first = "", ...rest] = field.trim().split(".");
    const known = parts.get(first.toLowerCase()) ?? [];
    parts.set(first.toLowerCase(), [...known, rest.join(".")]);
  }
  return parts;
}

/** A STRUCT, or an array of STRUCTs, with some of its fields. */
function partOf(value: string, type: SqlType, selected: Selected, depth: number): string {
  if (typeof type === "string") return value;
  if (type.kind === "array") {
    const element = `e${depth}`;
    return `ARRAY(SELECT ${partOf(element, type.element, selected, depth + 1)} FROM UNNEST(${value}) AS ${element} WITH OFFSET AS o${depth} ORDER BY o${depth})`;
  }
  const fields = type.fields.flatMap(({ name = "", type: inner }) => {
    const wanted = selected.get(name.toLowerCase());
    if (wanted === undefined) return [];
    const field = `${value}.${quoted(name)}`;
    const shown = wanted.includes("") ? field : partOf(field, inner, byFirstPart(wanted), depth + 1);
    return [`${shown} AS ${quoted(name)}`];
  });
  return `IF(${value} IS NULL, NULL, STRUCT(${fields.join(", ")}))`;
}
