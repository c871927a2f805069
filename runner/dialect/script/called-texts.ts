import type { Identifier } from "../../googlesql/ast.js";
import { DialectError } from "../../googlesql/contract.js";
import type { SystemProcedures } from "../../port/sql-jobs.js";
import type { TranslatedQuery } from "../contract.js";
import {
  locateErrors,
  parseScriptText,
  rowsInScript,
  type ScriptStatement,
  SqlProblem,
  typeOf,
  unsupported,
  type Variable,
  variableSql,
} from "../script.js";
import { ScriptError } from "./errors.js";
import { Frames } from "./frames.js";
import { type Of, ScriptRun } from "./interpreter.js";
import { positionalParameters } from "./parameters.js";
import { assignRow } from "./variables.js";

/** How deep procedures and executed texts may call each other; BigQuery's limit. */
const DEEPEST_CALL = 50;

/** How many of the texts that led to an error are named. */
const MOST_PLACES = 4;

/** https://cloud.google.com/bigquery/docs/reference/system-procedures */
const SYSTEM_PROCEDURES: Readonly<Record<string, (run: ScriptRun, statement: Of<"call">) => Promise<undefined>>> = {
  "BQ.ABORT_SESSION": abortSession,
  "BQ.JOBS.CANCEL": cancelJob,
  "BQ.REFRESH_EXTERNAL_METADATA_CACHE": refreshFiles,
  "BQ.REFRESH_MATERIALIZED_VIEW": refreshView,
};

async function abortSession(run: ScriptRun, statement: Of<"call">): Promise<undefined> {
  const [arg, ...more] = statement.args;
  if (more.length > 0)
    throw new SqlProblem("analysis", "BQ.ABORT_SESSION takes the id of a session at most", statement);
  const id = arg === undefined ? undefined : String(await run.value(arg, "STRING"));
  await proceduresOf(run, statement).abortSession(id);
  return undefined;
}

async function cancelJob(run: ScriptRun, statement: Of<"call">): Promise<undefined> {
  const [arg, ...more] = statement.args;
  if (arg === undefined || more.length > 0)
    throw new SqlProblem("analysis", "BQ.JOBS.CANCEL takes the id of a job", statement);
  await proceduresOf(run, statement).cancelJob(String(await run.value(arg, "STRING")));
  return undefined;
}

function proceduresOf(run: ScriptRun, statement: Of<"call">): SystemProcedures {
  const { procedures } = run.session.host;
  if (procedures === undefined) throw unsupported("BQ procedures of sessions and jobs", statement);
  return procedures;
}

/** The files of an external table are looked at by every reader: there is nothing to refresh, if only it exists. */
async function refreshFiles(run: ScriptRun, statement: Of<"call">): Promise<undefined> {
  const [arg] = statement.args;
  if (arg === undefined || statement.args.length > 2)
    throw new SqlProblem("analysis", "BQ.REFRESH_EXTERNAL_METADATA_CACHE takes the name of a table", statement);
  const name = await run.value(arg, "STRING");
  if ((await run.session.catalog()).find(String(name).split(".")) !== undefined) return undefined;
  throw run.failure(`Not found: Table ${name}`, statement);
}

/** A materialized view is made anew for every reader: there is nothing to refresh, if only it exists. */
async function refreshView(run: ScriptRun, statement: Of<"call">): Promise<undefined> {
  const [arg, ...more] = statement.args;
  if (arg === undefined || more.length > 0)
    throw new SqlProblem("analysis", "BQ.REFRESH_MATERIALIZED_VIEW takes the name of a view", statement);
  const name = await run.value(arg, "STRING");
  const view = (await run.session.catalog()).find(String(name).split("."));
  if (view?.isView === true) return undefined;
  throw run.failure(`Not found: Materialized view ${name}`, statement);
}

/** CALL: the procedure sees its parameters, and none of the caller's variables. */
export async function callProcedure(run: ScriptRun, statement: Of<"call">): Promise<undefined> {
  const { session } = run;
  const names = statement.path.parts.map((part) => part.name);
  const name = names.join(".");
  const system = SYSTEM_PROCEDURES[name.toUpperCase()];
  if (system !== undefined) return system(run, statement);
  const procedure = await session.routines.procedure(statement.path, session.whole(names));
  const { parameters, body, text } = procedure;
  if (parameters.length !== statement.args.length) {
    const message = `Procedure ${name} takes ${parameters.length} arguments, but got ${statement.args.length}`;
    throw new SqlProblem("analysis", message, statement);
  }
  const inner = innerRun(run, text, statement);
  const outputs: { readonly from: Variable; readonly to: Variable }[] = [];
  for (const [i, { name: formal, type, mode }] of parameters.entries()) {
    const arg = statement.args[i] as Of<"call">["args"][number];
    const given = await run.expression(arg, type === undefined ? undefined : typeOf(type));
    const parameter = inner.frames.bind(formal.name, given.type);
    await session.host.setVariable(parameter.key, mode === "OUT" ? "NULL" : given.sql);
    if (mode === "IN") continue;
    if (arg.kind !== "path" || arg.parts.length !== 1)
      throw new SqlProblem("analysis", `Argument ${i + 1} is ${mode}: it must be a variable`, arg);
    outputs.push({ from: parameter, to: run.variable(arg.parts[0] as Identifier) });
  }
  await inside(run, `procedure ${name}`, statement, () => inner.frames.within(() => inner.body(body)), name);
  for (const { from, to } of outputs) await session.host.setVariable(to.key, variableSql(from));
}

