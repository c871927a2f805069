import { requireDataset } from "../catalog/datasets.js";
import {
  deleteRoutine,
  getRoutine,
  listRoutines,
  newRoutine,
  type RoutineRef,
  routineChange,
  writeRoutine,
} from "../catalog/routines.js";
import type { Catalogue } from "../catalog/service.js";
import type { ApiRequest, Route } from "../http/request.js";
import { ApiError, fullName, notFound } from "../protocol/errors.js";
import { requireMatch } from "../protocol/etag.js";
import { pageOf } from "../protocol/page-token.js";
import { checked } from "../protocol/validate.js";
import { listLimits } from "./list-limits.js";

const DATASET = "/projects/:project/datasets/:dataset";
const ONE = `${DATASET}/routines/:routine`;

const refOf = ({ project, path: { dataset = "", routine = "" } }: ApiRequest): RoutineRef => ({
  project,
  dataset,
  routine,
});

/** What a list tells of a routine to whom says nothing of it. */
const LISTED = "etag,routineReference,routineType,creationTime,lastModifiedTime,language";

/** The fields of a routine that are asked for; its name is always told. */
function readMasked(routine: object, mask: string): object {
  const asked = mask
    .split(",")
    .map((path) => path.trim().replaceAll(/_([a-z])/g, (_, sign: string) => sign.toUpperCase()));
  const wanted = new Set(["routineReference", ...asked.map((path) => path.split(".")[0])]);
  return Object.fromEntries(Object.entries(routine).filter(([name]) => wanted.has("*") || wanted.has(name)));
}

/** `routineType:SCALAR_FUNCTION`; undefined: all types. */
function routineTypeOf(filter: string | undefined): string | undefined {
  if (!filter) return undefined;
  const type = /^routineType:(\w+)$/.exec(filter.trim())?.[1];
  if (type === undefined) throw new ApiError("invalid", `Invalid value for filter: ${filter}`, "filter");
  return type;
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/routines, and models, of which there are none. */
export function routineRoutes(catalogue: Catalogue): readonly Route[] {
  return [
    {
      method: "GET",
      url: `${DATASET}/routines`,
      handle: async ({ project, path: { dataset = "" }, query }) => {
        await requireDataset(catalogue, project, dataset);
        const type = routineTypeOf(query.filter);
        const names = await listRoutines(catalogue, dataset);
        const all = await Promise.all(names.map((routine) => getRoutine(catalogue, { project, dataset, routine })));
        const some = all.filter(({ routineType }) => type === undefined || routineType === type);
        const { items, nextPageToken } = pageOf(some, listLimits(query), 1000);
        const routines = items.map((routine) => readMasked(routine, query.readMask || LISTED));
        const token = nextPageToken === undefined ? {} : { nextPageToken };
        return { body: { ...(routines.length === 0 ? {} : { routines }), ...token } };
      },
    },
    {
      method: "POST",
      url: `${DATASET}/routines`,
      handle: async (request) => {
        const { routineReference, ...given } = checked(newRoutine, request.body);
        const ref = { ...refOf(request), routine: routineReference.routineId };
        await requireDataset(catalogue, ref.project, ref.dataset);
        return { body: await writeRoutine(catalogue, ref, given, false) };
      },
    },
    {
      method: "GET",
      url: ONE,
      handle: async (request) => {
        const routine = await getRoutine(catalogue, refOf(request));
        const { readMask } = request.query;
        return { body: readMask ? readMasked(routine, readMask) : routine };
      },
    },
    {
      method: "PUT",
      url: ONE,
      handle: async (request) => {
        const ref = refOf(request);
        requireMatch(request.ifMatch, (await getRoutine(catalogue, ref)).etag);
        return { body: await writeRoutine(catalogue, ref, checked(routineChange, request.body), true) };
      },
    },
    {
      method: "DELETE",
      url: ONE,
      handle: async (request) => {
        const ref = refOf(request);
        if (request.ifMatch !== undefined) requireMatch(request.ifMatch, (await getRoutine(catalogue, ref)).etag);
        await deleteRoutine(catalogue, ref);
        return { code: 204 };
      },
    },
    {
      method: "GET",
      url: `${DATASET}/models`,
      handle: async ({ project, path: { dataset = "" } }) => {
        await requireDataset(catalogue, project, dataset);
        return { body: {} };
      },
    },
    ...(["GET", "PATCH", "DELETE"] as const).map(
      (method): Route => ({
        method,
        url: `${DATASET}/models/:model`,
        handle: async ({ project, path: { dataset = "", model = "" } }) => {
          throw notFound("Model", fullName(project, dataset, model));
        },
      }),
    ),
  ];
}
