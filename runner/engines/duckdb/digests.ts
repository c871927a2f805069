import type { DuckDBConnection } from "@duckdb/node-api";
import { type Fingerprint, NULL_PARTITION, type Partition } from "../../port/identity.js";
import type { DigestRequest, PartitionDigest, PartitionDigests } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { exactValues, hashOfRow } from "./exact-values.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import type { TransactionDigests } from "./transaction-digests.js";

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

/** The same, without reading what somebody has read already of a table that nobody has written to since. */
export async function readDigestsThrough(
  known: TransactionDigests,
  connection: DuckDBConnection,
  requests: readonly DigestRequest[],
): Promise<readonly PartitionDigests[]> {
  const texts = requests.map((request) => digestSql(request, 0));
  const answers = new Map<string, PartitionDigests>();
  // Several actions ask the same of a table.
  const missing = new Map<string, DigestRequest>();
  requests.forEach((request, index) => {
    const text = texts[index] as string;
    if (answers.has(text) || missing.has(text)) return;
    const answer = isKept(request) ? known.find(request.relation.id, text) : undefined;
    if (answer === undefined) missing.set(text, request);
    else answers.set(text, answer);
  });
  const read = await readDigests(connection, [...missing.values()]);
  [...missing].forEach(([text, request], index) => {
    const answer = read[index] ?? new Map();
    answers.set(text, answer);
    if (isKept(request)) known.keep(request.relation.id, text, answer);
  });
  return texts.map((text) => answers.get(text) ?? new Map());
}

/** What a view shows may lie outside the file. */
function isKept({ relation }: DigestRequest): boolean {
  return relation.kind === "table";
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
