import * as v from "valibot";

/** Raised whenever the manifest's shape, or what its hashes cover, changes. */
export const MANIFEST_FORMAT_VERSION = 13;

const optionalString = v.optional(v.string());
const strings = v.array(v.string());

const readWindow = v.object({ back: v.optional(v.number()), ahead: v.optional(v.number()) });

const nondeterministicRead = v.object({
  kind: v.picklist(["clock", "random", "process"]),
  what: v.string(),
  file: optionalString,
  line: v.optional(v.number()),
});

const reads = v.array(
  v.object({
    key: v.string(),
    start: v.number(),
    end: v.number(),
    implicitAlias: optionalString,
    /** Nothing can stand in its place. */
    isFixed: v.optional(v.literal(true)),
    /** Which columns of it may count, in the words of `ColumnsRead`. */
    columns: v.picklist(["named", "carried", "passed", "all"]),
    /** Columns that it leaves out of all others. */
    leftOut: v.optional(strings),
  }),
);

const manifestAction = v.object({
  /** `dataset.name`, and `project.dataset.name` in another project than home; a unit test's is `test:name`. */
  key: v.string(),
  target: v.object({ database: v.string(), dataset: v.string(), name: v.string() }),
  type: v.picklist(["table", "view", "incremental", "assertion", "operation", "declaration", "test"]),
  fileName: v.string(),
  tags: strings,
  disabled: v.boolean(),
  description: optionalString,
  columnDescriptions: v.record(v.string(), v.string()),
  /** The compiled full-refresh query in GoogleSQL, outer whitespace removed; a unit test's is its test query. */
  query: optionalString,
  /** What a unit test expects its query to return, as a query. */
  expectedQuery: optionalString,
  preOps: strings,
  postOps: strings,
  operations: strings,
  /** The operation makes the table that it is named after. */
  hasOutput: v.boolean(),
  /** Keys, in the order in which Dataform lists them. */
  dependencies: strings,
  /** The model that an automatic assertion belongs to. */
  parent: optionalString,
  /** `bigquery.partitionBy` when it is a plain column. */
  partitionColumn: optionalString,
  /** `bigquery.partitionBy` when it is anything else. */
  partitionExpression: optionalString,
  clusterBy: strings,
  uniqueKey: strings,
  labels: v.record(v.string(), v.string()),
  /** What the relation is besides its rows; undefined: the action makes none of which Dataform says something. */
  settings: v.optional(
    v.object({
      isMaterialized: v.boolean(),
      partitionBy: optionalString,
      clusterBy: strings,
      partitionExpirationDays: v.optional(v.number()),
      requiresPartitionFilter: v.boolean(),
      options: v.record(v.string(), v.string()),
      unsupported: strings,
      description: optionalString,
      labels: v.record(v.string(), v.string()),
      columns: v.array(v.object({ path: strings, description: optionalString, policyTags: strings })),
    }),
  ),
  /** The reservation that its jobs take. */
  reservation: optionalString,
  protected: v.boolean(),
  /** Days of dated upstreams that one partition may read; undefined: all. `byTable` is keyed by the upstream's name. */
  lookback: v.object({ defaultDays: v.optional(v.number()), byTable: v.record(v.string(), readWindow) }),
  /** Names of tables that the action does without when they could not be built. */
  softTables: strings,
  /** Columns that tell when and how often a row was written. */
  rowColumns: v.object({ created: optionalString, updated: optionalString, revision: optionalString }),
  /** The relations that `query` names, with the text range to replace. */
  reads,
  /** Every word of the action's queries that can be the name of a column, those of `listed` aside, in lower case. */
  names: strings,
  /** Items of lists, whose words count where the name of the item does; `passed`: or where every column of the view counts. */
  listed: v.array(v.object({ name: optionalString, passed: v.boolean(), names: strings })),
  /** Names, in lower case, that something else than a column of the name has in the action's queries; undefined: nobody knows. */
  computed: v.optional(strings),
  /** What stock Dataform runs once the table is there, where that is another text than what makes the table. */
  incremental: v.optional(v.object({ query: v.string(), reads, preOps: strings, postOps: strings })),
  /** Its incremental query may leave rows for the next run, which finds them by the rows that the table has by then. */
  takesParts: v.boolean(),
  /** The table's rows are history: it grows by what the incremental query gives, and keeps what its sources no longer have. */
  accumulating: v.boolean(),
  /** How an incremental table is written, in Dataform's words. */
  strategy: v.object({
    onSchemaChange: v.picklist(["IGNORE", "FAIL", "EXTEND", "SYNCHRONIZE"]),
    overwritesPartitions: v.boolean(),
    updateFilters: strings,
  }),
  /** The column that stands for a row where the runner tells changed rows from refreshed ones. */
  rowHash: optionalString,
  /** Keys of what is read besides `reads`: by pre_operations for the query, and by the functions it calls; `ds.f()` are functions. */
  hiddenReads: strings,
  /** Why pre_operations or called functions may make a difference although code and inputs do not. */
  hiddenVolatile: optionalString,
  /** Patterns, `dataset.prefix_*`, of the wildcard tables it reads. */
  wildcards: strings,
  /** Functions it calls, as it names them, that nothing in the project creates. */
  foreignFunctions: strings,
  /** Keys of the persistent functions that the action's statements create. */
  createdRoutines: strings,
  /** Other relations that the action's statements make, change or drop. */
  writes: v.array(v.object({ key: v.string(), does: v.picklist(["makes", "changes", "drops"]) })),
  /** Its statements may write more than that: they run SQL that nobody can read before. */
  mayWriteMore: v.boolean(),
  /** The action's statements change the table that it makes itself: its rows, or its columns. */
  changesItself: v.boolean(),
  volatileCalls: v.array(
    v.object({ functionName: v.string(), line: v.number(), column: v.number(), outputColumn: optionalString }),
  ),
  /** Why our parser cannot tell what the query reads, and at which character of it; such an action cannot be trusted to skip. */
  unscannable: v.optional(v.object({ message: v.string(), offset: v.number() })),
  /** The clock or randomness was read while this action was compiled. */
  compileVolatile: v.boolean(),
  /** What the code hash was made of, for explanations. */
  sources: v.object({ files: strings, vars: strings, nondeterministic: v.array(nondeterministicRead) }),
  /** SHA-256 over everything in the project that decides the action, from sources alone. */
  codeHash: v.string(),
  /** SHA-256 over the compiled SQL, whitespace and comments aside, and every setting that changes what is built. */
  compiledHash: v.string(),
});

