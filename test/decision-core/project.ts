import { createHash } from "node:crypto";
import type { RunnableProject } from "../../runner/graph/action.js";
import type { SqlScanner } from "../../runner/project/build-manifest.js";
import { linkReads } from "../../runner/project/link-reads.js";
import type { Manifest, ManifestAction } from "../../runner/project/manifest.js";
import { MANIFEST_FORMAT_VERSION } from "../../runner/project/manifest.js";
import { runnableProject } from "../../runner/project/runnable.js";
import { linkFunctions, scriptsOf } from "../../runner/project/user-functions.js";
import { mergesByKey } from "./evaluate.js";
import { DATASET, type Input, isStar, readColumns, relation, type Spec, semantics } from "./spec.js";
import { incrementSql, type SpecSql, specSql, specStatements } from "./spec-sql.js";

/**
 * The project that a compile of these specs would give.
 * @param scanner what finds out what the SQL reads; undefined: what is known to be found is taken
 */
export function projectOf(
  specs: ReadonlyMap<string, Spec>,
  sources: readonly string[],
  scanner?: SqlScanner,
): RunnableProject {
  const actions = [...specs.values()].map((spec) => manifestAction(spec, specs, scanner));
  const drafts = [...sources.map(declaration), ...actions];
  const linked =
    scanner === undefined
      ? drafts
      : linkFunctions(
          drafts.map((action) => scriptsOf(action, scanner)),
          "p",
        );
  const manifest: Manifest = {
    formatVersion: MANIFEST_FORMAT_VERSION,
    inputsDigest: "",
    coreVersion: "",
    coreHash: "",
    homeProject: "p",
    compileVolatile: false,
    // Backwards, so that only what is known of them brings them in order.
    actions: linkReads(linked.reverse()),
    leftOut: [],
    fileHashes: {},
    tracedFiles: [],
  };
  return runnableProject(manifest);
}

/** How far each table reaches that an action reads: one that it reads on two ways gets the wider window. */
export function readWindows(
  spec: Spec,
  specs: ReadonlyMap<string, Spec>,
): ReadonlyMap<string, Pick<Input, "back" | "ahead">> {
  const windows = new Map<string, Pick<Input, "back" | "ahead">>();
  const visit = (name: string, { back, ahead }: Pick<Input, "back" | "ahead">) => {
    const view = specs.get(name);
    if (view?.kind === "view") {
      for (const inner of view.inputs) visit(inner.name, { back, ahead });
      return;
    }
    const known = windows.get(name) ?? { back: 0, ahead: 0 };
    windows.set(name, { back: Math.max(back, known.back), ahead: Math.max(ahead, known.ahead) });
  };
  for (const input of spec.inputs) visit(input.name, reachOfInput(spec, input));
  return windows;
}

/** Everything else that an action reads, all of it: what pre_operations read, and what a skippable operation depends on. */
export function readWhole(spec: Spec, specs: ReadonlyMap<string, Spec>): ReadonlySet<string> {
  const tables = new Set<string>();
  const visit = (name: string) => {
    const view = specs.get(name);
    if (view?.kind !== "view") tables.add(name);
    else for (const inner of view.inputs) visit(inner.name);
  };
  if (spec.before !== undefined) visit(spec.before);
  if (spec.kind === "operation") for (const { name } of spec.inputs) visit(name);
  return tables;
}

/** What a partition reads of an input: rows that are forecasts lie behind what they are made of. */
function reachOfInput(spec: Spec, { back, ahead }: Input): Pick<Input, "back" | "ahead"> {
  if (spec.accumulation !== undefined || isStar(spec)) return { back: 0, ahead: 0 };
  return { back: back + spec.forecast, ahead };
}

/** Labels as a user writes them: for what he names, and for a table that he reaches both by its name and through a view. */
function labels(spec: Spec, specs: ReadonlyMap<string, Spec>): ManifestAction["lookback"]["byTable"] {
  const named = spec.inputs.map((input) => [input.name, reachOfInput(spec, input)] as const);
  const direct = new Set(spec.inputs.map(({ name }) => name));
  const tables = [...readWindows(spec, specs)].filter(([name]) => direct.has(name));
  return Object.fromEntries([...named, ...tables]);
}

