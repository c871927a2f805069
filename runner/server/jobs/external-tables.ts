import type { RowObject } from "../../port/port.js";
import { JobError, type SystemTable } from "../../port/sql-jobs.js";
import type { ExternalConfiguration } from "../catalog/external-configuration.js";
import { requiredPaths } from "../catalog/schema-update.js";
import type { Catalogue } from "../catalog/service.js";
import { fullTableName, type TableRef, tableId } from "../catalog/tables.js";
import { BadRows } from "../load/bad-rows.js";
import { ApiError } from "../protocol/errors.js";
import { columnsOfFields, type FieldSchema } from "../protocol/schema.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { sourceFiles } from "./buckets.js";
import { fileRows } from "./file-rows.js";
import { describeSource, formatOf, type Source } from "./load-source.js";
import type { JobService } from "./service.js";

type Place = Pick<JobService, "jobs" | "bucketDir">;

/** What is kept of a table whose rows lie in files. */
export function externalOf({ store }: Pick<Catalogue, "store">, table: string): ExternalConfiguration | undefined {
  return store.get("table", table).externalDataConfiguration as ExternalConfiguration | undefined;
}

/** @throws ApiError for a table whose rows lie in files, which nobody here may change or copy */
export function requireOwnRows(catalogue: Pick<Catalogue, "store">, ref: TableRef): void {
  if (externalOf(catalogue, tableId(ref)) === undefined) return;
  throw new ApiError(
    "invalid",
    `${fullTableName(ref)} is not allowed for this operation because it is currently a EXTERNAL.`,
  );
}

/**
 * The fields of files: those that are said, or that the files tell.
 * @throws ApiError for files that are not there or are not read
 */
export async function fieldsOfFiles(
  place: Place,
  given: ExternalConfiguration,
  said: readonly FieldSchema[] = given.schema?.fields ?? [],
): Promise<readonly FieldSchema[]> {
  if (said.length > 0) return said;
  return (await sourceOf(place, given, undefined)).fields;
}

/** A table whose rows are read anew by each statement. */
export function externalTable(
  place: Place,
  key: string,
  given: ExternalConfiguration,
  fields: readonly FieldSchema[],
): SystemTable {
  const columns = columnsOfFields(fields);
  return { key: `external ${key}`, columns, rows: () => readRows(place, key, given, fields) };
}

/** The same of a table that is kept. */
export function keptExternalTable(service: JobService, ref: TableRef): SystemTable | undefined {
  const given = externalOf(service, tableId(ref));
  if (given === undefined) return undefined;
  const { schema } = service.store.get("table", tableId(ref)) as { schema?: { fields?: readonly FieldSchema[] } };
  return externalTable(service, tableId(ref), given, schema?.fields ?? []);
}

async function readRows(
  place: Place,
  key: string,
  given: ExternalConfiguration,
  fields: readonly FieldSchema[],
): Promise<readonly RowObject[]> {
  const rows: RowObject[] = [];
  try {
    const source = await sourceOf(place, given, fields);
    const load = loadOf(given, fields);
    const bad = new BadRows(load.maxBadRecords ?? 0);
    const columns = columnsOfFields(fields);
    const reading = { load, format: formatOf(load), files: filesOf(place, given), source, columns, bad };
    for await (const row of fileRows(place, { ...reading, required: requiredPaths(fields) })) rows.push(row);
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const message = cause.message.replace(/^Error while reading data,/, `Error while reading table: ${key},`);
    throw new JobError(cause.reason === "notFound" ? "notFound" : "invalid", message);
  }
  return rows;
}

async function sourceOf(
  place: Place,
  given: ExternalConfiguration,
  known: readonly FieldSchema[] | undefined,
): Promise<Source> {
  const load = loadOf(given, known ?? []);
  const { skip, ...found } = await describeSource(place, load, formatOf(load), filesOf(place, given), known);
  // A header that the file was found to have is there each time.
  return { ...found, skip: known !== undefined && given.autodetect === true ? await headOf(place, given) : skip };
}

async function headOf(place: Place, given: ExternalConfiguration): Promise<number> {
  const load = { ...loadOf(given, []), autodetect: true };
  return (await describeSource(place, load, formatOf(load), filesOf(place, given), undefined)).skip;
}

function filesOf({ bucketDir }: Place, { sourceUris }: ExternalConfiguration): readonly string[] {
  if (sourceUris.length === 0)
    throw new ApiError("required", "Required parameter is missing: sourceUris", "externalDataConfiguration.sourceUris");
  return sourceUris.flatMap((uri) => sourceFiles(bucketDir, uri));
}

/** As a load job would read the files. */
function loadOf(given: ExternalConfiguration, fields: readonly FieldSchema[]): LoadConfiguration {
  if (given.hivePartitioningOptions)
    throw new ApiError("invalid", "hivePartitioningOptions are not supported by the embedded engine");
  const { sourceFormat, autodetect, ignoreUnknownValues, maxBadRecords, decimalTargetTypes } = given;
  const { csvOptions, avroOptions, timeZone, dateFormat, datetimeFormat, timeFormat, timestampFormat } = given;
  return {
    destinationTable: { datasetId: "", tableId: "" },
    sourceFormat: sourceFormat === "JSON" ? "NEWLINE_DELIMITED_JSON" : sourceFormat,
    autodetect,
    ignoreUnknownValues,
    maxBadRecords,
    decimalTargetTypes,
    ...(fields.length === 0 ? {} : { schema: { fields: [...fields] } }),
    ...{ timeZone, dateFormat, datetimeFormat, timeFormat, timestampFormat },
    ...csvOptions,
    useAvroLogicalTypes: avroOptions?.useAvroLogicalTypes,
  };
}
