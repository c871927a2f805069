import { type Fingerprint, NULL_PARTITION, type Partition } from "../port/identity.js";
import type { DigestRequest, PartitionDigest, PartitionDigests, QueryResult } from "../port/port.js";
import { digestSql, type SomePartitions } from "./digest-sql.js";

/** More in one query would be hard to plan, and a longer text is refused by BigQuery, which takes 1 MiB. */
const REQUESTS_A_QUERY = 20;
const CHARACTERS_A_QUERY = 500_000;

/** A request with the relation in SQL. */
export interface SourcedRequest {
  readonly request: DigestRequest;
  readonly source: string;
  /** Only these partitions; undefined: as the request says. */
  readonly some?: SomePartitions;
}

/** Reads the rows of relations and digests them. */
export async function readDigests(
  requests: readonly SourcedRequest[],
  query: (sql: string) => Promise<QueryResult>,
): Promise<readonly PartitionDigests[]> {
  const answers = requests.map(() => new Map<Partition, PartitionDigest>());
  const texts = requests.map(({ request, source, some }, index) => digestSql(request, index, source, some));
  for (const some of inQueries(texts)) {
    const { rows } = await query(some.join("\nUNION ALL\n"));
    for (const [request, partition, count, xor, sum] of rows) {
      const digest = `${count}:${xor}:${sum}` as Fingerprint;
      const key = (partition as Partition | null) ?? NULL_PARTITION;
      answers[Number(request)]?.set(key, { rows: Number(count), digest });
    }
  }
  return answers;
}

function* inQueries(texts: readonly string[]): Generator<readonly string[]> {
  let some: string[] = [];
  let length = 0;
  for (const text of texts) {
    if (some.length === REQUESTS_A_QUERY || (some.length > 0 && length + text.length > CHARACTERS_A_QUERY)) {
      yield some;
      some = [];
      length = 0;
    }
    some.push(text);
    length += text.length;
  }
  if (some.length > 0) yield some;
}
