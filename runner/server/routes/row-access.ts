import * as v from "valibot";
import { plainRequest } from "../../port/sql-jobs.js";
import { accessOf, type KeptPolicy, listPolicies } from "../catalog/row-access.js";
import type { Catalogue } from "../catalog/service.js";
import { fullTableName, requireRelation, type TableRef, tableId } from "../catalog/tables.js";
import type { ApiRequest, Route } from "../http/request.js";
import { ApiError, apiError, notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { pageOf } from "../protocol/page-token.js";
import { quoted } from "../protocol/schema.js";
import { checked } from "../protocol/validate.js";
import { isTrue, listLimits } from "./list-limits.js";
import { tableRef } from "./tables.js";

const LIST = "/projects/:project/datasets/:dataset/tables/:table/rowAccessPolicies";
const ONE = `${LIST}/:policy`;

const newPolicy = v.object({
  rowAccessPolicyReference: v.optional(v.object({ policyId: v.string() })),
  filterPredicate: v.string(),
  grantees: v.nullish(v.array(v.string())),
});

const someNames = v.object({ policyIds: v.array(v.string()), force: v.nullish(v.boolean()) });

const somePermissions = v.object({ permissions: v.array(v.string()) });

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/rowAccessPolicies */
export function rowAccessRoutes(catalogue: Catalogue): readonly Route[] {
  const write = async (request: ApiRequest, policyId: string, orReplace: string) => {
    const { filterPredicate, grantees } = checked(newPolicy, request.body);
    const ref = tableRef(request);
    await requireRelation(catalogue, ref);
    const named = (grantees ?? []).map((grantee) => JSON.stringify(grantee)).join(", ");
    const granted = named === "" ? "" : ` GRANT TO (${named})`;
    const head = `CREATE ${orReplace}ROW ACCESS POLICY ${quoted(policyId)} ON ${nameOf(ref)}${granted}`;
    await run(catalogue, request, `${head} FILTER USING (\n${filterPredicate}\n)`);
    return { body: resource(ref, find(catalogue, ref, policyId)) };
  };
  const drop = async (request: ApiRequest, names: readonly string[]) => {
    const ref = tableRef(request);
    await requireRelation(catalogue, ref);
    for (const name of names) find(catalogue, ref, name);
    for (const name of names) await run(catalogue, request, `DROP ROW ACCESS POLICY ${quoted(name)} ON ${nameOf(ref)}`);
    return { code: 204 };
  };
  return [
    {
      method: "GET",
      url: LIST,
      handle: async (request) => {
        const ref = tableRef(request);
        await requireRelation(catalogue, ref);
        const { pageSize, ...query } = request.query;
        const limits = listLimits({ ...query, maxResults: pageSize });
        const { items, nextPageToken } = pageOf(listPolicies(catalogue, tableId(ref)), limits, 100);
        const rowAccessPolicies = items.map((policy) => resource(ref, policy));
        return { body: { rowAccessPolicies, ...(nextPageToken === undefined ? {} : { nextPageToken }) } };
      },
    },
    {
      method: "POST",
      url: LIST,
      handle: async (request) => {
        const { rowAccessPolicyReference } = checked(newPolicy, request.body);
        if (rowAccessPolicyReference === undefined)
          throw new ApiError("required", "Required parameter is missing: rowAccessPolicyReference.policyId");
        return write(request, rowAccessPolicyReference.policyId, "");
      },
    },
    {
      method: "POST",
      url: `${LIST}::batchDelete`,
      handle: async (request) => drop(request, checked(someNames, request.body).policyIds),
    },
    {
      method: "GET",
      url: ONE,
      handle: async (request) => {
        const ref = tableRef(request);
        await requireRelation(catalogue, ref);
        return { body: resource(ref, find(catalogue, ref, request.path.policy ?? "")) };
      },
    },
    {
      method: "PUT",
      url: ONE,
      handle: async (request) => {
        const name = request.path.policy ?? "";
        const ref = tableRef(request);
        await requireRelation(catalogue, ref);
        find(catalogue, ref, name);
        return write(request, name, "OR REPLACE ");
      },
    },
    {
      method: "DELETE",
      url: ONE,
      handle: async (request) => {
        if (!isTrue(request.query.force) && listPolicies(catalogue, tableId(tableRef(request))).length === 1)
          throw new ApiError(
            "invalid",
            "The last row access policy of a table is deleted with force=true only, because all rows are open then.",
          );
        return drop(request, [request.path.policy ?? ""]);
      },
    },
    { method: "POST", url: ONE, handle: async (request) => iamPolicy(catalogue, request) },
  ];
}

/** The path is `policy:getIamPolicy`, as the service has it. */
function iamPolicy(catalogue: Catalogue, request: ApiRequest) {
  const [, name, verb] = /^(.*):(getIamPolicy|testIamPermissions)$/.exec(request.path.policy ?? "") ?? [];
  if (name === undefined)
    throw new ApiError("notFound", "Not found: a policy has the methods getIamPolicy and testIamPermissions alone");
  const { grantees } = find(catalogue, tableRef(request), name);
  // Everybody who is let in may do everything.
  if (verb === "testIamPermissions")
    return { body: { permissions: checked(somePermissions, request.body).permissions } };
  const bindings = grantees.length === 0 ? [] : [{ role: "roles/bigquery.filteredDataViewer", members: grantees }];
  return { body: { etag: etagOf("iam", JSON.stringify(grantees)), version: 1, bindings } };
}

const nameOf = ({ dataset, table }: TableRef): string => `${quoted(dataset)}.${quoted(table)}`;

async function run(catalogue: Catalogue, { project, user }: ApiRequest, sql: string): Promise<void> {
  try {
    await catalogue.jobs.run({ ...plainRequest(sql), access: accessOf(catalogue, user) }, () => undefined);
  } catch (cause) {
    throw apiError(cause, { project, location: catalogue.location });
  }
}

function find(catalogue: Catalogue, ref: TableRef, name: string): KeptPolicy {
  const found = listPolicies(catalogue, tableId(ref)).find((policy) => policy.name === name);
  if (found !== undefined) return found;
  throw notFound("RowAccessPolicy", `${fullTableName(ref)}.${name}`);
}

function resource(ref: TableRef, { name, filter, created, modified }: KeptPolicy) {
  return {
    etag: etagOf("policy", fullTableName(ref), name, modified, filter),
    rowAccessPolicyReference: {
      projectId: ref.project,
      datasetId: ref.dataset,
      tableId: ref.table,
      policyId: name,
    },
    filterPredicate: filter.trim(),
    creationTime: new Date(created).toISOString(),
    lastModifiedTime: new Date(modified).toISOString(),
  };
}