function manifestAction(spec: Spec, specs: ReadonlyMap<string, Spec>, scanner: SqlScanner | undefined): ManifestAction {
  if (spec.kind === "operation" || spec.kind === "function") return operation(spec);
  const full = scanned(spec, specSql(spec), scanner);
  const more = spec.accumulation === undefined ? undefined : scanned(spec, incrementSql(spec), scanner);
  const incremental = spec.kind === "incremental";
  return {
    ...empty(spec.name, spec.kind),
    ...specStatements(spec),
    tags: spec.warns ? ["warn"] : [],
    disabled: spec.disabled,
    query: full.query,
    reads: full.reads,
    names: [...new Set([...full.names, ...(more?.names ?? [])])].sort(),
    listed: [...full.listed, ...(more?.listed ?? [])],
    dependencies: spec.inputs.filter(({ literal }) => !literal).map(({ name }) => relation(name)),
    partitionColumn: incremental ? "d" : undefined,
    uniqueKey: spec.keyed || mergesByKey(spec) ? ["d", "k", "j"] : [],
    rowHash: spec.keyed ? "data_hash" : undefined,
    protected: spec.accumulation === "protected",
    accumulating: spec.accumulation !== undefined,
    incremental:
      more === undefined || spec.accumulation === "protected"
        ? undefined
        : { query: more.query, reads: more.reads, preOps: [], postOps: [] },
    changesItself: spec.after === "deletes",
    lookback: incremental && spec.split ? { defaultDays: 0, byTable: labels(spec, specs) } : { byTable: {} },
    volatileCalls: spec.volatile ? [{ functionName: "RAND", line: 1, column: 1 }] : [],
    codeHash: sha(JSON.stringify(spec)),
    compiledHash: sha(semantics(spec)),
  };
}

function operation(spec: Spec): ManifestAction {
  return {
    ...empty(spec.name, "operation"),
    ...specStatements(spec),
    tags: spec.skippable ? ["skippable"] : [],
    disabled: spec.disabled,
    hasOutput: spec.output === "own",
    dependencies: spec.inputs.filter(({ literal }) => !literal).map(({ name }) => relation(name)),
    codeHash: sha(JSON.stringify(spec)),
    compiledHash: sha(semantics(spec)),
  };
}

function scanned(
  spec: Spec,
  { sql, reads }: SpecSql,
  scanner: SqlScanner | undefined,
): Pick<ManifestAction, "reads" | "names" | "listed"> & { query: string } {
  if (scanner === undefined) {
    const { names, whole } = readColumns(spec);
    // A view shows its readers what they name of it.
    const columns = !whole ? "named" : spec.kind === "view" ? "passed" : "all";
    return { query: sql, names: [...names], listed: [], reads: reads.map((read) => ({ ...read, columns })) };
  }
  const scan = scanner.scanQuery(sql);
  return {
    query: sql,
    names: [...scan.names],
    listed: scan.listed.map(({ name, passed, names }) => ({ name, passed, names: [...names] })),
    reads: scan.tables.map(({ path, span, implicitAlias, columns }) => ({
      key: path.slice(-2).join("."),
      start: span.start,
      end: span.end,
      ...(implicitAlias === undefined ? {} : { implicitAlias }),
      columns,
    })),
  };
}

function declaration(name: string): ManifestAction {
  return empty(name, "declaration");
}

function empty(name: string, type: ManifestAction["type"]): ManifestAction {
  return {
    key: relation(name),
    target: { database: "p", dataset: DATASET, name },
    type,
    fileName: `definitions/${name}.sqlx`,
    tags: [],
    disabled: false,
    columnDescriptions: {},
    preOps: [],
    postOps: [],
    operations: [],
    hasOutput: false,
    dependencies: [],
    clusterBy: [],
    uniqueKey: [],
    labels: {},
    protected: false,
    lookback: { byTable: {} },
    softTables: [],
    rowColumns: {},
    reads: [],
    names: [],
    listed: [],
    takesParts: false,
    accumulating: false,
    strategy: { onSchemaChange: "IGNORE", overwritesPartitions: false, updateFilters: [] },
    hiddenReads: [],
    wildcards: [],
    foreignFunctions: [],
    createdRoutines: [],
    writes: [],
    mayWriteMore: false,
    changesItself: false,
    volatileCalls: [],
    compileVolatile: false,
    sources: { files: [], vars: [], nondeterministic: [] },
    codeHash: "",
    compiledHash: "",
  };
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
