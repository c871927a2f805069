import type { CompiledTable } from "./compile/graph-shape.js";
import type { ManifestAction } from "./manifest.js";

/** Settings of BigQuery that ask for a table that is kept elsewhere, by the names under which a project gives them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  tableFormat: "iceberg (tableFormat)",
  fileFormat: "iceberg.fileFormat",
  connection: "iceberg.connection",
  storageUri: "iceberg.storageUri",
};

/** What a table or view is besides its rows and columns, as its configuration says. */
export function relationSettings({ bigquery, materialized, actionDescriptor }: CompiledTable) {
  const { partitionBy, partitionExpirationDays, requirePartitionFilter, additionalOptions } = bigquery;
  const given = bigquery as Readonly<Record<string, unknown>>;
  // Without partitions the two say nothing: stock Dataform leaves them out.
  const isPartitioned = partitionBy !== "";
  const settings: NonNullable<ManifestAction["settings"]> = {
    isMaterialized: materialized,
    partitionBy: isPartitioned ? partitionBy : undefined,
    clusterBy: bigquery.clusterBy,
    partitionExpirationDays: isPartitioned ? partitionExpirationDays || undefined : undefined,
    requiresPartitionFilter: isPartitioned && requirePartitionFilter,
    options: additionalOptions,
    unsupported: Object.keys(ELSEWHERE).flatMap((name) => (given[name] === undefined ? [] : [ELSEWHERE[name] ?? name])),
    description: actionDescriptor?.description,
    labels: actionDescriptor?.bigqueryLabels ?? {},
    columns: (actionDescriptor?.columns ?? []).flatMap(({ path, description, bigqueryPolicyTags: policyTags }) =>
      description === undefined && policyTags.length === 0 ? [] : [{ path, description, policyTags }],
    ),
  };
  return settings;
}