const manifestSchema = v.object({
  formatVersion: v.literal(MANIFEST_FORMAT_VERSION),
  inputsDigest: v.string(),
  coreVersion: v.string(),
  /** SHA-256 over the files of @dataform/core that compiled it. */
  coreHash: v.string(),
  /** The project that names without one belong to, its suffix included. */
  homeProject: v.string(),
  /** Something read the clock or randomness while compiling: the manifest holds for the run that made it, no longer. */
  compileVolatile: v.boolean(),
  actions: v.array(manifestAction),
  /** Actions that are no SQL, which nothing runs here. */
  leftOut: v.optional(v.array(v.object({ key: v.string(), what: v.picklist(["notebook", "data preparation"]) })), []),
  /** SHA-256 of every file that decides an action, by path in the project. */
  fileHashes: v.record(v.string(), v.string()),
  /** Files outside the default set that module resolution looked at, found or not. */
  tracedFiles: strings,
});

/** A compiled project as the planner needs it, independent of window and dates. Plain JSON. */
export type Manifest = v.InferOutput<typeof manifestSchema>;
export type ManifestAction = v.InferOutput<typeof manifestAction>;

/** The manifest in a parsed JSON value; undefined when it is none, or one of another format: then compile. */
export function parseManifest(value: unknown): Manifest | undefined {
  const result = v.safeParse(manifestSchema, value);
  return result.success ? result.output : undefined;
}
