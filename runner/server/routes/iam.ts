import * as v from "valibot";
import type { Catalogue } from "../catalog/service.js";
import { requireRelation, type TableRef, tableId } from "../catalog/tables.js";
import type { ApiAnswer, ApiRequest, Route } from "../http/request.js";
import { ApiError } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { checked } from "../protocol/validate.js";

const newPolicy = v.object({
  policy: v.looseObject({
    bindings: v.optional(
      v.array(v.looseObject({ role: v.string(), members: v.optional(v.array(v.string()), []) })),
      [],
    ),
    etag: v.optional(v.string()),
  }),
});

const wanted = v.object({ permissions: v.array(v.string()) });

/**
 * Policies of tables and views, which are kept and not enforced: everybody who is let in may do everything.
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/getIamPolicy
 */
export function iamRoutes(catalogue: Catalogue): readonly Route[] {
  const handle = async ({ project, path, body }: ApiRequest): Promise<ApiAnswer> => {
    // Some clients put a slash before the colon.
    const named = `${path.table}${path.verb ?? ""}`;
    const [, table, verb] = /^(.+):(getIamPolicy|setIamPolicy|testIamPermissions)$/.exec(named) ?? [];
    if (table === undefined) throw new ApiError("notFound", `Not found: POST of table ${named}`);
    const ref = { project, dataset: path.dataset ?? "", table };
    await requireRelation(catalogue, ref);
    if (verb === "testIamPermissions") return { body: { permissions: checked(wanted, body).permissions } };
    if (verb === "setIamPolicy") await keepPolicy(catalogue, ref, body);
    return { body: policyOf(catalogue, ref) };
  };
  const url = "/projects/:project/datasets/:dataset/tables/:table";
  return [url, `${url}/:verb`].map((each) => ({ method: "POST", url: each, handle }));
}

function policyOf({ store }: Catalogue, ref: TableRef) {
  const { iam = [] } = store.get("table", tableId(ref)) as { readonly iam?: readonly unknown[] };
  return { version: 1, etag: etagOf("iam", JSON.stringify(iam)), ...(iam.length === 0 ? {} : { bindings: iam }) };
}

/** @throws ApiError where the policy has changed since it was read */
async function keepPolicy(catalogue: Catalogue, ref: TableRef, body: unknown): Promise<void> {
  const { bindings: iam, etag } = checked(newPolicy, body).policy;
  if (etag !== undefined && etag !== policyOf(catalogue, ref).etag)
    throw new ApiError("conditionNotMet", "There were concurrent policy changes. Please retry with the current etag.");
  await catalogue.store.set("table", tableId(ref), { ...catalogue.store.get("table", tableId(ref)), iam });
}
