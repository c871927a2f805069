import * as v from "valibot";
import { RestError } from "./rest-error.js";

/** A column as the API writes it. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string | undefined;
  readonly description?: string | undefined;
  readonly policyTags?: { readonly names?: readonly string[] | undefined } | undefined;
  readonly fields?: readonly Field[] | undefined;
  readonly maxLength?: string | undefined;
  readonly precision?: string | undefined;
  readonly scale?: string | undefined;
  readonly collation?: string | undefined;
  readonly rangeElementType?: { readonly type: string } | undefined;
}

const field: v.GenericSchema<Field> = v.looseObject({
  name: v.string(),
  type: v.string(),
  mode: v.optional(v.string()),
  description: v.optional(v.string()),
  policyTags: v.optional(v.looseObject({ names: v.optional(v.array(v.string())) })),
  fields: v.optional(v.array(v.lazy(() => field))),
  maxLength: v.optional(v.string()),
  precision: v.optional(v.string()),
  scale: v.optional(v.string()),
  collation: v.optional(v.string()),
  rangeElementType: v.optional(v.looseObject({ type: v.string() })),
});
const schema = v.looseObject({ fields: v.optional(v.array(field), []) });
/** Numbers are texts in most places of the API. */
const number = v.pipe(v.union([v.string(), v.number()]), v.transform(Number));

const errorProto = v.looseObject({
  reason: v.optional(v.string(), ""),
  message: v.optional(v.string(), ""),
  location: v.optional(v.string()),
});

const statistics = v.looseObject({
  creationTime: v.optional(number),
  startTime: v.optional(number),
  endTime: v.optional(number),
  totalBytesProcessed: v.optional(number),
  totalSlotMs: v.optional(number),
  numChildJobs: v.optional(number),
  sessionInfo: v.optional(v.looseObject({ sessionId: v.string() })),
  query: v.optional(
    v.looseObject({
      statementType: v.optional(v.string()),
      totalBytesProcessed: v.optional(number),
      totalBytesBilled: v.optional(number),
      numDmlAffectedRows: v.optional(number),
      schema: v.optional(schema),
    }),
  ),
});

/** A dry run is no job: it has no id. */
const dryRun = v.looseObject({ statistics });

const job = v.looseObject({
  jobReference: v.looseObject({ jobId: v.string(), location: v.optional(v.string()) }),
  status: v.looseObject({ state: v.string(), errorResult: v.optional(errorProto) }),
  configuration: v.optional(
    v.looseObject({
      query: v.optional(v.looseObject({ query: v.optional(v.string()) })),
      labels: v.optional(v.record(v.string(), v.string())),
    }),
  ),
  statistics: v.optional(statistics, {}),
});

/** Tables of many rows are read: describing each of their cells to a library would take longer than everything else. */
const row = v.custom<{ readonly f: readonly { readonly v: unknown }[] }>((value) => {
  const { f } = (value ?? {}) as { readonly f?: unknown };
  return Array.isArray(f) && f.every((cell: unknown) => typeof cell === "object" && cell !== null && "v" in cell);
}, "is no row");

const results = v.looseObject({
  jobComplete: v.boolean(),
  schema: v.optional(schema),
  rows: v.optional(v.array(row), []),
  pageToken: v.optional(v.string()),
  totalRows: v.optional(number),
  numDmlAffectedRows: v.optional(number),
});

const tableData = v.looseObject({
  rows: v.optional(v.array(row), []),
  pageToken: v.optional(v.string()),
  totalRows: v.optional(number, 0),
});

