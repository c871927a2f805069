import { quoteIdentifier } from "../../googlesql/quote.js";
import type { RowObject } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { insertStatements } from "./literals.js";

/** Rows that are recorded in a table. */
export interface Records {
  /** The table in SQL. */
  readonly path: string;
  readonly columns: readonly Column[];
  readonly rows: readonly RowObject[];
}

/** The service takes no text of more than 1 MiB, of which records take so many characters at most. */
const MOST_CHARACTERS = 400_000;

/**
 * The statements that insert records, of a text that is not too long: what takes most of it is written to stages before.
 * @param stage writes records to a stage; its path in SQL
 */
export async function recordStatements(
  records: readonly Records[],
  stage: (records: Records) => Promise<string>,
): Promise<readonly string[]> {
  const written = records.map((one) => {
    const statements = insertStatements(one.path, one.columns, one.rows);
    return { one, statements, length: statements.reduce((sum, { length }) => sum + length, 0) };
  });
  const found: string[] = [];
  let rest = written.reduce((sum, { length }) => sum + length, 0);
  for (const { one, statements, length } of written.toSorted((a, b) => b.length - a.length)) {
    if (rest <= MOST_CHARACTERS) {
      found.push(...statements);
      continue;
    }
    const names = one.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    found.push(`INSERT INTO ${one.path} (${names}) SELECT ${names} FROM ${await stage(one)}`);
    rest -= length;
  }
  return found;
}
