import type { ColumnSource, QueryLineage } from "../../googlesql/lineage.js";

/**
 * Lineage is recorded while a query is resolved: whatever reads a column tells the recorder, and the place that is being resolved (a
 * SELECT item, a WHERE clause) gathers it. A column is known by its DuckDB text, which no other column of the statement has.
 */

/** What a value is made of. Sources are keys of columns of tables. */
export interface Origin {
  readonly values: ReadonlySet<string>;
  /** What only chooses or orders the values. */
  readonly conditions: ReadonlySet<string>;
  /** Of a STRUCT, or of the elements of an array, where they are known one by one; by name in lower case. */
  readonly fields?: ReadonlyMap<string, Origin> | undefined;
}

/** Takes in what is read while it is open. */
export class Gathered implements Origin {
  readonly values = new Set<string>();
  readonly conditions = new Set<string>();

  add({ values, conditions }: Origin): void {
    for (const key of values) this.values.add(key);
    for (const key of conditions) this.conditions.add(key);
  }

  /** Adds what has no part in the values. */
  addAside({ values, conditions }: Origin): void {
    for (const key of values) this.conditions.add(key);
    for (const key of conditions) this.conditions.add(key);
  }
}

/** Who holds a recorder; without one nothing is recorded. */
export interface Recording {
  readonly lineage?: LineageRecorder | undefined;
}

type Fields = NonNullable<Origin["fields"]>;

export class LineageRecorder {
  readonly #known = new Map<string, Origin>();
  readonly #fields = new Map<string, Fields>();
  #open = new Gathered();

