import type { PartitionDigests, QueryResult, RelationId } from "../../port/port.js";
import type { BatchReader } from "./batch.js";
import type { Catalog } from "./catalog.js";
import type { DigestCache } from "./digest-cache.js";
import { digestSql } from "./digest-sql.js";
import { readDigests, type SourcedRequest } from "./digests.js";
import type { Jobs, Purpose } from "./jobs.js";
import { quotePath } from "./names.js";
import type { Rest } from "./rest.js";
import type { Connection } from "./settings.js";

/** What all transactions of an open warehouse share. */
export interface Service {
  readonly connection: Connection;
  readonly rest: Rest;
  readonly batch: BatchReader;
  readonly catalog: Catalog;
  readonly jobs: Jobs;
  readonly digests: DigestCache;
  /** Where stages lie until they are published. */
  readonly stageDataset: string;
  /** Numbers the stages of this process. */
  nextStage(): number;
  /** Makes the dataset of the stages, once. */
  readyStages(): Promise<void>;
}

/** A relation in SQL. */
export function sqlPath({ connection }: Service, id: RelationId): string {
  return quotePath(id, connection.project);
}

/** Runs a query for its rows. */
export async function queryRows(service: Service, sql: string, step: string, purpose: Purpose): Promise<QueryResult> {
  const { columns, rows } = await service.jobs.query({ sql, step }, purpose);
  return { columns, rows };
}

/**
 * Digests of relations as they stand. What was read of a table that has not been written since is not read again.
 * @param tokens of the relations, in their order, looked at before; undefined: the rows are read
 */
export async function standingDigests(
  service: Service,
  requests: readonly SourcedRequest[],
  tokens: readonly (string | undefined)[],
  purpose: Purpose,
): Promise<readonly PartitionDigests[]> {
  const keys = requests.map(({ request, source }) => digestSql(request, 0, source));
  const known = keys.map((key, index) => {
    const token = tokens[index];
    return token === undefined ? undefined : service.digests.find(key, token);
  });
  const missing = requests.filter((_, index) => known[index] === undefined);
  const read =
    missing.length === 0 ? [] : [...(await readDigests(missing, (sql) => queryRows(service, sql, "digest", purpose)))];
  return known.map((answer, index) => {
    if (answer !== undefined) return answer;
    const fresh = read.shift() as PartitionDigests;
    const token = tokens[index];
    if (token !== undefined) service.digests.keep(keys[index] as string, token, fresh);
    return fresh;
  });
}
