import { allColumns, type Relation, type Transaction } from "../port/port.js";
import { typeName } from "../port/sql-types.js";

/** What a migration must not lose of one table. */
export interface TableFacts {
  readonly relation: Relation;
  readonly rows: number;
  /** Digest of its rows over its columns. */
  readonly content: string;
}

/**
 * Rows and content of those of some relations that are tables.
 * @param columnsOf the columns that make the content, those that are there; undefined: all
 */
export async function readFacts(
  transaction: Transaction,
  keys: Iterable<string>,
  columnsOf?: (key: string) => readonly string[] | undefined,
): Promise<ReadonlyMap<string, TableFacts>> {
  const relations = await transaction.relations();
  const tables = [...keys].flatMap((key) => {
    const relation = relations.get(key);
    return relation?.kind === "table" ? [{ key, relation }] : [];
  });
  const digests = await transaction.digests(
    tables.map(({ key, relation }) => ({
      relation,
      columns: presentOf(relation, columnsOf?.(key)),
      range: undefined,
      grain: "relation" as const,
    })),
  );
  return new Map(
    tables.map(({ key, relation }, index) => {
      const [digest] = [...(digests[index]?.values() ?? [])];
      return [key, { relation, rows: digest?.rows ?? 0, content: digest?.digest ?? "" }];
    }),
  );
}

function presentOf(relation: Relation, wanted: readonly string[] | undefined): readonly string[] {
  const present = allColumns(relation);
  return wanted === undefined ? present : wanted.filter((name) => present.includes(name));
}

/** What a table or view has lost but for rows, in words that follow its name; undefined: nothing. */
export function shapeLossOf(before: Relation, after: Relation | undefined): string | undefined {
  if (after === undefined) return "is gone";
  if (after.kind !== before.kind) return `is a ${after.kind}, it was a ${before.kind}`;
  const now = new Map(after.columns.map(({ name, type }) => [name.toLowerCase(), typeName(type)]));
  for (const { name, type } of before.columns) {
    const found = now.get(name.toLowerCase());
    if (found === undefined) return `has lost its column ${name}`;
    if (found !== typeName(type)) return `has another type for ${name}: ${found}, it was ${typeName(type)}`;
  }
  return undefined;
}

/** Which rows a table has lost, in words that follow its name; undefined: none. */
export function rowLossOf(before: TableFacts, after: TableFacts, changesRows: boolean): string | undefined {
  if (changesRows) return undefined;
  if (after.rows !== before.rows) return `has ${after.rows} rows, it had ${before.rows}`;
  return after.content === before.content ? undefined : "has other rows than before";
}
