import type { Expr, Query, Statement } from "../dialect/ast.js";
import { type Catalog, type CatalogTable, DialectError } from "../dialect/contract.js";
import {
  finishInScript,
  locateErrors,
  parseScriptText,
  prepare,
  type ScriptStatement,
  type SqlFunction,
  SqlProblem,
  type StatementContext,
  translateExpression,
  translateInScript,
  typeOf,
} from "../dialect/script.js";
import type { Column, SqlType } from "../sql-types.js";
import { Frames } from "./frames.js";

/** What is wrong with a script, and the relations that it leaves behind. */
export interface ScriptDiagnosis {
  readonly errors: readonly DialectError[];
  /** Tables and views that its statements create, by `dataset.name`. */
  readonly created: ReadonlyMap<string, readonly Column[]>;
}

/** Resolves every statement of a script, in all branches, without running any: one error for each statement that has one. */
export function checkScript(sql: string, catalog: Catalog): ScriptDiagnosis {
  const check = new ScriptCheck(sql, catalog);
  try {
    check.body(locateErrors(sql, () => parseScriptText(sql)));
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    check.errors.push(error);
  }
  return check;
}

class ScriptCheck implements ScriptDiagnosis {
  readonly errors: DialectError[] = [];
  readonly created = new Map<string, readonly Column[]>();
  readonly #temporary = new Map<string, CatalogTable>();
  readonly #functions = new Map<string, SqlFunction>();
  #frames = new Frames();
  /** After dynamic SQL nobody knows which tables there are. */
  #dynamic = false;

  constructor(
    readonly sql: string,
    readonly outer: Catalog,
  ) {}

  body(statements: readonly ScriptStatement[]): void {
    for (const statement of statements) this.#guarded(() => this.#step(statement));
  }

  #inner(work: () => void): void {
    this.#frames.enter();
    try {
      work();
    } finally {
      this.#frames.leave();
    }
  }

  #guarded(work: () => void): void {
    try {
      locateErrors(this.sql, work);
    } catch (error) {
      if (!(error instanceof DialectError)) throw error;
      if (!(this.#dynamic && error.message.startsWith("Table not found"))) this.errors.push(error);
    }
  }

  #step(statement: ScriptStatement): void {
    switch (statement.kind) {
      case "declare": {
        const declared = statement.type === undefined ? undefined : typeOf(statement.type);
        // An initial value that is wrong leaves a variable that is declared.
        for (const name of statement.names) if (declared !== undefined) this.#frames.declare(name.name, declared, name);
        const type = statement.value === undefined ? declared : this.#type(statement.value, declared);
        for (const name of statement.names)
          if (declared === undefined && type !== undefined) this.#frames.declare(name.name, type, name);
        return;
      }
      case "set": {
        const targets = statement.targets.map((name) => {
          const variable = this.#frames.find(name.name);
          if (variable === undefined) throw new SqlProblem("analysis", `Undeclared variable: ${name.name}`, name);
          return variable;
        });
        this.#type(statement.value, targets.length === 1 ? targets[0]?.type : undefined);
        return;
      }
      case "if":
        for (const { condition, body } of statement.branches) {
          this.#guarded(() => this.#type(condition, "BOOL"));
          this.body(body);
        }
        this.body(statement.otherwise);
        return;
      case "while":
      case "repeat":
        this.#guarded(() => this.#type(statement.condition, "BOOL"));
        this.#inner(() => this.body(statement.body));
        return;
      case "loop":
        this.#inner(() => this.body(statement.body));
        return;
      case "for":
        this.#inner(() => {
          const { columns } = this.#query(statement.query);
          this.#frames.bind(statement.variable.name, { kind: "struct", fields: columns });
          this.body(statement.body);
        });
        return;
      case "block":
        this.#inner(() => this.body(statement.body));
        this.#inner(() => this.body(statement.handler ?? []));
        return;
      case "raise":
        if (statement.message !== undefined) this.#type(statement.message, "STRING");
        return;
      case "call":
        for (const arg of statement.args) this.#type(arg, undefined);
        this.#dynamic = true;
        return;
      case "execute":
        this.#type(statement.sql, "STRING");
        for (const { value } of statement.using) this.#type(value, undefined);
        this.#dynamic = true;
        return;
      case "transaction":
      case "leave":
      case "iterate":
      case "return":
        return;
      default:
        this.#statement(statement);
    }
  }

  #statement(statement: Statement): void {
    if (statement.kind === "createFunction") {
      const key = statement.path.parts.map(({ name }) => name.toUpperCase());
      this.#functions.set(key.slice(-2).join("."), statement);
      return;
    }
    if (statement.kind === "createProcedure") {
      const outer = this.#frames;
      this.#frames = new Frames();
      for (const { name, type } of statement.parameters)
        if (type !== undefined) this.#frames.bind(name.name, typeOf(type));
      this.#inner(() => this.body(statement.body));
      this.#frames = outer;
      return;
    }
    if (statement.kind === "dropRoutine") return;
    const translated = translateInScript(this.#prepared(statement), this.#context());
    if (translated.kind !== "createTable" && translated.kind !== "createView") return;
    const key = translated.path.slice(-2).join(".");
    if (translated.path.length > 1) this.created.set(key, translated.columns);
    else this.#temporary.set(key, { duckdbPath: ["temp", key], columns: translated.columns });
  }

  #type(expr: Expr, wanted: SqlType | undefined): SqlType {
    return translateExpression(this.#prepared(expr), wanted, this.#context()).type;
  }

  #query(query: Query): { readonly columns: readonly Column[] } {
    return finishInScript(this.#prepared(query), this.#context());
  }

  #prepared<T>(tree: T): T {
    return prepare(tree, (name) => this.#functions.get(name.split(".").slice(-2).join(".")));
  }

  #context(): StatementContext {
    const catalog: Catalog = {
      find: (path) => {
        const key = path.slice(-2).join(".");
        const columns = this.created.get(key);
        if (columns !== undefined) return { duckdbPath: [path.at(-2) ?? "", path.at(-1) ?? ""], columns };
        return this.#temporary.get(path.length === 1 ? key : "") ?? this.outer.find(path);
      },
      names: () => [...this.outer.names(), ...this.created.keys(), ...this.#temporary.keys()],
    };
    return { catalog, variables: this.#frames.scope() };
  }
}
