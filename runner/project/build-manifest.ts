import { openQuery } from "../googlesql/closing-semicolon.js";
import type { QueryScan, ScriptScan } from "../googlesql/contract.js";
import { foldedKey } from "../googlesql/project-names.js";
import { judgingTags, thresholdProblem } from "../graph/audits.js";
import { type BuildOptions, type CodeHashInputs, codeHash, compiledHash } from "./action-hashes.js";
import { goesByClock } from "./by-clock.js";
import { goesByOwnRows } from "./by-own-rows.js";
import type { CompiledGraph, CompiledTable, CompiledTarget, CompileOutcome } from "./compile/graph-shape.js";
import { isVolatile } from "./compile-inputs.js";
import { ProjectError, type ProjectProblem } from "./errors.js";
import { graphProblems } from "./graph-problems.js";
import { suffixedProject } from "./home-project.js";
import { linkReads } from "./link-reads.js";
import { MANIFEST_FORMAT_VERSION, type Manifest, type ManifestAction } from "./manifest.js";
import { labelProblem, readModelLabels } from "./model-labels.js";
import { relationSettings } from "./relation-settings.js";
import { sourcesOf } from "./traces.js";
import { attempt, linkFunctions, persistentOf, scriptsOf, withCalled } from "./user-functions.js";

/** What the dialect knows of SQL text. */
export interface SqlScanner {
  /** @throws for SQL that cannot be parsed */
  scanQuery(sql: string): QueryScan;
  /** @throws for SQL that cannot be parsed */
  scanScript(sql: string): ScriptScan;
  /** The text up to whitespace and comments; throws for SQL that cannot be read. */
  canonicalText(sql: string): string;
}

export interface ManifestInputs {
  readonly graph: CompiledGraph;
  readonly outcome: CompileOutcome;
  readonly inputsDigest: string;
  readonly files: CodeHashInputs["files"];
  readonly tracedFiles: readonly string[];
  /** Text of a file of the project, for the line of a wrong label. */
  readonly readSource: (path: string) => string;
  readonly scanner: SqlScanner;
  /** Variables that are given for this run, by flags or an environment. */
  readonly givenVars: Readonly<Record<string, string>>;
}

type Draft = Omit<ManifestAction, "codeHash" | "compiledHash" | "compileVolatile" | "sources">;
/** What scanning a query tells of an action. */
type Scan = Pick<Draft, "reads" | "names" | "listed" | "computed" | "volatileCalls" | "unscannable">;
type ListName = CompileOutcome["actionTraces"][number]["list"];

/**
 * Makes the manifest of a compiled project.
 *
 * @throws ProjectError for labels with wrong values, cycles and colliding names
 */
