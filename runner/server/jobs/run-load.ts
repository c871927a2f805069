import { statSync } from "node:fs";
import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import { creation } from "../catalog/table-changes.js";
import { tableId } from "../catalog/tables.js";
import { csvLines } from "../load/csv.js";
import { columnName, detectCsv, detectJson, ROWS_TO_DETECT } from "../load/detect.js";
import { jsonLines } from "../load/json-lines.js";
import { BadRows, csvRows, jsonRows } from "../load/rows.js";
import { ApiError } from "../protocol/errors.js";
import { columnsOfFields, type FieldSchema, fieldsOf } from "../protocol/schema.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { sourceFiles } from "./buckets.js";
import { fitColumns, openPartition, openTarget, refOf, requireUpdatable } from "./destination.js";
import type { Job, JobOutcome } from "./job.js";
import type { JobService } from "./service.js";

type Format = "CSV" | "NEWLINE_DELIMITED_JSON" | "PARQUET";

/** What a file holds, as its schema or itself tells. */
interface Source {
  readonly fields: readonly FieldSchema[];
  /** Lines before the first that holds values. */
  readonly skip: number;
}

/** Loads files into a table: all of their rows, or none. */
export async function runLoad(service: JobService, job: Job, load: LoadConfiguration): Promise<JobOutcome> {
  requireUpdatable(load, load.schemaUpdateOptions, "WRITE_APPEND", load.destinationTable);
  const format = formatOf(load);
  const files = filesOf(service, job, load);
  const target = await openTarget(service, refOf(load.destinationTable, job.reference.projectId), load, "WRITE_APPEND");
  const { ref, write } = target;
  const source = await describeSource(service, load, format, files, target.existing);
  const columns = columnsOfFields(source.fields);
  const { timePartitioning, clustering } = load;
  const said = { schema: { fields: [...source.fields] }, timePartitioning, clustering };
  const part = await openPartition(service, target, said);
  const existing = target.existing ?? part?.table;
  const replaces =
    existing === undefined ||
    (part === undefined &&
      write === "replace" &&
      (load.schema !== undefined || load.autodetect === true || format === "PARQUET"));
  if (!replaces) await fitColumns(service, ref, existing, columns, load.schemaUpdateOptions);
  const bad = new BadRows(load.maxBadRecords ?? 0);
  const required = replaces
    ? new Set(source.fields.filter(({ mode }) => mode === "REQUIRED").map(({ name }) => name))
    : existing.required;
  const rows = rowsOf(service, { load, format, files, source, columns, required, bad });
  const written = await service.jobs.write({
    table: { dataset: ref.dataset, name: ref.table },
    columns: columns.map(({ name }) => name),
    rows,
    create: replaces ? creation(ref, said, "OR REPLACE ") : undefined,
    partition: part?.partition,
    truncate: write === "replace",
    once: service.markOf(job),
    signal: job.signal,
  });
  await keepWhatIsSaid(service, ref, load, replaces, existing === undefined);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return {
    statistics: {
      load: {
        inputFiles: String(files.length),
        inputFileBytes: String(bytes),
        outputRows: String(written),
        outputBytes: String(bytes),
        badRecords: String(bad.errors.length),
      },
    },
    warnings: bad.errors,
  };
}

async function keepWhatIsSaid(
  { store, times }: JobService,
  ref: ReturnType<typeof refOf>,
  load: LoadConfiguration,
  replaces: boolean,
  isNew: boolean,
): Promise<void> {
  const id = tableId(ref);
  if (isNew) times.made(id);
  else times.touch(id);
  const { timePartitioning, schema, destinationTableProperties } = load;
  const said = Object.entries({ timePartitioning, schema, ...destinationTableProperties }).filter(([, value]) => value);
  if (replaces && said.length > 0) await store.set("table", id, { created: Date.now(), ...Object.fromEntries(said) });
}

