import type { Expr, FromItem, Identifier } from "../../googlesql/ast.js";
import type { CatalogTable } from "../../googlesql/catalog.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { isFieldPath } from "../../googlesql/names.js";
import { foldedKey } from "../../googlesql/project-names.js";
import { isSystemTable } from "../../googlesql/system-tables.js";
import { PARTITION_DATE, PARTITION_TIME } from "../../port/ingestion-time.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { duckdbType, fieldAccess, holdsBignumeric, quoteName, quotePath } from "../print/sql.js";
import { columnType } from "../types/collation.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { resolveGapFill } from "./gap-fill.js";
import { resolveJoin } from "./joins.js";
import { fieldOrigin, gatherValue, tableColumn } from "./lineage.js";
import { flattenField, isVisibleName, resolvePath } from "./names.js";
import { resolvePivot } from "./pivot.js";
import { resolveQuery } from "./query.js";
import {
  type CommonTables,
  Environment,
  type ExprContext,
  NOTHING_VISIBLE,
  type OutputColumn,
  type Passed,
  type PassedColumn,
  type RangeVariable,
  type ResolvedQuery,
  type Scope,
  type ScopeColumn,
  type Visible,
} from "./scope.js";
import { resolveSessionize } from "./sessionize.js";
import { didYouMean } from "./suggest.js";
import { sampleCondition } from "./table-sample.js";
import { resolveUnpivot } from "./unpivot.js";
import { resolveTableCall } from "./user-functions.js";
import { isWildcard, resolveWildcard } from "./wildcard.js";

export interface ResolvedFrom {
  readonly sql: string;
  readonly visible: Visible;
}

/** Where a FROM item stands: what is to its left is visible to arrays only. */
export interface FromContext {
  readonly env: Environment;
  readonly commons: CommonTables;
  readonly parent: Scope | undefined;
  readonly left: Visible;
}

export function resolveFrom(
  item: FromItem,
  env: Environment,
  commons: CommonTables,
  parent: Scope | undefined,
): ResolvedFrom {
  return resolveFromItem(item, { env, commons, parent, left: NOTHING_VISIBLE });
}

export function resolveFromItem(item: FromItem, from: FromContext): ResolvedFrom {
  switch (item.kind) {
    case "table":
      return resolveTable(item, from);
    case "tableCall": {
      const query = resolveTableCall(item, from);
      from.env.lineage?.add(query.chosenBy);
      return relation(`(${query.sql})`, query.columns, query.valueTable, item.alias ?? item.path.at(-1), from.env);
    }
    case "sessionize":
      return resolveSessionize(item, from);
    case "gapFill":
      return resolveGapFill(item, from);
    case "unnest":
      return unnest(() => resolveArrayPath(item.array, lateralContext(from, "UNNEST")), item, item.alias, from);
    case "derived": {
      const query = resolveQuery(item.query, from.env, from.commons, from.parent, item.passesAliases);
      from.env.lineage?.add(query.chosenBy);
      if (query.passed !== undefined) return passedRelation(query, query.passed, from.env);
      return relation(`(${query.sql})`, query.columns, query.valueTable, item.alias, from.env);
    }
    case "join":
      return resolveJoin(item, from);
    case "pivot":
      return resolvePivot(item, from);
    case "unpivot":
      return resolveUnpivot(item, from);
  }
}

/** The array of an UNNEST, whose path may go through arrays of structs. */
function resolveArrayPath(expr: Expr, ctx: ExprContext): Typed {
  if (expr.kind === "path" && expr.parts.length > 1) return resolvePath(expr.parts, ctx.scope, ctx.env, flattenField);
  if (expr.kind === "field") return flattenField(resolveArrayPath(expr.target, ctx), expr.field);
  return resolveExpr(expr, ctx);
}

