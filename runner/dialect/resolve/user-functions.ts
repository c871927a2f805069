import type { CallArgument, CallExpr, Expr, FromItem } from "../../googlesql/ast.js";
import type { UserFunction } from "../../googlesql/catalog.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, SqlProblem, unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { functionNamed } from "../functions/registry.js";
import { unsupportedFunction } from "../functions/unsupported.js";
import { duckdbType, quoteName } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { derive, isNullLiteral, mergeUses, type Typed } from "../types/typed.js";
import { checkedQuery, withAggregateBodies } from "./aggregate-functions.js";
import { bodyHoldsQuery } from "./asides.js";
import { positionalArguments, rejectAggregateModifiers } from "./calls.js";
import { resolveExpr } from "./expression.js";
import { type FromContext, lateralContext } from "./from.js";
import { javaScriptCall } from "./javascript-call.js";
import { resolveQuery } from "./query.js";
import { boundCall, mustBind, refuseRandom, repeatedArguments } from "./repeated-arguments.js";
import {
  type CommonTableEntry,
  type Environment,
  type ExprContext,
  emptyScope,
  type ResolvedQuery,
  type Scope,
} from "./scope.js";
import { typeOf } from "./type-node.js";

type ScalarFunction = Extract<UserFunction, { kind: "createFunction" }>;
type TableFunction = Extract<UserFunction, { kind: "createTableFunction" }>;

/** Functions whose bodies are being resolved, to find one that calls itself. */
const OPEN = new WeakMap<Environment, Set<UserFunction>>();

/** `ds.f`, as it was declared. */
export function displayName({ path }: Pick<UserFunction, "path">): string {
  return path.parts.map(({ name }) => name).join(".");
}

/**
 * A call of a user's function: its body, resolved with the arguments as the only names in sight.
 * https://cloud.google.com/bigquery/docs/user-defined-functions
 */
export function resolveUserCall(call: CallExpr, routine: UserFunction, ctx: ExprContext): Typed {
  const name = displayName(routine);
  if (routine.kind === "createTableFunction")
    throw analysisError(`Table function ${name} cannot be called as a scalar function`, call.nameSpan);
  if (call.safe) throw analysisError(`Function ${name} does not support SAFE error mode`, call.nameSpan);
  rejectAggregateModifiers(call);
  const args = matchedArguments(
    routine,
    positionalArguments({ ...call, args: inOrder(call.args, routine, call) }, ctx),
    call,
  );
  const span = { start: call.start, end: call.end };
  if (routine.body.language === "js") {
    const body = { ...routine.body, name, parameters: routine.parameters.map((parameter) => parameter.name.name) };
    const returns = typeOf(routine.returns as NonNullable<ScalarFunction["returns"]>);
    const value = derive(javaScriptCall(body, args, returns), returns, span, args, true);
    return body.deterministic ? value : { ...value, opaque: true, onlyAggregates: false };
  }
  const expr = withAggregateBodies(routine.body.expr, ctx.env.catalog);
  const evaluate = (given: readonly Typed[]): Typed =>
    within(routine, call.nameSpan, ctx.env, () => {
      const body = resolveExpr(expr, bodyContext(routine, given, ctx.env));
      return routine.returns === undefined ? body : returned(body, routine, expr);
    });
  const repeated = repeatedArguments(routine, expr, args);
  const isBound = mustBind(repeated) && !bodyHoldsQuery(routine, ctx.env.catalog);
  const bound = isBound ? boundCall(args, evaluate, ctx) : undefined;
  if (bound === undefined) refuseRandom(repeated);
  const value = bound ?? evaluate(args);
  if (ctx.asides === undefined && holdsQuery(expr)) refuseUnboundArguments(call, args, ctx);
  return {
    sql: value.sql,
    type: value.type,
    span,
    nullable: value.nullable,
    uses: mergeUses(args),
    opaque: value.opaque === true || args.some((arg) => arg.opaque === true),
    aggregated: args.some((arg) => arg.aggregated === true),
  };
}

