import type { FromItem } from "../../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../../googlesql/catalog.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { foldProject } from "../../googlesql/project-names.js";
import { type Column, collationOf, typeName } from "../../port/sql-types.js";
import { duckdbType, quoteName, quoteString } from "../print/sql.js";
import { sameType } from "../types/equality.js";
import { type ResolvedFrom, tableText } from "./from.js";
import { tableColumn, union } from "./lineage.js";
import type { Environment, ScopeColumn } from "./scope.js";

/** What follows the prefix in the name of each table; a star does not give it. */
const SUFFIX = "_TABLE_SUFFIX";

interface Member {
  readonly suffix: string;
  readonly name: string;
  readonly table: CatalogTable;
}

export function isWildcard({ path }: Extract<FromItem, { kind: "table" }>): boolean {
  return path.at(-1)?.name.includes("*") === true;
}

/**
 * `` `ds.events_*` ``: the rows of every table of the prefix, with the columns of the newest, which is taken to be the last by name.
 * https://cloud.google.com/bigquery/docs/querying-wildcard-tables
 */
export function resolveWildcard(item: Extract<FromItem, { kind: "table" }>, env: Environment): ResolvedFrom {
  const members = membersOf(item, env);
  if (members.some(({ table }) => table.standIn !== undefined))
    throw unsupported("A wildcard over tables with row access policies", item.pathSpan);
  const newest = members.at(-1) as Member;
  const { columns } = newest.table;
  const arms = members.map((member) => {
    const values = columns.map((column) => `${columnOf(column, member, item)} AS ${quoteName(column.name)}`);
    const suffix = `${quoteString(member.suffix)} AS ${quoteName(SUFFIX)}`;
    return `SELECT ${[...values, suffix].join(", ")} FROM ${tableText(member.table)} AS m`;
  });
  const alias = env.freshAlias();
  const read = (name: string): string => `${alias}.${quoteName(name)}`;
  const own = columns.map(({ name, type }): ScopeColumn => ({ name, sql: read(name), type }));
  for (const { name, sql } of own)
    env.lineage?.define(sql, union(members.map(({ table }) => tableColumn(table.path, nameIn(table, name)))));
  const pseudo: ScopeColumn = { name: SUFFIX, sql: read(SUFFIX), type: "STRING", pseudo: true };
  const visible = [...own, pseudo];
  const name = item.alias?.name ?? item.path.at(-1)?.name ?? "";
  return {
    sql: `(${arms.join(" UNION ALL ")}) AS ${alias}`,
    visible: { columns: visible, ranges: [{ name, columns: visible, value: undefined }] },
  };
}

function membersOf(item: Extract<FromItem, { kind: "table" }>, { catalog }: Environment): Member[] {
  const written = item.path.map((part) => part.name);
  const path = catalog.whole?.(written) ?? written;
  const [dataset = "", pattern = ""] = foldProject(path, catalog.projects?.home);
  if (path.length < 2 || pattern.indexOf("*") !== pattern.length - 1)
    throw analysisError(
      `Wildcard table ${path.join(".")} must be a dataset and a prefix with * at its end`,
      item.pathSpan,
    );
  const prefix = `${dataset}.${pattern.slice(0, -1)}`;
  const own = membersNamed(prefix, (name) => name, catalog);
  // Tables of another project may have been loaded without it.
  const plain = path.slice(-2).join(".").slice(0, -1);
  const members =
    own.length > 0 || plain === prefix ? own : membersNamed(plain, (name) => `${path[0]}.${name}`, catalog);
  if (members.length === 0) throw analysisError(`${path.join(".")} does not match any table`, item.pathSpan);
  const view = members.find(({ table }) => table.isView);
  if (view !== undefined)
    throw analysisError(`Views cannot be queried through prefix. First view ${view.name}`, item.pathSpan);
  return members;
}

/** @param meant the name by which the query means a table */
function membersNamed(prefix: string, meant: (name: string) => string, catalog: Catalog): Member[] {
  return catalog
    .names()
    .filter((name) => name.startsWith(prefix))
    .sort()
    .flatMap((name): Member[] => {
      const table = catalog.find(meant(name).split("."));
      return table === undefined ? [] : [{ suffix: name.slice(prefix.length), name, table }];
    });
}

function nameIn({ columns }: CatalogTable, name = ""): string {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name ?? name;
}

/** A column of the newest table in another one; NULL where that has none of the name. */
function columnOf(column: Column, member: Member, item: Extract<FromItem, { kind: "table" }>): string {
  const own = member.table.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
  if (column.type === "BIGNUMERIC") throw unsupported("BIGNUMERIC in a wildcard table", item.pathSpan);
  if (collationOf(column) !== undefined) throw unsupported("COLLATE in a wildcard table", item.pathSpan);
  if (own === undefined) return `CAST(NULL AS ${duckdbType(column.type)})`;
  if (sameType(own.type, column.type)) return `m.${quoteName(own.name)}`;
  const types = `${typeName(own.type)} as ${typeName(column.type)}`;
  throw analysisError(`Cannot read field ${own.name} of ${member.name} of type ${types}`, item.pathSpan);
}
