import type { Query } from "../../googlesql/ast.js";
import type { Catalog } from "../../googlesql/catalog.js";
import { analysisError } from "../../googlesql/errors.js";
import { COLLATED, type Column, type SqlType, withCollation } from "../../port/sql-types.js";
import type { TranslatedQuery } from "../contract.js";
import { fieldAccess, fieldKeys, holdsBignumeric, quoteName, structLiteral } from "../print/sql.js";
import { holdsArray, storedArrays } from "../print/stored-arrays.js";
import { plainType, refuseCollation } from "../types/collation.js";
import { withAggregateBodies } from "./aggregate-functions.js";
import { fieldOrigin, type LineageRecorder, queryLineage } from "./lineage.js";
import { resolveQuery } from "./query.js";
import { Environment, type OutputColumn, type ResolvedQuery, type Scope } from "./scope.js";

export type ResultShape = "bigquery" | "reference" | "view" | "renamed" | "declared";

/** Results whose arrays are as BigQuery stores them. */
const STORED: ReadonlySet<ResultShape> = new Set(["bigquery", "renamed", "declared"]);

/** What is stored has names for its columns. */
export function requireNames({ unnamed }: TranslatedQuery, what: "CREATE TABLE" | "CREATE VIEW"): void {
  if (unnamed === undefined) return;
  throw analysisError(`${what} columns must be named, but column ${unnamed.position} has no name`, unnamed.span);
}

/**
 * A whole query with final column names: anonymous columns become f0_, f1_, .. as in BigQuery.
 * @param shape `view`: what BigQuery computes anew for every reader, whose NULL arrays are not empty; `renamed`: columns of one name are
 *   told apart by numbers, as the service does for rows that go to no table
 */
export function finishQuery(
  query: Query,
  catalog: Catalog,
  shape: ResultShape,
  variables?: Scope | undefined,
  lineage?: LineageRecorder,
): TranslatedQuery {
  const language = shape === "reference" ? shape : "bigquery";
  const env = new Environment(catalog, language, lineage);
  const whole = withAggregateBodies(query, catalog);
  const resolved = outputValues(resolveQuery(whole, env, new Map(), variables), env, shape);
  const collations = shape === "declared" ? "kept" : shape === "bigquery" || shape === "view" ? "refused" : "lost";
  return nameOutput(shape === "renamed" ? distinctNames(resolved) : resolved, env, language, collations);
}

/** A query whose rows go into variables, which hold values as queries compute with them. */
export function finishRows(query: Query, catalog: Catalog, variables: Scope | undefined): TranslatedQuery {
  const env = new Environment(catalog, "bigquery");
  return nameOutput(resolveQuery(withAggregateBodies(query, catalog), env, new Map(), variables), env, "bigquery");
}

/** The second column `a` becomes `a_1`. */
function distinctNames(resolved: ResolvedQuery): ResolvedQuery {
  if (resolved.valueTable) return resolved;
  const given = new Set(resolved.columns.map(({ name }) => name?.toLowerCase()));
  const seen = new Set<string>();
  const columns = resolved.columns.map((column) => {
    const { name } = column;
    if (name === undefined || !seen.has(name.toLowerCase())) {
      seen.add(name?.toLowerCase() ?? "");
      return column;
    }
    let number = 1;
    while (given.has(`${name}_${number}`.toLowerCase())) number += 1;
    given.add(`${name}_${number}`.toLowerCase());
    return { ...column, name: `${name}_${number}` };
  });
  return { ...resolved, columns };
}

/** What becomes of the collations of columns: the declaration of a table keeps them. */
type Collations = "kept" | "refused" | "lost";

function declaredColumn({ type, span }: OutputColumn, collations: Collations): Omit<Column, "name"> {
  if (collations !== "kept") return { type: plainType(type) };
  if (type === COLLATED) return { type: "STRING", declared: withCollation("STRING") };
  refuseCollation(type, "an ARRAY or STRUCT column of a table", span);
  return { type };
}

