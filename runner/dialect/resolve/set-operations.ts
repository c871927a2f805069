import type { ByName, QueryBody } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { COLLATED, typeName } from "../../port/sql-types.js";
import { plainZero, quoteName, valueType } from "../print/sql.js";
import { coerce, coercionCost, commonType } from "../types/coercion.js";
import { isGroupable, sameType } from "../types/equality.js";
import type { Typed } from "../types/typed.js";
import { combinedRows } from "./collated-rows.js";
import { asRows, Gathered, union } from "./lineage.js";
import type { Environment, OutputColumn, ResolvedQuery } from "./scope.js";

/** A set operation: columns by position, each as the common type of its arms. */
export function combine(
  arms: readonly ResolvedQuery[],
  body: Extract<QueryBody, { kind: "set" }>,
  env: Environment,
): ResolvedQuery {
  if (body.byName !== undefined)
    return combine(matchByName(arms, body.byName, env), { ...body, byName: undefined }, env);
  const [first] = arms as [ResolvedQuery, ...ResolvedQuery[]];
  const name = `${body.op} ${body.all ? "ALL" : "DISTINCT"}`;
  if (body.all && body.op !== "UNION" && env.shape === "bigquery")
    throw analysisError(`${name} is not supported in BigQuery; use ${body.op} DISTINCT`, body);
  for (const [i, arm] of arms.entries()) {
    if (arm.columns.length !== first.columns.length) {
      const message = `Queries in ${name} have mismatched column count; query 1 has ${first.columns.length} column${first.columns.length === 1 ? "" : "s"}, query ${i + 1} has ${arm.columns.length} column${arm.columns.length === 1 ? "" : "s"}`;
      throw analysisError(message, body.arms[i] ?? body);
    }
  }
  const columns = first.columns.map((column, i): OutputColumn => {
    const parts = arms.map((arm) => asTyped(arm.columns[i] as OutputColumn, ""));
    const type = commonType(parts);
    if (type === undefined) {
      const types = parts.map((part) => typeName(part.type)).join(", ");
      throw analysisError(`Column ${i + 1} in ${name} has incompatible types: ${types}`, body.arms[1] ?? body);
    }
    if (!body.all && !isGroupable(type)) {
      throw analysisError(
        `Column ${i + 1} in ${name} has type that does not support set operation comparisons: ${typeName(type)}`,
        body,
      );
    }
    const literal = parts.every((part) => part.literal?.kind === "null") ? column.literal : undefined;
    return { ...column, type, literal, origin: armsOrigin(arms, body, i) };
  });
  const chosenBy = armsChosenBy(arms, body);
  const rows = body.op === "UNION" && body.all ? constantRows(arms, columns) : undefined;
  if (rows !== undefined) return { ...valuesTable(rows, columns, env), valueTable: first.valueTable };
  if (!body.all && columns.some(({ type }) => type === COLLATED)) {
    const texts = arms.map((arm) => armText(arm, columns, env));
    return { sql: combinedRows(body.op, texts, columns, env), columns, valueTable: first.valueTable, chosenBy };
  }
  const separator = ` ${body.op}${body.all ? " ALL" : ""} `;
  const combined = arms.map((arm) => armText(arm, columns, env)).join(separator);
  const sql = body.all ? combined : withPlainZeros(combined, columns, env);
  return { sql, columns, valueTable: first.valueTable, chosenBy };
}

/** Of rows that are equal always the same one. */
function withPlainZeros(rows: string, columns: readonly OutputColumn[], env: Environment): string {
  if (!columns.some(({ type }) => type === "FLOAT64")) return rows;
  const alias = env.freshAlias();
  const items = columns.map(({ key, type }) => `${plainZero(`${alias}.${quoteName(key)}`, type)} AS ${quoteName(key)}`);
  return `SELECT ${items.join(", ")} FROM (${rows}) AS ${alias}`;
}

/** EXCEPT gives values of its first arm. */
function armsOrigin(arms: readonly ResolvedQuery[], { op }: { readonly op: string }, place: number) {
  const giving = op === "EXCEPT" ? arms.slice(0, 1) : arms;
  return union(giving.map(({ columns }) => columns[place]?.origin));
}

/** Without ALL rows are compared with each other. */
function armsChosenBy(arms: readonly ResolvedQuery[], { op, all }: { readonly op: string; readonly all: boolean }) {
  const compared = op === "UNION" && all ? [] : arms.flatMap(({ columns }) => columns.map(({ origin }) => origin));
  const origin = union([...arms.map(({ chosenBy }) => chosenBy), ...compared]);
  return origin && asRows(origin);
}

/** All rows of arms that are constants, coerced; undefined where one is not. */
function constantRows(arms: readonly ResolvedQuery[], columns: readonly OutputColumn[]): Typed[][] | undefined {
  const rows: Typed[][] = [];
  for (const arm of arms) {
    if (arm.rows === undefined) return undefined;
    for (const row of arm.rows) rows.push(row.map((value, i) => coerce(value, (columns[i] as OutputColumn).type)));
  }
  return rows;
}