/** An expression context in which the columns to the left are visible. */
export function lateralContext(from: FromContext, clause: string): ExprContext {
  const scope: Scope = { ...from.left, parent: from.parent, owner: {}, aliases: undefined, groupKeys: undefined };
  return {
    env: from.env,
    commons: from.commons,
    scope,
    clause,
    aggregates: "forbidden",
    windows: false,
    namedWindows: new Map(),
  };
}

function resolveTable(item: Extract<FromItem, { kind: "table" }>, from: FromContext): ResolvedFrom {
  const [first] = item.path as [Identifier];
  const scope = lateralContext(from, "FROM clause").scope;
  if (isFieldPath(item.path) && isVisibleName(first.name, scope)) {
    return unnest(
      () => resolvePath(item.path, scope, from.env, flattenField),
      item,
      item.alias ?? item.path.at(-1),
      from,
    );
  }
  if (item.offset !== undefined) throw analysisError("WITH OFFSET can only be used with an array", item.offset);
  const alias = item.alias ?? (item.path.at(-1) as Identifier);
  const common = item.path.length === 1 ? from.commons.get(first.name.toLowerCase()) : undefined;
  if (common !== undefined) {
    if (item.sample !== undefined)
      throw analysisError("TABLESAMPLE SYSTEM can only be applied directly to tables", item.sample);
    from.env.lineage?.add(common.chosenBy);
    return relation(quoteName(common.sqlName), common.columns, common.valueTable, alias, from.env);
  }
  const path = item.path.map((part) => part.name);
  if (isWildcard(item) && item.sample !== undefined) throw unsupported("TABLESAMPLE of a wildcard table", item.sample);
  if (isWildcard(item)) return resolveWildcard(item, from.env);
  const table = from.env.catalog.find(path);
  if (table === undefined) {
    if (isSystemTable(path.join("."))) {
      const name = path.slice(-2).join(".");
      throw unsupported(from.env.catalog.isOfView === true ? `${name} in a view` : name, item.pathSpan);
    }
    const names = [...from.env.catalog.names(), ...[...from.commons.values()].map((entry) => entry.sqlName)];
    const wanted = foldedKey(path, from.env.catalog.projects?.home);
    throw analysisError(`Table not found: ${path.join(".")}${didYouMean(wanted, names)}`, item.pathSpan);
  }
  // Where versions are kept, one stands in the place of the table by now.
  if (item.systemTime !== undefined) throw unsupported("FOR SYSTEM_TIME AS OF", item.systemTime);
  const sample = item.sample && sampleCondition(item.sample, table, lateralContext(from, "TABLESAMPLE"));
  if (table.standIn !== undefined) return relationInPlace(table, table.standIn, item, alias, from);
  const isRecorded = from.env.lineage !== undefined;
  const columns = table.columns.map((column): OutputColumn => {
    const { name } = column;
    const type = columnType(column);
    const origin = isRecorded ? tableColumn(table.path, name) : undefined;
    return { name, key: name, type, literal: undefined, span: item.pathSpan, origin };
  });
  return withArrival(relation(tableText(table, sample), columns, false, alias, from.env), table, from.env);
}

/** What stands in the place of a table, under the names of its columns. */
function relationInPlace(
  table: CatalogTable,
  { query, catalog }: NonNullable<CatalogTable["standIn"]>,
  { pathSpan }: Extract<FromItem, { kind: "table" }>,
  alias: Identifier,
  { env }: FromContext,
): ResolvedFrom {
  const resolved = resolveQuery(query, new Environment(catalog, env.shape), new Map(), undefined);
  const columns = table.columns.map(
    (column): OutputColumn => ({
      name: column.name,
      key: column.name,
      type: columnType(column),
      literal: undefined,
      span: pathSpan,
    }),
  );
  const names = columns.map(({ key }) => quoteName(key)).join(", ");
  return relation(`(SELECT * FROM (${resolved.sql}) AS s(${names}))`, columns, false, alias, env);
}

