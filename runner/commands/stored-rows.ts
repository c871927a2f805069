import type { StoredRows } from "../api/loader.js";
import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import { type RowObject, relationKey, type SqlValue, type Transaction } from "../port/port.js";

/** What a loader may read of the warehouse: rows of tables as its own transaction sees them. */
export function storedRows(transaction: Transaction): StoredRows {
  return {
    async read(table, columns, where) {
      if (where?.values.length === 0) return [];
      if (!(await transaction.relations()).has(relationKey(table.id))) return [];
      const list = columns.map(quoteIdentifier).join(", ");
      const values = where?.values.map(textLiteral).join(", ");
      const condition = where?.columns.map((name) => `${quoteIdentifier(name)} IN (${values})`).join(" OR ");
      const { rows } = await transaction.query(
        `SELECT DISTINCT ${list} FROM ${quoteKey(relationKey(table.id))}${condition === undefined ? "" : ` WHERE ${condition}`}`,
      );
      return rows.map((row) =>
        Object.fromEntries(columns.map((name, index) => [name, plain(row[index] ?? null)])),
      ) as RowObject[];
    },
  };
}

function textLiteral(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n")}'`;
}

/** Whole numbers as numbers, and timestamps in whole seconds as loaders write them. */
function plain(value: SqlValue): SqlValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string") return value;
  const timestamp = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(?:Z|\+00(?::00)?)$/.exec(value);
  return timestamp === null ? value : `${timestamp[1]} ${timestamp[2]}${timestamp[3] ?? ""}+00:00`;
}