/** One VALUES list is planned faster than a UNION ALL of single rows, and keeps their order. */
function valuesTable(rows: readonly (readonly Typed[])[], columns: readonly OutputColumn[], env: Environment) {
  const alias = env.freshAlias();
  const names = columns.map((column) => quoteName(column.key)).join(", ");
  const values = rows.map((row) => `(${row.map((value) => value.sql).join(", ")})`).join(", ");
  return { sql: `SELECT ${names} FROM (VALUES ${values}) AS ${alias}(${names})`, columns, rows };
}

/** An arm, its columns coerced where they differ, in parentheses so that its own ORDER BY and LIMIT stay its own. */
export function armText(arm: ResolvedQuery, columns: readonly OutputColumn[], env: Environment): string {
  const same = columns.every((column, i) => sameType(column.type, (arm.columns[i] as OutputColumn).type));
  if (same) return `(${arm.sql})`;
  const alias = env.freshAlias();
  const items = columns.map((column, i) => {
    const own = arm.columns[i] as OutputColumn;
    const value = asTyped(own, `${alias}.${quoteName(own.key)}`);
    return `${coerceColumn(value, column).sql} AS ${quoteName(column.key)}`;
  });
  return `(SELECT ${items.join(", ")} FROM (${arm.sql}) AS ${alias})`;
}

function coerceColumn(value: Typed, column: OutputColumn): Typed {
  if (value.literal?.kind === "null") return coerce(value, column.type);
  // The literal is inside the arm's text by now: a string column that stands for a date is converted at run time.
  if (coercionCost({ ...value, literal: undefined }, column.type) === undefined) {
    throw unsupported(
      `A ${typeName(value.type)} literal used as ${typeName(column.type)} in a set operation`,
      value.span,
    );
  }
  return coerce({ ...value, literal: undefined }, column.type);
}

export function asTyped(column: OutputColumn, sql: string): Typed {
  return { sql, type: column.type, span: column.span, literal: column.literal, nullable: true, uses: [] };
}

/** Two arms with the columns that BY NAME matches, in one order; a column that an arm does not have is NULL. */
function matchByName(arms: readonly ResolvedQuery[], byName: ByName, env: Environment): ResolvedQuery[] {
  const sides = arms.map((arm, i) => columnsByName(arm, i, byName));
  const [left, right] = sides as [Map<string, OutputColumn>, Map<string, OutputColumn>];
  const wanted = byName.columns?.map((column) => column.name.toLowerCase());
  for (const [i, key] of (wanted ?? []).entries()) {
    const missing = byName.mode === "FULL" ? !left.has(key) && !right.has(key) : !left.has(key);
    if (missing || (byName.mode === "INNER" && !right.has(key)))
      throw analysisError(
        `Column name ${byName.columns?.[i]?.name} specified in ON or BY clause is not found in both input queries`,
        byName.columns?.[i] ?? byName,
      );
  }
  const both = [...left.keys()].filter((key) => right.has(key));
  const names =
    wanted ??
    (byName.mode === "INNER"
      ? both
      : byName.mode === "FULL"
        ? [...left.keys(), ...[...right.keys()].filter((key) => !left.has(key))]
        : [...left.keys()]);
  if (byName.mode === "STRICT" && wanted === undefined && (both.length !== left.size || both.length !== right.size))
    throw analysisError(
      "BY NAME and STRICT CORRESPONDING require all input queries to have identical column names (in any order)",
      byName,
    );
  if (byName.mode !== "FULL" && both.length === 0)
    throw analysisError("There is no shared column between the input queries of a set operation by name", byName);
  return arms.map((arm, i) => reordered(arm, names, sides[i] as Map<string, OutputColumn>, sides, env));
}

function columnsByName(arm: ResolvedQuery, index: number, byName: ByName): Map<string, OutputColumn> {
  const columns = new Map<string, OutputColumn>();
  for (const [i, column] of arm.columns.entries()) {
    const key = column.name?.toLowerCase();
    if (key === undefined)
      throw analysisError(
        `Anonymous column (column ${i + 1}) in input query ${index + 1} of a set operation by name`,
        byName,
      );
    if (columns.has(key))
      throw analysisError(
        `Duplicate column name ${column.name} in input query ${index + 1} of a set operation by name`,
        byName,
      );
    columns.set(key, column);
  }
  return columns;
}

function reordered(
  arm: ResolvedQuery,
  names: readonly string[],
  own: ReadonlyMap<string, OutputColumn>,
  sides: readonly ReadonlyMap<string, OutputColumn>[],
  env: Environment,
): ResolvedQuery {
  const alias = env.freshAlias();
  const columns = names.map((name): OutputColumn => {
    const column = own.get(name);
    if (column !== undefined)
      return { ...column, literal: column.literal?.kind === "null" ? column.literal : undefined };
    const other = sides.flatMap((side) => side.get(name) ?? [])[0] as OutputColumn;
    return { ...other, literal: { kind: "null" }, origin: other.origin && new Gathered() };
  });
  const items = columns.map((column, i) => {
    const present = own.get(names[i] as string);
    const value =
      present === undefined ? `CAST(NULL AS ${valueType(column.type)})` : `${alias}.${quoteName(present.key)}`;
    return `${value} AS ${quoteName(column.key)}`;
  });
  return {
    sql: `SELECT ${items.join(", ")} FROM (${arm.sql}) AS ${alias}`,
    columns,
    valueTable: false,
    chosenBy: arm.chosenBy,
  };
}
