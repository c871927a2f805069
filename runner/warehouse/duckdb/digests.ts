import type { DuckDBConnection } from "@duckdb/node-api";
import { type DigestRequest, hashedIdentity, type PartitionDigest, type PartitionDigests } from "../port.js";
import { quoteName, quotePath, quoteText } from "./quote.js";

/**
 * Digests of many relations from one statement, hence from one snapshot.
 *
 * A data digest hashes with FARM_FINGERPRINT, so that it is the same on every engine; a content digest only has to be
 * compared with itself and uses the engine's own, much faster hash.
 */
export async function readDigests(
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  if (requests.length === 0) return [];
  const reader = await connection.runAndReadAll(requests.map(digestSql).join("\nUNION ALL\n"));
  const answers = requests.map(() => new Map<string, PartitionDigest>());
  for (const row of reader.getRowsJson()) {
    const [request, partition, rows, xor, sum] = row as [number, string | null, string, string, string];
    answers[request]?.set(partition ?? NULL_PARTITION, { rows: Number(rows), digest: `${rows}:${xor}:${sum}` });
  }
  return answers;
}

/** Rows whose partition column is NULL: BigQuery's own name for that partition. */
export const NULL_PARTITION = "__NULL__";

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
  const rowHash = request.purpose === "data" ? dataHash(request) : contentHash(request);
  return (
    `SELECT ${index} AS request, p, count(*) AS n, CAST(bit_xor(h) AS VARCHAR) AS x, CAST(sum(CAST(h AS HUGEINT)) AS VARCHAR) AS s` +
    ` FROM (SELECT ${partition} AS p, ${rowHash} AS h FROM ${quotePath(relation.id)}${where}) GROUP BY p`
  );
}

function dataHash(request: DigestRequest): string {
  const identity = hashedIdentity(request.relation);
  if (identity === undefined)
    return `farm_fingerprint(CAST(to_json(struct_pack(${structFields(request)})) AS VARCHAR))`;
  const parts = identity.map((column) => `coalesce(CAST(${quoteName(column)} AS VARCHAR), '')`);
  return `farm_fingerprint(concat(${parts.join(", '|', ")}))`;
}

function contentHash(request: DigestRequest): string {
  return `hash(${comparedColumns(request).map(quoteName).join(", ")})`;
}

function structFields(request: DigestRequest): string {
  return comparedColumns(request)
    .map((column) => `${quoteName(column)} := ${quoteName(column)}`)
    .join(", ");
}

function comparedColumns(request: DigestRequest): readonly string[] {
  const excluded = new Set(request.exclude);
  const { columns, foreignColumns } = request.relation;
  return [...columns.map((column) => column.name), ...foreignColumns].filter((name) => !excluded.has(name));
}
