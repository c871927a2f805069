import { foldProject, nameOf } from "../googlesql/project-names.js";
import { volatileUse } from "../googlesql/volatile-names.js";
import type { RunnableAction, RunnableProject, SqlRead } from "../graph/action.js";
import { auditsByHost, type FailedAssertions } from "../graph/audits.js";
import type { BreakerSettings } from "../graph/breaker-settings.js";
import type { CodeHash, CompiledHash, PlanNode, ReadWindow, Upstream } from "../graph/node.js";
import { dependencyOrder } from "../graph/order.js";
import { isReadAsQuery } from "../graph/read-queries.js";
import { sha256 } from "../port/digest-text.js";
import { type RelationId, rowColumnNames } from "../port/port.js";
import { NO_SETTINGS } from "../port/relation-settings.js";
import { readBreakerLabels } from "./breaker-labels.js";
import { projectError } from "./errors.js";
import type { Manifest, ManifestAction } from "./manifest.js";
import { type Read, ReadColumns } from "./read-columns.js";

const RUNNABLE = new Set<ManifestAction["type"]>(["table", "incremental", "view", "assertion", "operation"]);

/**
 * The manifest as the planner and the executor need it: views resolved to what they read, actions in dependency order.
 * @param failedAssertions what becomes of a model of which an assertion finds rows
 */
export function runnableProject(
  manifest: Manifest,
  failedAssertions: FailedAssertions = "rollback",
  modelBreaker?: BreakerSettings,
): RunnableProject {
  const byKey = new Map(manifest.actions.map((action) => [action.key, action]));
  const runnable = manifest.actions.filter((action) => RUNNABLE.has(action.type));
  const actions = dependencyOrder(runnable).map((action) => {
    const runnable = runnableAction(action, byKey, manifest.homeProject);
    const isModel = runnable.node.kind === "model";
    return runnable.breaker === undefined && isModel ? { ...runnable, breaker: modelBreaker } : runnable;
  });
  return {
    actions,
    audits: auditsByHost(actions, failedAssertions),
    sources: new Set(manifest.actions.filter((action) => action.type === "declaration").map((action) => action.key)),
    leftOut: manifest.leftOut,
  };
}

/** The relation that an action makes, or that a declaration is about. */
export function relationOf({ target }: Pick<ManifestAction, "target">, homeProject: string): RelationId {
  const [dataset = "", name = ""] = foldProject([target.database, target.dataset, target.name], homeProject);
  return { dataset, name };
}

function runnableAction(
  action: ManifestAction,
  byKey: ReadonlyMap<string, ManifestAction>,
  homeProject: string,
): RunnableAction {
  return {
    node: planNode(action, byKey),
    type: action.type as RunnableAction["type"],
    target: relationOf(action, homeProject),
    fileName: action.fileName,
    tags: action.tags,
    description: action.description,
    sourceFiles: action.sources.files,
    query: action.query ?? "",
    reads: action.reads.map(sqlRead),
    incremental:
      action.accumulating && action.incremental !== undefined
        ? { ...action.incremental, reads: action.incremental.reads.map(sqlRead) }
        : undefined,
    ownWindow: declaredWindow(action, action.key),
    accumulating: action.accumulating,
    isProtected: action.protected,
    strategy: action.strategy,
    unscannable: action.unscannable,
    operations: action.operations,
    createdRoutines: action.createdRoutines,
    writes: action.writes.map(({ key }) => key),
    mayWriteMore: action.type === "operation" || action.mayWriteMore,
    effects: effectsOf(action, byKey),
    hasOutput: action.hasOutput && !makesRoutine(action),
    preOps: action.preOps,
    postOps: action.postOps,
    dependencies: action.dependencies,
    softDependencies: new Set(action.dependencies.filter((key) => action.softTables.includes(nameOf(key)))),
    partitionColumn: action.partitionColumn,
    clusterBy: action.clusterBy,
    uniqueKey: action.uniqueKey,
    rowColumns: action.rowColumns,
    rowHash: action.rowHash,
    wanted: wantedRelation(action, byKey, homeProject),
    reservation: action.reservation,
    labels: action.labels,
    columnsLike: columnsLike(action, byKey),
    breaker: readBreakerLabels(action.labels, action.fileName),
  };
}

/**
 * The relation that an action makes as stock Dataform leaves it: tables and views are made anew each time, so that they have nothing
 * but what their configuration says; assertions are views.
 */
function wantedRelation(
  action: ManifestAction,
  byKey: ReadonlyMap<string, ManifestAction>,
  homeProject: string,
): RunnableAction["wanted"] {
  const id = relationOf(action, homeProject);
  if (action.type === "assertion") return { id, settings: NO_SETTINGS, isExact: false, viewQuery: action.query };
  if (action.settings === undefined) return undefined;
  // What others say of it, or its own statements, would be taken for something that nobody wants.
  const isItsOwn =
    action.type !== "incremental" &&
    action.preOps.length + action.postOps.length === 0 &&
    ![...byKey.values()].some(({ writes }) => writes.some(({ key }) => key === action.key));
  return { id, settings: action.settings, isExact: isItsOwn };
}

