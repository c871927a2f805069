import { quoteIdentifier } from "../../googlesql/quote.js";
import { WHOLE } from "../../port/identity.js";
import type { DigestRequest, Relation } from "../../port/port.js";

/**
 * One request's part of a query: request, partition, rows, XOR and SUM of the rows' hashes, as texts, because clients round whole
 * numbers.
 * @param source the relation in SQL
 */
export function digestSql({ relation, columns, range, grain }: DigestRequest, index: number, source: string): string {
  const { partitionColumn } = relation;
  const column = partitionColumn === undefined ? undefined : quoteIdentifier(partitionColumn);
  const partition = column === undefined || grain === "relation" ? `'${WHOLE}'` : `CAST(${column} AS STRING)`;
  const where =
    column === undefined || range === undefined
      ? ""
      : ` WHERE ${column} BETWEEN DATE '${range.from}' AND DATE '${range.to}'`;
  const hash = columns.length === 0 ? "1" : rowHash(relation, columns);
  return (
    `SELECT ${index} AS request, p, CAST(COUNT(*) AS STRING) AS n, CAST(BIT_XOR(h) AS STRING) AS x,` +
    ` CAST(SUM(CAST(h AS NUMERIC)) AS STRING) AS s FROM (SELECT ${partition} AS p, ${hash} AS h FROM ${source}${where}) GROUP BY p`
  );
}

/** A 64-bit hash of some columns of a row. */
export function rowHash(relation: Pick<Relation, "columns">, columns: readonly string[], alias?: string): string {
  return `FARM_FINGERPRINT(${rowText(relation, columns, alias)})`;
}

/** A text that is equal only for rows that no function can tell apart. */
export function rowText(
  { columns: all }: Pick<Relation, "columns">,
  columns: readonly string[],
  alias?: string,
): string {
  const types = new Map(all.map(({ name, type }) => [name, type]));
  const values = columns.flatMap((name, index) => {
    const column = `${alias === undefined ? "" : `${alias}.`}${quoteIdentifier(name)}`;
    // A JSON null within a column and no value are written alike.
    const isNull = types.get(name) === "JSON" ? [`${column} IS NULL AS n${index}`] : [];
    return [`${column} AS c${index}`, ...isNull];
  });
  return `TO_JSON_STRING(STRUCT(${values.join(", ")}))`;
}
