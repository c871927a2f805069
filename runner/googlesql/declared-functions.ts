import type { PathNode, Statement } from "./ast.js";
import type { UserFunction } from "./catalog.js";
import { SqlProblem } from "./errors.js";
import { parseScriptText } from "./parser/script.js";
import { datasetOf, findByPath, foldedKey, type ProjectNames } from "./project-names.js";
import type { ScriptStatement } from "./script-ast.js";
import { walk } from "./walk.js";

export type CreateRoutine = Extract<Statement, { kind: "createFunction" | "createTableFunction" | "createProcedure" }>;

export function isCreateRoutine(statement: ScriptStatement | undefined): statement is CreateRoutine {
  const { kind } = statement ?? {};
  return kind === "createFunction" || kind === "createTableFunction" || kind === "createProcedure";
}

/** A persistent function as some script creates it. */
export interface DeclaredFunction {
  readonly routine: UserFunction;
  readonly dataset: string;
  /** Its CREATE statement. */
  readonly text: string;
}

/**
 * The persistent functions that some scripts create, by `DS.F`; a script that cannot be read creates none.
 * @param home the project of names without one
 */
export function declaredFunctions(
  scripts: Iterable<string>,
  home: string | undefined,
): ReadonlyMap<string, DeclaredFunction> {
  const functions = new Map<string, DeclaredFunction>();
  visitRoutines(scripts, (statement, sql) => {
    const { key, parts, temporary } = identity(statement, home);
    if (statement.kind === "createProcedure" || temporary) return;
    const text = sql.slice(statement.start, statement.end);
    functions.set(key, { routine: statement, dataset: datasetOf(foldedKey(parts, home)), text });
  });
  return functions;
}

/** The procedures that some scripts create, by `DS.P`. */
export function declaredProcedures(
  scripts: Iterable<string>,
  home: string | undefined,
): ReadonlyMap<string, CreateRoutine> {
  const procedures = new Map<string, CreateRoutine>();
  visitRoutines(scripts, (statement) => {
    if (statement.kind === "createProcedure") procedures.set(identity(statement, home).key, statement);
  });
  return procedures;
}

/** What some scripts create; what a routine creates when it runs is not looked at. */
function visitRoutines(scripts: Iterable<string>, visit: (statement: CreateRoutine, sql: string) => void): void {
  for (const sql of scripts) {
    try {
      walk(parseScriptText(sql), (node) => {
        const statement = node as unknown as ScriptStatement;
        if (!isCreateRoutine(statement)) return undefined;
        visit(statement, sql);
        return false;
      });
    } catch (error) {
      if (!(error instanceof SqlProblem)) throw error;
    }
  }
}

/** The key of a called name: `DS.F`, and of another project than home `P.DS.F`; names are called in any case, with backticks anywhere. */
export function keyOf(name: string, home: string | undefined): string {
  return foldedKey(name.replaceAll("`", "").split("."), home).toUpperCase();
}

/** The routine that a called name stands for, among routines by their key. */
export function routineNamed<T>(
  name: string,
  { home, claims }: ProjectNames,
  routines: ReadonlyMap<string, T>,
): T | undefined {
  return findByPath(name.replaceAll("`", "").split("."), { home, claims: (key) => claims(`${key}()`) }, (key) =>
    routines.get(key.toUpperCase()),
  );
}

/** Key, name and life of a routine that a statement creates. */
export function identity(
  statement: CreateRoutine,
  home: string | undefined,
): { key: string; parts: string[]; temporary: boolean } {
  const parts = namesOf(statement.path);
  const temporary = statement.kind === "createFunction" && statement.temporary;
  return { key: foldedKey(parts, home).toUpperCase(), parts, temporary };
}

/** The parts of a path. */
export function namesOf(path: PathNode): string[] {
  return path.parts.map(({ name }) => name);
}
