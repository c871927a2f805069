import type { Expr, PathNode, Query, Statement } from "../../googlesql/ast.js";
import type { Catalog, CatalogTable, UserFunction } from "../../googlesql/catalog.js";
import type { Diagnosis, CheckScope as Scope, ScriptDiagnosis } from "../../googlesql/checker.js";
import { DialectError } from "../../googlesql/contract.js";
import { isCreateRoutine, keyOf } from "../../googlesql/declared-functions.js";
import { foldedKey, foldProject } from "../../googlesql/project-names.js";
import type { Column, SqlType } from "../../port/sql-types.js";
import { diagnoseQuery } from "../diagnose.js";
import { TEMPORARY } from "../print/sql.js";
import {
  checkRoutine,
  finishInScript,
  locateErrors,
  parseScriptText,
  prepare,
  type ScriptStatement,
  SqlProblem,
  type StatementContext,
  type TableChange,
  type TranslatedStatement,
  translateExpression,
  translateParsed,
  typeOf,
} from "../script.js";
import { Frames } from "./frames.js";
import { findVariable } from "./variables.js";

/** What the texts of one script have declared so far: variables, functions, temporary tables. */
export class CheckScope implements Scope {
  frames = new Frames();
  readonly functions = new Map<string, UserFunction>();
  readonly temporary = new Map<string, CatalogTable>();
  /** After dynamic SQL nobody knows which tables there are. */
  dynamic = false;
  /** Variables, in lower case, whose initial value is wrong where it alone says their type. */
  readonly untyped = new Set<string>();

  /** Nothing is declared. */
  get isEmpty(): boolean {
    const { functions, temporary, untyped } = this;
    return functions.size + temporary.size + untyped.size === 0 && !this.dynamic && this.frames.isEmpty;
  }

  /** Whether an error only follows from what is not known of the script, or from an error that is told already. */
  excuses(message: string): boolean {
    if (this.dynamic && message.startsWith("Table not found")) return true;
    const [, name] = /^(?:Unrecognized name|Undeclared variable): (\w+)/.exec(message) ?? [];
    return name !== undefined && this.untyped.has(name.toLowerCase());
  }

  /** A catalog with the temporary tables and functions of the script. */
  over(outer: Catalog): Catalog {
    return {
      ...outer,
      find: (path) => {
        const isTemporary = path.length === 1 || path.at(-2)?.toUpperCase() === "_SESSION";
        return (isTemporary ? this.temporary.get(path.at(-1) ?? "") : undefined) ?? outer.find(path);
      },
      names: () => [...outer.names(), ...this.temporary.keys()],
      routine: (name) => this.functions.get(keyOf(name, outer.projects?.home)) ?? outer.routine?.(name),
    };
  }
}

/** Resolves every statement of a script, in all branches, without running any: one error for each statement that has one. */
export function checkScript(sql: string, catalog: Catalog, scope: CheckScope = new CheckScope()): ScriptDiagnosis {
  const check = new ScriptCheck(sql, catalog, scope);
  try {
    check.body(locateErrors(sql, () => parseScriptText(sql)));
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    check.errors.push(error);
  }
  return check;
}

/** All errors of a query that runs behind the texts of a script. */
export function checkQuery(
  sql: string,
  catalog: Catalog,
  suspects: ReadonlySet<string>,
  scope: CheckScope = new CheckScope(),
): Diagnosis {
  const diagnosis = diagnoseQuery(sql, scope.over(catalog), suspects, scope.frames.scope());
  const errors = diagnosis.errors.filter(({ message }) => !scope.excuses(message));
  return { ...diagnosis, errors };
}

/** The columns that a statement leaves a relation with; undefined: those that it had. */
function columnsAfter(
  statement: Statement,
  translated: TranslatedStatement,
  before: readonly Column[],
): readonly Column[] | undefined {
  if (translated.kind === "createTable" || translated.kind === "createView") return translated.columns;
  if (translated.kind === "loadData") return translated.load.create?.columns;
  if (translated.kind === "alterTable") {
    const known = new Set(before.map(({ name }) => name.toLowerCase()));
    return [...before, ...translated.addedColumns.filter(({ name }) => !known.has(name.toLowerCase()))];
  }
  if (statement.kind !== "changeTable") return undefined;
  return statement.changes.reduce(changedColumns, before);
}

function changedColumns(columns: readonly Column[], change: TableChange): readonly Column[] {
  const isOther = ({ name }: Column): boolean =>
    !("name" in change) || name.toLowerCase() !== change.name.name.toLowerCase();
  if (change.kind === "dropColumn") return columns.filter(isOther);
  if (change.kind === "renameColumn")
    return columns.map((column) => (isOther(column) ? column : { ...column, name: change.to.name }));
  if (change.kind === "setType")
    return columns.map((column) => (isOther(column) ? column : { ...column, type: typeOf(change.type) }));
  return columns;
}