export function buildManifest(inputs: ManifestInputs): Manifest {
  const { graph, outcome, scanner } = inputs;
  const problems: ProjectProblem[] = [];
  const home = homeOf(graph.projectConfig);
  const traces = new Map(outcome.actionTraces.map((trace) => [`${trace.list} ${trace.index}`, trace]));
  const codeInputs: CodeHashInputs = {
    formatVersion: MANIFEST_FORMAT_VERSION,
    coreHash: outcome.coreHash,
    projectConfig: graph.projectConfig,
    files: inputs.files,
  };

  const finish = (list: ListName, index: number, draft: Draft, options: BuildOptions): ManifestAction => {
    const sources = sourcesOf(draft.fileName, traces.get(`${list} ${index}`), outcome.fileTraces);
    const reservation = draft.reservation ?? graph.projectConfig.defaultReservation;
    const action = { ...draft, reservation, compileVolatile: sources.nondeterministic.length > 0, sources };
    return {
      ...action,
      codeHash: codeHash(action, codeInputs),
      compiledHash: compiledHash(action, options, (sql) => scanner.canonicalText(sql)),
    };
  };

  const tableNames = new Set([...graph.tables, ...graph.declarations].map(({ target }) => target.name));
  const labelsOf = (table: CompiledTable) =>
    readModelLabels(table.bigquery.labels, tableNames, (label, message) => {
      problems.push(labelProblem(table.fileName, inputs.readSource(table.fileName), label, message));
    });
  const readKey = (path: readonly string[]) => foldedKey(path, home);
  const scan = (query: string) => scanReads(query, readKey, scanner);

  let procedures: ReturnType<typeof persistentOf> | undefined;
  /** A script, and the procedures of the project's operations that it calls. */
  const scanRun = (sql: string): readonly ScriptScan[] => {
    const script = scanner.scanScript(sql);
    if (script.procedureCalls.length === 0) return [script];
    const texts = graph.operations.flatMap(({ queries }) => queries);
    procedures ??= persistentOf(
      texts.flatMap((text) => attempt(() => scanner.scanScript(text)) ?? []),
      home,
    );
    return withCalled(script, procedures, home);
  };

  const tables = graph.tables.map((table, i) => {
    refuseJit(table, problems);
    const query = openQuery(table.query);
    const base = baseOf(table, TABLE_TYPES[table.enumType], home);
    const texts = incrementalTexts(table, scan(query), scan);
    const labels = labelsOf(table);
    const accumulating = isAccumulating(
      table,
      () =>
        texts.incremental !== undefined ||
        goesByOwnRows({ ...base, ...labels, preOps: table.preOps, reads: texts.reads }, readKey, scanRun) ||
        goesByClock(table, {
          ...labels,
          ...texts,
          sources: sourcesOf(table.fileName, traces.get(`tables ${i}`), outcome.fileTraces),
          givenVars: inputs.givenVars,
          scanScript: (sql) => scanner.scanScript(sql),
        }),
    );
    const adds = accumulating ? texts.incremental : undefined;
    const takesParts = adds !== undefined && leavesRows(adds.query, base.key, readKey, scanner);
    const draft: Draft = {
      ...base,
      query,
      preOps: trimmed(table.preOps),
      postOps: trimmed(table.postOps),
      ...partitioning(table.bigquery.partitionBy),
      clusterBy: table.bigquery.clusterBy,
      uniqueKey: table.uniqueKey,
      labels: table.bigquery.labels,
      settings: relationSettings(table),
      protected: table.protected,
      ...labels,
      ...(base.type === "view" ? texts : readWhole(texts)),
      takesParts,
      accumulating,
      strategy: strategyOf(table),
    };
    return finish("tables", i, draft, tableOptions(table));
  });
  const operations = graph.operations.map((operation, i) => {
    refuseJit(operation, problems);
    const { queries, hasOutput } = operation;
    const draft = { ...baseOf(operation, "operation", home), operations: trimmed(queries), hasOutput };
    return finish("operations", i, draft, { hasOutput });
  });
  const assertions = graph.assertions.map((assertion, i) => {
    const query = openQuery(assertion.query);
    const parent = assertion.parentAction === undefined ? undefined : keyOf(assertion.parentAction, home);
    const draft = { ...baseOf(assertion, "assertion", home), query, parent, ...scan(query) };
    const message = thresholdProblem(draft.tags);
    if (message !== undefined)
      problems.push(labelProblem(draft.fileName, inputs.readSource(draft.fileName), "(warn|fail)_if", message));
    // What becomes of rows that it finds is no comment: another tag is another assertion.
    const judged = judgingTags(draft.tags);
    return finish("assertions", i, draft, judged.length === 0 ? {} : { judged });
  });
  const declarations = graph.declarations.map((declaration, i) =>
    finish("declarations", i, baseOf(declaration, "declaration", home), {}),
  );
  const tests = graph.tests.map((test, i) => {
    const draft: Draft = {
      ...baseOf({ ...test, target: { database: "", schema: "", name: test.name } }, "test", home),
      key: `test:${test.name}`,
      query: openQuery(test.testQuery),
      expectedQuery: openQuery(test.expectedOutputQuery),
    };
    return finish("tests", i, draft, {});
  });

  const actions = linkReads(
    linkFunctions(
      [...declarations, ...tables, ...operations, ...assertions, ...tests].map((action) => scriptsOf(action, scanner)),
      home,
    ),
  );
  problems.push(...graphProblems(actions));
  if (problems.length > 0) throw new ProjectError(problems);
  return {
    formatVersion: MANIFEST_FORMAT_VERSION,
    inputsDigest: inputs.inputsDigest,
    coreVersion: outcome.coreVersion,
    coreHash: outcome.coreHash,
    homeProject: home,
    compileVolatile: isVolatile(outcome),
    actions,
    leftOut: [
      ...graph.notebooks.map((one) => leftOut(one, "notebook", home)),
      ...graph.dataPreparations.map((one) => leftOut(one, "data preparation", home)),
    ],
    fileHashes: hashesOfSources(actions, inputs.files),
    tracedFiles: [...inputs.tracedFiles],
  };
}

function leftOut(
  { target, fileName }: CompiledGraph["notebooks"][number],
  what: Manifest["leftOut"][number]["what"],
  home: string,
): Manifest["leftOut"][number] {
  return { key: target === undefined ? fileName : keyOf(target, home), what };
}

function hashesOfSources(
  actions: readonly ManifestAction[],
  files: CodeHashInputs["files"],
): Readonly<Record<string, string>> {
  const paths = [...new Set(actions.flatMap(({ sources }) => sources.files))].sort();
  return Object.fromEntries(
    paths.flatMap((path) => {
      const hash = files.get(path);
      return hash === undefined ? [] : [[path, hash]];
    }),
  );
}

