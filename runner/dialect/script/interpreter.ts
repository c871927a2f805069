import type { Expr, Statement } from "../../googlesql/ast.js";
import { DialectError } from "../../googlesql/contract.js";
import { isCreateRoutine } from "../../googlesql/declared-functions.js";
import { EngineError, type EngineErrorCode } from "../../port/engine-error.js";
import type { SqlValue } from "../../port/port.js";
import type { SqlType } from "../../port/sql-types.js";
import { DEFINITIONS } from "../definitions.js";
import { isConflictMessage } from "../runtime-error.js";
import {
  positionOf,
  problemOf,
  type ScriptStatement,
  SqlProblem,
  type StatementContext,
  type TranslatedStatement,
  translateExpression,
  translateParsed,
} from "../script.js";
import { callProcedure, executeImmediate } from "./called-texts.js";
import { failureMessage, inStatement, ScriptError } from "./errors.js";
import { exportData } from "./export-data.js";
import { createExternal } from "./external-table.js";
import type { Frames } from "./frames.js";
import { TransactionRestart } from "./host.js";
import { loadFiles } from "./load-files.js";
import { runFor, runLoop } from "./loops.js";
import { withPassingTime } from "./passing-time.js";
import { changePolicies, withUser } from "./row-access.js";
import type { Session } from "./session.js";
import { travelled } from "./time-travel.js";
import { declare, findVariable, setVariables } from "./variables.js";

export type Of<K extends ScriptStatement["kind"]> = Extract<ScriptStatement, { kind: K }>;

/** How a statement ended: undefined, on to the next one. */
export type Flow =
  | { readonly kind: "leave" | "iterate"; readonly label: string | undefined }
  | { readonly kind: "return" }
  | undefined;

/** Runs the statements of one text: a script, the body of a procedure, or what EXECUTE IMMEDIATE was given. */
export class ScriptRun {
  #handling: ScriptError | undefined;

  constructor(
    readonly sql: string,
    readonly session: Session,
    readonly frames: Frames,
    /** How many procedures and executed texts lead here. */
    readonly depth: number,
  ) {}

  async body(statements: readonly ScriptStatement[]): Promise<Flow> {
    for (const statement of statements) {
      const flow = await this.located(statement, () => this.#step(statement));
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** Errors leave with the place of the statement, unless they have one of their own. */
  async located<T>(statement: ScriptStatement, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ScriptError || cause instanceof TransactionRestart) throw cause;
      const text = this.sql.slice(statement.start, statement.end);
      if (cause instanceof DialectError) throw inStatement(cause, text);
      const problem = problemOf(cause, this.sql);
      if (problem !== undefined) {
        const { line, column } = positionOf(this.sql, problem.span.start);
        throw inStatement(new DialectError(problem.kind, problem.message, problem.span, line, column), text);
      }
      if (!(cause instanceof Error)) throw cause;
      const object = "path" in statement ? statement.path.parts.map(({ name }) => name).join(".") : undefined;
      const isOfData = cause instanceof EngineError && cause.code === "data";
      const code = isConflictMessage(cause.message) ? "conflict" : isOfData ? "data" : "query";
      throw this.failure(failureMessage(cause.message, object), statement, code);
    }
  }

  /** An error at a statement. */
  failure(
    message: string,
    { start, end }: { readonly start: number; readonly end: number },
    code: EngineErrorCode = "query",
  ): ScriptError {
    const { line, column } = positionOf(this.sql, start);
    return new ScriptError(message, line, column, start, this.sql.slice(start, end), "", [], code);
  }

  async #step(statement: ScriptStatement): Promise<Flow> {
    switch (statement.kind) {
      case "declare":
        return declare(this, statement);
      case "set":
        return setVariables(this, statement);
      case "if":
        for (const { condition, body } of statement.branches) if (await this.test(condition)) return this.body(body);
        return this.body(statement.otherwise);
      case "loop":
      case "while":
      case "repeat":
        return runLoop(this, statement);
      case "for":
        return runFor(this, statement);
      case "block":
        return this.#block(statement);
      case "raise":
        return this.#raise(statement);
      case "call":
        this.session.host.begins?.(statement, this.sql);
        return callProcedure(this, statement);
      case "execute":
        return executeImmediate(this, statement);
      case "transaction":
        return this.#transaction(statement);
      case "leave":
      case "iterate":
        return { kind: statement.kind, label: statement.label };
      case "return":
        return { kind: "return" };
      default:
        await this.#statement(statement);
        this.session.host.finish?.();
        return undefined;
    }
  }

