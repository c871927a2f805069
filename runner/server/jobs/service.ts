import type { CatalogueReader, ChangeMark, SystemTables } from "../../port/sql-jobs.js";
import type { Turns } from "../../port/turns.js";
import type { Catalogue } from "../catalog/service.js";
import type { FaultPlan } from "../faults/rules.js";
import type { InsertIds } from "./insert-ids.js";
import type { Job } from "./job.js";
import type { JobRegistry } from "./registry.js";
import type { Sessions } from "./sessions.js";
import type { TableQuotas } from "./table-quotas.js";
import type { StagedUploads } from "./uploads.js";

/** What jobs run on. */
export interface JobService extends Catalogue {
  readonly registry: JobRegistry;
  /** The mark that a job leaves with what it changes; undefined: nobody will look for it. */
  readonly markOf: (job: Job) => ChangeMark | undefined;
  /** Rows that were streamed a short time before. */
  readonly insertIds: InsertIds;
  /** Errors that jobs are to fail with; undefined: none. */
  readonly faults?: FaultPlan | undefined;
  readonly sessions: Sessions;
  readonly uploads: StagedUploads;
  /** INFORMATION_SCHEMA and the like, as a project sees them once `noted` says that all is kept which a script has done. */
  readonly systemTables: (project: string, noted: () => Promise<unknown>) => SystemTables;
  /** All rows of a query, which are few. */
  readonly select: CatalogueReader["select"];
  /** The folder that stands for all buckets; undefined: `gs://` leads nowhere. */
  readonly bucketDir: string | undefined;
  /** Undefined: anything may be done to a table. */
  readonly quotas: TableQuotas | undefined;
  /** Of jobs that make or replace a table. */
  readonly turns: Turns;
}
