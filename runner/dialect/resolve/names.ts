import type { Identifier } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { type SqlType, type StructType, typeName } from "../../port/sql-types.js";
import { jsonMember } from "../functions/json-part.js";
import { fieldAccess, structLiteral } from "../print/sql.js";
import { derive, type Typed } from "../types/typed.js";
import { fieldOrigin, Gathered, type Origin, structOrigin } from "./lineage.js";
import type { Environment, RangeVariable, Scope, ScopeColumn } from "./scope.js";
import { didYouMean } from "./suggest.js";

/** `a.b.c`: the longest known prefix names a column, alias or table; the rest are struct fields. */
export function resolvePath(
  parts: readonly Identifier[],
  scope: Scope,
  env: Environment,
  step: (target: Typed, field: Identifier) => Typed = resolveField,
): Typed {
  const first = parts[0] as Identifier;
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = lookup(parts, level);
    if (found !== undefined) {
      const value = readFields(found, parts, env, step);
      if (level === scope) return value;
      if (level.groupedAs !== undefined && [...level.groupedAs].some((texts) => texts.includes(value.sql)))
        throw unsupported("A subquery that reads a grouping expression with COLLATE of its outer query", first);
      // A subquery's read of an outer grouping key is no use of an ungrouped column.
      if (level.groupKeys?.has(value.sql) === true) {
        if (found.used < parts.length)
          throw unsupported("A subquery that reads a grouping expression of its outer query", first);
        return { ...value, uses: [] };
      }
      env.readOuter(value.uses);
      return value;
    }
  }
  if (first.name.startsWith("@?"))
    throw analysisError(`Query parameter number ${first.name.slice(2)} is not defined`, first);
  if (first.name.startsWith("@")) throw analysisError(`Query parameter '${first.name.slice(1)}' not found`, first);
  throw analysisError(`Unrecognized name: ${first.name}${didYouMean(first.name, visibleNames(scope))}`, first);
}

/** The value of a name and the fields behind it; lineage is that of the innermost field. */
function readFields(
  { value, used, reads }: Found,
  parts: readonly Identifier[],
  { lineage }: Environment,
  step: (target: Typed, field: Identifier) => Typed,
): Typed {
  if (lineage === undefined) return parts.slice(used).reduce((target, field) => step(target, field), value);
  const origins = reads.map(({ name, sql }) => ({ name, origin: lineage.of(sql) ?? new Gathered() }));
  // A row is a STRUCT of its columns.
  const isColumn = reads.length === 1 && reads[0]?.sql === value.sql;
  let origin: Origin | undefined = isColumn ? origins[0]?.origin : structOrigin(origins);
  lineage.define(value.sql, origin);
  let target = value;
  for (const field of parts.slice(used)) {
    target = step(target, field);
    origin = fieldOrigin(origin, field.name);
    lineage.define(target.sql, origin);
  }
  lineage.add(origin);
  return target;
}

/** True where the first part of a path is a name of the scope itself or of an outer one. */
export function isVisibleName(name: string, scope: Scope): boolean {
  const key = name.toLowerCase();
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    if (level.ranges.some((range) => range.name.toLowerCase() === key)) return true;
    if (level.columns.some((column) => column.name?.toLowerCase() === key)) return true;
  }
  return false;
}

interface Found {
  readonly value: Typed;
  /** How many path parts it took. */
  readonly used: number;
  /** The columns, or the aliased expression, that it is. */
  readonly reads: readonly Pick<ScopeColumn, "name" | "sql">[];
}

function lookup(parts: readonly Identifier[], scope: Scope): Found | undefined {
  const first = parts[0] as Identifier;
  const key = first.name.toLowerCase();
  const variable = scope.variables?.get(key);
  if (variable !== undefined) {
    if (scope.closesVariables === true)
      throw analysisError(
        `WITH variables like '${first.name}' can't be used in aggregate or analytic function arguments`,
        first,
      );
    return aliased(variable, first);
  }
  const alias = scope.aliases?.get(key);
  if (alias !== undefined && parts.length === 1) return aliased(alias, first);
  const range = findRange(scope, key);
  if (range !== undefined) return fromRange(range, parts, scope);
  const matches = scope.columns.filter((column) => column.name?.toLowerCase() === key);
  if (matches.length > 1) throw analysisError(`Column name ${first.name} is ambiguous`, first);
  const [column] = matches;
  if (column !== undefined) return { value: readColumn(column, first, scope), used: 1, reads: [column] };
  return alias === undefined ? undefined : aliased(alias, first);
}

function aliased(alias: Typed, span: Identifier): Found {
  return { value: { ...alias, span }, used: 1, reads: [{ name: span.name, sql: alias.sql }] };
}

function findRange(scope: Scope, key: string): RangeVariable | undefined {
  return scope.ranges.find((range) => range.name.toLowerCase() === key);
}