class ScriptCheck implements ScriptDiagnosis {
  readonly errors: DialectError[] = [];
  readonly created = new Map<string, readonly Column[]>();

  constructor(
    readonly sql: string,
    readonly outer: Catalog,
    readonly scope: CheckScope,
  ) {}

  get #home(): string | undefined {
    return this.outer.projects?.home;
  }

  body(statements: readonly ScriptStatement[]): void {
    for (const statement of statements) this.#guarded(() => this.#step(statement));
  }

  #inner(work: () => void): void {
    const { frames } = this.scope;
    frames.enter();
    try {
      work();
    } finally {
      frames.leave();
    }
  }

  #guarded(work: () => void): void {
    try {
      locateErrors(this.sql, work);
    } catch (error) {
      if (!(error instanceof DialectError)) throw error;
      if (!this.scope.excuses(error.message)) this.errors.push(error);
    }
  }

  #step(statement: ScriptStatement): void {
    const { scope } = this;
    const { frames } = scope;
    switch (statement.kind) {
      case "declare": {
        const declared = statement.type === undefined ? undefined : typeOf(statement.type);
        // An initial value that is wrong leaves a variable that is declared.
        for (const { name } of statement.names) if (declared === undefined) scope.untyped.add(name.toLowerCase());
        for (const name of statement.names) if (declared !== undefined) frames.declare(name.name, declared, name);
        const type = statement.value === undefined ? declared : this.#type(statement.value, declared);
        for (const name of statement.names)
          if (declared === undefined && type !== undefined) frames.declare(name.name, type, name);
        for (const { name } of statement.names) scope.untyped.delete(name.toLowerCase());
        return;
      }
      case "set": {
        const targets = statement.targets.map((name) => findVariable(frames, name));
        this.#type(statement.value, statement.isTuple ? undefined : targets[0]?.type);
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
          frames.bind(statement.variable.name, { kind: "struct", fields: columns });
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
        this.#requireProcedure(statement.path);
        scope.dynamic = true;
        return;
      case "execute":
        this.#type(statement.sql, "STRING");
        for (const { value } of statement.using) this.#type(value, undefined);
        for (const name of statement.into) findVariable(frames, name);
        scope.dynamic = true;
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

  /** What was made when the script ran, by texts that are put together, nobody knows. */
  #requireProcedure(path: PathNode): void {
    const name = path.parts.map((part) => part.name).join(".");
    if (this.scope.dynamic || this.outer.hasProcedure?.(name) !== false) return;
    throw new SqlProblem("analysis", `Procedure not found: ${name}`, path);
  }

  #statement(statement: Statement): void {
    if (isCreateRoutine(statement)) {
      if (statement.kind === "createProcedure") this.#procedure(statement);
      else {
        checkRoutine(prepare(statement), this.#context().catalog);
        this.scope.functions.set(keyOf(statement.path.parts.map(({ name }) => name).join("."), this.#home), statement);
      }
      return;
    }
    if (statement.kind === "dropRoutine") return;
    const { scope } = this;
    const context = this.#context();
    const translated = translateParsed(prepare(statement), context);
    if (!("path" in translated)) return;
    const { path } = translated;
    const columns = columnsAfter(statement, translated, context.catalog.find(path)?.columns ?? []);
    if (translated.kind === "loadData" && columns === undefined && !translated.load.isThere) scope.dynamic = true;
    if (columns === undefined) return;
    const name = path.at(-1) ?? "";
    if (path.length > 1 && path.at(-2)?.toUpperCase() !== "_SESSION")
      this.created.set(foldedKey(path, this.#home), columns);
    else scope.temporary.set(name, { path: [TEMPORARY, name], temporary: true, columns });
  }

  /** The body of a procedure sees its parameters and nothing else of the script. */
  #procedure(statement: Extract<Statement, { kind: "createProcedure" }>): void {
    const { scope } = this;
    const [outer, dynamic] = [scope.frames, scope.dynamic];
    scope.frames = new Frames();
    for (const { name, type } of statement.parameters)
      if (type !== undefined) scope.frames.bind(name.name, typeOf(type));
    this.#inner(() => this.body(statement.body));
    scope.frames = outer;
    scope.dynamic = dynamic;
  }

  #type(expr: Expr, wanted: SqlType | undefined): SqlType {
    return translateExpression(prepare(expr), wanted, this.#context()).type;
  }

  #query(query: Query): { readonly columns: readonly Column[] } {
    return finishInScript(prepare(query), this.#context());
  }

  #context(): StatementContext {
    const catalog: Catalog = {
      ...this.outer,
      find: (path) => {
        const [dataset = "", name = ""] = foldProject(path, this.#home);
        const columns = this.created.get(`${dataset}.${name}`);
        if (columns !== undefined) return { path: [dataset, name], columns };
        return this.outer.find(path);
      },
      names: () => [...this.outer.names(), ...this.created.keys()],
    };
    return { catalog: this.scope.over(catalog), variables: this.scope.frames.scope() };
  }
}