  /** A plain SQL statement. */
  async #statement(given: Statement): Promise<void> {
    const { session } = this;
    const { host, routines } = session;
    host.begins?.(given, this.sql);
    if (isCreateRoutine(given)) {
      if (given.kind !== "createProcedure") await session.prepared(given);
      return routines.create(await session.qualified(given), this.sql, await session.catalog(), !session.readOnly);
    }
    if (given.kind === "exportData") return exportData(this, given);
    if (given.kind === "createExternalTable") return createExternal(this, given);
    if (given.kind === "loadData" && host.loadFiles !== undefined) {
      if (session.transaction) throw this.failure(NO_DEFINITIONS, given);
      return loadFiles(this, given, host.loadFiles);
    }
    if (given.kind === "createRowAccessPolicy" || given.kind === "dropRowAccessPolicy")
      return changePolicies(this, given);
    if (given.kind === "dropRoutine") return routines.drop(await session.qualified(given), !session.readOnly);
    const statement = await session.qualified(await this.prepared(given));
    const context = await this.context();
    const visible =
      statement.kind === "createView" ? { catalog: await session.persistentCatalog(), variables: undefined } : context;
    const translated = translateParsed(statement, visible);
    if (translated.kind === "query") {
      session.rows = await host.query(translated.sql[0] ?? "", translated.columns);
      session.rowsChanged = undefined;
    } else if (translated.kind === "assert") {
      if ((await host.value(translated.sql[0] ?? "")) !== true)
        throw this.failure(translated.message ?? "Assertion failed", given);
    } else await this.#apply(translated, isTemporary(translated, context), given);
  }

  /** A statement that changes something. */
  async #apply(
    translated: Exclude<TranslatedStatement, { kind: "query" | "assert" }>,
    temporary: boolean,
    given: Statement,
  ): Promise<void> {
    const { session } = this;
    if (session.readOnly && !temporary) return;
    if (session.transaction && DEFINITIONS.has(translated.kind) && !temporary)
      throw this.failure(NO_DEFINITIONS, given);
    if (translated.kind === "createTable" && temporary) session.temporaryTables.add(translated.path.at(-1) as string);
    session.rows = undefined;
    session.rowsChanged = await session.host.apply(translated);
    session.system.rowCount = session.rowsChanged;
  }

  async #block(statement: Of<"block">): Promise<Flow> {
    const leaveOf = (flow: Flow): Flow =>
      flow?.kind === "leave" && flow.label !== undefined && flow.label === statement.label ? undefined : flow;
    const { handler } = statement;
    try {
      return leaveOf(await this.frames.within(() => this.body(statement.body)));
    } catch (cause) {
      if (handler === undefined || !(cause instanceof ScriptError || cause instanceof DialectError)) throw cause;
      const { host, system } = this.session;
      // The caller's transaction is lost and begun again: who came first is no error of the script.
      if (cause instanceof ScriptError && cause.code === "conflict" && host.isInTransaction) throw cause;
      await host.recover(cause);
      const error = ScriptError.of(cause);
      const outer = this.#handling;
      // A procedure that handles an error of its own may be called while its caller handles another one.
      const shown = system.error;
      this.#handling = error;
      system.error = error;
      try {
        return leaveOf(await this.frames.within(() => this.body(handler)));
      } finally {
        this.#handling = outer;
        system.error = shown;
      }
    }
  }

  async #raise(statement: Of<"raise">): Promise<never> {
    if (statement.message === undefined) {
      if (this.#handling !== undefined) throw this.#handling;
      throw new SqlProblem(
        "analysis",
        "Cannot re-raise an existing exception outside of an exception handler",
        statement,
      );
    }
    throw this.failure(String((await this.value(statement.message, "STRING")) ?? "NULL"), statement);
  }

  async #transaction(statement: Of<"transaction">): Promise<undefined> {
    const { session } = this;
    if (statement.verb === "BEGIN" && session.transaction)
      throw this.failure("A transaction is already in progress", statement);
    if (statement.verb !== "BEGIN" && !session.transaction)
      throw this.failure(`${statement.verb} TRANSACTION without a transaction in progress`, statement);
    if (!session.readOnly) {
      session.host.begins?.(statement, this.sql);
      await session.host.transaction(statement.verb);
      session.host.finish?.();
    }
    session.setTransaction(statement.verb === "BEGIN");
  }

  /** NULL counts as false. */
  async test(condition: Expr): Promise<boolean> {
    const { clockStoodAt } = this.session;
    const asked =
      clockStoodAt === undefined
        ? condition
        : withPassingTime(
            condition,
            performance.now() - clockStoodAt,
            ({ name }) => this.frames.find(name) !== undefined,
          );
    return (await this.value(asked, "BOOL")) === true;
  }

  async value(expr: Expr, type: SqlType): Promise<SqlValue> {
    const { sql } = await this.expression(expr, type);
    return this.session.host.value(`SELECT ${sql}`);
  }

  async expression(expr: Expr, type: SqlType | undefined): Promise<{ readonly sql: string; readonly type: SqlType }> {
    return translateExpression(await this.prepared(expr), type, await this.context());
  }

  /** The tree ready to be resolved. */
  async prepared<T extends object>(tree: T): Promise<T> {
    const own = withUser(tree, this.session.host.access?.user);
    return this.session.prepared(await travelled(this, own));
  }

  async context(): Promise<StatementContext> {
    return this.session.context(this.frames);
  }

  variable(name: Parameters<typeof findVariable>[1]) {
    return findVariable(this.frames, name);
  }
}

const NO_DEFINITIONS =
  "DDL statements are not supported in a transaction, other than those creating or dropping temporary tables or temporary functions";

/** Whether what the statement changes ends with the script. */
function isTemporary(translated: TranslatedStatement, { catalog }: StatementContext): boolean {
  if (!("path" in translated)) return true;
  const { path } = translated;
  if (path.at(-2)?.toUpperCase() === "_SESSION") return true;
  if (translated.kind === "createTable" || translated.kind === "createView") return path.length === 1;
  return catalog.find(path)?.temporary === true;
}