/** `dataset.name`, with the project before it where that is not home. */
function keyOf({ database, schema, name }: CompiledTarget, home: string): string {
  return foldedKey([database, schema, name], home);
}

/** Where the project's own tables are: core puts its suffix behind the project of everything that it makes. */
function homeOf({ defaultDatabase, databaseSuffix }: CompiledGraph["projectConfig"]): string {
  return suffixedProject(defaultDatabase, databaseSuffix);
}

const TABLE_TYPES = { TABLE: "table", VIEW: "view", INCREMENTAL: "incremental" } as const;

interface BaseInput {
  readonly target: CompiledTarget;
  readonly fileName: string;
  readonly tags?: string[];
  readonly disabled?: boolean;
  readonly dependencyTargets?: readonly CompiledTarget[];
  readonly actionDescriptor?: CompiledTable["actionDescriptor"];
}

function baseOf(action: BaseInput, type: ManifestAction["type"], home: string): Draft {
  const { target, actionDescriptor } = action;
  const columns = (actionDescriptor?.columns ?? []).filter((column) => column.description !== undefined);
  return {
    key: keyOf(target, home),
    target: { database: target.database, dataset: target.schema, name: target.name },
    type,
    fileName: action.fileName,
    tags: action.tags ?? [],
    disabled: action.disabled ?? false,
    description: actionDescriptor?.description,
    columnDescriptions: Object.fromEntries(columns.map(({ path, description }) => [path.join("."), description ?? ""])),
    query: undefined,
    expectedQuery: undefined,
    preOps: [],
    postOps: [],
    operations: [],
    hasOutput: false,
    dependencies: [...new Set((action.dependencyTargets ?? []).map((dependency) => keyOf(dependency, home)))],
    parent: undefined,
    partitionColumn: undefined,
    partitionExpression: undefined,
    clusterBy: [],
    uniqueKey: [],
    labels: {},
    settings: undefined,
    reservation: actionDescriptor?.reservation,
    protected: false,
    lookback: { defaultDays: undefined, byTable: {} },
    softTables: [],
    rowColumns: {},
    reads: [],
    names: [],
    listed: [],
    computed: undefined,
    incremental: undefined,
    takesParts: false,
    accumulating: false,
    strategy: { onSchemaChange: "IGNORE", overwritesPartitions: false, updateFilters: [] },
    rowHash: undefined,
    writes: [],
    mayWriteMore: false,
    changesItself: false,
    hiddenReads: [],
    hiddenVolatile: undefined,
    wildcards: [],
    foreignFunctions: [],
    createdRoutines: [],
    volatileCalls: [],
    unscannable: undefined,
  };
}

/** Nobody reads a part of a query whose rows a table keeps: what it passes on counts, whatever its name. */
function readWhole<T extends Pick<Scan, "names" | "listed">>(scan: T): T {
  const passed = scan.listed.filter((item) => item.passed);
  const names = new Set([...scan.names, ...passed.flatMap((item) => item.names)]);
  return { ...scan, names: [...names].sort(), listed: scan.listed.filter((item) => !item.passed) };
}

/** The query of which stock Dataform adds the rows to a table that is there. */
function incrementalQuery({ query, incrementalQuery, where }: CompiledTable): string {
  const own = openQuery(incrementalQuery);
  return where === "" ? own : `select * from (${own === "" ? openQuery(query) : own}\n) as subquery\n where ${where}`;
}

/** What stock Dataform runs on a table that is there, where it is not what it runs on one that is not. */
function incrementalTexts(
  table: CompiledTable,
  full: Scan,
  scan: (sql: string) => Scan,
): Scan & Pick<Draft, "incremental"> {
  const query = incrementalQuery(table);
  if (table.enumType !== "INCREMENTAL" || query === "") return { ...full, incremental: undefined };
  const [preOps, postOps] = [trimmed(table.incrementalPreOps), trimmed(table.incrementalPostOps)];
  const same = (a: readonly string[], b: readonly string[]) => a.join(";") === b.join(";");
  if (query === openQuery(table.query) && same(preOps, trimmed(table.preOps)) && same(postOps, trimmed(table.postOps)))
    return { ...full, incremental: undefined };
  const { reads, names, listed, computed, volatileCalls, unscannable } = scan(query);
  return {
    reads: full.reads,
    names: [...new Set([...full.names, ...names])].sort(),
    listed: [...full.listed, ...listed],
    computed: computed && full.computed && [...new Set([...full.computed, ...computed])].sort(),
    volatileCalls: [...full.volatileCalls, ...volatileCalls],
    unscannable: full.unscannable ?? unscannable,
    incremental: { query, reads, preOps, postOps },
  };
}

