import type { FunctionScan, RelationWrite, ScriptScan } from "../googlesql/contract.js";
import { keyOf } from "../googlesql/declared-functions.js";
import { foldedKey } from "../googlesql/project-names.js";
import { isSystemTable } from "../googlesql/system-tables.js";
import { routineKey } from "../graph/routine-key.js";
import type { SqlScanner } from "./build-manifest.js";
import type { ManifestAction } from "./manifest.js";

/** What one action runs around its query, and what the query calls. */
export interface ActionScripts {
  readonly action: ManifestAction;
  readonly userCalls: readonly string[];
  /** Its pre_operations; undefined: one of them cannot be read. */
  readonly before: readonly ScriptScan[] | undefined;
  /** Its post_operations; undefined: one of them cannot be read. */
  readonly after: readonly ScriptScan[] | undefined;
  /** The statements that an operation consists of, as far as they can be read. */
  readonly operations: readonly ScriptScan[];
  /** One of them cannot be read. */
  readonly unreadable: boolean;
}

/** What an action runs and calls, as far as its texts can be read. */
export function scriptsOf(action: ManifestAction, scanner: SqlScanner): ActionScripts {
  const { incremental } = action;
  const queries = [action.query, incremental?.query].filter((sql) => sql !== undefined);
  const scanned = (texts: readonly string[]) => texts.map((sql) => attempt(() => scanner.scanScript(sql)));
  const isRead = (scan: ScriptScan | undefined): scan is ScriptScan => scan !== undefined;
  const before = scanned([...new Set([...action.preOps, ...(incremental?.preOps ?? [])])]);
  const after = scanned([...new Set([...action.postOps, ...(incremental?.postOps ?? [])])]);
  const operations = scanned(action.operations);
  const isQuery = action.type !== "operation" && action.type !== "test";
  return {
    action,
    userCalls: isQuery ? queries.flatMap((sql) => attempt(() => scanner.scanQuery(sql).userCalls) ?? []) : [],
    before: before.every(isRead) ? before : undefined,
    after: after.every(isRead) ? after : undefined,
    operations: operations.filter(isRead),
    unreadable: !operations.every(isRead),
  };
}

/** Undefined for SQL that cannot be read: who runs it will say so. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** What an action depends on and does besides what its query names. */
type Hidden = Pick<
  ManifestAction,
  | "hiddenReads"
  | "hiddenVolatile"
  | "wildcards"
  | "foreignFunctions"
  | "createdRoutines"
  | "writes"
  | "mayWriteMore"
  | "changesItself"
  | "reads"
  | "incremental"
>;

/** The key of a table's path. */
type KeyOf = (path: readonly string[]) => string;

/**
 * Follows the calls of every action to the functions and procedures of its pre_operations and of the project: the tables that they read
 * and write, the persistent ones among them, and why the result may differ from run to run.
 * @param home the project of names without one
 */
export function linkFunctions(scripts: readonly ActionScripts[], home: string): ManifestAction[] {
  const persistent = persistentOf(scripts.flatMap(statementsOf), home);
  const called = (scans: readonly ScriptScan[]) => scans.flatMap((scan) => withCalled(scan, persistent, home));
  return scripts.map((script) => {
    const { action, before, after, operations } = script;
    const followed = {
      ...script,
      before: before && called(before),
      after: after && called(after),
      operations: called(operations),
    };
    return { ...action, ...hiddenOf(followed, persistent, home) };
  });
}

/** The functions and procedures that stay behind the statements that create them. */
export function persistentOf(statements: readonly ScriptScan[], home: string): ReadonlyMap<string, FunctionScan> {
  const persistent = new Map<string, FunctionScan>();
  for (const routine of statements.flatMap(({ routines }) => routines)) {
    const key = keyOf(routine.name, home);
    if (!routine.temporary) persistent.set(key, united(routine, persistent.get(key)));
  }
  return persistent;
}

