import type { Identifier } from "../googlesql/ast.js";
import type { Relation } from "./relation.js";
import { TypeVar } from "./type-var.js";

/** One item of a FROM clause under its name. */
export interface Range {
  readonly name: string | undefined;
  /** The name is an alias; the last part of a table's path may just as well be the name of one of its columns. */
  readonly isAlias?: boolean;
  readonly relation: Relation;
  /** The value itself, where the rows are values. */
  readonly value: TypeVar | undefined;
}

/** What names can stand for at a place of a query. */
export interface NameScope {
  readonly ranges: readonly Range[];
  /** Names of the SELECT list, where the clause may use them; variables of a script. */
  readonly aliases: ReadonlyMap<string, TypeVar>;
  readonly parent: NameScope | undefined;
}

export const NO_NAMES: ReadonlyMap<string, TypeVar> = new Map();

/**
 * The type of `a`, `t.a` or `t.a.field`. A column that is not known yet becomes one of the table that it can only be of; if there are
 * several, of the first, unless `isStrict`.
 */
export function pathType(parts: readonly Identifier[], scope: NameScope, isStrict: boolean): TypeVar {
  const [first, ...rest] = parts.map(({ name }) => name);
  const named = rangeNamed(first ?? "", scope);
  if (named !== undefined && (named.value !== undefined || rest.length > 0)) {
    if (named.value !== undefined) return fieldsOf(named.value, rest);
    const [column = "", ...fields] = rest;
    const { relation } = named;
    const type = relation.known(column) ?? (relation.isOpen ? relation.demand(column) : new TypeVar());
    return fieldsOf(type, fields);
  }
  if (named?.isAlias === true && columnKnown(first ?? "", scope) === undefined) return new TypeVar();
  return fieldsOf(columnType(first ?? "", scope, isStrict), rest);
}

function fieldsOf(type: TypeVar, names: readonly string[]): TypeVar {
  return names.reduce((value, name) => value.field(name), type);
}

function rangeNamed(name: string, scope: NameScope): Range | undefined {
  for (let level: NameScope | undefined = scope; level !== undefined; level = level.parent) {
    const found = level.ranges.find((range) => range.name?.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
  }
  return undefined;
}

function columnKnown(name: string, scope: NameScope): TypeVar | undefined {
  for (let level: NameScope | undefined = scope; level !== undefined; level = level.parent) {
    for (const { relation } of level.ranges) {
      const known = relation.known(name);
      if (known !== undefined) return known;
    }
    const alias = level.aliases.get(name.toLowerCase());
    if (alias !== undefined) return alias;
  }
  return undefined;
}

function columnType(name: string, scope: NameScope, isStrict: boolean): TypeVar {
  const known = columnKnown(name, scope);
  if (known !== undefined) return known;
  for (let level: NameScope | undefined = scope; level !== undefined; level = level.parent) {
    const open = candidates(level, name);
    if (open.length === 1 || (open.length > 1 && !isStrict)) return (open[0] as Range).relation.demand(name);
    if (open.length > 1) return new TypeVar();
  }
  return new TypeVar();
}

/** The ranges that a new column can be of: tables before the elements of arrays, which are mostly read by their alias. */
function candidates({ ranges, parent }: NameScope, name: string): readonly Range[] {
  const open = ranges.filter(({ relation }) => relation.isOpen);
  const tables = open.filter(({ value }) => value === undefined);
  if (tables.length > 0) return tables;
  // `key` and `value` are what elements of arrays are made of; another name is rather one of an outer query.
  const isOuter = !/^(key|value)$/i.test(name) && hasTable(parent);
  return open.filter((range) => range.name === undefined || !isOuter);
}

function hasTable(scope: NameScope | undefined): boolean {
  for (let level = scope; level !== undefined; level = level.parent)
    if (level.ranges.some(({ relation, value }) => relation.isOpen && value === undefined)) return true;
  return false;
}
