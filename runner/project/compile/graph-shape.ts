import * as v from "valibot";

/** The parts of `dataform compile --json` that the runner reads; the rest is kept untouched. */
const strings = v.optional(v.array(v.string()), []);
const labels = v.optional(v.record(v.string(), v.string()), {});

const target = v.object({ database: v.optional(v.string(), ""), schema: v.optional(v.string(), ""), name: v.string() });

const actionDescriptor = v.optional(
  v.looseObject({
    description: v.optional(v.string()),
    columns: v.optional(
      v.array(v.looseObject({ path: strings, description: v.optional(v.string()), bigqueryPolicyTags: strings })),
      [],
    ),
    bigqueryLabels: labels,
    reservation: v.optional(v.string()),
  }),
);

const common = {
  target,
  fileName: v.optional(v.string(), ""),
  tags: strings,
  disabled: v.optional(v.boolean(), false),
  dependencyTargets: v.optional(v.array(target), []),
  actionDescriptor,
  jitCode: v.optional(v.string(), ""),
};

const table = v.looseObject({
  ...common,
  enumType: v.picklist(["TABLE", "VIEW", "INCREMENTAL"]),
  query: v.optional(v.string(), ""),
  incrementalQuery: v.optional(v.string(), ""),
  preOps: strings,
  postOps: strings,
  incrementalPreOps: strings,
  incrementalPostOps: strings,
  uniqueKey: strings,
  /** What the rows that an incremental run adds have to fulfil. */
  where: v.optional(v.string(), ""),
  protected: v.optional(v.boolean(), false),
  materialized: v.optional(v.boolean(), false),
  bigquery: v.optional(
    v.looseObject({
      partitionBy: v.optional(v.string(), ""),
      clusterBy: strings,
      labels,
      partitionExpirationDays: v.optional(v.number()),
      requirePartitionFilter: v.optional(v.boolean(), false),
      additionalOptions: v.optional(v.record(v.string(), v.string()), {}),
    }),
    {},
  ),
});

const operation = v.looseObject({ ...common, queries: strings, hasOutput: v.optional(v.boolean(), false) });
const assertion = v.looseObject({ ...common, query: v.optional(v.string(), ""), parentAction: v.optional(target) });
const declaration = v.looseObject(common);
const leftOut = v.optional(
  v.array(v.looseObject({ target: v.optional(target), fileName: v.optional(v.string(), "") })),
  [],
);
const test = v.looseObject({
  name: v.string(),
  fileName: v.optional(v.string(), ""),
  testQuery: v.optional(v.string(), ""),
  expectedOutputQuery: v.optional(v.string(), ""),
});

export const compiledGraphSchema = v.looseObject({
  projectConfig: v.looseObject({
    defaultDatabase: v.optional(v.string(), ""),
    databaseSuffix: v.optional(v.string(), ""),
    defaultSchema: v.optional(v.string(), ""),
    defaultReservation: v.optional(v.string()),
    vars: v.optional(v.record(v.string(), v.string()), {}),
  }),
  tables: v.optional(v.array(table), []),
  operations: v.optional(v.array(operation), []),
  assertions: v.optional(v.array(assertion), []),
  declarations: v.optional(v.array(declaration), []),
  tests: v.optional(v.array(test), []),
  notebooks: leftOut,
  dataPreparations: leftOut,
});

/** The graph as core gives it: empty fields are left out. */
export type StockGraph = v.InferInput<typeof compiledGraphSchema>;
export type CompiledGraph = v.InferOutput<typeof compiledGraphSchema>;
export type CompiledTable = CompiledGraph["tables"][number];
export type CompiledTarget = v.InferOutput<typeof target>;

const readTrace = {
  files: v.array(v.string()),
  vars: v.array(v.string()),
  nondeterministic: v.array(
    v.object({
      kind: v.picklist(["clock", "random", "process"]),
      what: v.string(),
      file: v.optional(v.string()),
      line: v.optional(v.number()),
    }),
  ),
};

const errorReport = v.object({
  fileName: v.optional(v.string()),
  line: v.optional(v.number()),
  message: v.string(),
});

export type CompileError = v.InferOutput<typeof errorReport>;

/** `CompileResponse` as it comes over the pipe. The project's code ran in the child: nothing in it is taken on trust. */
export const compileResponseSchema = v.variant("ok", [
  v.object({
    ok: v.literal(true),
    graph: v.looseObject({}),
    coreVersion: v.string(),
    coreHash: v.string(),
    errors: v.array(errorReport),
    fileTraces: v.record(v.string(), v.object(readTrace)),
    actionTraces: v.array(
      v.object({
        ...readTrace,
        list: v.picklist(["tables", "operations", "assertions", "declarations", "tests"]),
        index: v.number(),
        definedIn: v.optional(v.string()),
      }),
    ),
    loadedFiles: v.record(v.string(), v.string()),
    probedFiles: v.array(v.pipe(v.string(), v.excludes("\0"))),
  }),
  v.object({ ok: v.literal(false), error: errorReport }),
]);

export type CompileOutcome = Extract<v.InferOutput<typeof compileResponseSchema>, { ok: true }>;
