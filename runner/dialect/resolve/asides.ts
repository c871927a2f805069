import type { Expr } from "../../googlesql/ast.js";
import type { Catalog, UserFunction } from "../../googlesql/catalog.js";
import { unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { functionNamed } from "../functions/registry.js";
import type { Typed } from "../types/typed.js";
import type { Environment, Visible } from "./scope.js";

/**
 * What a SELECT computes in a query of its own, so that a function whose body holds a query is called with columns: DuckDB would take an
 * aggregate, a window call or a grouping expression that stands within that query for its own.
 */
export class Asides {
  #alias: string | undefined;
  /** The aliases of the SELECT's tables; most ask for none. */
  #own: ReadonlySet<string> | undefined;
  readonly #columns = new Map<string, string>();

  constructor(
    private readonly visible: Visible,
    private readonly env: Environment,
  ) {}

  /** Whether something is computed aside. */
  get isUsed(): boolean {
    return this.#alias !== undefined;
  }

  /** A name of the SELECT's, as the column that holds it; what is no such name is there outside, too. */
  put(read: Typed): Typed {
    this.#own ??= aliasesOf(this.visible);
    const isOwn = (read.sql.match(ALIAS) ?? []).some((alias) => this.#own?.has(alias));
    const isComputed = read.opaque === true && !this.isIn(read.sql);
    return isOwn || isComputed ? this.hold(read) : read;
  }

  /** A value, as the column that holds it. */
  hold(value: Typed): Typed {
    if (this.isIn(value.sql))
      throw unsupported("What a function makes of an aggregate or a window call, within another one", value.span);
    const name = this.#columns.get(value.sql) ?? `a${this.#columns.size}`;
    this.#columns.set(value.sql, name);
    this.#alias ??= this.env.freshAlias();
    const sql = `${this.#alias}.${name}`;
    this.env.lineage?.define(sql, this.env.lineage.of(value.sql));
    const { part: _, ...held } = value;
    return { ...held, sql, literal: undefined, arithmetic: undefined };
  }

  /** An item of the SELECT list as the query around it sees it. */
  outside(value: Typed): Typed {
    return value.literal !== undefined || this.isIn(value.sql) ? value : this.hold(value);
  }

  /** Whether a text names one of the columns. */
  isIn(sql: string | undefined): boolean {
    return this.#alias !== undefined && sql?.includes(`${this.#alias}.`) === true;
  }

  /**
   * FROM of a query over the rows of the SELECT.
   * @param rest the SELECT behind its list
   * @param conditions of the rows, over the columns
   */
  from(rest: string, conditions: readonly (string | undefined)[]): string {
    const given = conditions.filter((condition) => condition !== undefined);
    const where = given.length === 0 ? "" : ` WHERE ${given.join(" AND ")}`;
    const list = [...this.#columns].map(([sql, name]) => `${sql} AS ${name}`);
    return ` FROM (SELECT ${list.join(", ")}${rest}) AS ${this.#alias}${where}`;
  }
}

const ALIAS = /\bt\d+\$/g;

function aliasesOf({ columns, ranges }: Visible): ReadonlySet<string> {
  const values = ranges.flatMap(({ value }) => value ?? []);
  const texts = [...columns, ...ranges.flatMap((range) => range.columns), ...values];
  return new Set(texts.flatMap(({ sql }) => sql.match(ALIAS) ?? []));
}

/** Whether an expression calls a function whose body holds a query, other than for the rows of an aggregate or a window. */
export function callsQuery(expr: Expr, catalog: Catalog): boolean {
  let found = false;
  walk(expr, (node) => {
    if (found || isClosed(node)) return false;
    if (node.kind === "call" && bodyHoldsQuery(catalog.routine?.(node.name as string), catalog)) found = true;
    return undefined;
  });
  return found;
}

/** What is computed as a whole: nothing in it can be computed aside by itself. */
export function isClosed({
  kind,
  over,
  name,
}: {
  readonly kind?: unknown;
  readonly over?: unknown;
  readonly name?: unknown;
}): boolean {
  if (kind === "call") return over !== undefined || functionNamed(name as string)?.kind === "aggregate";
  return kind !== undefined && CLOSED.has(kind as string);
}

const CLOSED: ReadonlySet<string> = new Set(["subquery", "arrayQuery", "exists", "query", "lambda", "with"]);

const KNOWN = new WeakMap<UserFunction, boolean>();

/** Whether a function's body holds a query, or calls a function whose body does. */
export function bodyHoldsQuery(routine: UserFunction | undefined, catalog: Catalog): boolean {
  if (routine?.kind !== "createFunction" || routine.body.language === "js" || routine.isAggregate) return false;
  const known = KNOWN.get(routine);
  if (known !== undefined) return known;
  // A function that calls itself is refused elsewhere.
  KNOWN.set(routine, false);
  let found = false;
  walk(routine.body.expr, (node) => {
    found ||=
      node.kind === "select" ||
      (node.kind === "call" && bodyHoldsQuery(catalog.routine?.(node.name as string), catalog));
    return !found;
  });
  KNOWN.set(routine, found);
  return found;
}
