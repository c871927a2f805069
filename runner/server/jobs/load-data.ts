import { partitioningOf } from "../../googlesql/partitioning.js";
import { EngineError } from "../../port/engine-error.js";
import type { SqlValue } from "../../port/port.js";
import type { LoadColumn, LoadDefinition, Loader } from "../../port/sql-jobs.js";
import { type SaidLayout, unitOfTime } from "../catalog/layout.js";
import { layoutOfTable } from "../catalog/layout-spec.js";
import { partitionIdOf } from "../catalog/partitions.js";
import { findRelation, type TableRef, tableId } from "../catalog/tables.js";
import { ApiError, type ErrorProto } from "../protocol/errors.js";
import { type FieldSchema, fieldsOf, typeName } from "../protocol/schema.js";
import { checked } from "../protocol/validate.js";
import { type LoadConfiguration, loadConfiguration } from "../requests/configuration.js";
import { sourceFiles } from "./buckets.js";
import type { Job } from "./job.js";
import { describeSource, formatOf } from "./load-source.js";
import { saidByOptions } from "./options.js";
import { loadFiles } from "./run-load.js";
import type { JobService } from "./service.js";

/**
 * Carries LOAD DATA out as the load job that says the same.
 * @param warn told of rows that were left out
 */
export function loaderOf(service: JobService, job: Job, warn: (rows: readonly ErrorProto[]) => void): Loader {
  return async (definition, once) => {
    const { dataset, name } = definition.table;
    const ref = { project: job.reference.projectId, dataset, table: name };
    try {
      return await service.turns.hold([tableId(ref)], job.signal, async () => {
        const configuration = await configurationOf(service, ref, definition);
        const kept = saidByOptions(definition.tableOptions);
        const done = await loadFiles(service, configuration, { project: ref.project, signal: job.signal, once, kept });
        warn(done.bad);
        return { ...done, badRows: done.bad.length };
      });
    } catch (cause) {
      // A statement fails with errors that are told with its place.
      if (cause instanceof ApiError)
        throw new EngineError(cause.reason === "invalid" ? "data" : "query", cause.message);
      throw cause;
    }
  };
}

/** The load job that says what the statement says. */
async function configurationOf(
  service: JobService,
  ref: TableRef,
  definition: LoadDefinition,
): Promise<LoadConfiguration> {
  const { overwrite, columns, clusterBy, partitionBy, partition } = definition;
  const existing = await findRelation(service, ref);
  const isThere = existing !== undefined && existing.columns.length > 0;
  const layout = {
    ...layoutSaid(partitionBy),
    ...(clusterBy.length === 0 ? {} : { clustering: { fields: [...clusterBy] } }),
  };
  const { timePartitioning } = existing === undefined ? layout : layoutOfTable(service.store, tableId(ref), existing);
  const said = {
    destinationTable: {
      projectId: ref.project,
      datasetId: ref.dataset,
      tableId: `${ref.table}${partition === undefined ? "" : decorator(partition.value, timePartitioning)}`,
    },
    writeDisposition: overwrite || partition?.overwrite === true ? "WRITE_TRUNCATE" : "WRITE_APPEND",
    ...(columns.length > 0 ? { schema: { fields: columns.map(fieldOf) } } : {}),
    // Without a list the files tell the columns, where it is not the table that does.
    autodetect: columns.length === 0 && (overwrite || !isThere),
    ...layout,
    ...optionsOf(definition),
    ...pathOptions(definition),
  };
  const configuration = checked(loadConfiguration, said);
  return columns.length === 0 && !configuration.autodetect ? withHeader(service, configuration) : configuration;
}

function decorator(value: SqlValue, time: SaidLayout["timePartitioning"]): string {
  return `$${partitionIdOf(value === null ? undefined : String(value), time ? unitOfTime(time) : undefined)}`;
}

/** CSV files for the columns of a table: a header is found out as for columns that the files tell, and names them. */
async function withHeader(service: JobService, given: LoadConfiguration): Promise<LoadConfiguration> {
  if (formatOf(given) !== "CSV" || given.skipLeadingRows === 0 || given.sourceColumnMatch === "NAME") return given;
  const files = (given.sourceUris ?? []).flatMap((uri) => sourceFiles(service.bucketDir, uri));
  const { fields, skip } = await describeSource(service, { ...given, autodetect: true }, "CSV", files, undefined);
  const isNamed = skip > 0 && !fields.every(({ name }, index) => name.endsWith(`_field_${index}`));
  const byName = isNamed && given.sourceColumnMatch !== "POSITION";
  return { ...given, skipLeadingRows: skip, ...(byName ? { sourceColumnMatch: "NAME" } : {}) };
}