const tableFields = v.looseObject({
  etag: v.optional(v.string(), ""),
  tableReference: v.looseObject({ projectId: v.string(), datasetId: v.string(), tableId: v.string() }),
  type: v.optional(v.string(), "TABLE"),
  schema: v.optional(schema, { fields: [] }),
  numRows: v.optional(number),
  numBytes: v.optional(number),
  lastModifiedTime: v.optional(number, 0),
  creationTime: v.optional(number, 0),
  expirationTime: v.optional(number),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  streamingBuffer: v.optional(v.unknown()),
  view: v.optional(v.looseObject({ query: v.optional(v.string(), "") })),
  materializedView: v.optional(v.looseObject({ query: v.optional(v.string(), "") })),
  timePartitioning: v.optional(
    v.looseObject({
      type: v.optional(v.string(), "DAY"),
      field: v.optional(v.string()),
      expirationMs: v.optional(number),
      /** Where it stood before tables had it themselves. */
      requirePartitionFilter: v.optional(v.boolean()),
    }),
  ),
  rangePartitioning: v.optional(
    v.looseObject({
      field: v.optional(v.string(), ""),
      range: v.optional(v.looseObject({ start: number, end: number, interval: number })),
    }),
  ),
  description: v.optional(v.string()),
  friendlyName: v.optional(v.string()),
  maxStaleness: v.optional(v.string()),
  defaultRoundingMode: v.optional(v.string()),
  requirePartitionFilter: v.optional(v.boolean(), false),
  clustering: v.optional(v.looseObject({ fields: v.optional(v.array(v.string()), []) })),
  tableConstraints: v.optional(
    v.looseObject({ primaryKey: v.optional(v.looseObject({ columns: v.optional(v.array(v.string()), []) })) }),
  ),
});

const table = v.pipe(
  tableFields,
  v.transform((told) => ({
    ...told,
    requirePartitionFilter: told.requirePartitionFilter || (told.timePartitioning?.requirePartitionFilter ?? false),
  })),
);

const tableList = v.looseObject({
  tables: v.optional(
    v.array(v.looseObject({ tableReference: v.looseObject({ datasetId: v.string(), tableId: v.string() }) })),
    [],
  ),
  nextPageToken: v.optional(v.string()),
});

const datasetList = v.looseObject({
  datasets: v.optional(v.array(v.looseObject({ datasetReference: v.looseObject({ datasetId: v.string() }) })), []),
  nextPageToken: v.optional(v.string()),
});

const routineReference = v.looseObject({ datasetId: v.string(), routineId: v.string() });
const routine = v.looseObject({ routineReference, etag: v.optional(v.string(), "") });
const routineList = v.looseObject({
  routines: v.optional(v.array(routine), []),
  nextPageToken: v.optional(v.string()),
});

export type Job = v.InferOutput<typeof job>;
export type Table = v.InferOutput<typeof table>;
export type Row = v.InferOutput<typeof row>;
export type Results = v.InferOutput<typeof results>;

const reader =
  <S extends v.GenericSchema>(what: string, shape: S) =>
  ({ body }: { readonly body: unknown }): v.InferOutput<S> => {
    const parsed = v.safeParse(shape, body);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    const path = issue?.path?.map(({ key }) => String(key)).join(".") ?? "";
    throw new RestError("lost", 200, "malformed", `the answer is no ${what}: ${path} ${issue?.message ?? ""}`);
  };

/**
 * An object without a member is an answer that something on the way has emptied: a list says at least what kind of list it is. Taken for a
 * list of nothing, it would be a state of which nothing is recorded.
 */
const listReader = <S extends v.GenericSchema>(what: string, shape: S) => {
  const read = reader(what, shape);
  return (answer: { readonly body: unknown }): v.InferOutput<S> => {
    if (Object.keys(answer.body ?? {}).length === 0)
      throw new RestError("lost", 200, "malformed", `the answer is no ${what}: it is empty`);
    return read(answer);
  };
};

const routineResource = v.looseObject({ routineReference, definitionBody: v.optional(v.string()) });

/** Readers of answers; each throws a RestError for what is no such thing. */
export const readJob = reader("job", job);
export const readJobList = listReader("list of jobs", v.looseObject({ jobs: v.optional(v.array(job), []) }));
export const readDryRun = reader("dry run", dryRun);
export const readResults = reader("result of a query", results);
/** @param columns how many were asked for: rows of another width are those of another call */
export const readTableData = (columns: number) =>
  listReader(
    "list of rows",
    v.pipe(
      tableData,
      v.check(({ rows }) => rows.every(({ f }) => f.length === columns), `has rows that are not of ${columns} columns`),
    ),
  );
export const readTable = reader("table", table);
export const readDataset = reader(
  "dataset",
  v.looseObject({ defaultPartitionExpirationMs: v.optional(number), defaultTableExpirationMs: v.optional(number) }),
);
export const readRoutine = reader("routine", routineResource);
export const readTableList = listReader("list of tables", tableList);
export const readDatasetList = listReader("list of datasets", datasetList);
export type RoutineList = v.InferOutput<typeof routineList>;
/** Of a dataset without routines the service says nothing, not even what it answers. */
export const readRoutineList = reader("list of routines", routineList);
