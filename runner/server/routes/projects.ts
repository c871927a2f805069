import { USER } from "../http/caller.js";
import type { Route } from "../http/request.js";
import { etagOf } from "../protocol/etag.js";

/**
 * The one warehouse is every project that a client names.
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/projects
 * @param project the one that a list of projects shows
 */
export function projectRoutes(project: string): readonly Route[] {
  return [
    {
      method: "GET",
      url: "/projects",
      handle: async () => ({
        body: {
          kind: "bigquery#projectList",
          etag: etagOf("projects", project),
          projects: [
            {
              kind: "bigquery#project",
              id: project,
              numericId: "1",
              projectReference: { projectId: project },
              friendlyName: project,
            },
          ],
          totalItems: 1,
        },
      }),
    },
    {
      method: "GET",
      url: "/projects/:project/serviceAccount",
      handle: async () => ({ body: { kind: "bigquery#getServiceAccountResponse", email: USER } }),
    },
  ];
}
