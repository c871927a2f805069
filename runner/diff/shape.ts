import { type Column, type SqlType, typeName } from "../port/sql-types.js";
import type { TableDiff } from "./table-diff.js";

/** How the columns of two relations differ; names are the same whatever their case. */
export function compareShapes(
  before: readonly Column[],
  after: readonly Column[],
): TableDiff["columns"] & { readonly common: readonly Column[] } {
  const byName = (columns: readonly Column[]) => new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const [was, is] = [byName(before), byName(after)];
  const typed = ({ name, type }: Column) => ({ name, type: typeName(type) });
  const shared = after.flatMap((column) => {
    const other = was.get(column.name.toLowerCase());
    return other === undefined ? [] : [{ column, other }];
  });
  const isRetyped = ({ column, other }: (typeof shared)[number]) => typeName(column.type) !== typeName(other.type);
  return {
    added: after.filter(({ name }) => !was.has(name.toLowerCase())).map(typed),
    removed: before.filter(({ name }) => !is.has(name.toLowerCase())).map(typed),
    retyped: shared
      .filter(isRetyped)
      .map(({ column, other }) => ({ name: column.name, before: typeName(other.type), after: typeName(column.type) })),
    common: shared.filter((pair) => !isRetyped(pair)).map(({ column }) => column),
  };
}

/** Values that can be compared, grouped and ordered as they are. */
export function isPlain(type: SqlType): boolean {
  return typeof type === "string" && type !== "JSON" && type !== "INTERVAL";
}
