import { NULL_PARTITION, WHOLE } from "../port/identity.js";
import type { DigestRequest, Relation } from "../port/port.js";
import type { SqlType } from "../port/sql-types.js";
import { everyPartition } from "./partitioning.js";
import { quoteIdentifier } from "./quote.js";

/** Columns are named through their table, because a table may have the name of one of its columns. */
const ROW = "fastbreak_row";

/** The partitions of a table by name, where only some of them are read. */
export type SomePartitions = readonly string[];

/**
 * One request's part of a query: request, partition, rows, XOR and SUM of the rows' hashes, as texts, because clients round whole
 * numbers.
 * @param source the relation in SQL
 */
export function digestSql(
  { relation, columns, range, grain }: DigestRequest,
  index: number,
  source: string,
  some?: SomePartitions,
): string {
  const { partitionColumn } = relation;
  const column = partitionColumn === undefined ? undefined : `${ROW}.${quoteIdentifier(partitionColumn)}`;
  const partition = column === undefined || grain === "relation" ? `'${WHOLE}'` : `CAST(${column} AS STRING)`;
  const where =
    column !== undefined && some !== undefined
      ? ` WHERE ${amongSql(column, some)}`
      : column === undefined || range === undefined
        ? whereAll(relation)
        : ` WHERE ${column} BETWEEN DATE '${range.from}' AND DATE '${range.to}'`;
  const hash = columns.length === 0 ? "1" : rowHash(relation, columns, ROW);
  return (
    `SELECT ${index} AS request, p, CAST(COUNT(*) AS STRING) AS n, CAST(BIT_XOR(h) AS STRING) AS x,` +
    ` CAST(SUM(CAST(h AS NUMERIC)) AS STRING) AS s FROM (SELECT ${partition} AS p, ${hash} AS h FROM ${source} AS ${ROW}${where}) GROUP BY p`
  );
}

function whereAll(relation: Relation): string {
  return relation.filterColumn === undefined ? "" : ` WHERE ${everyPartition(relation, ROW)}`;
}

/** Whether a row is in one of some partitions. */
export function amongSql(column: string, partitions: SomePartitions): string {
  const dates = partitions.filter((partition) => partition !== NULL_PARTITION);
  const tests = [
    ...(dates.length === 0 ? [] : [`${column} IN (${dates.map((date) => `DATE '${date}'`).join(", ")})`]),
    ...(partitions.includes(NULL_PARTITION) ? [`${column} IS NULL`] : []),
  ];
  return tests.length === 0 ? "FALSE" : tests.join(" OR ");
}

/** A 64-bit hash of some columns of a row. */
export function rowHash(relation: Pick<Relation, "columns">, columns: readonly string[], alias: string): string {
  return `FARM_FINGERPRINT(${rowText(relation, columns, alias)})`;
}

/** Whether a type is, or has within, one of some types. */
function holds(type: SqlType, wanted: readonly string[]): boolean {
  if (typeof type === "string") return wanted.includes(type);
  return type.kind === "array" ? holds(type.element, wanted) : type.fields.some((field) => holds(field.type, wanted));
}

/**
 * What stands for a value where it is written as JSON, which writes a null of JSON and no value alike, 0.0 and -0.0 too, and no
 * GEOGRAPHY.
 */
function valueSql(sql: string, type: SqlType, depth = 0): string {
  if (type === "GEOGRAPHY") return `TO_HEX(ST_ASBINARY(${sql}))`;
  if (!holds(type, ["GEOGRAPHY"])) return holds(type, ["FLOAT64", "JSON"]) ? `FORMAT('%T', ${sql})` : sql;
  if (typeof type === "string") return sql;
  if (type.kind === "array") {
    const item = `fastbreak_item${depth}`;
    const place = `fastbreak_place${depth}`;
    const value = valueSql(item, type.element, depth + 1);
    return `ARRAY(SELECT ${value} FROM UNNEST(${sql}) AS ${item} WITH OFFSET AS ${place} ORDER BY ${place})`;
  }
  const fields = type.fields.map(
    (field, index) => `${valueSql(`${sql}.${quoteIdentifier(field.name ?? "")}`, field.type, depth)} AS c${index}`,
  );
  return `IF(${sql} IS NULL, NULL, STRUCT(${fields.join(", ")}))`;
}

/** A text that is equal only for rows that no function can tell apart. */
export function rowText(
  { columns: all }: Pick<Relation, "columns">,
  columns: readonly string[],
  alias: string,
): string {
  const types = new Map(all.map(({ name, type }) => [name, type]));
  const values = columns.flatMap((name, index) => {
    const column = `${alias}.${quoteIdentifier(name)}`;
    const type = types.get(name);
    // Written as it is, with what its text cannot tell beside it.
    if (type === "JSON") return [`${column} AS c${index}`, `${column} IS NULL AS n${index}`];
    return [`${type === undefined ? column : valueSql(column, type)} AS c${index}`];
  });
  return `TO_JSON_STRING(STRUCT(${values.join(", ")}))`;
}
