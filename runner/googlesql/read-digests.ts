import { type Fingerprint, NULL_PARTITION, type Partition } from "../port/identity.js";
import type { DigestRequest, PartitionDigest, PartitionDigests, QueryResult } from "../port/port.js";
import { digestSql, type SomePartitions } from "./digest-sql.js";

/** More in one query would make its text too long. */
const REQUESTS_A_QUERY = 20;

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
  for (let first = 0; first < texts.length; first += REQUESTS_A_QUERY) {
    const { rows } = await query(texts.slice(first, first + REQUESTS_A_QUERY).join("\nUNION ALL\n"));
    for (const [request, partition, count, xor, sum] of rows) {
      const digest = `${count}:${xor}:${sum}` as Fingerprint;
      const key = (partition as Partition | null) ?? NULL_PARTITION;
      answers[Number(request)]?.set(key, { rows: Number(count), digest });
    }
  }
  return answers;
}
