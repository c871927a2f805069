import type { DuckDBConnection } from "@duckdb/node-api";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import { SLICE_DIGITS, type SliceDigests, type SliceRecord, type SliceRequest } from "../../port/key-slices.js";
import type { RelationId } from "../../port/port.js";
import { conditionsOf, rowHash } from "./digest-scans.js";
import { quoteName, quotePath, quoteText } from "./quote.js";

/** Whether a row is of some slices, as DuckDB's SQL. */
export function sliceTest(column: string, slices: readonly string[]): string {
  return slices.length === 0 ? "FALSE" : `${sliceOf(column)} IN (${slices.map(quoteText).join(", ")})`;
}

function sliceOf(column: string): string {
  return `coalesce(left(md5(CAST(${column} AS VARCHAR)), ${SLICE_DIGITS}), '')`;
}

/** Digests of relations slice by slice, from the connection's one snapshot. */
export async function readSliceDigests(
  connection: DuckDBConnection,
  requests: readonly SliceRequest[],
): Promise<readonly ReadonlyMap<Partition, SliceDigests>[]> {
  const answers: ReadonlyMap<Partition, SliceDigests>[] = [];
  for (const request of requests) {
    const reader = await connection.runAndReadAll(sliceSql(request));
    answers.push(
      new Map(
        reader.getRowsJson().map((row) => {
          const [partition, fingerprint, seen, slices] = row as [Partition, Fingerprint, string, string];
          return [partition, { fingerprint, seen, slices }];
        }),
      ),
    );
  }
  return answers;
}

/** Writes them down without reading them: of a season they are megabytes. */
export async function appendSliceDigests(
  connection: DuckDBConnection,
  table: RelationId,
  records: readonly SliceRecord[],
): Promise<void> {
  for (const record of records) {
    const fields = Object.keys(record.fields);
    const columns = [...fields, ...DIGESTS].map(quoteName).join(", ");
    const values = [...fields.map((name) => quoteText(record.fields[name] ?? "")), ...DIGESTS].join(", ");
    await connection.run(`INSERT INTO ${quotePath(table)} (${columns}) SELECT ${values} FROM (${sliceSql(record)})`);
  }
}

/** The columns of `sliceSql`. */
const DIGESTS = ["partition", "fingerprint", "seen", "slices"];

function sliceSql({ relation, columns, key, seen, partitions }: SliceRequest): string {
  const { partitionColumn } = relation;
  const partition = partitionColumn === undefined ? "'*'" : quoteName(partitionColumn);
  const conditions = conditionsOf({ relation, range: undefined, only: partitions });
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const rows =
    `SELECT ${partition} AS p, ${sliceOf(quoteName(key))} AS b, ${rowHash({ relation, columns })} AS h,` +
    ` ${seen === undefined ? "0::UBIGINT" : rowHash({ relation, columns: seen })} AS g FROM ${quotePath(relation.id)}${where}`;
  const slices =
    "SELECT p, b, count(*) AS n, bit_xor(h) AS x, sum(CAST(h AS HUGEINT)) AS s, bit_xor(g) AS gx, sum(CAST(g AS HUGEINT)) AS gs" +
    ` FROM (${rows}) GROUP BY p, b`;
  // The digest of a partition as others tell it.
  const whole = (xor: string, sum: string) => `concat_ws(':', sum(n), bit_xor(${xor}), sum(${sum}))`;
  return (
    `SELECT coalesce(CAST(p AS VARCHAR), ${quoteText(NULL_PARTITION)}) AS partition, ${whole("x", "s")} AS fingerprint,` +
    ` ${seen === undefined ? "''" : whole("gx", "gs")} AS seen,` +
    ` string_agg(concat(b, ':', hex(hash(n, x, s))), ',') AS slices FROM (${slices}) GROUP BY p`
  );
}
