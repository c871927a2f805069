import type { Identifier, Query, Statement } from "../dialect/ast.js";
import { type Catalog, DialectError } from "../dialect/contract.js";
import {
  callsRoutines,
  fieldKeys,
  finishInScript,
  locateErrors,
  parseScriptText,
  positionOf,
  prepare,
  quoteName,
  type ScriptStatement,
  SqlProblem,
  structLiteral,
  translateExpression,
  translateFields,
  translateInScript,
  typeOf,
  unsupported,
  type Variable,
  variableSql,
} from "../dialect/script.js";
import type { SqlType, StructType } from "../sql-types.js";
import type { QueryResult, ScriptResult, SqlValue } from "../warehouse/port.js";
import { failureMessage, ScriptError } from "./errors.js";
import { Frames } from "./frames.js";
import type { ScriptHost } from "./host.js";
import { positionalParameters } from "./parameters.js";
import { Routines } from "./routines.js";

type Of<K extends ScriptStatement["kind"]> = Extract<ScriptStatement, { kind: K }>;

/** How a statement ended: undefined, on to the next one. */
type Flow =
  | { readonly kind: "leave" | "iterate"; readonly label: string | undefined }
  | { readonly kind: "return" }
  | undefined;

const DEEPEST_CALL = 50;

/**
 * Runs a GoogleSQL script: statements, variables, control flow, procedures, transactions. The whole text is parsed before anything
 * runs. https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language
 * @throws DialectError for a mistake in the text; ScriptError for what goes wrong while it runs; both with line and column
 */
export async function runScript(sql: string, host: ScriptHost): Promise<ScriptResult> {
  const body = locateErrors(sql, () => parseScriptText(sql));
  const session = { host, routines: new Routines(host), rows: undefined, rowsChanged: undefined, transaction: false };
  const run = new ScriptRun(sql, session, 0);
  try {
    await run.body(body);
  } catch (cause) {
    // A script that fails leaves nothing of its open transaction.
    if (session.transaction) await host.transaction("ROLLBACK").catch(() => undefined);
    throw cause instanceof ScriptError ? cause.located() : cause;
  }
  return { rows: session.rows, rowsChanged: session.rowsChanged };
}

/** What all texts of one script share: the procedures it calls and the SQL it executes have texts of their own. */
interface Session {
  readonly host: ScriptHost;
  readonly routines: Routines;
  rows: QueryResult | undefined;
  rowsChanged: number | undefined;
  transaction: boolean;
}

class ScriptRun {
  readonly frames = new Frames();
  #handling: ScriptError | undefined;

  constructor(
    readonly sql: string,
    readonly session: Session,
    readonly depth: number,
  ) {}

  async body(statements: readonly ScriptStatement[]): Promise<Flow> {
    for (const statement of statements) {
      const flow = await this.#located(statement, () => this.#step(statement));
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** Errors leave with the place of the statement, unless they have one of their own. */
  async #located<T>(statement: ScriptStatement, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ScriptError || cause instanceof DialectError) throw cause;
      if (cause instanceof SqlProblem) {
        const { line, column } = positionOf(this.sql, cause.span.start);
        throw new DialectError(cause.kind, cause.message, cause.span, line, column);
      }
      if (!(cause instanceof Error)) throw cause;
      throw this.#failure(failureMessage(cause.message), statement);
    }
  }

