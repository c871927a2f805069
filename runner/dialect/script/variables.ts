import type { Expr, Identifier } from "../../googlesql/ast.js";
import type { Column, StructType } from "../../port/sql-types.js";
import { limitsOf } from "../resolve/type-node.js";
import { limitedSql, quoteName, SqlProblem, structLiteral, translateFields, typeOf, type Variable } from "../script.js";
import { sameShape } from "../types/coercion.js";
import type { Frames } from "./frames.js";
import type { Of, ScriptRun } from "./interpreter.js";

/** A row on its way into several variables. */
const ASSIGNED = { name: "", key: "script_assigned" };

export function findVariable(frames: Frames, name: Identifier): Variable {
  const variable = frames.find(name.name);
  if (variable !== undefined) return variable;
  throw new SqlProblem("analysis", `Undeclared variable: ${name.name}`, name);
}

/** DECLARE: the type is the declared one, or that of the default. */
export async function declare(run: ScriptRun, statement: Of<"declare">): Promise<undefined> {
  const declared = statement.type === undefined ? undefined : typeOf(statement.type);
  const limits = statement.type === undefined ? undefined : limitsOf(statement.type);
  const initial = statement.value === undefined ? undefined : await run.expression(statement.value, declared);
  for (const name of statement.names) {
    const type = declared ?? initial?.type ?? "INT64";
    const variable = run.frames.declare(name.name, type, name, limits);
    const value = initial === undefined ? "NULL" : limitedSql(initial.sql, variable);
    await run.session.host.setVariable(variable.key, value);
  }
}

/** SET of one variable, or of several from a STRUCT, all with the values from before. */
export async function setVariables(run: ScriptRun, statement: Of<"set">): Promise<undefined> {
  const targets = statement.targets.map((name) => findVariable(run.frames, name));
  const { host, system } = run.session;
  const [single] = targets;
  if (single?.name.startsWith("@@"))
    return system
      .set(single.name, await run.value(statement.value, single.type), statement.value)
      .then(() => undefined);
  if (
    single !== undefined &&
    targets.length === 1 &&
    !(statement.isTuple && (await isOneField(run, statement, single)))
  ) {
    const { sql } = await run.expression(statement.value, single.type);
    await host.setVariable(single.key, limitedSql(sql, single));
    return;
  }
  const whole = await run.expression(statement.value, undefined);
  await assignFields(run, targets, whole.sql, { ...ASSIGNED, type: whole.type }, statement.value);
}

/** Whether the value of `SET (a) = (SELECT AS STRUCT 1)` is a STRUCT around what the variable takes. */
async function isOneField(run: ScriptRun, { value }: Of<"set">, target: Variable): Promise<boolean> {
  const { type } = await run.expression(value, undefined);
  return (
    typeof type !== "string" && type.kind === "struct" && type.fields.length === 1 && !sameShape(type, target.type)
  );
}

/** The one row of a query into variables; without a row they become NULL. */
export async function assignRow(
  run: ScriptRun,
  targets: readonly Variable[],
  query: { readonly sql: string; readonly columns: readonly Column[] },
  source: Expr,
): Promise<void> {
  const type: StructType = { kind: "struct", fields: query.columns };
  const row = structLiteral(
    type,
    query.columns.map(({ name }) => `q.${quoteName(name)}`),
  );
  await assignFields(run, targets, `(SELECT ${row} FROM (${query.sql}) AS q)`, { ...ASSIGNED, type }, source);
}

async function assignFields(
  run: ScriptRun,
  targets: readonly Variable[],
  sql: string,
  whole: Variable,
  source: Expr,
): Promise<void> {
  const { host } = run.session;
  const types = targets.map(({ type }) => type);
  const fields = translateFields(whole, types, source);
  await host.setVariable(whole.key, sql);
  for (const [i, target] of targets.entries())
    await host.setVariable(target.key, limitedSql(fields[i] ?? "NULL", target));
}