/** The pseudo columns of a table that is partitioned by the time at which its rows came. */
export function withArrival(resolved: ResolvedFrom, { layout, path }: CatalogTable, env: Environment): ResolvedFrom {
  if (layout?.ingestion === undefined) return resolved;
  const alias = resolved.sql.slice(resolved.sql.lastIndexOf(" ") + 1);
  const time: ScopeColumn = {
    name: PARTITION_TIME,
    sql: `${alias}."${PARTITION_TIME}"`,
    type: "TIMESTAMP",
    pseudo: true,
  };
  const date: ScopeColumn = { name: PARTITION_DATE, sql: `CAST(${time.sql} AS DATE)`, type: "DATE", pseudo: true };
  const pseudo = layout.ingestion === "DAY" ? [time, date] : [time];
  for (const column of pseudo) env.lineage?.define(column.sql, tableColumn(path, PARTITION_TIME));
  const { columns, ranges } = resolved.visible;
  return {
    ...resolved,
    visible: {
      columns: [...columns, ...pseudo],
      ranges: ranges.map((range) => ({ ...range, columns: [...range.columns, ...pseudo] })),
    },
  };
}

/**
 * A stored BIGNUMERIC becomes the bytes that are computed with.
 * @param condition which rows; undefined: all of them
 */
export function tableText({ path: parts, columns }: CatalogTable, condition?: string): string {
  const path = quotePath(parts);
  const nested = columns.find(({ type }) => typeof type === "object" && holdsBignumeric(type));
  if (nested !== undefined) throw unsupported(`BIGNUMERIC within column ${nested.name}`, { start: 0, end: 0 });
  const replaced = columns
    .filter(({ type }) => type === "BIGNUMERIC")
    .map(({ name }) => `bq_bignumeric(CAST(${quoteName(name)} AS VARCHAR)) AS ${quoteName(name)}`);
  if (replaced.length === 0 && condition === undefined) return path;
  const rows = condition === undefined ? path : `${path} WHERE ${condition}`;
  return `(SELECT *${replaced.length === 0 ? "" : ` REPLACE (${replaced.join(", ")})`} FROM ${rows})`;
}

/** A table, CTE or subquery under a fresh DuckDB alias. */
export function relation(
  source: string,
  columns: readonly OutputColumn[],
  valueTable: boolean,
  alias: Identifier | undefined,
  env: Environment,
): ResolvedFrom {
  const sqlAlias = env.freshAlias();
  const sql = `${source} AS ${sqlAlias}`;
  const [single] = columns;
  if (valueTable && single !== undefined) {
    const value = `${sqlAlias}.${quoteName(single.key)}`;
    env.lineage?.define(value, single.origin);
    return { sql, visible: valueVisible(value, single.type, alias, env) };
  }
  for (const { key, origin } of columns) env.lineage?.define(`${sqlAlias}.${quoteName(key)}`, origin);
  const visible = columns.map(
    ({ name, key, type }): ScopeColumn => ({ name, sql: `${sqlAlias}.${quoteName(key)}`, type }),
  );
  const ranges: RangeVariable[] = alias === undefined ? [] : [{ name: alias.name, columns: visible, value: undefined }];
  return { sql, visible: { columns: visible, ranges } };
}

/** The rows of a pipe, with what they are still known by. */
function passedRelation(
  { sql: query, columns }: ResolvedQuery,
  { hidden, ranges, pseudo }: Passed,
  env: Environment,
): ResolvedFrom {
  const sqlAlias = env.freshAlias();
  const text = (key: string): string => `${sqlAlias}.${quoteName(key)}`;
  for (const { key, origin } of [...columns, ...hidden]) env.lineage?.define(text(key), origin);
  const read = ({ name, key, type, pseudo: isPseudo }: PassedColumn): ScopeColumn => {
    return { name, sql: text(key), type, pseudo: isPseudo };
  };
  const named = ranges.flatMap(({ name, columns: own, value }): readonly RangeVariable[] =>
    value === undefined
      ? [{ name, columns: own.map(read), value }]
      : valueVisible(text(value.key), value.type, { name, start: 0, end: 0 }, env).ranges,
  );
  const visible = [...columns, ...pseudo].map(read);
  return { sql: `(${query}) AS ${sqlAlias}`, visible: { columns: visible, ranges: named } };
}

