import type { DuckDBConnection } from "@duckdb/node-api";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import type { DigestRequest, PartitionDigest, PartitionDigests } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { DigestCache } from "./digest-cache.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";

/** One statement for all of them would be planned in more than the square of their number. */
const REQUESTS_A_STATEMENT = 48;

/** Digests of many relations, all from the connection's one snapshot. */
export async function readDigests(
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  const answers = requests.map(() => new Map<Partition, PartitionDigest>());
  const statements = requests.map(digestSql);
  for (let first = 0; first < statements.length; first += REQUESTS_A_STATEMENT) {
    const some = statements.slice(first, first + REQUESTS_A_STATEMENT);
    const reader = await connection.runAndReadAll(some.join("\nUNION ALL\n"));
    for (const row of reader.getRowsJson()) {
      const [request, partition, rows, xor, sum] = row as [number, string | null, string, string, string];
      const digest = `${rows}:${xor}:${sum}` as Fingerprint;
      answers[request]?.set((partition as Partition | null) ?? NULL_PARTITION, { rows: Number(rows), digest });
    }
  }
  return answers;
}

/** The same, without reading what an earlier process has read of tables that nobody has written to since. */
export async function readDigestsThrough(
  cache: DigestCache,
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  if (!cache.holds) return readDigests(connection, requests);
  // What a view shows may lie outside the file.
  const keyOf = (request: DigestRequest) => (request.relation.kind === "table" ? digestSql(request, 0) : undefined);
  const keys = requests.map(keyOf);
  const known = keys.map((key) => (key === undefined ? undefined : cache.find(key)));
  const missing = requests.filter((_, index) => known[index] === undefined);
  const read = [...(await readDigests(connection, missing))];
  const isStill = cache.holds;
  return known.map((answer, index) => {
    if (answer !== undefined) return answer;
    const fresh = read.shift() as PartitionDigests;
    const key = keys[index];
    if (isStill && key !== undefined) cache.keep(key, fresh);
    return fresh;
  });
}

function digestSql(request: DigestRequest, index: number): string {
  const { relation, range, grain } = request;
  const column =
    relation.partitionColumn === undefined || grain === "relation" ? undefined : quoteName(relation.partitionColumn);
  const partition = column === undefined ? "'*'" : `CAST(${column} AS VARCHAR)`;
  const where =
    range === undefined || relation.partitionColumn === undefined
      ? ""
      : ` WHERE ${quoteName(relation.partitionColumn)} BETWEEN DATE ${quoteText(range.from)} AND DATE ${quoteText(range.to)}`;
  const from = `FROM ${quotePath(relation.id)}${where}`;
  if (request.columns.length === 0) return countSql(index, column, from);
  return (
    `SELECT ${index} AS request, p, count(*) AS n, CAST(bit_xor(h) AS VARCHAR) AS x, CAST(sum(CAST(h AS HUGEINT)) AS VARCHAR) AS s` +
    ` FROM (SELECT ${partition} AS p, ${rowHash(request)} AS h ${from}) GROUP BY p`
  );
}

/** What XOR and SUM of the hash of no columns come to: the number of rows tells it, at a third of the cost. */
function countSql(index: number, column: string | undefined, from: string): string {
  const hash = hashOfRow([]);
  return (
    `SELECT ${index} AS request, CAST(p AS VARCHAR) AS p, n, CAST(CASE WHEN n % 2 = 1 THEN ${hash} ELSE 0 END AS VARCHAR) AS x,` +
    ` CAST(CAST(n AS HUGEINT) * CAST(${hash} AS HUGEINT) AS VARCHAR) AS s` +
    ` FROM (SELECT ${column ?? "'*'"} AS p, count(*) AS n ${from} GROUP BY 1)`
  );
}

/** By the columns of a relation, which has several readers: the values of each as they are hashed. */
const VALUES = new WeakMap<readonly Column[], ReadonlyMap<string, readonly string[]>>();

function rowHash({ relation, columns }: DigestRequest): string {
  let values = VALUES.get(relation.columns);
  if (values === undefined) {
    values = new Map(relation.columns.map(({ name, type }) => [name, exactValues(quoteName(name), type)]));
    VALUES.set(relation.columns, values);
  }
  const known = values;
  return hashOfRow(columns.flatMap((column) => known.get(column) ?? exactValues(quoteName(column), undefined)));
}