/** `FROM ds.f(1, 'x')`: the function's query, in which its parameters are the only outer names. */
export function resolveTableCall(item: Extract<FromItem, { kind: "tableCall" }>, from: FromContext): ResolvedQuery {
  const name = item.path.map((part) => part.name).join(".");
  const routine = from.env.catalog.routine?.(name);
  if (routine === undefined) {
    const unknown = unsupportedFunction(name.toUpperCase());
    if (unknown !== undefined) throw unsupported(unknown, item.pathSpan);
    throw analysisError(`Table-valued function not found: ${name}`, item.pathSpan);
  }
  if (routine.kind === "createFunction")
    throw analysisError(`${name} is a scalar function and cannot be called in FROM`, item.pathSpan);
  const ctx = { ...lateralContext({ ...from, left: { columns: [], ranges: [] } }, "an argument of a table function") };
  const { parameters } = routine;
  const tables = new Map<string, ResolvedQuery>();
  const given = item.isPiped ? withPipedTable(item.args, routine, item.pathSpan) : item.args;
  const args = inOrder(given, routine, item).flatMap(({ value: arg }, i) => {
    const { columns } = parameters[i] ?? {};
    if (columns === undefined) return [resolveExpr(arg, ctx)];
    const key = parameters[i]?.name.name.toLowerCase() ?? "";
    tables.set(key, givenTable(routine, parameters[i] as TableParameter, arg, from));
    return [];
  });
  const values = { ...routine, parameters: parameters.filter(({ columns }) => columns === undefined) };
  if (tables.size < parameters.length - values.parameters.length)
    throw analysisError(`Function ${name} takes ${parameters.length} arguments, but got ${item.args.length}`, item);
  const matched = matchedArguments(values, args, { start: item.start, end: item.end });
  return within(routine, item.pathSpan, from.env, () => tableOfFunction(values, matched, tables, from.env));
}

/** The arguments of a call of which a pipe has given the first: it stands where the function takes its first table. */
function withPipedTable([piped, ...rest]: readonly CallArgument[], routine: TableFunction, span: Span): CallArgument[] {
  const at = routine.parameters.findIndex(({ columns }) => columns !== undefined);
  const parameter = routine.parameters[at];
  if (piped === undefined || parameter === undefined)
    throw analysisError(`Function ${displayName(routine)} takes no table, and a pipe cannot call it`, span);
  if (rest.slice(0, at).some(({ name }) => name !== undefined))
    return [...rest, { name: parameter.name, value: piped.value }];
  return [...rest.slice(0, at), piped, ...rest.slice(at)];
}

type TableParameter = TableFunction["parameters"][number] & {
  readonly columns: NonNullable<TableFunction["parameters"][number]["columns"]>;
};

/** A table that a function is given: the columns that it asks for, found by their names. */
function givenTable(
  routine: TableFunction,
  { name, columns }: TableParameter,
  arg: Expr,
  { env, commons, parent }: FromContext,
): ResolvedQuery {
  const what = `Argument ${name.name} of function ${displayName(routine)}`;
  if (arg.kind !== "subquery") throw analysisError(`${what} must be a table: TABLE t, or a query in parentheses`, arg);
  const query = resolveQuery(arg.query, env, commons, parent);
  const alias = env.freshAlias();
  const taken = columns.map(({ name: column, type }) => {
    const own = query.columns.find((one) => one.name?.toLowerCase() === column.name.toLowerCase());
    if (own === undefined) throw analysisError(`${what} has no column ${column.name}`, arg);
    const wanted = typeOf(type);
    const value = { sql: `${alias}.${quoteName(own.key)}`, type: own.type, span: arg, nullable: true, uses: [] };
    if (coercionCost(value, wanted) === undefined)
      throw analysisError(
        `${what}: column ${column.name} is ${typeName(own.type)}, but must be ${typeName(wanted)}`,
        arg,
      );
    const output = { ...own, name: column.name, key: column.name, type: wanted, literal: undefined };
    return { sql: `${coerce(value, wanted).sql} AS ${quoteName(column.name)}`, output };
  });
  return {
    sql: `SELECT ${taken.map(({ sql }) => sql).join(", ")} FROM (${query.sql}) AS ${alias}`,
    columns: taken.map(({ output }) => output),
    valueTable: false,
    chosenBy: query.chosenBy,
  };
}

