import type { PathNode, Statement } from "../../googlesql/ast.js";
import type { Catalog, UserFunction } from "../../googlesql/catalog.js";
import {
  type CreateRoutine,
  identity,
  isCreateRoutine,
  namesOf,
  routineNamed,
} from "../../googlesql/declared-functions.js";
import { foldedKey, foldProject, NO_PROJECTS, type ProjectNames } from "../../googlesql/project-names.js";
import {
  checkRoutine,
  isBuiltIn,
  parseScriptText,
  type RoutineParameter,
  type ScriptStatement,
  SqlProblem,
  unsupported,
} from "../script.js";
import type { ScriptHost } from "./host.js";

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

/** The functions and procedures of the user: temporary ones of the script, persistent ones of the warehouse. */
export class Routines {
  readonly #known = new Map<string, Known>();
  #loaded = false;
  #projects: ProjectNames = NO_PROJECTS;

  constructor(readonly host: Pick<ScriptHost, "routines" | "saveRoutine" | "projects">) {}

  /** Reads the persistent ones; those of the script go before. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    this.#projects = await this.host.projects();
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
    const { key, parts, temporary } = identity(statement, this.#projects.home);
    const known = this.#known.get(key);
    if (known !== undefined && !statement.orReplace) {
      if (statement.ifNotExists) return;
      throw new SqlProblem("analysis", `Already Exists: Routine ${parts.join(".")}`, statement.path);
    }
    requireName(statement, parts, temporary);
    if (statement.kind !== "createProcedure") checkRoutine(statement, catalog);
    const text = script.slice(statement.start, statement.end);
    if (!temporary && keep) await this.host.saveRoutine(foldProject(parts, this.#projects.home), text);
    this.#known.set(key, { statement, text: script, temporary });
  }

  async drop(statement: Extract<Statement, { kind: "dropRoutine" }>, keep: boolean): Promise<void> {
    await this.load();
    const parts = namesOf(statement.path);
    const key = foldedKey(parts, this.#projects.home).toUpperCase();
    const found = this.#known.get(key);
    if (found === undefined || OBJECTS[found.statement.kind] !== statement.object) {
      if (statement.ifExists) return;
      throw new SqlProblem("analysis", `Not found: Routine ${parts.join(".")}`, statement.path);
    }
    this.#known.delete(key);
    if (!found.temporary && keep) await this.host.saveRoutine(foldProject(parts, this.#projects.home), undefined);
  }

  /** A function by its name as it is called. */
  function(name: string): UserFunction | undefined {
    const found = this.#named(name)?.statement;
    return found?.kind === "createProcedure" ? undefined : found;
  }

  /** The same without those that end with the script: what a view may call. */
  persistent(name: string): UserFunction | undefined {
    return this.#named(name)?.temporary === false ? this.function(name) : undefined;
  }

  #named(name: string): Known | undefined {
    return routineNamed(name, this.#projects, this.#known);
  }

  /** @param whole the name with the dataset and project that stand for those it lacks */
  async procedure(path: PathNode, whole: readonly string[]): Promise<Procedure> {
    await this.load();
    const found = this.#named(whole.join("."));
    if (found?.statement.kind === "createProcedure")
      return { parameters: found.statement.parameters, body: found.statement.body, text: found.text };
    throw new SqlProblem("analysis", `Procedure not found: ${namesOf(path).join(".")}`, path);
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
