import type { CommonTable, QueryBody } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { readsTable } from "../../googlesql/with-order.js";
import { typeName } from "../../port/sql-types.js";
import { quoteName } from "../print/sql.js";
import { coercionCost } from "../types/coercion.js";
import { refuseCollation } from "../types/collation.js";
import { closeRecursion, Gathered, type Origin, ownColumn } from "./lineage.js";
import { resolveBody, resolveCommons } from "./query.js";
import { checkRecursiveTerm } from "./recursive-term.js";
import type { CommonTables, Environment, OutputColumn, ResolvedQuery, Scope } from "./scope.js";
import { armText, asTyped } from "./set-operations.js";

/** A resolved query of which more is written in its WITH clause. */
type RecursiveQuery = ResolvedQuery & {
  /** Entries before it. */
  readonly before: readonly string[];
  /** A column behind its own. */
  readonly counter: string;
};

/**
 * A CTE of WITH RECURSIVE that reads itself: `base UNION [ALL|DISTINCT] step`. The base decides the column types.
 * Undefined for a CTE that does not read itself.
 */
export function bindRecursive(
  common: CommonTable,
  sqlName: string,
  env: Environment,
  commons: CommonTables,
  parent: Scope | undefined,
): RecursiveQuery | undefined {
  if (!readsTable(common.query, common.name.name)) return undefined;
  const { body } = common.query;
  if (body.kind !== "set" || body.op !== "UNION")
    throw analysisError(
      "Recursive query does not have the form <non-recursive-term> UNION [ALL|DISTINCT] <recursive-term>",
      common.query,
    );
  if (common.query.with.some((inner) => readsTable(inner.query, common.name.name))) {
    throw analysisError(
      `Recursive reference is not allowed except inside WITH RECURSIVE as one side of UNION: ${common.name.name}`,
      common.name,
    );
  }
  if (common.query.orderBy.length > 0 || common.query.limit !== undefined) {
    throw unsupported("ORDER BY or LIMIT in a recursive CTE", common);
  }
  if (body.byName !== undefined) throw unsupported("A recursive CTE with a set operation by name", common);
  const split = body.arms.findIndex((arm) => readsTable(arm, common.name.name));
  if (split !== body.arms.length - 1 || split === 0) {
    throw unsupported("A recursive CTE whose recursive term is not the last of its UNION", common);
  }
  checkRecursiveTerm(body.arms[split] as QueryBody, common.name);
  // Entries of a WITH of its own come before it: DuckDB wants the recursive UNION at the top.
  const inner = resolveCommons(common.query, env, commons, parent);
  const base = resolveBase(body.arms.slice(0, split), body, env, inner.commons, parent);
  const columns = base.columns.map((column): OutputColumn => ({ ...column, literal: undefined }));
  if (!body.all) for (const { type } of columns) refuseCollation(type, "a recursive UNION DISTINCT", common);
  const isRecorded = env.lineage !== undefined;
  const own = new Map(inner.commons).set(common.name.name.toLowerCase(), {
    sqlName,
    columns: columns.map((column, i) => (isRecorded ? { ...column, origin: ownColumn(sqlName, i) } : column)),
    valueTable: base.valueTable,
  });
  const step = resolveBody(body.arms[split] as QueryBody, env, own, parent);
  checkStep(step, columns, common);
  const closed = closeRecursion(sqlName, originsOf(base), originsOf(step));
  return {
    before: inner.texts,
    counter: COUNTER,
    sql: countedUnion(armText(base, columns, env), armText(step, columns, env), body.all, sqlName, env),
    columns: isRecorded ? withOrigins(columns, closed) : columns,
    valueTable: base.valueTable,
    chosenBy: closed.at(-1),
  };
}

/** https://cloud.google.com/bigquery/docs/recursive-ctes#troubleshoot_iteration_limit_errors */
const MOST_ITERATIONS = 500;
const COUNTER = "iteration$";

/**
 * The recursive UNION with a column that counts its iterations: one that does not end would run on. Rows of UNION DISTINCT are the same
 * whatever their iteration: there the count is an INTERVAL of as many months less their days, all of which are equal to DuckDB.
 */
function countedUnion(base: string, step: string, all: boolean, sqlName: string, env: Environment): string {
  const [first, next, last] = [env.freshAlias(), env.freshAlias(), env.freshAlias()];
  const counter = quoteName(COUNTER);
  const count = all ? `max(${counter})` : `12 * max(datepart('year', ${counter})) + max(datepart('month', ${counter}))`;
  const [type, one] = all ? ["INTEGER", "1"] : ["INTERVAL", "to_months(1) - to_days(30)"];
  const message = `A recursive CTE has reached the maximum number of iterations: ${MOST_ITERATIONS}`;
  const counted = `CASE WHEN ${last}.n >= ${MOST_ITERATIONS} THEN CAST(error('${message}') AS ${type}) ELSE ${last}.c + ${one} END`;
  const rows = `SELECT max(${counter}) AS c, ${count} AS n FROM ${quoteName(sqlName)}`;
  return [
    `(SELECT ${first}.*, ${all ? "0" : "to_months(0)"} FROM ${base} AS ${first})`,
    `UNION${all ? " ALL" : ""}`,
    `(SELECT ${next}.*, ${counted} FROM ${step} AS ${next}, (${rows}) AS ${last})`,
  ].join(" ");
}

function withOrigins(columns: readonly OutputColumn[], origins: readonly Origin[]): OutputColumn[] {
  return columns.map((column, i) => ({ ...column, origin: origins[i] }));
}

/** Of the columns, and of what chooses the rows. */
function originsOf({ columns, chosenBy }: ResolvedQuery): Origin[] {
  return [...columns.map(({ origin }) => origin), chosenBy].map((origin) => origin ?? new Gathered());
}

function resolveBase(
  arms: readonly QueryBody[],
  body: Extract<QueryBody, { kind: "set" }>,
  env: Environment,
  commons: CommonTables,
  parent: Scope | undefined,
): ResolvedQuery {
  return resolveBody(arms.length === 1 ? (arms[0] as QueryBody) : { ...body, arms }, env, commons, parent);
}

function checkStep(step: ResolvedQuery, columns: readonly OutputColumn[], common: CommonTable): void {
  if (step.columns.length !== columns.length) {
    throw analysisError(
      `Queries in UNION have mismatched column count; query 1 has ${columns.length} columns, query 2 has ${step.columns.length} columns`,
      common,
    );
  }
  for (const [i, column] of columns.entries()) {
    const own = step.columns[i] as OutputColumn;
    if (coercionCost(asTyped(own, ""), column.type) === undefined) {
      throw analysisError(
        `Cannot coerce column ${i + 1} of the recursive term from ${typeName(own.type)} to ${typeName(column.type)}`,
        own.span,
      );
    }
  }
}
