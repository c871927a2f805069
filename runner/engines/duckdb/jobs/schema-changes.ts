import type { DuckDBConnection } from "@duckdb/node-api";
import { declaration } from "../../../dialect/alter.js";
import { typeWithField } from "../../../dialect/declared-field.js";
import { addedColumn } from "../../../dialect/print/added-column.js";
import type { Relation } from "../../../port/port.js";
import type { SchemaChange } from "../../../port/sql-jobs.js";
import { type Column, isSameName, type SqlType } from "../../../port/sql-types.js";
import { layoutSql } from "../catalog.js";
import { quoteName, quotePath } from "../quote.js";
import { duckdbType } from "../types.js";

/** Changes the fields of a table within the caller's transaction. */
export async function changeFields(
  connection: DuckDBConnection,
  relation: Relation,
  changes: readonly SchemaChange[],
): Promise<void> {
  const { id } = relation;
  let { columns } = relation;
  for (const change of changes) {
    if (change.kind === "cluster") await connection.run(layoutSql(id, { ...relation, clusterBy: change.by }));
    else for (const sql of changeSql(id, columns, change)) await connection.run(sql);
    if (change.kind === "add") columns = columnsWith(columns, change);
  }
}

type Addition = Extract<SchemaChange, { kind: "add" }>;

function changeSql(
  id: Relation["id"],
  columns: readonly Column[],
  change: Exclude<SchemaChange, { kind: "cluster" }>,
): readonly string[] {
  const alter = `ALTER TABLE ${quotePath(id)}`;
  if (change.kind === "relax") return [`${alter} ALTER COLUMN ${quoteName(change.column)} DROP NOT NULL`];
  if (change.kind === "declare") return [declaration([id.dataset, id.name], change.column, change.declared)];
  const { path, column } = change;
  const type = duckdbType(column.type);
  const isArray = typeof column.type === "object" && column.type.kind === "array";
  const place = [...enginePath(columns, path), column.name].map(quoteName).join(".");
  // A missing array is an empty one.
  const within = `${alter} ADD COLUMN ${place} ${type}${isArray ? ` DEFAULT CAST([] AS ${type})` : ""}`;
  const added = path.length === 0 ? addedColumn(quotePath(id), column) : [within];
  const outer = columnsWith(columns, change).find(({ name }) => isSameName(name, path[0] ?? column.name));
  // Parameters within a STRUCT are kept for the whole of it.
  if (outer?.declared === undefined) return added;
  return [...added, declaration([id.dataset, id.name], outer.name, outer.declared)];
}

/** The columns of a table behind an addition. */
function columnsWith(columns: readonly Column[], { path: [first, ...rest], column }: Addition): readonly Column[] {
  if (first === undefined) return [...columns, column];
  return columns.map((own) => (isSameName(own.name, first) ? { ...own, ...typeWithField(own, rest, column) } : own));
}

/** The path to the fields of a STRUCT as the engine has it, which names the elements of arrays too. */
function enginePath(
  columns: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  [first, ...rest]: readonly string[],
): readonly string[] {
  if (first === undefined) return [];
  const own = columns.find(({ name }) => isSameName(name, first));
  const isArray = typeof own?.type === "object" && own.type.kind === "array";
  const inner = typeof own?.type === "object" && own.type.kind === "array" ? own.type.element : own?.type;
  const fields = typeof inner === "object" && inner.kind === "struct" ? inner.fields : [];
  return [own?.name ?? first, ...(isArray ? ["element"] : []), ...enginePath(fields, rest)];
}
