import type { QueryResult, RelationId } from "../../port/port.js";
import type { BatchReader } from "./batch.js";
import type { Catalog } from "./catalog.js";
import type { DigestCache } from "./digest-cache.js";
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
