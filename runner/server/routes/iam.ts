import * as v from "valibot";
import { getRoutine } from "../catalog/routines.js";
import type { Catalogue } from "../catalog/service.js";
import { requireRelation, tableId } from "../catalog/tables.js";
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

const VERB = /^(.+):(getIamPolicy|setIamPolicy|testIamPermissions)$/;
const URL = "/projects/:project/datasets/:dataset";

/**
 * Policies of tables, views and routines, which are kept and not enforced: everybody who is let in may do everything.
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/getIamPolicy
 */
export function iamRoutes(catalogue: Catalogue): readonly Route[] {
  const answer = async (holder: Holder, verb: string | undefined, body: unknown): Promise<ApiAnswer> => {
    if (verb === "testIamPermissions") return { body: { permissions: checked(wanted, body).permissions } };
    if (verb === "setIamPolicy") await keepPolicy(catalogue, holder, body);
    return { body: policyOf(catalogue, holder) };
  };
  const ofTable = async ({ project, path, body }: ApiRequest): Promise<ApiAnswer> => {
    // Some clients put a slash before the colon.
    const named = `${path.table}${path.verb ?? ""}`;
    const [, table, verb] = VERB.exec(named) ?? [];
    if (table === undefined) throw new ApiError("notFound", `Not found: POST of table ${named}`);
    const ref = { project, dataset: path.dataset ?? "", table };
    await requireRelation(catalogue, ref);
    return answer({ kind: "table", id: tableId(ref) }, verb, body);
  };
  const ofRoutine = async ({ project, path, body }: ApiRequest): Promise<ApiAnswer> => {
    const [, routine, verb] = VERB.exec(path.routine ?? "") ?? [];
    if (routine === undefined) throw new ApiError("notFound", `Not found: POST of routine ${path.routine}`);
    const dataset = path.dataset ?? "";
    await getRoutine(catalogue, { project, dataset, routine });
    return answer({ kind: "routine", id: `${dataset}.${routine}` }, verb, body);
  };
  return [
    { method: "POST", url: `${URL}/tables/:table`, handle: ofTable },
    { method: "POST", url: `${URL}/tables/:table/:verb`, handle: ofTable },
    { method: "POST", url: `${URL}/routines/:routine`, handle: ofRoutine },
  ];
}

/** What has a policy. */
interface Holder {
  readonly kind: "table" | "routine";
  readonly id: string;
}

function policyOf({ store }: Catalogue, { kind, id }: Holder) {
  const { iam = [] } = store.get(kind, id) as { readonly iam?: readonly unknown[] };
  return { version: 1, etag: etagOf("iam", JSON.stringify(iam)), ...(iam.length === 0 ? {} : { bindings: iam }) };
}

/** @throws ApiError where the policy has changed since it was read */
async function keepPolicy(catalogue: Catalogue, holder: Holder, body: unknown): Promise<void> {
  const { bindings: iam, etag } = checked(newPolicy, body).policy;
  if (etag !== undefined && etag !== policyOf(catalogue, holder).etag)
    throw new ApiError("conditionNotMet", "There were concurrent policy changes. Please retry with the current etag.");
  const { kind, id } = holder;
  await catalogue.store.set(kind, id, { ...catalogue.store.get(kind, id), iam });
}
