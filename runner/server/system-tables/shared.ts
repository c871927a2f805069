import type { CatalogueReader } from "../../port/sql-jobs.js";
import type { ReadCatalogue } from "../catalog/service.js";
import type { JobRegistry } from "../jobs/registry.js";
import type { Sessions } from "../jobs/sessions.js";

/** What the rows of system tables are made from. */
export type Place = ReadCatalogue & {
  readonly select: CatalogueReader["select"];
  readonly registry: JobRegistry;
  /** Undefined: nobody can open any. */
  readonly sessions?: Sessions;
};

/** Milliseconds since 1970 as a TIMESTAMP. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "")}+00:00`;
}
