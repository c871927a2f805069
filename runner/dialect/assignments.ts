import type { Expr, Identifier } from "../googlesql/ast.js";
import type { CatalogTable } from "../googlesql/catalog.js";
import { analysisError, unsupported } from "../googlesql/errors.js";
import { parseTypeText } from "../googlesql/parser/type.js";
import type { Assignment } from "../googlesql/script-ast.js";
import { type Column, type StructField, type StructType, typeName } from "../port/sql-types.js";
import { writtenColumn } from "./named-columns.js";
import { fieldAccess, quoteName, structLiteral } from "./print/sql.js";
import { resolveAssignment } from "./resolve/constant.js";
import type { ExprContext } from "./resolve/scope.js";
import { didYouMean } from "./resolve/suggest.js";
import { hasParameters, typeText } from "./resolve/type-node.js";

/** A table that rows are changed of: its columns, and how the statement names it. */
export interface AssignedTable {
  readonly table: CatalogTable;
  /** DuckDB alias. */
  readonly alias: string;
  /** The name by which the statement may qualify columns, in lower case. */
  readonly name: string;
}

/** One assignment to a column or to a field within it. */
interface Item {
  readonly fields: readonly Identifier[];
  readonly text: string;
  readonly value: Expr | "DEFAULT";
  readonly at: Identifier;
}

/** What a column becomes. */
export interface NewValue {
  readonly column: string;
  /** DuckDB text, or DEFAULT. */
  readonly sql: string;
}

/**
 * `SET a = 1, s.b.c = 2` as values of whole columns: a struct of which fields are assigned is written anew.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#update_statement
 */
export function newValues(set: readonly Assignment[], target: AssignedTable, ctx: ExprContext): NewValue[] {
  const items = new Map<string, { readonly column: Column; readonly items: Item[] }>();
  for (const { path, value } of set) {
    const [first, ...rest] = path as [Identifier, ...Identifier[]];
    const qualified = rest.length > 0 && first.name.toLowerCase() === target.name;
    const [column, ...fields] = (qualified ? rest : path) as [Identifier, ...Identifier[]];
    const own = writtenColumn(column, target.table);
    const known = items.get(own.name) ?? { column: own, items: [] };
    items.set(own.name, known);
    known.items.push({ fields, value, at: first, text: [column, ...fields].map((part) => part.name).join(".") });
  }
  const inSet = { ...ctx, clause: "UPDATE SET clause" };
  return [...items].map(([name, { column, items: own }]) => {
    const current = `${target.alias}.${quoteName(name)}`;
    return { column: name, sql: newValue(column, current, own, 0, inSet) };
  });
}

/** A value as the SET clause of UPDATE has it. */
export function setClause({ column, sql }: NewValue): string {
  return `${quoteName(column)} = ${sql}`;
}

/** The value of a column or field, of which `items` assign the whole or parts. */
function newValue(column: Column, current: string, items: readonly Item[], depth: number, ctx: ExprContext): string {
  const whole = items.find(({ fields }) => fields.length === depth);
  if (whole !== undefined) {
    const other = items.find((item) => item !== whole);
    if (other !== undefined)
      throw analysisError(
        other.fields.length === depth
          ? `Update item ${other.text} assigned more than once`
          : `Update item ${other.text} overlaps with ${whole.text}`,
        other.at,
      );
    if (depth > 0 && whole.value === "DEFAULT") throw unsupported("DEFAULT for a field", whole.at);
    return assigned(whole.value, column, ctx);
  }
  const { type } = column;
  const [first] = items as [Item, ...Item[]];
  const wanted = first.fields[depth] as Identifier;
  if (typeof type === "string" || type.kind !== "struct")
    throw analysisError(`Cannot access field ${wanted.name} on a value with type ${typeName(type)}`, wanted);
  const byField = groupByField(items, depth, type);
  const values = type.fields.map((field, i) => {
    const inner = fieldAccess(current, type, i);
    const own = byField.get(i);
    return own === undefined ? inner : newValue(fieldColumn(column, field, i), inner, own, depth + 1, ctx);
  });
  return structLiteral(type, values);
}

/** A field of a column as if it were a column itself. */
function fieldColumn({ name, declared }: Column, field: StructField, index: number): Column {
  const node = declared === undefined ? undefined : parseTypeText(declared);
  const own = node?.kind === "structType" ? node.fields[index]?.type : undefined;
  const parameters = own !== undefined && hasParameters(own) ? { declared: typeText(own) } : {};
  return { name: `${name}.${field.name}`, type: field.type, ...parameters };
}

function groupByField(items: readonly Item[], depth: number, type: StructType): ReadonlyMap<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const wanted = item.fields[depth] as Identifier;
    const index = type.fields.findIndex(({ name }) => name?.toLowerCase() === wanted.name.toLowerCase());
    if (index < 0) {
      const names = type.fields.flatMap(({ name }) => name ?? []);
      const hint = didYouMean(wanted.name, names);
      throw analysisError(`Field name ${wanted.name} does not exist in ${typeName(type)}${hint}`, wanted);
    }
    groups.set(index, [...(groups.get(index) ?? []), item]);
  }
  return groups;
}

export function assigned(value: Expr | "DEFAULT", column: Column, ctx: ExprContext): string {
  return value === "DEFAULT" ? "DEFAULT" : resolveAssignment(value, column, ctx).sql;
}
