import type { RelationDetails } from "../../port/sql-jobs.js";
import type { Kept } from "../metadata/store.js";
import { fullName, notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { type FieldSchema, fieldsOf } from "../protocol/schema.js";
import { logicalBytes } from "./bytes.js";
import { constraintsOf } from "./constraints.js";
import { requireDataset } from "./datasets.js";
import { describedFields } from "./fields.js";
import type { Catalogue, Project, ReadCatalogue } from "./service.js";

export interface TableRef {
  readonly project: Project;
  readonly dataset: string;
  readonly table: string;
}

/** The key of a table in what is kept of it. */
export const tableId = ({ dataset, table }: Pick<TableRef, "dataset" | "table">): string => `${dataset}.${table}`;

export const fullTableName = ({ project, dataset, table }: TableRef): string => fullName(project, dataset, table);

/** @throws ApiError where there is no such table or view */
export async function requireRelation(catalogue: Catalogue, ref: TableRef): Promise<RelationDetails> {
  const found = await findRelation(catalogue, ref);
  if (found !== undefined) return found;
  await requireDataset(catalogue, ref.project, ref.dataset);
  throw notFound("Table", fullTableName(ref));
}

/** The relation of a name; undefined: there is none, or it has expired. */
export async function findRelation(catalogue: Catalogue, ref: TableRef): Promise<RelationDetails | undefined> {
  const [found] = await catalogue.jobs.relations(ref.dataset, ref.table);
  return found;
}

/** The fields of a table or view, with what the warehouse knows and what was said of them. */
export function tableFields(
  { store }: Pick<Catalogue, "store">,
  ref: TableRef,
  relation: RelationDetails,
): FieldSchema[] {
  const { schema } = store.get("table", tableId(ref));
  const kept = (schema as { readonly fields?: readonly FieldSchema[] } | undefined)?.fields ?? [];
  return describedFields(fieldsOf(relation.columns, relation.required), kept);
}

/** A table or view as the API writes it. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
export function tableResource(catalogue: ReadCatalogue, ref: TableRef, relation: RelationDetails) {
  const { times, store, location } = catalogue;
  const { project, dataset, table } = ref;
  const kept = store.get("table", tableId(ref));
  const { created, schema: _schema, view, materializedView, partitionExpirationMs, iam: _, ...said } = kept;
  const modified = times.get(tableId(ref));
  const isTable = relation.kind === "table";
  const fields = tableFields(catalogue, ref, relation);
  const streamingBuffer = catalogue.buffer.of(tableId(ref));
  // Rows are counted once they have left the buffer.
  const rows = Math.max(0, (relation.rows ?? 0) - Number(streamingBuffer?.estimatedRows ?? 0));
  const bytes = isTable ? logicalBytes({ ...relation, rows }) : 0;
  return {
    kind: "bigquery#table",
    etag: etagOf("table", project, tableId(ref), modified, JSON.stringify(store.get("table", tableId(ref)))),
    id: fullTableName(ref),
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/datasets/${dataset}/tables/${table}`,
    tableReference: { projectId: project, datasetId: dataset, tableId: table },
    schema: { fields },
    ...withExpiration({ ...layoutOf(relation, project), ...said }, partitionExpirationMs),
    ...madeOf(said, project),
    ...(isTable
      ? {
          numBytes: String(bytes),
          numLongTermBytes: "0",
          numRows: String(rows),
          numTotalLogicalBytes: String(bytes),
          numActiveLogicalBytes: String(bytes),
          numLongTermLogicalBytes: "0",
        }
      : {}),
    creationTime: String(created ?? times.madeAt(tableId(ref)) ?? modified),
    lastModifiedTime: String(modified),
    ...(streamingBuffer === undefined ? {} : { streamingBuffer }),
    type: typeOfTable(catalogue, ref, relation),
    location: store.get("dataset", dataset).location ?? location,
    ...(isTable ? {} : viewOf(relation, view, materializedView)),
  };
}

export type TableResource = ReturnType<typeof tableResource>;

/** What a snapshot or clone was made of; a statement need not have named the project. */
function madeOf({ snapshotDefinition, cloneDefinition }: Kept, projectId: string) {
  const named = (made: unknown): object => {
    const { baseTableReference, ...when } = made as { readonly baseTableReference: object };
    return { baseTableReference: { projectId, ...baseTableReference }, ...when };
  };
  return {
    ...(snapshotDefinition === undefined ? {} : { snapshotDefinition: named(snapshotDefinition) }),
    ...(cloneDefinition === undefined ? {} : { cloneDefinition: named(cloneDefinition) }),
  };
}

/** What the warehouse itself knows of partitions, clusters and keys. */
function layoutOf(relation: RelationDetails, project: Project) {
  const { partitionColumn, clusterBy, ingestion } = relation;
  return {
    ...(ingestion === undefined ? {} : { timePartitioning: { type: ingestion } }),
    ...(partitionColumn === undefined ? {} : { timePartitioning: { type: "DAY", field: partitionColumn } }),
    ...(clusterBy.length === 0 ? {} : { clustering: { fields: clusterBy } }),
    ...constraintsOf(relation, project),
    ...(relation.isCollated === true ? { defaultCollation: "und:ci" } : {}),
  };
}

function withExpiration<T extends { readonly timePartitioning?: unknown }>(resource: T, expirationMs: unknown): T {
  const { timePartitioning } = resource;
  if (timePartitioning === undefined || expirationMs === undefined) return resource;
  return { ...resource, timePartitioning: { ...(timePartitioning as object), expirationMs } };
}

function viewOf({ definition }: RelationDetails, view: unknown, materializedView: unknown) {
  if (materializedView !== undefined) return { materializedView };
  return { view: view ?? { query: definition ?? "", useLegacySql: false } };
}

function typeOfTable(
  { store }: Pick<Catalogue, "store">,
  ref: TableRef,
  { kind, isSnapshot }: RelationDetails,
): string {
  if (store.get("table", tableId(ref)).externalDataConfiguration !== undefined) return "EXTERNAL";
  if (kind === "table") return isSnapshot === true ? "SNAPSHOT" : "TABLE";
  return store.get("table", tableId(ref)).materializedView === undefined ? "VIEW" : "MATERIALIZED_VIEW";
}

/** The short form that lists have. */
export function tableEntry(catalogue: Catalogue, ref: TableRef, relation: RelationDetails) {
  const { project, dataset, table } = ref;
  const { id, type, creationTime, ...rest } = tableResource(catalogue, ref, relation);
  const said = rest as Readonly<Record<string, unknown>>;
  const shown = ["labels", "friendlyName", "timePartitioning", "rangePartitioning", "clustering", "expirationTime"];
  const view = type === "VIEW" ? { view: { useLegacySql: false } } : {};
  return {
    kind: "bigquery#table",
    id,
    tableReference: { projectId: project, datasetId: dataset, tableId: table },
    type,
    creationTime,
    ...view,
    ...Object.fromEntries(shown.filter((name) => said[name] !== undefined).map((name) => [name, said[name]])),
  };
}