/** A DuckDB name that none of the columns has yet: names may repeat in GoogleSQL as long as nothing reads them. */
export function uniqueKey(name: string, columns: readonly OutputColumn[]): string {
  const used = new Set(columns.map((column) => column.key.toLowerCase()));
  let key = name;
  for (let n = 1; used.has(key.toLowerCase()); n += 1) key = `${name}_${n}`;
  return key;
}

/** A value table: the fields of a struct are columns, any other value is one column named by the alias. */
export function valueVisible(
  sql: string,
  type: SqlType,
  alias: Identifier | undefined,
  { lineage }: Environment,
): Visible {
  const isStruct = typeof type === "object" && type.kind === "struct";
  const columns: ScopeColumn[] = isStruct
    ? type.fields.map((field, i) => ({ name: field.name, sql: fieldAccess(sql, type, i), type: field.type }))
    : [{ name: alias?.name, sql, type }];
  if (isStruct) for (const column of columns) lineage?.define(column.sql, fieldOrigin(lineage.of(sql), column.name));
  return { columns, ranges: alias === undefined ? [] : [{ name: alias.name, columns, value: { sql, type } }] };
}

/** A field of a NULL that is written has no type to DuckDB, of which UNNEST wants to know that it is a list. */
function typedField(array: Typed): Typed {
  return array.sql.startsWith("struct_extract(") && array.sql.includes("CAST(NULL AS STRUCT")
    ? { ...array, sql: `CAST(${array.sql} AS ${duckdbType(array.type)})` }
    : array;
}

function unnest(
  resolveArgument: () => Typed,
  item: Extract<FromItem, { kind: "unnest" | "table" }>,
  alias: Identifier | undefined,
  from: FromContext,
): ResolvedFrom {
  const array = typedField(gatherValue(from.env, resolveArgument));
  if (typeof array.type === "string" || array.type.kind !== "array") {
    throw analysisError(
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeName(array.type)}`,
      array.span,
    );
  }
  const sqlAlias = from.env.freshAlias();
  const { element } = array.type;
  const value = `${sqlAlias}.v`;
  from.env.lineage?.define(value, from.env.lineage.of(array.sql));
  // DuckDB misreads a lambda (many macros hold one) in the argument of a table function, but not in a SELECT list.
  const plain = !/\bbq\.|\blambda\b/.test(array.sql);
  const position = item.kind === "unnest" ? item.position : undefined;
  if (item.offset === undefined && position === undefined) {
    const sql = plain ? `unnest(${array.sql}) AS ${sqlAlias}(v)` : `(SELECT unnest(${array.sql}) AS v) AS ${sqlAlias}`;
    return { sql, visible: valueVisible(value, element, alias, from.env) };
  }
  const visible = valueVisible(value, element, alias, from.env);
  const rows = plain
    ? `SELECT u.v, u.o - 1 AS o FROM unnest(${array.sql}) WITH ORDINALITY AS u(v, o)`
    : `SELECT unnest(l.a) AS v, unnest(range(len(l.a))) AS o FROM (SELECT ${array.sql} AS a) AS l`;
  const sql = `(${rows}) AS ${sqlAlias}`;
  const place = (name: string): ScopeColumn => ({ name, sql: `${sqlAlias}.o`, type: "INT64" });
  const hidden = position === undefined ? [] : [{ ...place(position), pseudo: true }];
  const { offset } = item;
  if (offset === undefined) return { sql, visible: { ...visible, columns: [...visible.columns, ...hidden] } };
  const column = place(offset.name);
  const range: RangeVariable = { name: offset.name, columns: [column], value: { sql: column.sql, type: "INT64" } };
  const ranges = offset.implicit === true ? visible.ranges : [...visible.ranges, range];
  return { sql, visible: { columns: [...visible.columns, column, ...hidden], ranges } };
}