function fromRange(range: RangeVariable, parts: readonly Identifier[], scope: Scope): Found {
  const [first, second] = parts as [Identifier, Identifier | undefined];
  if (second === undefined || range.value !== undefined) {
    const reads = range.value === undefined ? rowColumns(range) : [{ name: range.name, ...range.value }];
    return { value: wholeRow(range, first, scope), used: 1, reads };
  }
  const key = second.name.toLowerCase();
  const matches = range.columns.filter((column) => column.name?.toLowerCase() === key);
  if (matches.length > 1) throw analysisError(`Name ${second.name} is ambiguous inside ${first.name}`, second);
  const [column] = matches;
  if (column === undefined) {
    const names = range.columns.flatMap((candidate) => candidate.name ?? []);
    throw analysisError(`Name ${second.name} not found inside ${first.name}${didYouMean(second.name, names)}`, second);
  }
  const value = readColumn(column, { start: first.start, end: second.end, name: second.name }, scope);
  return { value, used: 2, reads: [column] };
}

/** A column read: in a grouped SELECT it is a use that must be grouped or aggregated, unless it is a key. */
export function readColumn(column: ScopeColumn, span: Span & { readonly name?: string }, scope: Scope): Typed {
  scope.reads?.add(column.sql);
  const grouped = scope.groupKeys?.has(column.sql) === true;
  const uses = grouped ? [] : [{ name: column.name ?? "", span, owner: scope.owner }];
  const read = { sql: column.sql, type: column.type, span: { start: span.start, end: span.end }, nullable: true, uses };
  return grouped ? asGrouped(read, scope) : read;
}

/** A grouping key as it is read once it has grouped. */
export function asGrouped(key: Typed, { groupedAs }: Scope): Typed {
  const sql = groupedAs?.get(key.sql);
  return sql === undefined ? key : { ...key, sql, opaque: true, aggregated: true };
}

/** A table alias used as a value: the row as a STRUCT, or the value of a value table. */
export function wholeRow(range: RangeVariable, span: Identifier, scope: Scope): Typed {
  if (range.value !== undefined) return readColumn({ name: range.name, ...range.value }, span, scope);
  const own = rowColumns(range);
  const columns = own.map((column) => readColumn(column, span, scope));
  const fields = own.map(({ name, type }) => ({ name, type }));
  const type: StructType = { kind: "struct", fields };
  return derive(
    structLiteral(
      type,
      columns.map((column) => column.sql),
    ),
    type,
    span,
    columns,
    true,
  );
}

function rowColumns({ columns }: RangeVariable): readonly ScopeColumn[] {
  return columns.filter(({ pseudo }) => pseudo !== true);
}

/** `target.field`: a struct field, or a member of a JSON value. */
export function resolveField(target: Typed, field: Identifier): Typed {
  const span = { start: target.span.start, end: field.end };
  const type = target.type;
  if (type === "JSON") {
    return jsonMember(target, field.name, span);
  }
  if (typeof type === "string" || type.kind !== "struct") throw noFieldAccess(type, field);
  const key = field.name.toLowerCase();
  const matches = type.fields.flatMap((candidate, i) => (candidate.name?.toLowerCase() === key ? [i] : []));
  if (matches.length > 1) throw analysisError(`Struct field name ${field.name} is ambiguous`, field);
  const [index] = matches;
  if (index === undefined) {
    const names = type.fields.flatMap((candidate) => candidate.name ?? []);
    throw analysisError(
      `Field name ${field.name} does not exist in ${typeName(type)}${didYouMean(field.name, names)}`,
      field,
    );
  }
  const fieldType = (type.fields[index] as { type: SqlType }).type;
  return derive(fieldAccess(target.sql, type, index), fieldType, span, [target], true);
}

/**
 * `target.field` in the array path of an UNNEST: a field of an array of structs is the array of that field, arrays in it put together.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#array_path
 */
export function flattenField(target: Typed, field: Identifier): Typed {
  const { type } = target;
  if (typeof type === "string" || type.kind !== "array") return resolveField(target, field);
  const item: Typed = { ...target, sql: "step", type: type.element, uses: [], literal: undefined };
  const member = resolveField(item, field);
  const span = { start: target.span.start, end: field.end };
  const list = `list_transform(${target.sql}, lambda step: ${member.sql})`;
  if (typeof member.type === "string" || member.type.kind !== "array")
    return derive(list, { kind: "array", element: member.type }, span, [target], true);
  return derive(`flatten(list_filter(${list}, lambda part: part IS NOT NULL))`, member.type, span, [target], true);
}

function noFieldAccess(type: SqlType, field: Identifier): Error {
  if (typeof type === "object" && type.kind === "array") {
    return analysisError(`Cannot access field ${field.name} on a value with type ${typeName(type)}`, field);
  }
  if (type === "INTERVAL") return unsupported("Field access on INTERVAL", field);
  return analysisError(`Cannot access field ${field.name} on a value with type ${typeName(type)}`, field);
}

function visibleNames(scope: Scope): string[] {
  const names: string[] = [];
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    names.push(...level.columns.flatMap((column) => column.name ?? []), ...level.ranges.map((range) => range.name));
    if (level.aliases !== undefined) names.push(...level.aliases.keys());
  }
  return names;
}