/** An operation that always runs leaves nothing for a skip to be compared with. */
function effectsOf(action: ManifestAction, byKey: ReadonlyMap<string, ManifestAction>): RunnableAction["effects"] {
  if (action.writes.length === 0 || (action.type === "operation" && !isSkippable(action))) return [];
  const others = [...byKey.values()].filter(({ key }) => key !== action.key);
  const isShared = (key: string) =>
    others.some(
      (other) => other.writes.some((write) => write.key === key) || (other.key === key && makesRelation(other)),
    );
  return action.writes
    .filter(({ does }) => does !== "drops")
    .map(({ key, does }) => ({ key, watched: does === "makes" && !isShared(key) ? "content" : "existence" }));
}

/** What `hasOutput` promises may be a function: then no table is missing. */
function makesRoutine({ key, createdRoutines }: ManifestAction): boolean {
  return createdRoutines.includes(`${key}()`);
}

function makesRelation({ type }: ManifestAction): boolean {
  return type === "table" || type === "incremental" || type === "view" || type === "operation";
}

/**
 * The relation that the label `columns_like` names.
 * @throws ProjectError when the project has none of that name
 */
function columnsLike(action: ManifestAction, byKey: ReadonlyMap<string, ManifestAction>): string | undefined {
  const name = action.labels.columns_like;
  if (name === undefined) return undefined;
  const found = [...byKey.values()].find(({ target }) => target.name === name);
  if (found === undefined)
    throw projectError(`label "columns_like" names no table of the project: ${name}`, action.fileName);
  return found.key;
}

function sqlRead({ key, start, end, implicitAlias, isFixed }: ManifestAction["reads"][number]): SqlRead {
  return { key, start, end, implicitAlias, isFixed };
}

/**
 * Whether a model is built for some dates. Without a declared read window nobody knows which dates it can produce, and statements of its
 * own that change its table may change rows of any date: it is one partition then.
 */
function isBuiltByDates({ partitionColumn, lookback, changesItself }: ManifestAction): boolean {
  return partitionColumn !== undefined && lookback.defaultDays !== undefined && !changesItself;
}

function planNode(action: ManifestAction, byKey: ReadonlyMap<string, ManifestAction>): PlanNode {
  const views = viewsReadBy(action, byKey);
  return {
    key: action.key,
    kind: action.type === "table" || action.type === "incremental" ? "model" : (action.type as PlanNode["kind"]),
    partitioned: isBuiltByDates(action),
    upstreams: upstreamsOf(action, views),
    standingViews: standingViews(action, views, byKey),
    codeHash: joined([action.codeHash, ...views.map((view) => view.codeHash)]) as CodeHash,
    compiledHash: joined([action.compiledHash, ...views.map((view) => view.compiledHash)]) as CompiledHash,
    volatile: volatileReason(action) ?? views.map(reasonThrough).find((reason) => reason !== undefined),
    disabled: action.disabled,
  };
}