/** A script and what the procedures run that it calls; who calls one that the project does not create may run anything. */
export function withCalled(
  script: ScriptScan,
  persistent: ReadonlyMap<string, FunctionScan>,
  home: string,
): readonly ScriptScan[] {
  const seen = new Set<string>();
  const bodies: ScriptScan[] = [];
  let isUnknown = false;
  const open = [...script.procedureCalls];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const key = keyOf(name, home);
    if (seen.has(key)) continue;
    seen.add(key);
    const called = persistent.get(key)?.bodies ?? [];
    isUnknown ||= called.length === 0;
    bodies.push(...called);
    open.push(...called.flatMap(({ procedureCalls }) => procedureCalls));
  }
  return [{ ...script, dynamic: script.dynamic || isUnknown }, ...bodies];
}

/** A function that is created in two places may be either. */
function united(routine: FunctionScan, other: FunctionScan | undefined): FunctionScan {
  if (other === undefined) return routine;
  return {
    ...routine,
    tables: [...other.tables, ...routine.tables],
    volatile: other.volatile ?? routine.volatile,
    userCalls: [...other.userCalls, ...routine.userCalls],
    bodies: [...other.bodies, ...routine.bodies],
  };
}

/** Everything that an action runs besides its query. */
function statementsOf({ before = [], after = [], operations }: ActionScripts): readonly ScriptScan[] {
  return [...before, ...after, ...operations];
}

function hiddenOf(script: ActionScripts, persistent: ReadonlyMap<string, FunctionScan>, home: string): Hidden {
  const tableKey: KeyOf = (path) => foldedKey(path, home);
  const { action, userCalls, before = [], after = [], operations } = script;
  const statements = statementsOf(script);
  const isReadable = script.before !== undefined && script.after !== undefined && !script.unreadable;
  const writes = writesOf(statements, tableKey);
  const around = [...before, ...after];
  // An operation does what its text says when it runs: what it reads decides something only where it may be skipped.
  const scanned = action.type === "operation" ? operations : around;
  const own = new Map(
    before.flatMap(({ routines }) => routines.map((routine) => [keyOf(routine.name, home), routine] as const)),
  );
  const reads = new Set(scanned.flatMap(({ tables }) => tables.map(tableKey)));
  const changesOwnRows = (scan: ScriptScan) =>
    scan.writes.some(({ path, does }) => does === "changes" && tableKey(path) === action.key);
  const reasons = reasonsToRun(script, writes, changesOwnRows);

  for (const name of scanned.flatMap(({ procedureCalls }) => procedureCalls))
    if (!own.has(keyOf(name, home)) && persistent.has(keyOf(name, home))) reads.add(routineKey(name, home));

  const foreignFunctions: string[] = [];
  const seen = new Set<string>();
  const open = [...userCalls, ...scanned.flatMap((scan) => scan.userCalls)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const key = keyOf(name, home);
    if (seen.has(key)) continue;
    seen.add(key);
    const routine = own.get(key) ?? persistent.get(key);
    if (routine === undefined) {
      foreignFunctions.push(name.replaceAll("`", ""));
      continue;
    }
    if (!own.has(key)) reads.add(routineKey(routine.name, home));
    for (const path of routine.tables) reads.add(tableKey(path));
    if (routine.volatile !== undefined) reasons.push(`it calls ${routine.name}(): ${routine.volatile}`);
    open.push(...routine.userCalls);
  }
  if (!action.takesParts) reads.delete(action.key);
  const [foreign] = foreignFunctions;
  if (foreign !== undefined) reasons.push(`it calls ${foreign}(), which no operation of the project creates`);
  const temporary = new Set(before.flatMap(({ temporaryTables }) => temporaryTables));
  const isOwnTemporary = (key: string) => temporary.has(key.replace(/^_SESSION\./i, ""));
  const named = action.reads.filter(({ key }) => !isOwnTemporary(key));
  const { accumulating, incremental } = action;
  const namedLater = incremental?.reads.filter(({ key }) => !isOwnTemporary(key)) ?? [];
  // What it makes itself before it reads it is no input.
  const made = new Set(writes.filter(({ does }) => does === "makes").map(({ key }) => key));
  const changed = named.find(({ key }) => writes.some((write) => write.key === key && write.does === "changes"));
  if (changed !== undefined) reasons.push(`its statements change ${changed.key}, which it reads`);
  const inputs = [...reads].filter((key) => !made.has(key) && !isOwnTemporary(key));
  const all = [...[...named, ...(accumulating ? namedLater : [])].map(({ key }) => key), ...inputs];
  const wildcards = [...new Set(all.filter(isWildcard))].sort();
  // Tables may come and go under a prefix, and nobody says which of them was changed.
  if (wildcards.length > 0) reasons.push(`it reads wildcard table ${wildcards[0]}`);
  const metadata = all.find(isSystemTable);
  if (metadata !== undefined) reasons.push(`it reads ${metadata}, which changes with every table`);
  return {
    hiddenReads: inputs.filter(isRelation).sort(),
    hiddenVolatile: reasons.sort()[0],
    wildcards,
    foreignFunctions,
    createdRoutines: [
      ...new Set(
        statements.flatMap(({ routines }) =>
          routines.filter((routine) => !routine.temporary).map(({ name }) => routineKey(name, home)),
        ),
      ),
    ].sort(),
    writes: writes.filter(({ key }) => key !== action.key),
    mayWriteMore: !isReadable || statements.some(({ dynamic }) => dynamic),
    changesItself: writes.some(({ key, does }) => key === action.key && does === "changes"),
    reads: named.filter(({ key }) => isRelation(key)),
    incremental: incremental && { ...incremental, reads: namedLater.filter(({ key }) => isRelation(key)) },
  };
}