/** Whether what a query leaves out may be for the next run, which finds it by the rows that its own table has by then. */
function leavesRows(query: string, own: string, readKey: (path: readonly string[]) => string, scanner: SqlScanner) {
  try {
    return scanner.scanQuery(query).parts.some(({ by, tables }) => {
      const keys = tables.map(readKey);
      // `ORDER BY day DESC LIMIT 1` of its own rows is their latest.
      return by === "value" ? keys.includes(own) : keys.length === 0 || keys.some((key) => key !== own);
    });
  } catch {
    // What cannot be analysed runs every time.
    return false;
  }
}

/**
 * The rows of an incremental table are history where its incremental query is another one or goes by the clock or by them, and where it is
 * protected; the label `history: "rebuild"` says that its full query is the truth all the same.
 */
function isAccumulating(
  { enumType, bigquery, protected: isProtected }: CompiledTable,
  givesOtherRows: () => boolean,
): boolean {
  const isOpen = enumType === "INCREMENTAL" && bigquery.labels.history !== "rebuild";
  return isOpen && (isProtected || givesOtherRows());
}

const SCHEMA_CHANGES = new Set(["FAIL", "EXTEND", "SYNCHRONIZE"] as const);

function strategyOf({ onSchemaChange, incrementalStrategy, bigquery }: CompiledTable): Draft["strategy"] {
  const filters = [
    bigquery.updatePartitionFilter,
    ...((bigquery.incrementalPredicates as unknown[] | undefined) ?? []),
  ];
  return {
    onSchemaChange: [...SCHEMA_CHANGES].find((name) => name === onSchemaChange) ?? "IGNORE",
    overwritesPartitions: incrementalStrategy === "INSERT_OVERWRITE",
    updateFilters: filters.filter((text): text is string => typeof text === "string" && text !== ""),
  };
}

function trimmed(statements: readonly string[]): string[] {
  return statements.map((sql) => sql.trim()).filter((sql) => sql !== "");
}

function partitioning(partitionBy: string): Pick<ManifestAction, "partitionColumn" | "partitionExpression"> {
  const column = /^\s*(`?)([A-Za-z_]\w*)\1\s*$/.exec(partitionBy)?.[2];
  return {
    partitionColumn: column,
    partitionExpression: column === undefined && partitionBy !== "" ? partitionBy : undefined,
  };
}

/**
 * Everything in a table's configuration that changes what is built and has no field of its own. Expirations and filters are set on the
 * table as it stands.
 */
function tableOptions(table: CompiledTable): BuildOptions {
  const {
    labels: _labels,
    partitionBy: _partitionBy,
    clusterBy: _clusterBy,
    partitionExpirationDays: _expiration,
    requirePartitionFilter: _filter,
    additionalOptions,
    ...others
  } = table.bigquery;
  const bigquery = Object.keys(additionalOptions).length === 0 ? others : { ...others, additionalOptions };
  const { incrementalStrategy, onSchemaChange, where } = table;
  // `where` is left out where it is not set, as core leaves it out.
  return {
    bigquery,
    ...(table.materialized ? { materialized: true } : {}),
    incrementalStrategy,
    onSchemaChange,
    ...(where === "" ? {} : { where }),
  };
}

/** SQL that JavaScript makes at run time cannot be known before it. */
function refuseJit(action: { jitCode: string; fileName: string }, problems: ProjectProblem[]): void {
  if (action.jitCode === "") return;
  const message = "just-in-time compilation is not supported; write the query as SQL that compiles beforehand";
  problems.push({ file: action.fileName, line: undefined, column: undefined, message });
}

function scanReads(query: string, readKey: (path: readonly string[]) => string, scanner: SqlScanner): Scan {
  let scan: QueryScan;
  try {
    scan = scanner.scanQuery(query);
  } catch (error) {
    const offset = (error as { span?: { start?: number } }).span?.start ?? 0;
    return {
      reads: [],
      names: [],
      listed: [],
      computed: undefined,
      volatileCalls: [],
      unscannable: { message: (error as Error).message, offset },
    };
  }
  return {
    reads: scan.tables.map(({ path, span, implicitAlias, isFixed, columns, leftOut }) => ({
      key: readKey(path),
      start: span.start,
      end: span.end,
      implicitAlias,
      isFixed,
      columns,
      leftOut: leftOut && [...leftOut],
    })),
    names: [...scan.names],
    listed: scan.listed.map(({ name, passed, names }) => ({ name, passed, names: [...names] })),
    computed: [...scan.computed],
    volatileCalls: scan.volatileCalls.map(({ functionName, line, column, outputColumn }) => ({
      functionName,
      line,
      column,
      outputColumn,
    })),
    unscannable: undefined,
  };
}