/** Every view and assertion that the action reads, directly or through another one, in a stable order. */
function viewsReadBy(action: ManifestAction, byKey: ReadonlyMap<string, ManifestAction>): ManifestAction[] {
  const views = new Map<string, ManifestAction>();
  const visit = (reader: ManifestAction) => {
    for (const { key } of readsOf(reader)) {
      const read = byKey.get(key);
      if (read === undefined || !isReadAsQuery(read) || views.has(key)) continue;
      // The name of an assertion in a statement stays: there nothing takes its place.
      if (read.type === "assertion" && reader.hiddenReads.includes(key)) continue;
      views.set(key, read);
      visit(read);
    }
  };
  visit(action);
  return [...views.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Views that are read as they stand: where a view names them, and where statements or functions read them. A query of a model has theirs in it. */
function standingViews(
  action: ManifestAction,
  views: readonly ManifestAction[],
  byKey: ReadonlyMap<string, ManifestAction>,
): readonly string[] {
  const hidden = [action, ...views].flatMap(({ hiddenReads }) => hiddenReads);
  const named = action.type === "view" ? action.reads.map(({ key }) => key) : [];
  return [...new Set([...named, ...hidden])].filter((key) => byKey.get(key)?.type === "view").sort();
}

function upstreamsOf(action: ManifestAction, views: readonly ManifestAction[]): Upstream[] {
  const viewKeys = new Set(views.map((view) => view.key));
  const readers = [action, ...views];
  const keys = new Set(readers.flatMap((reader) => readsOf(reader).map(({ key }) => key)));
  // What its own statements make is what it leaves, not what it is given.
  for (const { key, does } of action.writes) if (does === "makes") keys.delete(key);
  const hidden = readWhole(readers);
  const columns = new ReadColumns(readers.map((reader) => ({ ...reader, reads: readsOf(reader) })));
  const { named } = columns;
  return [...keys]
    .filter((key) => !viewKeys.has(key))
    .sort()
    .map((key) => ({
      key,
      window: hidden.has(key) ? undefined : windowOf(action, key, views),
      columns: columns.of(key),
      leftOut: columns.leftOut(key),
      named,
    }));
}

/** What functions and pre_operations read, be it through views: nothing restricts that to some dates. */
function readWhole(readers: readonly ManifestAction[]): ReadonlySet<string> {
  const byKey = new Map(readers.map((reader) => [reader.key, reader]));
  const found = new Set<string>();
  const visit = (key: string) => {
    if (found.has(key)) return;
    found.add(key);
    for (const read of byKey.get(key)?.reads ?? []) visit(read.key);
  };
  for (const key of readers.flatMap(({ hiddenReads }) => hiddenReads)) visit(key);
  return found;
}

/** What labels say of a table itself. */
function declaredWindow({ lookback }: ManifestAction, key: string): ReadWindow | undefined {
  const declared = lookback.byTable[nameOf(key)];
  return declared && { back: declared.back ?? 0, ahead: declared.ahead ?? 0 };
}

/**
 * What a partition may read of a table: as the labels say of the table itself, else of the views through which the action reads it, else
 * the default; read on several ways, the widest.
 */
function windowOf(action: ManifestAction, key: string, views: readonly ManifestAction[]): ReadWindow | undefined {
  // How far back its sources count says nothing of its own rows: the latest of them may be of any date.
  if (key === action.key) return declaredWindow(action, key);
  const { byTable, defaultDays } = action.lookback;
  const own = byTable[nameOf(key)];
  const ways =
    own === undefined
      ? waysTo(key, action, views).map((view) => (view === undefined ? undefined : byTable[nameOf(view)]))
      : [own];
  const backs = (ways.length === 0 ? [undefined] : ways).map((way) => way?.back ?? defaultDays);
  if (backs.some((back) => back === undefined)) return undefined;
  return {
    back: Math.max(0, ...backs.map(Number)),
    ahead: Math.max(0, ...ways.map((way) => way?.ahead ?? 0)),
  };
}

/** The views that an action names to reach a table, `undefined` for naming the table itself. */
function waysTo(
  key: string,
  action: ManifestAction,
  views: readonly ManifestAction[],
): readonly (string | undefined)[] {
  const byKey = new Map(views.map((view) => [view.key, view]));
  const leadsTo = (from: string, seen: ReadonlySet<string>): boolean =>
    from === key ||
    (!seen.has(from) &&
      (byKey.get(from) === undefined
        ? false
        : readsOf(byKey.get(from) as ManifestAction).some((read) => leadsTo(read.key, new Set([...seen, from])))));
  const named = [...new Set(readsOf(action).map((read) => read.key))];
  return named.flatMap((name) =>
    name === key ? [undefined] : byKey.has(name) && leadsTo(name, new Set()) ? [name] : [],
  );
}

/** A skippable operation promises that its effect follows from its text and from what it depends on. */
function isSkippable({ type, tags }: ManifestAction): boolean {
  return type === "operation" && tags.includes("skippable");
}

function readsOf(action: ManifestAction): readonly Read[] {
  const hidden = action.hiddenReads.map((key) => ({ key, columns: "all" as const }));
  if (isSkippable(action)) return [...action.dependencies.map((key) => ({ key, columns: "all" as const })), ...hidden];
  // Its own rows are its output, and compared as such; where they say which part comes next, they are an input, too.
  const further = action.accumulating ? (action.incremental?.reads ?? []) : [];
  return [...action.reads, ...further.filter(({ key }) => key !== action.key || action.takesParts), ...hidden];
}

function volatileReason(action: ManifestAction): string | undefined {
  if (action.type === "operation") return isSkippable(action) ? undefined : "operations always run";
  if (action.unscannable !== undefined) return `its SQL cannot be analysed: ${action.unscannable.message}`;
  if (action.hiddenVolatile !== undefined) return action.hiddenVolatile;
  if (action.compileVolatile) return "its SQL depends on the clock or on randomness while compiling";
  const rowColumns = new Set<string | undefined>(rowColumnNames(action.rowColumns));
  const call = action.volatileCalls.find(
    ({ outputColumn }) => outputColumn === undefined || !rowColumns.has(outputColumn),
  );
  return call && `it ${volatileUse(call.functionName)} at line ${call.line} of its query`;
}

/** The reason of a view, for whoever reads it. */
function reasonThrough(view: ManifestAction): string | undefined {
  const reason = volatileReason(view);
  return reason && `through ${view.key}: ${reason}`;
}

function joined(hashes: readonly string[]): string {
  return hashes.length === 1 ? (hashes[0] as string) : sha256(hashes.join("\n"));
}