function nameOutput(
  resolved: ResolvedQuery,
  env: Environment,
  shape: Environment["shape"],
  collations: Collations = "lost",
): TranslatedQuery {
  const flat = shape === "bigquery" ? flattenValueTable(resolved, env) : resolved;
  let anonymous = 0;
  const columns: Column[] = [];
  const seen = new Set<string>();
  let unnamed: TranslatedQuery["unnamed"];
  for (const [i, column] of flat.columns.entries()) {
    if (column.name === undefined) unnamed ??= { position: i + 1, span: column.span };
    const name = column.name ?? `f${anonymous++}_`;
    if (seen.has(name.toLowerCase()) && shape === "bigquery") {
      throw analysisError(
        `Duplicate column names in the result are not supported. Found duplicate(s): ${name}`,
        column.span,
      );
    }
    seen.add(name.toLowerCase());
    if (collations === "refused") refuseCollation(column.type, "a column of a view or model", column.span);
    columns.push({ name, ...declaredColumn(column, collations) });
  }
  const lineage =
    env.lineage &&
    queryLineage(
      columns.map(({ name }, i) => ({ name, origin: flat.columns[i]?.origin })),
      flat.chosenBy,
    );
  const renamed = columns.some((column, i) => column.name !== flat.columns[i]?.key);
  if (!renamed || seen.size < columns.length) return { sql: flat.sql, columns, unnamed, lineage };
  const alias = env.freshAlias();
  const items = columns.map(
    (column, i) => `${alias}.${quoteName(flat.columns[i]?.key ?? "")} AS ${quoteName(column.name)}`,
  );
  return { sql: `SELECT ${items.join(", ")} FROM (${flat.sql}) AS ${alias}`, columns, unnamed, lineage };
}

/**
 * BIGNUMERIC columns as DuckDB stores them, for the reference's results as text, which holds all digits; arrays as BigQuery answers with
 * and stores them.
 */
function outputValues(resolved: ResolvedQuery, env: Environment, shape: ResultShape): ResolvedQuery {
  const arrays = STORED.has(shape) && resolved.columns.some(({ type }) => holdsArray(type));
  if (!arrays && !resolved.columns.some(({ type }) => holdsBignumeric(type))) return resolved;
  const alias = env.freshAlias();
  let unnamed = 0;
  const items = resolved.columns.map((column) => {
    const key = quoteName(column.key);
    const name = column.name ?? `f${unnamed++}_`;
    const value = outputNumber(`${alias}.${key}`, column, shape);
    return `${arrays ? storedArrays(value, column.type, name) : value} AS ${key}`;
  });
  return { ...resolved, sql: `SELECT ${items.join(", ")} FROM (${resolved.sql}) AS ${alias}`, rows: undefined };
}

function outputNumber(sql: string, column: OutputColumn, shape: ResultShape, type: SqlType = column.type): string {
  if (!holdsBignumeric(type)) return sql;
  if (typeof type === "string")
    return shape === "reference"
      ? `bq_bignumeric_text(${sql})`
      : `CAST(bq_bignumeric_decimal(${sql}, 18, true) AS DECIMAL(38,18))`;
  if (type.kind === "array")
    return `list_transform(${sql}, lambda o: ${outputNumber("o", column, shape, type.element)})`;
  const values = type.fields.map((field, i) => outputNumber(fieldAccess(sql, type, i), column, shape, field.type));
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${structLiteral(type, values)} END`;
}

/** `SELECT AS STRUCT ..` at the top gives the struct's fields as columns. */
function flattenValueTable(resolved: ResolvedQuery, env: Environment): ResolvedQuery {
  const [column] = resolved.columns;
  if (
    !resolved.valueTable ||
    column === undefined ||
    typeof column.type === "string" ||
    column.type.kind !== "struct"
  ) {
    return resolved;
  }
  const { type } = column;
  const alias = env.freshAlias();
  const keys = fieldKeys(type);
  const value = `${alias}.${quoteName(column.key)}`;
  const items = type.fields.map((_, i) => `${fieldAccess(value, type, i)} AS ${quoteName(keys[i] as string)}`);
  const columns = type.fields.map((field, i) => ({
    ...column,
    name: field.name,
    key: keys[i] as string,
    type: field.type,
    literal: undefined,
    origin: fieldOrigin(column.origin, field.name),
  }));
  const sql = `SELECT ${items.join(", ")} FROM (${resolved.sql}) AS ${alias}`;
  return { sql, columns, valueTable: false, chosenBy: resolved.chosenBy };
}