  #failure(message: string, statement: ScriptStatement): ScriptError {
    const { line, column } = positionOf(this.sql, statement.start);
    return new ScriptError(message, line, column, this.sql.slice(statement.start, statement.end));
  }

  async #step(statement: ScriptStatement): Promise<Flow> {
    switch (statement.kind) {
      case "declare":
        return this.#declare(statement);
      case "set":
        return this.#set(statement);
      case "if":
        for (const { condition, body } of statement.branches) if (await this.#test(condition)) return this.body(body);
        return this.body(statement.otherwise);
      case "loop":
        return this.#loop(statement, async () => true);
      case "while":
        return this.#loop(statement, () => this.#test(statement.condition));
      case "repeat":
        return this.#loop(
          statement,
          async () => true,
          async () => !(await this.#test(statement.condition)),
        );
      case "for":
        return this.#for(statement);
      case "block":
        return this.#block(statement);
      case "raise":
        return this.#raise(statement);
      case "call":
        return this.#call(statement);
      case "execute":
        return this.#execute(statement);
      case "transaction":
        return this.#transaction(statement);
      case "leave":
      case "iterate":
        return { kind: statement.kind, label: statement.label };
      case "return":
        return { kind: "return" };
      default:
        await this.statement(statement);
        return undefined;
    }
  }

  /** A plain SQL statement. */
  async statement(given: Statement): Promise<void> {
    const { host, routines } = this.session;
    if (given.kind === "createFunction" || given.kind === "createProcedure") {
      await routines.create(given, this.sql);
      return;
    }
    if (given.kind === "dropRoutine") {
      await routines.drop(given);
      return;
    }
    const statement = await this.#prepared(given);
    const translated = translateInScript(statement, await this.#context());
    if (translated.kind === "query") {
      this.session.rows = await host.query(translated.sql[0] ?? "", translated.columns);
      this.session.rowsChanged = undefined;
    } else if (translated.kind === "assert") {
      if ((await host.value(translated.sql[0] ?? "")) !== true)
        throw this.#failure(translated.message ?? "Assertion failed", given);
    } else {
      this.session.rowsChanged = await host.apply(translated);
      await host.setVariable("sys_row_count", `${this.session.rowsChanged}::BIGINT`);
    }
  }

  async #declare(statement: Of<"declare">): Promise<undefined> {
    const value = statement.value === undefined ? undefined : await this.#prepared(statement.value);
    const declared = statement.type === undefined ? undefined : typeOf(statement.type);
    const context = await this.#context();
    const initial = value === undefined ? undefined : translateExpression(value, declared, context);
    const type = declared ?? (initial as { type: SqlType }).type;
    for (const name of statement.names) {
      const variable = this.frames.declare(name.name, type, name);
      await this.session.host.setVariable(variable.key, initial?.sql ?? "NULL");
    }
  }

  async #set(statement: Of<"set">): Promise<undefined> {
    const targets = statement.targets.map((name) => this.#variable(name));
    const value = await this.#prepared(statement.value);
    const { host } = this.session;
    const [single] = targets;
    if (targets.length === 1 && single !== undefined) {
      await host.setVariable(single.key, translateExpression(value, single.type, await this.#context()).sql);
      return;
    }
    const whole = translateExpression(value, undefined, await this.#context());
    const variable = { name: "", key: "script_assigned", type: whole.type };
    const fields = translateFields(
      variable,
      targets.map(({ type }) => type),
      value,
    );
    await host.setVariable(variable.key, whole.sql);
    for (const [i, target] of targets.entries()) await host.setVariable(target.key, fields[i] ?? "NULL");
  }

  #variable(name: Identifier): Variable {
    const variable = this.frames.find(name.name);
    if (variable !== undefined) return variable;
    throw new SqlProblem("analysis", `Undeclared variable: ${name.name}`, name);
  }

  async #loop(
    statement: Pick<Of<"loop">, "label" | "body">,
    before: () => Promise<boolean>,
    after: () => Promise<boolean> = async () => true,
  ): Promise<Flow> {
    while (await before()) {
      const flow = await this.frames.within(() => this.body(statement.body));
      if (flow !== undefined) {
        const own = flow.kind !== "return" && (flow.label === undefined || flow.label === statement.label);
        if (!own) return flow;
        if (flow.kind === "leave") return undefined;
      }
      if (!(await after())) return undefined;
    }
    return undefined;
  }

  /** The rows are read once, before the first round. */
  async #for(statement: Of<"for">): Promise<Flow> {
    const { host } = this.session;
    const query = finishInScript(await this.#prepared(statement.query), await this.#context());
    const type: StructType = { kind: "struct", fields: query.columns };
    const keys = fieldKeys(type);
    const row = structLiteral(
      type,
      query.columns.map(({ name }) => `q.${quoteName(name)}`),
    );
    return this.frames.within(async () => {
      const rows = this.frames.bind("", { kind: "array", element: type });
      await host.setVariable(rows.key, `(SELECT list(${row}) FROM (${query.sql}) AS q)`);
      const count = Number((await host.value(`SELECT len(${variableSql(rows)})`)) ?? 0);
      const variable = this.frames.bind(statement.variable.name, type);
      let next = 0;
      const advance = async (): Promise<boolean> => {
        if (next >= count || keys.length === 0) return false;
        next += 1;
        await host.setVariable(variable.key, `${variableSql(rows)}[${next}]`);
        return true;
      };
      return this.#loop(statement, advance);
    });
  }

  async #block(statement: Of<"block">): Promise<Flow> {
    const leaveOf = (flow: Flow): Flow =>
      flow?.kind === "leave" && flow.label !== undefined && flow.label === statement.label ? undefined : flow;
    const { handler } = statement;
    try {
      return leaveOf(await this.frames.within(() => this.body(statement.body)));
    } catch (cause) {
      if (handler === undefined || !(cause instanceof ScriptError || cause instanceof DialectError)) throw cause;
      const { host } = this.session;
      if (!(await host.canContinue())) throw ScriptError.unhandled(cause);
      const error = ScriptError.of(cause);
      const outer = this.#handling;
      this.#handling = error;
      await host.setVariable("sys_error_message", quoted(error.message));
      await host.setVariable("sys_error_statement_text", quoted(error.statementText));
      try {
        return leaveOf(await this.frames.within(() => this.body(handler)));
      } finally {
        this.#handling = outer;
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
    throw this.#failure(String((await this.#value(statement.message, "STRING")) ?? "NULL"), statement);
  }

  async #call(statement: Of<"call">): Promise<undefined> {
    const procedure = await this.session.routines.procedure(statement.path);
    if (this.depth >= DEEPEST_CALL) throw unsupported("A deeper call of procedures", statement);
    const { parameters, body, text } = procedure;
    const name = statement.path.parts.map((part) => part.name).join(".");
    if (parameters.length !== statement.args.length) {
      const message = `Procedure ${name} takes ${parameters.length} arguments, but got ${statement.args.length}`;
      throw new SqlProblem("analysis", message, statement);
    }
    const inner = new ScriptRun(text, this.session, this.depth + 1);
    const { host } = this.session;
    const outputs: { readonly from: Variable; readonly to: Variable }[] = [];
    for (const [i, { name: formal, type, mode }] of parameters.entries()) {
      const arg = statement.args[i] as Of<"call">["args"][number];
      const given = translateExpression(
        await this.#prepared(arg),
        type === undefined ? undefined : typeOf(type),
        await this.#context(),
      );
      const parameter = inner.frames.bind(formal.name, given.type);
      await host.setVariable(parameter.key, mode === "OUT" ? "NULL" : given.sql);
      if (mode === "IN") continue;
      if (arg.kind !== "path" || arg.parts.length !== 1)
        throw new SqlProblem("analysis", `Argument ${i + 1} is ${mode}: it must be a variable`, arg);
      outputs.push({ from: parameter, to: this.#variable(arg.parts[0] as Identifier) });
    }
    await this.#inside(`procedure ${name}`, statement, () => inner.frames.within(() => inner.body(body)));
    for (const { from, to } of outputs) await host.setVariable(to.key, variableSql(from));
  }

  /** EXECUTE IMMEDIATE: the text sees its parameters, and none of the script's variables. */
  async #execute(statement: Of<"execute">): Promise<undefined> {
    const text = await this.#value(statement.sql, "STRING");
    if (typeof text !== "string") throw this.#failure("SQL in EXECUTE IMMEDIATE cannot be NULL", statement);
    const { sql, count } = positionalParameters(text);
    const inner = new ScriptRun(sql, this.session, this.depth + 1);
    const unnamed = statement.using.filter(({ name }) => name === undefined).length;
    if (count > unnamed)
      throw this.#failure(`SQL has ${count} positional parameters, but USING gives ${unnamed}`, statement);
    for (const [i, { name, value }] of statement.using.entries()) {
      const given = translateExpression(await this.#prepared(value), undefined, await this.#context());
      const variable = inner.frames.bind(`@${name?.name ?? `_${i + 1}`}`, given.type);
      await this.session.host.setVariable(variable.key, given.sql);
    }
    const parsed: ScriptStatement[] = [];
    await this.#inside("the executed SQL", statement, async () => {
      parsed.push(...locateErrors(sql, () => parseScriptText(sql)));
    });
    const [only] = parsed;
    if (only === undefined || parsed.length > 1)
      throw this.#failure("EXECUTE IMMEDIATE runs exactly one statement", statement);
    await this.#inside("the executed SQL", statement, async () => {
      if (statement.into.length === 0) return inner.body(parsed);
      if (only.kind !== "query") throw inner.#failure("INTO needs a query in EXECUTE IMMEDIATE", only);
      return inner.#located(only, async () => {
        const query = finishInScript(await inner.#prepared(only.query), await inner.#context());
        await this.#into(statement, query);
      });
    });
  }

  /** An error in another text is reported at the statement that led there, and says where it happened in that text. */
  async #inside(what: string, statement: ScriptStatement, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof ScriptError || cause instanceof DialectError)) throw cause;
      const error = ScriptError.of(cause);
      const { line, column } = positionOf(this.sql, statement.start);
      const trace = `${error.trace} [in ${what} at ${error.line}:${error.column}]`;
      throw new ScriptError(error.message, line, column, error.statementText, trace);
    }
  }

  async #into(statement: Of<"execute">, query: ReturnType<typeof finishInScript>): Promise<void> {
    const { host } = this.session;
    const targets = statement.into.map((name) => this.#variable(name));
    if (targets.length !== query.columns.length)
      throw this.#failure(
        `INTO names ${targets.length} variables, but the query has ${query.columns.length} columns`,
        statement,
      );
    if (Number(await host.value(`SELECT count(*) FROM (${query.sql})`)) > 1)
      throw this.#failure("EXECUTE IMMEDIATE ... INTO: the query returned more than one row", statement);
    const type: StructType = { kind: "struct", fields: query.columns };
    const row = structLiteral(
      type,
      query.columns.map(({ name }) => `q.${quoteName(name)}`),
    );
    const whole = { name: "", key: "script_assigned", type };
    await host.setVariable(whole.key, `(SELECT ${row} FROM (${query.sql}) AS q)`);
    const fields = translateFields(
      whole,
      targets.map((target) => target.type),
      statement.sql,
    );
    for (const [i, target] of targets.entries()) await host.setVariable(target.key, fields[i] ?? "NULL");
  }

  async #transaction(statement: Of<"transaction">): Promise<undefined> {
    const { session } = this;
    if (statement.verb === "BEGIN" && session.transaction)
      throw this.#failure("A transaction is already in progress", statement);
    if (statement.verb !== "BEGIN" && !session.transaction)
      throw this.#failure(`${statement.verb} TRANSACTION without a transaction in progress`, statement);
    await session.host.transaction(statement.verb);
    session.transaction = statement.verb === "BEGIN";
  }

  /** NULL counts as false. */
  async #test(condition: Parameters<typeof translateExpression>[0]): Promise<boolean> {
    return (await this.#value(condition, "BOOL")) === true;
  }

  async #value(expr: Parameters<typeof translateExpression>[0], type: SqlType): Promise<SqlValue> {
    const { sql } = translateExpression(await this.#prepared(expr), type, await this.#context());
    return this.session.host.value(`SELECT ${sql}`);
  }

  async #context(): Promise<{ catalog: Catalog; variables: ReturnType<Frames["scope"]> }> {
    return { catalog: await this.session.host.catalog(), variables: this.frames.scope() };
  }

  async #prepared<T extends ScriptStatement | Query | Parameters<typeof translateExpression>[0]>(tree: T): Promise<T> {
    if (callsRoutines(tree as ScriptStatement)) await this.session.routines.load();
    return prepare(tree, (name) => this.session.routines.function(name));
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
