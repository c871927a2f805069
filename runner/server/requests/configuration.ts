import * as v from "valibot";
import { externalConfiguration, sourceColumnMatch, textFormats } from "../catalog/external-configuration.js";
import { tableSchema } from "../catalog/fields.js";
import { clustering, rangePartitioning, timePartitioning } from "../catalog/layout.js";
import { count, flag, labels } from "../protocol/validate.js";
import { queryParameter } from "../values/parameters.js";

const tableReference = v.object({
  projectId: v.optional(v.string()),
  datasetId: v.string(),
  tableId: v.string(),
});

const datasetReference = v.object({ projectId: v.optional(v.string()), datasetId: v.string() });
const connectionProperties = v.array(v.object({ key: v.string(), value: v.string() }));
const createDisposition = v.picklist(["CREATE_IF_NEEDED", "CREATE_NEVER"]);
const writeDisposition = v.picklist(["WRITE_TRUNCATE", "WRITE_TRUNCATE_DATA", "WRITE_APPEND", "WRITE_EMPTY"]);
const schemaUpdateOptions = v.array(v.picklist(["ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"]));

// What is not known of a configuration is told again with the job, and otherwise left alone.

/** What a query job is asked. https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobconfigurationquery */
const query = v.looseObject({
  query: v.string(),
  useLegacySql: v.nullish(flag),
  defaultDataset: v.nullish(datasetReference),
  destinationTable: v.nullish(tableReference),
  createDisposition: v.nullish(createDisposition),
  writeDisposition: v.nullish(writeDisposition),
  schemaUpdateOptions: v.nullish(schemaUpdateOptions),
  timePartitioning: v.nullish(timePartitioning),
  rangePartitioning: v.nullish(rangePartitioning),
  clustering: v.nullish(clustering),
  priority: v.nullish(v.string()),
  useQueryCache: v.nullish(flag),
  maximumBytesBilled: v.nullish(count),
  parameterMode: v.nullish(v.string()),
  queryParameters: v.nullish(v.array(queryParameter)),
  createSession: v.nullish(flag),
  tableDefinitions: v.nullish(v.record(v.string(), externalConfiguration)),
  connectionProperties: v.nullish(connectionProperties),
});

const csvText = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);

/** What a load job is asked. */
export const loadConfiguration = v.looseObject({
  destinationTable: tableReference,
  sourceUris: v.nullish(v.array(v.string())),
  schema: v.nullish(tableSchema),
  sourceFormat: v.nullish(v.string()),
  createDisposition: v.nullish(createDisposition),
  writeDisposition: v.nullish(writeDisposition),
  schemaUpdateOptions: v.nullish(schemaUpdateOptions),
  autodetect: v.nullish(flag),
  skipLeadingRows: v.nullish(count),
  fieldDelimiter: v.nullish(csvText),
  quote: v.nullish(v.string()),
  nullMarker: v.nullish(v.string()),
  nullMarkers: v.nullish(v.array(v.string())),
  preserveAsciiControlCharacters: v.nullish(flag),
  sourceColumnMatch: v.nullish(sourceColumnMatch),
  ...textFormats,
  allowJaggedRows: v.nullish(flag),
  allowQuotedNewlines: v.nullish(flag),
  ignoreUnknownValues: v.nullish(flag),
  maxBadRecords: v.nullish(count),
  encoding: v.nullish(v.string()),
  useAvroLogicalTypes: v.nullish(flag),
  decimalTargetTypes: v.nullish(v.array(v.picklist(["NUMERIC", "BIGNUMERIC", "STRING"]))),
  timePartitioning: v.nullish(timePartitioning),
  rangePartitioning: v.nullish(rangePartitioning),
  clustering: v.nullish(clustering),
  hivePartitioningOptions: v.nullish(
    v.looseObject({
      mode: v.nullish(v.picklist(["AUTO", "STRINGS", "CUSTOM"])),
      sourceUriPrefix: v.nullish(v.string()),
    }),
  ),
  destinationTableProperties: v.nullish(
    v.object({ description: v.nullish(v.string()), friendlyName: v.nullish(v.string()), labels: v.nullish(labels) }),
  ),
});

/** What of it is obeyed. */
export const LOAD_OPTIONS: ReadonlySet<string> = new Set(Object.keys(loadConfiguration.entries));

/** What a copy job is asked. */
const copy = v.looseObject({
  sourceTable: v.nullish(tableReference),
  sourceTables: v.nullish(v.array(tableReference)),
  destinationTable: tableReference,
  createDisposition: v.nullish(createDisposition),
  writeDisposition: v.nullish(writeDisposition),
  operationType: v.nullish(v.string()),
  destinationExpirationTime: v.nullish(v.string()),
});

/** What an extract job is asked. */
const extract = v.looseObject({
  sourceTable: tableReference,
  destinationUri: v.nullish(v.string()),
  destinationUris: v.nullish(v.array(v.string())),
  destinationFormat: v.nullish(v.string()),
  compression: v.nullish(v.string()),
  fieldDelimiter: v.nullish(v.string()),
  printHeader: v.nullish(flag),
  useAvroLogicalTypes: v.nullish(flag),
});

export const jobConfiguration = v.object({
  query: v.optional(query),
  load: v.optional(loadConfiguration),
  copy: v.optional(copy),
  extract: v.optional(extract),
  dryRun: v.nullish(flag),
  labels: v.nullish(labels),
  jobTimeoutMs: v.nullish(count),
  reservation: v.nullish(v.string()),
});

export const newJob = v.object({
  configuration: jobConfiguration,
  jobReference: v.optional(
    v.object({
      projectId: v.optional(v.string()),
      jobId: v.optional(v.string()),
      location: v.optional(v.string()),
    }),
  ),
});

/** The body of `queries`. https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query */
export const queryRequest = v.object({
  ...query.entries,
  maxResults: v.nullish(count),
  timeoutMs: v.nullish(count),
  jobTimeoutMs: v.nullish(count),
  reservation: v.nullish(v.string()),
  dryRun: v.nullish(flag),
  requestId: v.nullish(v.string()),
  location: v.nullish(v.string()),
  labels: v.nullish(labels),
  formatOptions: v.nullish(
    v.object({ useInt64Timestamp: v.nullish(flag), timestampOutputFormat: v.nullish(v.string()) }),
  ),
  jobCreationMode: v.nullish(v.string()),
});

export type JobConfiguration = v.InferOutput<typeof jobConfiguration>;
export type QueryConfiguration = v.InferOutput<typeof query>;
export type LoadConfiguration = v.InferOutput<typeof loadConfiguration>;
export type CopyConfiguration = v.InferOutput<typeof copy>;
export type ExtractConfiguration = v.InferOutput<typeof extract>;
export type QueryRequest = v.InferOutput<typeof queryRequest>;
export type TableReference = v.InferOutput<typeof tableReference>;
