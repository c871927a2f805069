import type { JobRows } from "../../port/sql-jobs.js";
import { requireDataset } from "../catalog/datasets.js";
import { withoutDecorator } from "../catalog/partitions.js";
import { changeTable, createTable, deleteTable, newTable, tableChange } from "../catalog/table-changes.js";
import { fullTableName, requireRelation, type TableRef, tableEntry, tableResource } from "../catalog/tables.js";
import type { ApiRequest, Handler, Route } from "../http/request.js";
import { jobOfAnonymous } from "../jobs/anonymous.js";
import { anonymousResource } from "../jobs/anonymous-resource.js";
import { createExternalTable, withFileFields } from "../jobs/make-external.js";
import type { JobService } from "../jobs/service.js";
import { sourceTable } from "../jobs/source-table.js";
import { ApiError } from "../protocol/errors.js";
import { etagOf, requireMatch } from "../protocol/etag.js";
import { pageOf } from "../protocol/page-token.js";
import type { FieldSchema } from "../protocol/schema.js";
import { checked } from "../protocol/validate.js";
import { fieldTree, selectedFields } from "../values/selected-fields.js";
import { listLimits } from "./list-limits.js";
import { partitionsSummary } from "./partitions-summary.js";

const LIST = "/projects/:project/datasets/:dataset/tables";
const ONE = `${LIST}/:table`;

export const tableRef = ({ project, path: { dataset = "", table = "" } }: ApiRequest): TableRef => ({
  project,
  dataset,
  table,
});

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
export function tableRoutes(service: JobService): readonly Route[] {
  const change =
    (replace: boolean): Handler =>
    async (request) => {
      const ref = tableRef(request);
      const { etag } = tableResource(service, ref, await requireRelation(service, ref));
      requireMatch(request.ifMatch, etag);
      service.quotas?.update(`${ref.dataset}.${ref.table}`);
      const change = checked(tableChange, request.body);
      return { body: await changeTable(service, ref, await withFileFields(service, ref, change), replace) };
    };
  return [
    {
      method: "GET",
      url: LIST,
      handle: async (request) => {
        const { project, query } = request;
        const { dataset = "" } = request.path;
        await requireDataset(service, project, dataset);
        const relations = await service.jobs.relations(dataset);
        const { items, nextPageToken } = pageOf(relations, listLimits(query), 10_000);
        const tables = items.map((relation) =>
          tableEntry(service, { project, dataset, table: relation.id.name }, relation),
        );
        return {
          body: {
            kind: "bigquery#tableList",
            etag: etagOf("tables", project, dataset, JSON.stringify(tables)),
            ...(nextPageToken === undefined ? {} : { nextPageToken }),
            ...(tables.length === 0 ? {} : { tables }),
            totalItems: relations.length,
          },
        };
      },
    },
    {
      method: "POST",
      url: LIST,
      handle: async (request) => {
        const { tableReference, ...given } = checked(newTable, request.body);
        const ref = { ...tableRef(request), table: tableReference.tableId };
        const { externalDataConfiguration } = given;
        if (!externalDataConfiguration) return { body: await createTable(service, ref, given) };
        return { body: await createExternalTable(service, ref, { ...given, externalDataConfiguration }) };
      },
    },
    {
      method: "GET",
      url: ONE,
      handle: async (request) => {
        const ref = tableRef(request);
        const jobId = jobOfAnonymous(ref.dataset, ref.table);
        const whole =
          jobId !== undefined
            ? anonymousResource(service, ref, jobId)
            : /[$@]/.test(ref.table)
              ? await partResource(service, ref)
              : tableResource(service, ref, await requireRelation(service, ref));
        return { body: shownTable(whole, request.query) };
      },
    },
    { method: "PATCH", url: ONE, handle: change(false) },
    { method: "PUT", url: ONE, handle: change(true) },
    {
      method: "DELETE",
      url: ONE,
      handle: async (request) => {
        const ref = tableRef(request);
        if (request.ifMatch !== undefined)
          requireMatch(request.ifMatch, tableResource(service, ref, await requireRelation(service, ref)).etag);
        await deleteTable(service, ref);
        return { code: 204 };
      },
    },
  ];
}

const VIEWS = ["TABLE_METADATA_VIEW_UNSPECIFIED", "BASIC", "STORAGE_STATS", "FULL"];
const STATISTICS = /^num[A-Z]|^streamingBuffer$/;

/** What a client asks for of a table. */
function shownTable<T extends { readonly schema: { readonly fields: readonly FieldSchema[] } }>(
  whole: T,
  { view = "STORAGE_STATS", selectedFields: wanted }: ApiRequest["query"],
): object {
  if (!VIEWS.includes(view)) throw new ApiError("invalid", `Invalid value for view: ${view}`, "view");
  const schema = { fields: selectedFields(whole.schema.fields, fieldTree(wanted)) };
  const shown = Object.entries({ ...whole, schema });
  return Object.fromEntries(view === "BASIC" ? shown.filter(([name]) => !STATISTICS.test(name)) : shown);
}

function summaryTable(ref: TableRef, { columns, count }: JobRows) {
  return { base: withoutDecorator(ref).base, columns, rows: count };
}

/** A part of a table, or what it was, as a table of its own. */
async function partResource(service: JobService, ref: TableRef) {
  const summary = await partitionsSummary(service, ref);
  const { base, columns, rows } = summary === undefined ? await sourceTable(service, ref) : summaryTable(ref, summary);
  const relation = await requireRelation(service, base);
  const { project: projectId, dataset: datasetId, table: tableId } = ref;
  return {
    ...tableResource(service, base, { ...relation, columns, rows }),
    id: fullTableName(ref),
    tableReference: { projectId, datasetId, tableId },
  };
}
