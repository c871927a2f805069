import type { PathNode, Statement } from "../dialect/ast.js";
import type { Catalog, UserFunction } from "../dialect/contract.js";
import {
  checkRoutine,
  isBuiltIn,
  parseScriptText,
  type RoutineParameter,
  type ScriptStatement,
  SqlProblem,
  unsupported,
  walk,
} from "../dialect/script.js";
import type { ScriptHost } from "./host.js";

export type CreateRoutine = Extract<Statement, { kind: "createFunction" | "createTableFunction" | "createProcedure" }>;

export interface Procedure {
  readonly parameters: readonly RoutineParameter[];
  readonly body: readonly ScriptStatement[];
  /** The text in which the body stands. */
  readonly text: string;
}

interface Known {
  readonly statement: CreateRoutine;
  readonly text: string;
  readonly temporary: boolean;
}

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

/** The persistent functions that some scripts create, by `DS.F`; a script that cannot be read creates none. */
export function declaredFunctions(scripts: Iterable<string>): ReadonlyMap<string, DeclaredFunction> {
  const functions = new Map<string, DeclaredFunction>();
  const visit = (sql: string): void => {
    walk(parseScriptText(sql), (node) => {
      const statement = node as unknown as ScriptStatement;
      if (!isCreateRoutine(statement)) return undefined;
      const { key, parts, temporary } = identity(statement);
      if (statement.kind === "createProcedure" || temporary) return false;
      const text = sql.slice(statement.start, statement.end);
      functions.set(key, { routine: statement, dataset: parts.at(-2) ?? "", text });
      return false;
    });
  };
  for (const sql of scripts) {
    try {
      visit(sql);
    } catch (error) {
      if (!(error instanceof SqlProblem)) throw error;
    }
  }
  return functions;
}

/** The functions and procedures of the user: temporary ones of the script, persistent ones of the warehouse. */
export class Routines {
  readonly #known = new Map<string, Known>();
  #loaded = false;

  constructor(readonly host: Pick<ScriptHost, "routines" | "saveRoutine">) {}

  /** Reads the persistent ones; those of the script go before. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    for (const [name, text] of await this.host.routines()) {
      const [statement] = parseScriptText(text);
      const key = name.toUpperCase();
      if (isCreateRoutine(statement) && !this.#known.has(key))
        this.#known.set(key, { statement, text, temporary: false });
    }
  }

  /** @param keep false: the routine is known to this script and not written to the warehouse */
  async create(statement: CreateRoutine, script: string, catalog: Catalog, keep: boolean): Promise<void> {
    await this.load();
    const { key, parts, temporary } = identity(statement);
    const known = this.#known.get(key);
    if (known !== undefined && !statement.orReplace) {
      if (statement.ifNotExists) return;
      throw new SqlProblem("analysis", `Already Exists: Routine ${parts.join(".")}`, statement.path);
    }
    requireName(statement, parts, temporary);
    if (statement.kind !== "createProcedure") checkRoutine(statement, catalog);
    const text = script.slice(statement.start, statement.end);
    if (!temporary && keep) await this.host.saveRoutine(parts.slice(-2), text);
    this.#known.set(key, { statement, text: script, temporary });
  }

  async drop(statement: Extract<Statement, { kind: "dropRoutine" }>, keep: boolean): Promise<void> {
    await this.load();
    const parts = namesOf(statement.path);
    const key = parts.slice(-2).join(".").toUpperCase();
    const found = this.#known.get(key);
    if (found === undefined || OBJECTS[found.statement.kind] !== statement.object) {
      if (statement.ifExists) return;
      throw new SqlProblem("analysis", `Not found: Routine ${parts.join(".")}`, statement.path);
    }
    this.#known.delete(key);
    if (!found.temporary && keep) await this.host.saveRoutine(parts.slice(-2), undefined);
  }

  /** A function by its name as it is called. */
  function(name: string): UserFunction | undefined {
    const found = this.#known.get(keyOf(name))?.statement;
    return found?.kind === "createProcedure" ? undefined : found;
  }

  /** The same without those that end with the script: what a view may call. */
  persistent(name: string): UserFunction | undefined {
    return this.#known.get(keyOf(name))?.temporary === false ? this.function(name) : undefined;
  }

  async procedure(path: PathNode): Promise<Procedure> {
    await this.load();
    const parts = namesOf(path);
    const found = this.#known.get(parts.slice(-2).join(".").toUpperCase());
    if (found?.statement.kind === "createProcedure")
      return { parameters: found.statement.parameters, body: found.statement.body, text: found.text };
    throw new SqlProblem("analysis", `Procedure not found: ${parts.join(".")}`, path);
  }
}

const OBJECTS = {
  createFunction: "FUNCTION",
  createTableFunction: "TABLE FUNCTION",
  createProcedure: "PROCEDURE",
} as const;

function requireName(statement: CreateRoutine, parts: readonly string[], temporary: boolean): void {
  if (!temporary && parts.length < 2)
    throw new SqlProblem(
      "analysis",
      `Routine "${parts[0]}" must be qualified with a dataset (e.g. dataset.routine)`,
      statement.path,
    );
  const [name = ""] = parts;
  if (temporary && parts.length === 1 && isBuiltIn(name))
    throw unsupported(`A function with the name of GoogleSQL's ${name.toUpperCase()}`, statement.path);
  if (temporary && parts.length > 1)
    throw new SqlProblem("analysis", "A temporary function cannot have a dataset in its name", statement.path);
}

/** The key of a called name: `DS.F`, whatever project stands before it. */
export function keyOf(name: string): string {
  return name.split(".").slice(-2).join(".").toUpperCase();
}

function identity(statement: CreateRoutine): { key: string; parts: string[]; temporary: boolean } {
  const parts = namesOf(statement.path);
  const temporary = statement.kind === "createFunction" && statement.temporary;
  return { key: parts.slice(-2).join(".").toUpperCase(), parts, temporary };
}

function namesOf(path: PathNode): string[] {
  return path.parts.map(({ name }) => name);
}