/** EXECUTE IMMEDIATE: the text sees its parameters, and none of the script's variables. */
export async function executeImmediate(run: ScriptRun, statement: Of<"execute">): Promise<undefined> {
  const text = await run.value(statement.sql, "STRING");
  if (typeof text !== "string") throw run.failure("SQL in EXECUTE IMMEDIATE cannot be NULL", statement);
  const executed = "the executed SQL";
  let parsed: readonly ScriptStatement[] = [];
  let sql = text;
  let count = 0;
  await inside(run, executed, statement, async () => {
    ({ sql, count } = locateErrors(text, () => positionalParameters(text)));
    parsed = locateErrors(sql, () => parseScriptText(sql));
  });
  const inner = innerRun(run, sql, statement);
  const unnamed = statement.using.filter(({ name }) => name === undefined).length;
  if (count > unnamed)
    throw run.failure(`SQL has ${count} positional parameters, but USING gives ${unnamed}`, statement);
  for (const [i, { name, value }] of statement.using.entries()) {
    const given = await run.expression(value, undefined);
    const variable = inner.frames.bind(`@${name?.name ?? `_${i + 1}`}`, given.type);
    await run.session.host.setVariable(variable.key, given.sql);
  }
  const [only] = parsed;
  if (only === undefined || parsed.length > 1)
    throw run.failure("EXECUTE IMMEDIATE runs exactly one statement", statement);
  if (CONTROL.has(only.kind))
    throw run.failure("EXECUTE IMMEDIATE runs a query, DDL or DML, and no control statement", statement);
  if (statement.into.length === 0) await inside(run, executed, statement, () => inner.body(parsed));
  else if (only.kind === "query") await executeInto(run, inner, statement, only);
  else throw run.failure("INTO needs a query in EXECUTE IMMEDIATE", statement);
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language#execute_immediate */
const CONTROL: ReadonlySet<ScriptStatement["kind"]> = new Set([
  "declare",
  "set",
  "if",
  "loop",
  "while",
  "repeat",
  "for",
  "block",
  "raise",
  "leave",
  "iterate",
  "return",
  "execute",
] as const);

async function executeInto(
  run: ScriptRun,
  inner: ScriptRun,
  statement: Of<"execute">,
  only: Of<"query">,
): Promise<void> {
  let translated: TranslatedQuery = { sql: "", columns: [] };
  await inside(run, "the executed SQL", statement, () =>
    inner.located(only, async () => {
      translated = rowsInScript(await inner.prepared(only.query), await inner.context());
    }),
  );
  const targets = statement.into.map((name) => run.variable(name));
  if (targets.length !== translated.columns.length) {
    const message = `INTO names ${targets.length} variables, but the query has ${translated.columns.length} columns`;
    throw run.failure(message, statement);
  }
  if (Number(await run.session.host.value(`SELECT count(*) FROM (${translated.sql})`)) > 1)
    throw run.failure("EXECUTE IMMEDIATE ... INTO: the query returned more than one row", statement);
  await assignRow(run, targets, translated, statement.sql);
}

function innerRun(run: ScriptRun, text: string, statement: ScriptStatement): ScriptRun {
  if (run.depth >= DEEPEST_CALL) throw unsupported("A deeper call of procedures", statement);
  return new ScriptRun(text, run.session, new Frames(run.session.keys), run.depth + 1);
}

/** An error in another text is reported at the statement that led there, and says where it happened in that text. */
async function inside(
  run: ScriptRun,
  what: string,
  statement: ScriptStatement,
  work: () => Promise<unknown>,
  location?: string,
): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof ScriptError || cause instanceof DialectError)) throw cause;
    const error = ScriptError.of(cause);
    const place = ` [in ${what} at ${error.line}:${error.column}]`;
    // A procedure that calls itself ends after many calls: the innermost tell enough.
    const trace = error.trace.split(" [in ").length > MOST_PLACES ? error.trace : `${error.trace}${place}`;
    const { line, column, offset, statementText } = run.failure("", statement);
    const inner = error.within.length > MOST_PLACES ? error.within : [...error.within, { ...placeOf(error), location }];
    // A text that cannot be read has no statement of its own.
    const text = error.statementText || statementText;
    throw new ScriptError(error.message, line, column, offset, text, trace, inner, error.code);
  }
}

const placeOf = ({ line, column }: ScriptError) => ({ line, column });
