import { askedStatement } from "../../googlesql/asked-statement.js";
import type { Statement } from "../../googlesql/ast.js";
import type { ScriptResult } from "../../port/port.js";
import type { SqlType } from "../../port/sql-types.js";
import type { TranslatedQuery } from "../contract.js";
import {
  finishInScript,
  locateErrors,
  parseExpressionText,
  parseQueryText,
  parseScriptText,
  requireNames,
  type ScriptStatement,
  SqlProblem,
  type TranslatedStatement,
  translateExpression,
  translateParsed,
} from "../script.js";
import { finishView } from "../statement.js";
import { ScriptError } from "./errors.js";
import { Frames } from "./frames.js";
import type { ScriptHost } from "./host.js";
import { ScriptRun } from "./interpreter.js";
import { Session, type SessionOptions } from "./session.js";

/**
 * One GoogleSQL script, given as one text or as several that follow each other: variables, temporary functions and temporary tables of
 * one are there in the next. https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language
 */
export class Script {
  readonly #session: Session;
  readonly #frames: Frames;
  #started = false;

  /** @param options.readOnly leaves out statements that would change something that stays */
  constructor(host: ScriptHost, options: { readonly readOnly?: boolean } & SessionOptions = {}) {
    this.#session = new Session(host, options.readOnly ?? false, options);
    this.#frames = new Frames(this.#session.keys);
  }

  /**
   * Gives a query parameter its value.
   * @param name as the text has it: `@name`, or `@?1` for the first positional one
   * @param value a GoogleSQL expression without columns
   */
  async bind(name: string, type: SqlType, value: string): Promise<void> {
    const { host, counts } = this.#session;
    const { sql } = translateExpression(parseExpressionText(value), type, await this.#session.context(this.#frames));
    const { key } = this.#frames.bind(name, type);
    await host.setVariable(key, sql);
    counts.delete(name.toLowerCase());
    if (/^\d+$/.test(value)) counts.set(name.toLowerCase(), value);
  }

  /**
   * What a text would do that asks for one statement: nothing runs, temporary functions before a query are defined. Undefined: it asks for
   * none, or for several.
   * @throws DialectError for a mistake in the text
   */
  async translated(
    sql: string,
  ): Promise<{ readonly given: ScriptStatement; readonly does: TranslatedStatement } | undefined> {
    const statements = locateErrors(sql, () => parseScriptText(sql));
    const given = askedStatement(statements);
    if (given === undefined || !isPlain(given)) return undefined;
    const session = this.#session;
    const run = new ScriptRun(sql, session, this.#frames, 0);
    await run.body(statements.slice(0, -1));
    session.host.begins?.(given, sql);
    const statement = await session.qualified(await run.located(given, () => run.prepared(given)));
    const context = await session.context(this.#frames);
    const visible = statement.kind === "createView" ? { ...context, variables: undefined } : context;
    return { given, does: locateErrors(sql, () => translateParsed(statement, visible)) };
  }

  /**
   * Runs the next text. All of it is parsed before anything runs.
   * @throws DialectError for a mistake in the text; ScriptError for what goes wrong while it runs; both with line and column
   */
  async execute(sql: string): Promise<ScriptResult> {
    const session = this.#session;
    const body = locateErrors(sql, () => {
      const statements = parseScriptText(sql);
      const [first] = statements;
      if (this.#started && first?.kind === "declare") throw lateDeclaration(first);
      return statements;
    });
    this.#started ||= body.some(({ kind }) => kind !== "declare");
    try {
      await new ScriptRun(sql, session, this.#frames, 0).body(body);
    } catch (cause) {
      // A script that fails leaves nothing of its open transaction; the next one of a session may begin another.
      if (session.transaction) {
        await session.host.transaction("ROLLBACK").catch(() => undefined);
        session.setTransaction(false);
      }
      throw cause;
    }
    return { rows: session.rows, rowsChanged: session.rowsChanged, isLeftOpen: session.transaction };
  }

  /** A query as DuckDB SQL, which may use what the texts before it have declared. */
  async query(sql: string): Promise<TranslatedQuery> {
    this.#started = true;
    const query = await this.#session.prepared(locateErrors(sql, () => parseQueryText(sql)));
    const context = await this.#session.context(this.#frames);
    return locateErrors(sql, () => finishInScript(query, context));
  }

  /** The query of a table. */
  async tableQuery(sql: string): Promise<TranslatedQuery> {
    const query = await this.query(sql);
    locateErrors(sql, () => requireNames(query, "CREATE TABLE"));
    return query;
  }

  /** The query of a view, which may use nothing that ends with the script. */
  async viewQuery(sql: string): Promise<TranslatedQuery> {
    this.#started = true;
    const query = await this.#session.prepared(locateErrors(sql, () => parseQueryText(sql)));
    const catalog = await this.#session.persistentCatalog();
    return locateErrors(sql, () => {
      const translated = finishView(query, catalog);
      requireNames(translated, "CREATE VIEW");
      return translated;
    });
  }

  /** What follows is a script of its own, which may declare variables; those of the scripts before are still there. */
  startAnew(): void {
    this.#started = false;
  }

  /** Names without a dataset are of this one from now on. */
  useDataset(dataset: string): void {
    this.#session.system.useDataset(dataset);
  }

  /** Drops the temporary tables of the script, and undoes a transaction that it has left open. */
  async end(): Promise<void> {
    const { host, temporaryTables, transaction } = this.#session;
    if (transaction) await host.transaction("ROLLBACK");
    if (temporaryTables.size > 0) await host.dropTemporaryTables(temporaryTables);
  }
}

/** Runs a script of one text; an error says at which line and column. */
export async function runScript(sql: string, host: ScriptHost): Promise<ScriptResult> {
  try {
    return await new Script(host).execute(sql);
  } catch (cause) {
    throw cause instanceof ScriptError ? cause.located() : cause;
  }
}

function lateDeclaration(span: { readonly start: number; readonly end: number }): SqlProblem {
  const message = "Syntax error: Variable declarations are allowed only at the start of a block or script";
  return new SqlProblem("syntax", message, span);
}

/** Statements that one translation tells all of; the others run step by step or define routines. */
function isPlain(statement: ScriptStatement): statement is Statement {
  return PLAIN.has(statement.kind);
}

const PLAIN: ReadonlySet<string> = new Set<TranslatedStatement["kind"] | Statement["kind"]>([
  "query",
  "createTable",
  "copyTable",
  "createView",
  "createSchema",
  "drop",
  "alterTable",
  "changeTable",
  "alterOptions",
  "insert",
  "delete",
  "update",
  "merge",
  "truncate",
  "assert",
]);