/** Columns that the paths of the files tell. */
function pathOptions({ options, pathColumns }: LoadDefinition): Readonly<Record<string, unknown>> {
  const prefix = options.hive_partition_uri_prefix;
  if (pathColumns === undefined && (prefix === undefined || prefix === null)) return {};
  const listed = (pathColumns ?? []).map(({ name, type }) => `{${name}:${typeName(type)}}`);
  const uris = Array.isArray(options.uris) ? options.uris.map(String) : [];
  const start = typeof prefix === "string" ? prefix : (uris[0] ?? "").replace(/\/(?:[^/=]+=|[^/]*\*).*$/, "");
  if (listed.length === 0) return { hivePartitioningOptions: { mode: "AUTO", sourceUriPrefix: prefix } };
  const sourceUriPrefix = [start.replace(/\/+$/, ""), ...listed].join("/");
  return { hivePartitioningOptions: { mode: "CUSTOM", sourceUriPrefix } };
}

function layoutSaid(partitionBy: string | undefined) {
  if (partitionBy === undefined) return {};
  const layout = partitioningOf(partitionBy);
  if (layout === undefined) throw new ApiError("invalid", `PARTITION BY ${partitionBy} is not supported`);
  return layout;
}

function fieldOf({ required, defaultValue, description, ...column }: LoadColumn): FieldSchema {
  const [field] = fieldsOf([column], new Set(required ? [column.name] : [])) as [FieldSchema];
  return {
    ...field,
    ...(defaultValue === undefined ? {} : { defaultValueExpression: defaultValue }),
    ...(typeof description === "string" ? { description } : {}),
  };
}

/** Options of FROM FILES by the names that they have in a load job. https://cloud.google.com/bigquery/docs/reference/standard-sql/load-statements#load_option_list */
const NAMES: Readonly<Record<string, string>> = {
  allow_jagged_rows: "allowJaggedRows",
  allow_quoted_newlines: "allowQuotedNewlines",
  column_name_character_map: "columnNameCharacterMap",
  date_format: "dateFormat",
  datetime_format: "datetimeFormat",
  decimal_target_types: "decimalTargetTypes",
  enable_logical_types: "useAvroLogicalTypes",
  encoding: "encoding",
  field_delimiter: "fieldDelimiter",
  file_set_spec_type: "fileSetSpecType",
  format: "sourceFormat",
  ignore_unknown_values: "ignoreUnknownValues",
  json_extension: "jsonExtension",
  max_bad_records: "maxBadRecords",
  null_marker: "nullMarker",
  null_markers: "nullMarkers",
  preserve_ascii_control_characters: "preserveAsciiControlCharacters",
  projection_fields: "projectionFields",
  quote: "quote",
  reference_file_schema_uri: "referenceFileSchemaUri",
  skip_leading_rows: "skipLeadingRows",
  source_column_match: "sourceColumnMatch",
  time_format: "timeFormat",
  time_zone: "timeZone",
  timestamp_format: "timestampFormat",
  uris: "sourceUris",
};
/** Options that change nothing of what is loaded here: gzip is known by itself, and so are lists and enums of Parquet. */
const HARMLESS = new Set(["compression", "enable_list_inference", "enum_as_string", "hive_partition_uri_prefix"]);
const COMPRESSIONS = new Set(["GZIP", "NONE", "DEFLATE", "SNAPPY", ""]);

function optionsOf({ options }: LoadDefinition): Readonly<Record<string, unknown>> {
  const said = Object.entries(options).filter(([, value]) => value !== null);
  for (const [name, value] of said) {
    if (name === "compression" && !COMPRESSIONS.has(String(value).toUpperCase()))
      throw new ApiError("invalid", `Compression ${value} is not supported`);
    if (NAMES[name] === undefined && !HARMLESS.has(name)) throw new ApiError("invalidQuery", `Unknown option: ${name}`);
  }
  for (const name of ["format", "uris"])
    if (options[name] === undefined || options[name] === null)
      throw new ApiError("invalidQuery", `LOAD DATA needs the option ${name}`);
  const known = said.filter(([name]) => NAMES[name] !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [NAMES[name], plain(name, value)]));
}

function plain(name: string, value: SqlValue): unknown {
  if (name === "format") return String(value).toUpperCase() === "JSON" ? "NEWLINE_DELIMITED_JSON" : value;
  return typeof value === "bigint" ? Number(value) : value;
}