/** Why what runs around a query may make a difference although code and inputs do not. */
function reasonsToRun(
  { action, before, after, unreadable }: ActionScripts,
  writes: readonly { readonly key: string }[],
  changesOwnRows: (scan: ScriptScan) => boolean,
): string[] {
  const reasons: string[] = [];
  if (before === undefined) reasons.push("its pre_operations cannot be analysed");
  if (after === undefined) reasons.push("its post_operations cannot be analysed");
  if (unreadable) reasons.push("its statements cannot be analysed");
  if (before?.some(({ dynamic }) => dynamic)) reasons.push("its pre_operations run SQL that is not written in them");
  if (after?.some(({ dynamic }) => dynamic)) reasons.push("its post_operations run SQL that is not written in them");
  const deciding = (before ?? []).filter((scan) => scan.declares || changesOwnRows(scan));
  const [early] = deciding.flatMap(({ volatileCalls }) => volatileCalls);
  if (early !== undefined) reasons.push(`its pre_operations call ${early}()`);
  // The time at which something is logged elsewhere is nothing that a rebuild would have to make again.
  const changesItself = writes.some(({ key }) => key === action.key);
  const [late] = changesItself ? (after ?? []).flatMap(({ volatileCalls }) => volatileCalls) : [];
  if (late !== undefined) reasons.push(`its post_operations call ${late}()`);
  return reasons;
}

function writesOf(
  scans: readonly ScriptScan[],
  tableKey: KeyOf,
): { readonly key: string; readonly does: RelationWrite["does"] }[] {
  const writes = new Map<string, RelationWrite["does"]>();
  for (const { path, does } of scans.flatMap((scan) => scan.writes)) {
    const key = tableKey(path);
    if (does === "makes" || !writes.has(key)) writes.set(key, does);
  }
  return [...writes].map(([key, does]) => ({ key, does })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

const isWildcard = (key: string): boolean => key.endsWith("*");
const isRelation = (key: string): boolean => !isWildcard(key) && !isSystemTable(key);