  /** What a DuckDB text stands for. The same text always means the same, so the first definition counts. */
  define(text: string, origin: Origin | undefined): void {
    if (origin === undefined || !NAMES_A_TABLE.test(text)) return;
    if (!this.#known.has(text)) this.#known.set(text, origin);
    if (origin.fields !== undefined) this.#fields.set(text, origin.fields);
  }

  /** A text whose values, or whose elements, have the fields of another one. */
  hasFieldsOf(text: string, origin: Origin | undefined): void {
    if (origin?.fields !== undefined && NAMES_A_TABLE.test(text)) this.#fields.set(text, origin.fields);
  }

  /** Undefined: neither a column nor an expression that was defined. */
  of(text: string): Origin | undefined {
    const known = this.#known.get(text);
    const fields = this.#fields.get(text);
    if (fields === undefined || known?.fields === fields) return known;
    const { values, conditions } = known ?? allOf(fields.values());
    return { values, conditions, fields };
  }

  read(text: string): void {
    this.add(this.of(text));
  }

  add(origin: Origin | undefined): void {
    if (origin !== undefined) this.#open.add(origin);
  }

  addAside(origin: Origin | undefined): void {
    if (origin !== undefined) this.#open.addAside(origin);
  }

  /** Runs what reads columns; they go into `gathered`. */
  into<T>(gathered: Gathered, work: () => T): T {
    const before = this.#open;
    this.#open = gathered;
    try {
      return work();
    } finally {
      this.#open = before;
    }
  }
}

/** Runs what reads columns; they go into `gathered`. */
export function gather<T>({ lineage }: Recording, gathered: Gathered, work: () => T): T {
  return lineage === undefined ? work() : lineage.into(gathered, work);
}

/** Runs what reads columns that only choose or order values. */
export function gatherAside<T>({ lineage }: Recording, work: () => T): T {
  if (lineage === undefined) return work();
  const gathered = new Gathered();
  const result = lineage.into(gathered, work);
  lineage.addAside(gathered);
  return result;
}

/** Runs what makes a value; its text is known as what it reads. */
export function gatherValue<T extends { readonly sql: string }>({ lineage }: Recording, work: () => T): T {
  if (lineage === undefined) return work();
  const gathered = new Gathered();
  const result = lineage.into(gathered, work);
  lineage.define(result.sql, gathered);
  lineage.add(gathered);
  return result;
}

/** Constants and parameters mean something else everywhere. */
const NAMES_A_TABLE = /\bt\d+\$/;

const SEPARATOR = "\0";

/** A column of a table of the catalog. */
export function tableColumn(path: readonly string[], column: string): Origin {
  return { values: new Set([`${path.join(".")}${SEPARATOR}${column}`]), conditions: new Set() };
}

/** Several origins as one; undefined: none is known. Fields are kept where all have fields. */
export function union(origins: readonly (Origin | undefined)[]): Origin | undefined {
  const known = origins.filter((origin) => origin !== undefined);
  if (known.length < 2) return known[0];
  const all = new Gathered();
  for (const origin of known) all.add(origin);
  const names = known.map(({ fields }) => fields);
  if (names.some((fields) => fields === undefined)) return all;
  const keys = new Set(names.flatMap((fields) => [...(fields?.keys() ?? [])]));
  const fields = new Map([...keys].map((key) => [key, union(names.map((own) => own?.get(key))) as Origin]));
  return { values: all.values, conditions: all.conditions, fields };
}

/** A STRUCT of parts. */
export function structOrigin(parts: readonly { readonly name: string | undefined; readonly origin: Origin }[]): Origin {
  const all = allOf(parts.map(({ origin }) => origin));
  const fields = new Map(
    parts.flatMap(({ name, origin }) => (name === undefined ? [] : [[name.toLowerCase(), origin]])),
  );
  return { values: all.values, conditions: all.conditions, fields };
}

/**
 * A field of a STRUCT: what the whole is made of, where the fields are not known one by one. What chose the whole, and none of its
 * fields, chose the field too.
 */
export function fieldOrigin(origin: Origin | undefined, name: string | undefined): Origin | undefined {
  if (origin?.fields === undefined || name === undefined) return origin;
  const field = origin.fields.get(name.toLowerCase());
  if (field === undefined) return { values: origin.values, conditions: origin.conditions };
  const { conditions: own } = allOf(origin.fields.values());
  const chosen = [...origin.conditions].filter((key) => !own.has(key));
  return chosen.length === 0 ? field : { ...field, conditions: new Set([...field.conditions, ...chosen]) };
}

function allOf(origins: Iterable<Origin>): Gathered {
  const all = new Gathered();
  for (const origin of origins) all.add(origin);
  return all;
}

/** What decides which rows a query has: all that was read counts, whatever for. */
export function asRows(origin: Origin): Origin {
  return { values: new Set([...origin.values, ...origin.conditions]), conditions: new Set() };
}

/** The columns that a recursive term reads of the query that it is part of. */
export function ownColumn(name: string, position: number): Origin {
  return tableColumn([SEPARATOR, name], String(position));
}

/**
 * The columns of a recursive query, with what its recursive term adds in any number of rounds.
 * @param step columns of the recursive term, which name the query's own by `ownColumn`
 */
export function closeRecursion(name: string, base: readonly Origin[], step: readonly Origin[]): Origin[] {
  const own = base.map((_, i) => [...ownColumn(name, i).values][0] as string);
  const total = base.map((origin, i) => {
    const all = new Gathered();
    all.add(origin);
    const added = step[i];
    if (added !== undefined) all.add(added);
    return all;
  });
  const size = (): number => total.reduce((sum, { values, conditions }) => sum + values.size + conditions.size, 0);
  for (let before = -1; before !== size(); ) {
    before = size();
    for (const origin of total) {
      for (const [j, key] of own.entries()) {
        if (origin.values.has(key)) origin.add(total[j] as Gathered);
        if (origin.conditions.has(key)) origin.addAside(total[j] as Gathered);
      }
    }
  }
  for (const { values, conditions } of total)
    for (const key of own) {
      values.delete(key);
      conditions.delete(key);
    }
  return total;
}

/** The lineage of a query as its readers see it, sources in order of their names. */
export function queryLineage(
  columns: readonly { readonly name: string; readonly origin: Origin | undefined }[],
  rows: Origin | undefined,
): QueryLineage {
  return {
    columns: columns.map(({ name, origin }) => {
      const values = origin?.values ?? new Set();
      const only = [...(origin?.conditions ?? [])].filter((key) => !values.has(key));
      return { name, values: sources(values), conditions: sources(only) };
    }),
    rows: rows === undefined ? [] : sources(asRows(rows).values),
  };
}

function sources(keys: Iterable<string>): ColumnSource[] {
  return [...keys].sort().map((key) => {
    const [relation = "", column = ""] = key.split(SEPARATOR);
    return { relation, column };
  });
}
