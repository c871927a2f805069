import type { DuckDBConnection } from "@duckdb/node-api";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import { type DigestRequest, hashedIdentity, type PartitionDigest, type PartitionDigests } from "../../port/port.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";

/**
 * Digests of many relations from one statement, hence from one snapshot. Identity and `data_hash` are hashed with
 * FARM_FINGERPRINT, anything else with the engine's own, much faster hash.
 */
export async function readDigests(
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  if (requests.length === 0) return [];
  const reader = await connection.runAndReadAll(requests.map(digestSql).join("\nUNION ALL\n"));
  const answers = requests.map(() => new Map<Partition, PartitionDigest>());
  for (const row of reader.getRowsJson()) {
    const [request, partition, rows, xor, sum] = row as [number, string | null, string, string, string];
    const digest = `${rows}:${xor}:${sum}` as Fingerprint;
    answers[request]?.set((partition as Partition | null) ?? NULL_PARTITION, { rows: Number(rows), digest });
  }
  return answers;
}

function digestSql(request: DigestRequest, index: number): string {
  const { relation, range, grain } = request;
  const partition =
    relation.partitionColumn === undefined || grain === "relation"
      ? "'*'"
      : `CAST(${quoteName(relation.partitionColumn)} AS VARCHAR)`;
  const where =
    range === undefined || relation.partitionColumn === undefined
      ? ""
      : ` WHERE ${quoteName(relation.partitionColumn)} BETWEEN DATE ${quoteText(range.from)} AND DATE ${quoteText(range.to)}`;
  return (
    `SELECT ${index} AS request, p, count(*) AS n, CAST(bit_xor(h) AS VARCHAR) AS x, CAST(sum(CAST(h AS HUGEINT)) AS VARCHAR) AS s` +
    ` FROM (SELECT ${partition} AS p, ${rowHash(request)} AS h FROM ${quotePath(relation.id)}${where}) GROUP BY p`
  );
}

function rowHash({ relation, columns }: DigestRequest): string {
  if (columns.join() === hashedIdentity(relation)?.join()) {
    const parts = columns.map((column) => `coalesce(CAST(${quoteName(column)} AS VARCHAR), '')`);
    return `farm_fingerprint(concat(${parts.join(", '|', ")}))`;
  }
  const types = new Map(relation.columns.map(({ name, type }) => [name, type]));
  return hashOfRow(columns.flatMap((column) => exactValues(quoteName(column), types.get(column))));
}
