import { quoteIdentifier } from "../googlesql/quote.js";
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
  return typeof type === "string" && type !== "JSON" && type !== "INTERVAL" && type !== "GEOGRAPHY";
}

/** A value that is not plain as a text. */
export function wholeText(column: string, type: SqlType): string {
  return type === "GEOGRAPHY" ? writable(column, type) : `TO_JSON_STRING(${writable(column, type)})`;
}

/** A value with WKT for GEOGRAPHY, which JSON does not have. */
export function writable(value: string, type: SqlType, depth = 0): string {
  if (!holdsGeography(type)) return value;
  if (typeof type === "string") return `ST_ASTEXT(${value})`;
  if (type.kind === "array") {
    const item = `item${depth}`;
    const text = writable(item, type.element, depth + 1);
    return `ARRAY(SELECT ${text} FROM UNNEST(${value}) AS ${item} WITH OFFSET AS place ORDER BY place)`;
  }
  const fields = type.fields.map(({ name = "", type: own }) => {
    const field = quoteIdentifier(name);
    return `${writable(`${value}.${field}`, own, depth)} AS ${field}`;
  });
  return `IF(${value} IS NULL, NULL, STRUCT(${fields.join(", ")}))`;
}

function holdsGeography(type: SqlType): boolean {
  if (typeof type === "string") return type === "GEOGRAPHY";
  return type.kind === "array" ? holdsGeography(type.element) : type.fields.some((field) => holdsGeography(field.type));
}