function formatOf({ sourceFormat }: LoadConfiguration): Format {
  const format = (sourceFormat ?? "CSV").toUpperCase();
  if (format === "CSV" || format === "NEWLINE_DELIMITED_JSON" || format === "PARQUET") return format;
  if (format === "AVRO" || format === "ORC" || format === "DATASTORE_BACKUP")
    throw new ApiError("invalid", `Source format ${format} is not supported by the embedded engine`);
  throw new ApiError("invalid", `Invalid source format ${sourceFormat}`);
}

function filesOf({ bucketDir }: JobService, job: Job, { sourceUris }: LoadConfiguration): readonly string[] {
  if (job.media !== undefined) return [job.media];
  const uris = sourceUris ?? [];
  if (uris.length === 0)
    throw new ApiError(
      "required",
      "Load configuration must specify at least one source URI",
      "configuration.load.sourceUris",
    );
  return uris.flatMap((uri) => sourceFiles(bucketDir, uri));
}

async function describeSource(
  { jobs }: JobService,
  load: LoadConfiguration,
  format: Format,
  files: readonly string[],
  existing: RelationDetails | undefined,
): Promise<Source> {
  const [file = ""] = files;
  const skip = load.skipLeadingRows ?? 0;
  if (format === "PARQUET") return { fields: fieldsOf((await jobs.parquetRows(file)).columns), skip: 0 };
  if (load.schema && load.schema.fields.length > 0) return { fields: load.schema.fields, skip };
  const known = existing === undefined ? undefined : fieldsOf(existing.columns, existing.required);
  if (load.autodetect !== true) {
    if (known === undefined) throw new ApiError("invalid", "No schema specified on job or table.");
    return { fields: known, skip };
  }
  if (format === "CSV") return detectCsvSource(file, load, skip, known);
  const objects: Readonly<Record<string, unknown>>[] = [];
  for await (const { value } of jsonLines(file)) if (objects.push(value) >= ROWS_TO_DETECT) break;
  return { fields: withKnown(detectJson(objects), known), skip };
}

async function detectCsvSource(
  file: string,
  load: LoadConfiguration,
  skip: number,
  known: readonly FieldSchema[] | undefined,
): Promise<Source> {
  const rows: (readonly (string | undefined)[])[] = [];
  let index = 0;
  // The last line that is skipped may be the header.
  for await (const { values } of csvLines(file, load)) {
    index += 1;
    if (index >= skip && rows.push(values) > ROWS_TO_DETECT) break;
  }
  const { fields, hasHeader } = detectCsv(rows, skip > 0 && isHeader(rows[0] ?? []));
  const before = Math.max(skip, hasHeader ? Math.max(skip, 1) : skip);
  return { fields: withKnown(fields, known), skip: before };
}

const isHeader = (row: readonly (string | undefined)[]): boolean =>
  row.every((value) => value !== undefined && columnName(value) !== "" && !/^[-+]?[\d.]+$/.test(value));

/** Columns that the table has already keep their types. */
function withKnown(fields: readonly FieldSchema[], known: readonly FieldSchema[] | undefined): readonly FieldSchema[] {
  const byName = new Map((known ?? []).map((field) => [field.name.toLowerCase(), field]));
  return fields.map((field) => byName.get(field.name.toLowerCase()) ?? field);
}

interface Reading {
  readonly load: LoadConfiguration;
  readonly format: Format;
  readonly files: readonly string[];
  readonly source: Source;
  readonly columns: readonly Column[];
  readonly required: ReadonlySet<string>;
  readonly bad: BadRows;
}

async function* rowsOf(
  { jobs }: JobService,
  { load, format, files, source, columns, required, bad }: Reading,
): AsyncGenerator<RowObject> {
  for (const file of files) {
    if (format === "CSV") yield* csvRows(file, load, source.skip, columns, bad);
    else if (format === "NEWLINE_DELIMITED_JSON") yield* jsonRows(file, load, columns, required, bad);
    else {
      const rows = await jobs.parquetRows(file);
      for (let start = 0; start < rows.count; start += ROWS_AT_ONCE)
        for (const row of rows.read(start, ROWS_AT_ONCE))
          yield Object.fromEntries(rows.columns.map(({ name }, index) => [name, row[index] ?? null]));
    }
  }
}

const ROWS_AT_ONCE = 2048;
