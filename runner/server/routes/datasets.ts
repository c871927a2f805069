import {
  changeDataset,
  createDataset,
  datasetChange,
  datasetEntry,
  deleteDataset,
  getDataset,
  listDatasets,
  newDataset,
} from "../catalog/datasets.js";
import type { Catalogue } from "../catalog/service.js";
import type { Handler, Route } from "../http/request.js";
import { ApiError } from "../protocol/errors.js";
import { etagOf, requireMatch } from "../protocol/etag.js";
import { pageOf } from "../protocol/page-token.js";
import { checked } from "../protocol/validate.js";
import { isTrue, listLimits } from "./list-limits.js";

const LIST = "/projects/:project/datasets";
const ONE = `${LIST}/:dataset`;

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets */
export function datasetRoutes(catalogue: Catalogue): readonly Route[] {
  const change =
    (replace: boolean): Handler =>
    async ({ project, path: { dataset = "" }, body, ifMatch }) => {
      const { etag } = await getDataset(catalogue, project, dataset);
      requireMatch(ifMatch, etag);
      return { body: await changeDataset(catalogue, project, dataset, checked(datasetChange, body), replace) };
    };
  return [
    {
      method: "GET",
      url: LIST,
      handle: async ({ project, query }) => {
        const names = await listDatasets(catalogue, isTrue(query.all));
        const filter = labelFilter(query.filter);
        const all = names.filter((name) => filter(catalogue.store.get("dataset", name).labels));
        const { items, nextPageToken } = pageOf(all, listLimits(query), 10_000);
        const datasets = items.map((name) => datasetEntry(catalogue, project, name));
        const etag = etagOf("datasets", project, JSON.stringify(datasets));
        return {
          body: {
            kind: "bigquery#datasetList",
            etag,
            ...(nextPageToken === undefined ? {} : { nextPageToken }),
            ...(datasets.length === 0 ? {} : { datasets }),
          },
        };
      },
    },
    {
      method: "POST",
      url: LIST,
      handle: async ({ project, body }) => ({
        body: await createDataset(catalogue, project, checked(newDataset, body)),
      }),
    },
    {
      method: "GET",
      url: ONE,
      handle: async ({ project, path: { dataset = "" }, query }) => ({
        body: shownDataset(await getDataset(catalogue, project, dataset), query.datasetView),
      }),
    },
    { method: "PATCH", url: ONE, handle: change(false) },
    { method: "PUT", url: ONE, handle: change(true) },
    {
      method: "DELETE",
      url: ONE,
      handle: async ({ project, path: { dataset = "" }, query, ifMatch }) => {
        if (ifMatch !== undefined) requireMatch(ifMatch, (await getDataset(catalogue, project, dataset)).etag);
        await deleteDataset(catalogue, project, dataset, isTrue(query.deleteContents));
        return { code: 204 };
      },
    },
  ];
}

/** Who may see a dataset, what else is said of it, or both. */
function shownDataset(whole: Awaited<ReturnType<typeof getDataset>>, view = "FULL"): object {
  const { access, ...said } = whole;
  const { kind, etag, id, selfLink, datasetReference } = whole;
  if (view === "METADATA") return said;
  if (view === "ACL") return { kind, etag, id, selfLink, datasetReference, access };
  if (view === "FULL" || view === "DATASET_VIEW_UNSPECIFIED") return whole;
  throw new ApiError("invalid", `Invalid value for datasetView: ${view}`, "datasetView");
}

/** `labels.key[:value]`, several of them separated by blanks: all must hold. */
function labelFilter(filter: string | undefined): (labels: unknown) => boolean {
  if (filter && !/^\s*labels\.[^\s:]+(?::\S*)?(?:\s+labels\.[^\s:]+(?::\S*)?)*\s*$/.test(filter))
    throw new ApiError("invalid", `Invalid value for filter: ${filter} is not labels.KEY[:VALUE]`, "filter");
  const wanted = [...(filter ?? "").matchAll(/labels\.([^\s:]+)(?::(\S+))?/g)];
  return (labels) => {
    const given = (labels ?? {}) as Readonly<Record<string, string>>;
    return wanted.every(
      ([, key = "", value]) => Object.hasOwn(given, key) && (value === undefined || given[key] === value),
    );
  };
}
