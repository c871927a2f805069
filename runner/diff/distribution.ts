import { quoteIdentifier } from "../googlesql/quote.js";
import type { SqlValue, Transaction } from "../port/port.js";
import type { Column, SqlType } from "../port/sql-types.js";
import { isPlain } from "./shape.js";
import type { Distribution } from "./table-diff.js";

const TOP = 5;
const NUMBERS: readonly SqlType[] = ["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"];
const FEW_VALUED: readonly SqlType[] = ["STRING", "BOOL"];
const UNORDERED: readonly SqlType[] = ["BYTES", "BOOL"];

/** The values of some columns of a relation, one distribution a column. */
export async function distributionsOf(
  transaction: Transaction,
  from: string,
  columns: readonly Column[],
): Promise<Distribution[]> {
  if (columns.length === 0) return [];
  const { rows } = await transaction.query(`SELECT ${columns.flatMap(measures).join(", ")} FROM ${from} AS t`);
  const values = rows[0] ?? [];
  const distributions: Distribution[] = [];
  for (const [index, column] of columns.entries()) {
    const [nulls, distinct, min, max, mean] = values.slice(index * 5, index * 5 + 5);
    distributions.push({
      nulls: Number(nulls ?? 0),
      distinct: numberOf(distinct),
      min: textOf(min),
      max: textOf(max),
      mean: numberOf(mean),
      top: FEW_VALUED.includes(column.type) ? await topOf(transaction, from, column) : [],
    });
  }
  return distributions;
}

function measures({ name, type }: Column): string[] {
  const column = `t.${quoteIdentifier(name)}`;
  const isOrdered = isPlain(type) && !UNORDERED.includes(type);
  return [
    `COUNTIF(${column} IS NULL)`,
    isPlain(type) ? `COUNT(DISTINCT ${column})` : "NULL",
    isOrdered ? `CAST(MIN(${column}) AS STRING)` : "NULL",
    isOrdered ? `CAST(MAX(${column}) AS STRING)` : "NULL",
    NUMBERS.includes(type) ? `AVG(CAST(${column} AS FLOAT64))` : "NULL",
  ];
}

async function topOf(transaction: Transaction, from: string, { name }: Column): Promise<Distribution["top"]> {
  const { rows } = await transaction.query(
    `SELECT CAST(t.${quoteIdentifier(name)} AS STRING) AS value, COUNT(*) AS number FROM ${from} AS t ` +
      `WHERE t.${quoteIdentifier(name)} IS NOT NULL GROUP BY value ORDER BY number DESC, value LIMIT ${TOP}`,
  );
  return rows.map(([value, number]) => ({ value: String(value), rows: Number(number ?? 0) }));
}

function textOf(value: SqlValue | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function numberOf(value: SqlValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
