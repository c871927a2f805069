import { createHash } from "node:crypto";
import type { RunnableProject } from "../../runner/graph/action.js";
import type { Manifest, ManifestAction } from "../../runner/project/manifest.js";
import { MANIFEST_FORMAT_VERSION } from "../../runner/project/manifest.js";
import { runnableProject } from "../../runner/project/runnable.js";
import { DATASET, type Input, relation, type Spec, semantics, specSql } from "./spec.js";

/** What a scan of an action's SQL tells of the columns that it reads. */
export type ColumnScan = (spec: Spec, sql: string) => { readonly names: readonly string[]; readonly whole: boolean };

/** What it must tell of the queries of this world. */
export const knownColumns: ColumnScan = ({ wide, keyed }) => ({
  names: keyed ? ["d", "data_hash", "k", "v"] : ["d", "k", "v"],
  whole: wide,
});

/** The project that a compile of these specs would give. */
export function projectOf(
  specs: ReadonlyMap<string, Spec>,
  sources: readonly string[],
  scan: ColumnScan = knownColumns,
): RunnableProject {
  const actions = [...specs.values()].map((spec) => manifestAction(spec, specs, scan));
  const manifest: Manifest = {
    formatVersion: MANIFEST_FORMAT_VERSION,
    inputsDigest: "",
    coreVersion: "",
    coreHash: "",
    defaultDatabase: "p",
    compileVolatile: false,
    actions: [...sources.map(declaration), ...actions],
    fileHashes: {},
    tracedFiles: [],
  };
  return runnableProject(manifest);
}

/** The declared read windows of an incremental model, by table; a table that it reads on two ways gets the wider window. */
export function readWindows(spec: Spec, specs: ReadonlyMap<string, Spec>): ReadonlyMap<string, Omit<Input, "name">> {
  const windows = new Map<string, Omit<Input, "name">>();
  const visit = (name: string, { back, ahead }: Omit<Input, "name">) => {
    const view = specs.get(name);
    if (view?.kind === "view") {
      for (const inner of view.inputs) visit(inner.name, { back, ahead });
      return;
    }
    const known = windows.get(name) ?? { back: 0, ahead: 0 };
    windows.set(name, { back: Math.max(back, known.back), ahead: Math.max(ahead, known.ahead) });
  };
  for (const input of spec.inputs) visit(input.name, input);
  return windows;
}

function manifestAction(spec: Spec, specs: ReadonlyMap<string, Spec>, scan: ColumnScan): ManifestAction {
  const { sql, reads } = specSql(spec);
  const { names, whole } = scan(spec, sql);
  const incremental = spec.kind === "incremental";
  return {
    ...empty(spec.name, spec.kind),
    disabled: spec.disabled,
    query: sql,
    reads: reads.map((read) => ({ ...read, implicitAlias: undefined, whole })),
    names: [...names],
    dependencies: spec.inputs.map(({ name }) => relation(name)),
    partitionColumn: incremental ? "d" : undefined,
    uniqueKey: spec.keyed ? ["d", "k"] : [],
    lookback: incremental
      ? { defaultDays: 0, byTable: Object.fromEntries(readWindows(spec, specs)) }
      : { defaultDays: undefined, byTable: {} },
    volatileCalls: spec.volatile ? [{ functionName: "RAND", line: 1, column: 1, outputColumn: undefined }] : [],
    codeHash: sha(JSON.stringify(spec)),
    compiledHash: sha(semantics(spec)),
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
    description: undefined,
    columnDescriptions: {},
    query: undefined,
    expectedQuery: undefined,
    preOps: [],
    postOps: [],
    operations: [],
    hasOutput: false,
    dependencies: [],
    parent: undefined,
    partitionColumn: undefined,
    partitionExpression: undefined,
    clusterBy: [],
    uniqueKey: [],
    labels: {},
    protected: false,
    lookback: { defaultDays: undefined, byTable: {} },
    softTables: [],
    rowColumns: { created: undefined, updated: undefined, revision: undefined },
    reads: [],
    names: [],
    hiddenReads: [],
    wildcards: [],
    foreignFunctions: [],
    createdRoutines: [],
    volatileCalls: [],
    unscannable: undefined,
    compileVolatile: false,
    sources: { files: [], vars: [], nondeterministic: [] },
    codeHash: "",
    compiledHash: "",
  };
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
