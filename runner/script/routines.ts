import type { PathNode, Statement } from "../dialect/ast.js";
import {
  type FindFunction,
  parseScriptText,
  type RoutineParameter,
  type ScriptStatement,
  SqlProblem,
} from "../dialect/script.js";
import type { ScriptHost } from "./host.js";

type Create = Extract<Statement, { kind: "createFunction" | "createProcedure" }>;

export interface Procedure {
  readonly parameters: readonly RoutineParameter[];
  readonly body: readonly ScriptStatement[];
  /** The text in which the body stands. */
  readonly text: string;
}

/** The functions and procedures of the user: temporary ones of the script, persistent ones of the warehouse. */
export class Routines {
  readonly #known = new Map<string, { readonly statement: Create; readonly text: string }>();
  #loaded = false;

  constructor(readonly host: ScriptHost) {}

  /** Reads the persistent ones; those of the script go before. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    for (const [key, text] of await this.host.routines()) {
      const [statement] = parseScriptText(text);
      const isRoutine = statement?.kind === "createFunction" || statement?.kind === "createProcedure";
      if (isRoutine && !this.#known.has(key.toUpperCase())) this.#known.set(key.toUpperCase(), { statement, text });
    }
  }

  async create(statement: Create, script: string): Promise<void> {
    await this.load();
    const { key, parts, temporary } = identity(statement);
    if (this.#known.has(key) && !statement.orReplace) {
      if (statement.ifNotExists) return;
      throw new SqlProblem("analysis", `Already Exists: Routine ${parts.join(".")}`, statement.path);
    }
    const text = script.slice(statement.start, statement.end);
    if (!temporary && parts.length < 2)
      throw new SqlProblem(
        "analysis",
        `Routine "${parts[0]}" must be qualified with a dataset (e.g. dataset.routine)`,
        statement.path,
      );
    if (!temporary) await this.host.saveRoutine(parts.slice(-2), text);
    this.#known.set(key, { statement, text: script });
  }

  async drop(statement: Extract<Statement, { kind: "dropRoutine" }>): Promise<void> {
    await this.load();
    const parts = statement.path.parts.map(({ name }) => name);
    const key = parts.slice(-2).join(".").toUpperCase();
    if (!this.#known.delete(key)) {
      if (statement.ifExists) return;
      throw new SqlProblem("analysis", `Not found: Routine ${parts.join(".")}`, statement.path);
    }
    if (parts.length > 1) await this.host.saveRoutine(parts.slice(-2), undefined);
  }

  readonly function = (name: string): ReturnType<FindFunction> => {
    const found = this.#known.get(name.split(".").slice(-2).join(".").toUpperCase())?.statement;
    return found?.kind === "createFunction" ? found : undefined;
  };

  async procedure(path: PathNode): Promise<Procedure> {
    await this.load();
    const parts = path.parts.map(({ name }) => name);
    const found = this.#known.get(parts.slice(-2).join(".").toUpperCase());
    if (found?.statement.kind === "createProcedure")
      return { parameters: found.statement.parameters, body: found.statement.body, text: found.text };
    throw new SqlProblem("analysis", `Procedure not found: ${parts.join(".")}`, path);
  }
}

function identity(statement: Create): { key: string; parts: string[]; temporary: boolean } {
  const parts = statement.path.parts.map(({ name }) => name);
  const temporary = statement.kind === "createFunction" && statement.temporary;
  return { key: parts.slice(-2).join(".").toUpperCase(), parts, temporary };
}
