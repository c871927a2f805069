import type { TableRef } from "../catalog/tables.js";
import { ApiError } from "../protocol/errors.js";

/**
 * The table of a resource name.
 * @throws ApiError for a name that is none of a table
 */
export function tableOfName(name: string): TableRef {
  const match = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(name);
  const [, project, dataset, table] = match ?? [];
  if (project === undefined || dataset === undefined || table === undefined)
    throw new ApiError(
      "invalid",
      `Invalid table name ${JSON.stringify(name)}: it must be projects/P/datasets/D/tables/T`,
    );
  return { project, dataset, table };
}

/** The name of a table as a resource. */
export function nameOfTable({ project, dataset, table }: TableRef): string {
  return `projects/${project}/datasets/${dataset}/tables/${table}`;
}
