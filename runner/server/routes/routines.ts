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
import { fullName, notFound } from "../protocol/errors.js";
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

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/routines, and models, of which there are none. */
export function routineRoutes(catalogue: Catalogue): readonly Route[] {
  return [
    {
      method: "GET",
      url: `${DATASET}/routines`,
      handle: async ({ project, path: { dataset = "" }, query }) => {
        await requireDataset(catalogue, project, dataset);
        const { items, nextPageToken } = pageOf(await listRoutines(catalogue, dataset), listLimits(query), 1000);
        const routines = await Promise.all(
          items.map((routine) => getRoutine(catalogue, { project, dataset, routine })),
        );
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
    { method: "GET", url: ONE, handle: async (request) => ({ body: await getRoutine(catalogue, refOf(request)) }) },
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
