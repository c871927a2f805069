import type { FunctionScan, ScriptScan } from "../googlesql/contract.js";
import { routineKey } from "../graph/routine-key.js";
import type { SqlScanner } from "./build-manifest.js";
import type { ManifestAction } from "./manifest.js";

/** What one action runs around its query, and what the query calls. */
export interface ActionScripts {
  readonly action: ManifestAction;
  readonly userCalls: readonly string[];
  /** Its pre_operations; undefined: one of them cannot be read. */
  readonly before: readonly ScriptScan[] | undefined;
  /** Everything that it runs as statements, for what they create. */
  readonly statements: readonly ScriptScan[];
}

/** What an action runs and calls, as far as its texts can be read. */
export function scriptsOf(action: ManifestAction, scanner: SqlScanner): ActionScripts {
  const queries = [action.query, action.selfReading?.query].filter((sql) => sql !== undefined);
  const before = [...action.preOps, ...(action.selfReading?.preOps ?? [])].map((sql) =>
    attempt(() => scanner.scanScript(sql)),
  );
  const others = [...action.operations, ...action.postOps].map((sql) => attempt(() => scanner.scanScript(sql)));
  const isRead = (scan: ScriptScan | undefined): scan is ScriptScan => scan !== undefined;
  const isQuery = action.type !== "operation" && action.type !== "test";
  return {
    action,
    userCalls: isQuery ? queries.flatMap((sql) => attempt(() => scanner.scanQuery(sql).userCalls) ?? []) : [],
    before: before.every(isRead) ? before : undefined,
    statements: [...before, ...others].filter(isRead),
  };
}

/** Undefined for SQL that cannot be read: who runs it will say so. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** What an action depends on besides what its query names. */
type Hidden = Pick<
  ManifestAction,
  "hiddenReads" | "hiddenVolatile" | "wildcards" | "foreignFunctions" | "createdRoutines" | "reads"
>;

/**
 * Follows the calls of every action to the functions of its pre_operations and of the project: the tables that they read, the persistent
 * ones among them, and why the result may differ from run to run.
 * @param keyOf `dataset.name` of a table's path as the action sees it
 */
export function linkFunctions(
  scripts: readonly ActionScripts[],
  keyOf: (path: readonly string[], action: ManifestAction) => string,
): ManifestAction[] {
  const persistent = new Map<string, FunctionScan>();
  for (const { statements } of scripts) {
    for (const routine of statements.flatMap(({ routines }) => routines)) {
      const key = lookupKey(routine.name);
      if (!routine.temporary) persistent.set(key, united(routine, persistent.get(key)));
    }
  }
  return scripts.map((script) => ({ ...script.action, ...hiddenOf(script, persistent, keyOf) }));
}

/** A function that is created in two places may be either. */
function united(routine: FunctionScan, other: FunctionScan | undefined): FunctionScan {
  if (other === undefined) return routine;
  return {
    ...routine,
    tables: [...other.tables, ...routine.tables],
    volatile: other.volatile ?? routine.volatile,
    userCalls: [...other.userCalls, ...routine.userCalls],
  };
}

function hiddenOf(
  { action, userCalls, before, statements }: ActionScripts,
  persistent: ReadonlyMap<string, FunctionScan>,
  keyOf: (path: readonly string[], action: ManifestAction) => string,
): Hidden {
  const declaring = (before ?? []).filter(({ declares, dynamic }) => declares || dynamic);
  const own = new Map(
    declaring.flatMap(({ routines }) => routines.map((routine) => [lookupKey(routine.name), routine] as const)),
  );
  const reads = new Set(declaring.flatMap(({ tables }) => tables.map((path) => keyOf(path, action))));
  const reasons: string[] = [];
  if (before === undefined && userCalls.length > 0) reasons.push("its pre_operations cannot be analysed");
  if (declaring.some(({ dynamic }) => dynamic)) reasons.push("its pre_operations run SQL that is not written in them");
  const [volatileCall] = declaring.flatMap(({ volatileCalls }) => volatileCalls);
  if (volatileCall !== undefined) reasons.push(`its pre_operations call ${volatileCall}()`);

  const foreignFunctions: string[] = [];
  const seen = new Set<string>();
  const open = [...userCalls, ...declaring.flatMap((scan) => scan.userCalls)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const key = lookupKey(name);
    if (seen.has(key)) continue;
    seen.add(key);
    const routine = own.get(key) ?? persistent.get(key);
    if (routine === undefined) {
      foreignFunctions.push(name.replaceAll("`", ""));
      continue;
    }
    if (!own.has(key)) reads.add(routineKey(routine.name));
    for (const path of routine.tables) reads.add(keyOf(path, action));
    if (routine.volatile !== undefined) reasons.push(`it calls ${routine.name}(): ${routine.volatile}`);
    open.push(...routine.userCalls);
  }
  if (reads.delete(action.key)) reasons.push("its pre_operations read its own table");
  const [foreign] = foreignFunctions;
  if (foreign !== undefined) reasons.push(`it calls ${foreign}(), which no operation of the project creates`);
  const temporary = new Set(declaring.flatMap(({ temporaryTables }) => temporaryTables));
  const named = action.reads.filter(({ key }) => !temporary.has(key.replace(/^_SESSION\./i, "")));
  const wildcards = [...new Set([...named.map(({ key }) => key), ...reads].filter(isWildcard))].sort();
  // Tables may come and go under a prefix, and nobody says which of them was changed.
  if (wildcards.length > 0) reasons.push(`it reads wildcard table ${wildcards[0]}`);
  const metadata = [...named.map(({ key }) => key), ...reads].find(isMetadata);
  if (metadata !== undefined) reasons.push(`it reads ${metadata}, which changes with every table`);
  return {
    hiddenReads: [...reads].filter(isRelation).sort(),
    hiddenVolatile: reasons.sort()[0],
    wildcards,
    foreignFunctions,
    createdRoutines: [
      ...new Set(
        statements.flatMap(({ routines }) =>
          routines.filter((routine) => !routine.temporary).map(({ name }) => routineKey(name)),
        ),
      ),
    ].sort(),
    reads: named.filter(({ key }) => isRelation(key)),
  };
}

const isWildcard = (key: string): boolean => key.endsWith("*");
const isMetadata = (key: string): boolean => /(^|\.)INFORMATION_SCHEMA\./i.test(key);
const isRelation = (key: string): boolean => !isWildcard(key) && !isMetadata(key);

/** Names are called in any case, with or without the project, with backticks anywhere. */
function lookupKey(name: string): string {
  return name.replaceAll("`", "").split(".").slice(-2).join(".").toUpperCase();
}