/** A table of the columns that a parameter asks for, and no rows. */
function emptyTable({ columns }: TableParameter): ResolvedQuery {
  const output = columns.map(({ name, type }) => ({
    name: name.name,
    key: name.name,
    type: typeOf(type),
    literal: undefined,
    span: name,
  }));
  const items = output.map(({ key, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${quoteName(key)}`);
  return { sql: `SELECT ${items.join(", ")} WHERE false`, columns: output, valueTable: false };
}

/** Resolves a function's body by itself, so that what is wrong with it is known when it is created. */
export function checkFunction(routine: UserFunction, env: Environment): void {
  if (routine.kind === "createFunction" && routine.isAggregate) {
    const query = checkedQuery(routine);
    if (query !== undefined) resolveQuery(withAggregateBodies(query, env.catalog), env, new Map(), undefined);
    return;
  }
  const { parameters } = routine;
  if (parameters.some(({ type, columns }) => type === undefined && columns === undefined)) return;
  const values = parameters.filter(({ columns }) => columns === undefined);
  const args = values.map(
    ({ name, type }): Typed => ({
      sql: quoteName(name.name),
      type: typeOf(type as NonNullable<typeof type>),
      span: name,
      nullable: true,
      uses: [],
    }),
  );
  if (routine.kind === "createTableFunction") {
    const tables = parameters.filter((one): one is TableParameter => one.columns !== undefined);
    const empty = new Map(tables.map((table) => [table.name.name.toLowerCase(), emptyTable(table)]));
    tableOfFunction({ ...routine, parameters: values }, args, empty, env);
    return;
  }
  if (routine.body.language === "js") return;
  const expr = withAggregateBodies(routine.body.expr, env.catalog);
  open(routine, env, routine.path, () => {
    const body = resolveExpr(expr, bodyContext(routine, args, env));
    if (routine.returns !== undefined) returned(body, routine, expr);
  });
}

/** @param tables what the names of table parameters stand for in its query */
function tableOfFunction(
  routine: TableFunction,
  args: readonly Typed[],
  tables: ReadonlyMap<string, ResolvedQuery>,
  env: Environment,
): ResolvedQuery {
  const text = withAggregateBodies(routine.query, env.catalog);
  const commons = new Map<string, CommonTableEntry>();
  const texts: string[] = [];
  for (const [key, { sql, columns, valueTable, chosenBy }] of tables) {
    const sqlName = env.freshCommonName(key);
    texts.push(`${quoteName(sqlName)} AS (${sql})`);
    commons.set(key, { sqlName, columns, valueTable, chosenBy });
  }
  const isConstant = args.every(({ uses, opaque }) => uses.length === 0 && opaque !== true);
  const resolved = resolveQuery(text, env, commons, { ...parameterScope(routine, args), isConstant });
  const query =
    texts.length === 0
      ? resolved
      : { ...resolved, sql: `WITH ${texts.join(", ")} SELECT * FROM (${resolved.sql})`, rows: undefined };
  const { returns } = routine;
  if (returns === undefined) return query;
  if (returns.length !== query.columns.length)
    throw analysisError(
      `Table function ${displayName(routine)} returns ${returns.length} columns, but its query has ${query.columns.length}`,
      routine.query,
    );
  const alias = env.freshAlias();
  const columns = returns.map(({ name, type }, i) => {
    const own = query.columns[i] as ResolvedQuery["columns"][number];
    const wanted = typeOf(type);
    const value: Typed = {
      sql: `${alias}.${quoteName(own.key)}`,
      type: own.type,
      span: own.span,
      nullable: true,
      uses: [],
    };
    if (own.name?.toLowerCase() !== name.name.toLowerCase() || coercionCost(value, wanted) === undefined)
      throw analysisError(
        `Column ${name.name} of type ${typeName(wanted)} is declared, but the query gives ${own.name ?? "a column without name"} of type ${typeName(own.type)}`,
        own.span,
      );
    return {
      sql: `${coerce(value, wanted).sql} AS ${quoteName(own.key)}`,
      column: { ...own, type: wanted, literal: undefined },
    };
  });
  return {
    sql: `SELECT ${columns.map(({ sql }) => sql).join(", ")} FROM (${query.sql}) AS ${alias}`,
    columns: columns.map(({ column }) => column),
    valueTable: false,
    chosenBy: query.chosenBy,
  };
}

/** The arguments of a call with those that have names, `f(b => 1)`, in the places of their parameters. */
function inOrder(args: readonly CallArgument[], routine: UserFunction, at: Span): readonly CallArgument[] {
  if (args.every(({ name }) => name === undefined)) return args;
  const { parameters } = routine;
  const places: CallArgument[] = [];
  for (const [i, { name, value }] of args.entries()) {
    const key = name?.name.toLowerCase();
    const place =
      name === undefined ? i : parameters.findIndex((parameter) => parameter.name.name.toLowerCase() === key);
    const where = `call to function ${displayName(routine)}`;
    if (name === undefined && i > 0 && args[i - 1]?.name !== undefined)
      throw analysisError(`Positional argument after a named argument in ${where}`, value);
    if (name !== undefined && place === -1)
      throw analysisError(`Named argument ${name.name} not found in signature for ${where}`, name);
    if (name !== undefined && places[place] !== undefined)
      throw analysisError(`Duplicate named argument ${name.name} found in ${where}`, name);
    places[place] = { name: undefined, value };
  }
  const missing = parameters.findIndex((_, i) => places[i] === undefined);
  if (missing !== -1)
    throw analysisError(
      `Argument ${parameters[missing]?.name.name} is missing in the call to function ${displayName(routine)}`,
      at,
    );
  return places;
}

/** Arguments coerced to the declared types; what BigQuery would not coerce implicitly is no match. */
function matchedArguments(routine: UserFunction, args: readonly Typed[], span: Span): readonly Typed[] {
  const { parameters } = routine;
  const types = parameters.map(({ type }) => (type === undefined ? undefined : typeOf(type)));
  const fits =
    args.length === parameters.length &&
    args.every((arg, i) => types[i] === undefined || coercionCost(arg, types[i] as SqlType) !== undefined);
  if (!fits) {
    const name = displayName(routine);
    const given = args.map((arg) => (isNullLiteral(arg) ? "NULL" : typeName(arg.type))).join(", ");
    const shape = types.map((type) => (type === undefined ? "ANY TYPE" : typeName(type))).join(", ");
    const got = args.length === 0 ? "with no arguments" : `for argument types: ${given}`;
    throw analysisError(
      `No matching signature for function ${name} ${got}. Supported signature: ${name}(${shape})`,
      span,
    );
  }
  return args.map((arg, i) => ({
    ...(types[i] === undefined ? arg : coerce(arg, types[i] as SqlType)),
    literal: undefined,
  }));
}

function returned(body: Typed, routine: ScalarFunction, expr: Expr): Typed {
  const type = typeOf(routine.returns as NonNullable<ScalarFunction["returns"]>);
  if (coercionCost(body, type) === undefined)
    throw analysisError(
      `Function declared to return ${typeName(type)} but the function body produces incompatible type ${typeName(body.type)}`,
      expr,
    );
  return coerce(body, type);
}

function parameterScope({ parameters }: UserFunction, args: readonly Typed[]): Scope {
  const columns = parameters.map(({ name }, i) => ({ name: name.name, ...pick(args[i] as Typed) }));
  return { ...emptyScope(undefined), columns };
}

function pick({ sql, type }: Typed): { readonly sql: string; readonly type: SqlType } {
  return { sql, type };
}

function bodyContext(routine: UserFunction, args: readonly Typed[], env: Environment): ExprContext {
  return {
    env,
    commons: new Map(),
    scope: parameterScope(routine, args),
    clause: `the body of function ${displayName(routine)}`,
    aggregates: "forbidden",
    windows: false,
    namedWindows: new Map(),
  };
}

/** Does something with a function's body. Its text is not the caller's: an error in it is told at the call. */
function within<T>(routine: UserFunction, at: Span, env: Environment, work: () => T): T {
  return open(routine, env, at, () => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SqlProblem)) throw error;
      throw new SqlProblem(error.kind, `Invalid function ${displayName(routine)}: ${error.message}`, at);
    }
  });
}

function open<T>(routine: UserFunction, env: Environment, at: Span, work: () => T): T {
  const active = OPEN.get(env) ?? new Set();
  OPEN.set(env, active);
  if (active.has(routine)) throw analysisError(`Function ${displayName(routine)} calls itself`, at);
  active.add(routine);
  try {
    return work();
  } finally {
    active.delete(routine);
  }
}

function holdsQuery(body: Expr): boolean {
  return some(body, ({ kind }) => kind === "select");
}

/**
 * Arguments stand inside the body's query, where DuckDB would take them for something of that query: a window call, an aggregate over
 * no column, and a grouping expression that is no column.
 */
function refuseUnboundArguments(call: CallExpr, args: readonly Typed[], { scope }: ExprContext): void {
  for (const [i, arg] of args.entries()) {
    const { value } = call.args[i] as CallExpr["args"][number];
    const isWindow = some(value, (node) => node.kind === "call" && node.over !== undefined);
    const isBare = (node: { readonly kind?: unknown }): boolean =>
      isAggregate(node) && !some(node, (child) => child.kind === "path");
    const isKey = scope.groupKeys?.has(arg.sql) === true && !COLUMN.test(arg.sql);
    if (isWindow || isKey || some(value, isBare))
      throw unsupported("This argument of a function whose body holds a query (compute it in a subquery first)", value);
  }
}

/** A column under the alias of its table, as `relation` and UNNEST write it. */
const COLUMN = /^t\d+\$\.(?:"(?:[^"]|"")*"|\w+)$/;

function isAggregate(node: { readonly kind?: unknown; readonly name?: unknown }): boolean {
  return node.kind === "call" && functionNamed(node.name as string)?.kind === "aggregate";
}

function some(node: object, test: (node: { readonly kind?: unknown } & Record<string, unknown>) => boolean): boolean {
  let found = false;
  walk(node, (child) => {
    found ||= test(child);
    return !found;
  });
  return found;
}
