import type { DuckDBConnection } from "@duckdb/node-api";
import { declaration } from "../../../dialect/alter.js";
import type { Relation } from "../../../port/port.js";
import type { SchemaChange } from "../../../port/sql-jobs.js";
import { isSameName, type SqlType, typeName } from "../../../port/sql-types.js";
import { quoteName, quotePath } from "../quote.js";
import { duckdbType } from "../types.js";

/** Changes the fields of a table within the caller's transaction. */
export async function changeFields(
  connection: DuckDBConnection,
  relation: Relation,
  changes: readonly SchemaChange[],
): Promise<void> {
  for (const sql of changes.flatMap((change) => changeSql(relation, change))) await connection.run(sql);
}

function changeSql({ id, columns }: Relation, change: SchemaChange): readonly string[] {
  const alter = `ALTER TABLE ${quotePath(id)}`;
  if (change.kind === "relax") return [`${alter} ALTER COLUMN ${quoteName(change.column)} DROP NOT NULL`];
  const { path, column } = change;
  const type = duckdbType(column.type);
  const isArray = typeof column.type === "object" && column.type.kind === "array";
  const place = [...enginePath(columns, path), column.name].map(quoteName).join(".");
  // A missing array is an empty one.
  const added = `${alter} ADD COLUMN ${place} ${type}${isArray ? ` DEFAULT CAST([] AS ${type})` : ""}`;
  const { declared } = column;
  const outer = columns.find(({ name }) => isSameName(name, path[0]));
  // Parameters within a STRUCT are kept for the whole of it, which is another one now.
  if (outer?.declared !== undefined) return [added, declaration([id.dataset, id.name], outer.name, undefined)];
  if (path.length > 0 || declared === undefined || declared === typeName(column.type)) return [added];
  return [added, declaration([id.dataset, id.name], column.name, declared)];
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
