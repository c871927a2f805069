import type { SqlValue } from "../../port/port.js";
import type { JobRows } from "../../port/sql-jobs.js";
import { type Column, isSameName, type SqlType } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";
import type { FieldSchema } from "../protocol/schema.js";

/** Fields that a client asks for, by lower name; what is within them, or all of it. */
export interface FieldTree extends ReadonlyMap<string, FieldTree | undefined> {}

/** `a,b.c`: undefined where nothing is asked for, which means all. */
export function fieldTree(text: string | undefined): FieldTree | undefined {
  const paths = (text ?? "").split(",").map((path) => path.trim().toLowerCase());
  return treeOf(paths.filter((path) => path !== "").map((path) => path.split(".")));
}

function treeOf(paths: readonly (readonly string[])[]): FieldTree | undefined {
  if (paths.length === 0 || paths.some((path) => path.length === 0)) return undefined;
  const byName = new Map<string, (readonly string[])[]>();
  for (const [name = "", ...rest] of paths) byName.set(name, [...(byName.get(name) ?? []), rest]);
  return new Map([...byName].map(([name, inner]) => [name, treeOf(inner)]));
}

/** The fields of a schema that are asked for. */
export function selectedFields(fields: readonly FieldSchema[], tree: FieldTree | undefined): readonly FieldSchema[] {
  if (tree === undefined) return fields;
  return fields.flatMap((field) => {
    if (!tree.has(field.name.toLowerCase())) return [];
    const inner = tree.get(field.name.toLowerCase());
    return [field.fields === undefined ? field : { ...field, fields: selectedFields(field.fields, inner) }];
  });
}

/**
 * Rows with the fields that are asked for alone.
 * @throws ApiError for a field that they do not have
 */
export function selectedRows(rows: JobRows, tree: FieldTree | undefined): JobRows {
  if (tree === undefined) return rows;
  const { indexes, columns, narrow } = narrowing(rows.columns, tree, "");
  return {
    columns,
    count: rows.count,
    read: (start, count) =>
      rows.read(start, count).map((row) => indexes.map((from, to) => narrow[to]?.(row[from] ?? null) ?? null)),
  };
}

type Narrow = (value: SqlValue) => SqlValue;

interface Field {
  readonly name: string | undefined;
  readonly type: SqlType;
}

/** @throws ApiError for a name that is none of the fields' */
export function requireFields(columns: readonly Field[], tree: FieldTree, within = ""): void {
  for (const name of tree.keys())
    if (!columns.some((column) => isSameName(column.name, name)))
      throw new ApiError("invalid", `No such field: ${within}${name}.`, "selectedFields");
}

function narrowing(fields: readonly Field[], tree: FieldTree, within: string) {
  requireFields(fields, tree, within);
  const indexes: number[] = [];
  const columns: Column[] = [];
  const narrow: Narrow[] = [];
  for (const [index, { name = "", type }] of fields.entries()) {
    if (!tree.has(name.toLowerCase())) continue;
    const inner = narrowed(type, tree.get(name.toLowerCase()), `${within}${name}.`);
    indexes.push(index);
    columns.push({ name, type: inner.type });
    narrow.push(inner.narrow);
  }
  return { indexes, columns, narrow };
}

function narrowed(type: SqlType, tree: FieldTree | undefined, within: string): { type: SqlType; narrow: Narrow } {
  if (tree === undefined) return { type, narrow: (value) => value };
  if (typeof type === "object" && type.kind === "array") {
    const { type: element, narrow } = narrowed(type.element, tree, within);
    const each: Narrow = (value) => (Array.isArray(value) ? value.map((item) => narrow(item as SqlValue)) : value);
    return { type: { kind: "array", element }, narrow: each };
  }
  const fields = typeof type === "object" ? type.fields : [];
  const { columns, narrow } = narrowing(fields, tree, within);
  return {
    type: { kind: "struct", fields: columns },
    narrow: (value) => {
      if (value === null) return null;
      const given = value as Readonly<Record<string, SqlValue>>;
      return Object.fromEntries(columns.map(({ name }, to) => [name, narrow[to]?.(given[name] ?? null) ?? null]));
    },
  };
}
