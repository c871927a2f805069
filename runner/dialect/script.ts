import type { Expr } from "../googlesql/ast.js";
import type { Catalog, UserFunction } from "../googlesql/catalog.js";
import type { Span } from "../googlesql/contract.js";
import { analysisError, unsupported } from "../googlesql/errors.js";
import { systemVariable } from "../googlesql/system-variables.js";
import { mapTree, walk } from "../googlesql/walk.js";
import { type SqlType, typeName } from "../port/sql-types.js";
import { limitedTree } from "./functions/limits.js";
import { functionNamed } from "./functions/registry.js";
import { fieldAccess, quoteString, valueType } from "./print/sql.js";
import { withAggregateBodies } from "./resolve/aggregate-functions.js";
import { constantContext } from "./resolve/constant.js";
import { resolveExpr } from "./resolve/expression.js";
import { checkJavaScript } from "./resolve/javascript-call.js";
import { Environment, emptyScope, type Scope } from "./resolve/scope.js";
import { typeOf } from "./resolve/type-node.js";
import { checkFunction } from "./resolve/user-functions.js";
import type { StatementContext } from "./statement.js";
import { coerce, coercionCost } from "./types/coercion.js";
import { plain } from "./types/collation.js";
import { inTimeZone } from "./types/default-zone.js";
import type { LimitTree } from "./types/type-limits.js";
import type { Typed } from "./types/typed.js";

export { locateErrors, positionOf, problemOf, SqlProblem, unsupported } from "../googlesql/errors.js";
export { parseScriptText } from "../googlesql/parser/script.js";
export { parseExpressionText, parseQueryText } from "../googlesql/parser/statement.js";
export type { RoutineParameter, ScriptStatement, TableChange } from "../googlesql/script-ast.js";
export { walk } from "../googlesql/walk.js";
export { fieldKeys, quoteName, structLiteral } from "./print/sql.js";
export { requireNames } from "./resolve/output.js";
export { limitsOf, typeOf } from "./resolve/type-node.js";
export {
  finishInScript,
  finishView,
  rowsInScript,
  type StatementContext,
  type TranslatedStatement,
  translateParsed,
} from "./statement.js";
export type { LimitTree } from "./types/type-limits.js";

/** A variable of a script: its value is a variable of the DuckDB session. */
export interface Variable {
  readonly name: string;
  readonly type: SqlType;
  /** Its name in DuckDB. */
  readonly key: string;
  /** What the parameters of its type restrict. */
  readonly limits?: LimitTree | undefined;
}

/** A value of the variable's type within the limits of its declaration. */
export function limitedSql(sql: string, { type, limits }: Pick<Variable, "type" | "limits">): string {
  return limits === undefined ? sql : limitedTree(sql, type, limits);
}

/** The variables that expressions may read, as the columns of an outermost scope. */
export function variableScope(variables: Iterable<Variable>): Scope {
  const columns = [...variables].map((variable) => ({
    name: variable.name,
    sql: variableSql(variable),
    type: variable.type,
  }));
  return { ...emptyScope(undefined), columns, isConstant: true };
}

/** DuckDB text that reads a variable. */
export function variableSql({ key, type }: Pick<Variable, "key" | "type">): string {
  return `CAST(getvariable(${quoteString(key)}) AS ${valueType(type)})`;
}

/** An expression, coerced to `type` where one is given. */
export function translateExpression(
  expr: Expr,
  type: SqlType | undefined,
  { catalog, variables, timeZone }: StatementContext,
): { readonly sql: string; readonly type: SqlType } {
  return inTimeZone(timeZone, () => {
    const value = plain(
      resolveExpr(withAggregateBodies(expr, catalog), constantContext(catalog, variables, "a script expression")),
    );
    return type === undefined ? value : coerced(value, type, expr);
  });
}

/** The fields of a STRUCT that stands in a variable, coerced to the types of what they are assigned to. */
export function translateFields(variable: Variable, types: readonly SqlType[], expr: Expr): string[] {
  const { type } = variable;
  if (typeof type === "string" || type.kind !== "struct" || type.fields.length !== types.length) {
    throw analysisError(`Expected a STRUCT with ${types.length} fields, but got ${typeName(type)}`, expr);
  }
  return types.map((wanted, i) => {
    const field = type.fields[i]?.type ?? wanted;
    const value = {
      sql: fieldAccess(variableSql(variable), type, i),
      type: field,
      span: expr,
      nullable: true,
      uses: [],
    };
    return coerced(value, wanted, expr).sql;
  });
}

/** A value on its way into a variable, which has no collation. */
export function coerced(given: Typed, type: SqlType, expr: Expr): Typed {
  const value = plain(given);
  if (coercionCost(value, type) === undefined)
    throw analysisError(`Cannot coerce expression of type ${typeName(value.type)} to type ${typeName(type)}`, expr);
  return coerce(value, type);
}

/** The system variables that a tree reads, each once, where it does so first. */
export function systemVariablesIn(tree: object): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  walk(tree, (node) => {
    const { kind, name, start, end } = node as { kind: unknown; name?: unknown; start: number; end: number };
    if (kind !== "parameter" || typeof name !== "string" || !name.startsWith("@@")) return true;
    const known = systemVariable(name)?.name;
    if (known === undefined) throw unsupported(`System variable ${name}`, { start, end });
    if (!found.has(known)) found.set(known, { start, end });
    return true;
  });
  return found;
}

/** The tree with `@x` and `@@x` as names of variables. */
export function prepare<T>(tree: T): T {
  return mapTree(tree, (node) => {
    if (node.kind !== "parameter") return undefined;
    const { name, start, end } = node as { name: string; start: number; end: number };
    if (name.startsWith("@@") && systemVariable(name) === undefined)
      throw unsupported(`System variable ${name}`, { start, end });
    return { kind: "path", parts: [{ name, start, end }], start, end };
  });
}

/** Whether the tree calls a function that GoogleSQL does not have, a table function or a procedure. */
export function callsRoutines(tree: object): boolean {
  let found = false;
  walk(tree, (node) => {
    found ||= node.kind === "tableCall";
    found ||= node.kind === "call" && ("path" in node || functionNamed(node.name as string) === undefined);
    return !found;
  });
  return found;
}

/** Whether GoogleSQL has a function of the name. */
export function isBuiltIn(name: string): boolean {
  return functionNamed(name.toUpperCase()) !== undefined;
}

/** What is wrong with a function, found when it is created. */
export function checkRoutine(routine: UserFunction, catalog: Catalog): void {
  for (const { type } of routine.parameters) if (type !== undefined) typeOf(type);
  for (const { columns = [] } of routine.parameters) for (const { type } of columns) typeOf(type);
  if (routine.kind === "createFunction") checkJavaScript(routine);
  checkFunction(routine, new Environment(catalog));
}
