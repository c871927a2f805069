import type { Route } from "../http/request.js";

type ParameterType = "boolean" | "integer" | "string";
type Method = readonly [verb: Route["method"], path: string, query?: Readonly<Record<string, ParameterType>>];

const PAGE = { maxResults: "integer", pageToken: "string" } as const;
const DATASETS = "projects/{+projectId}/datasets";
const DATASET = `${DATASETS}/{+datasetId}`;
const TABLE = `${DATASET}/tables/{+tableId}`;
const POLICY = `${TABLE}/rowAccessPolicies/{+policyId}`;
const ROUTINE = `${DATASET}/routines/{+routineId}`;
const MODEL = `${DATASET}/models/{+modelId}`;
const JOBS = "projects/{+projectId}/jobs";
const DATASET_CHANGE = { accessPolicyVersion: "integer", updateMode: "string" } as const;
const ROWS = { ...PAGE, startIndex: "string", "formatOptions.useInt64Timestamp": "boolean" } as const;
const JOB = { location: "string" } as const;

const iamMethods = {
  getIamPolicy: ["POST", "{+resource}:getIamPolicy"],
  setIamPolicy: ["POST", "{+resource}:setIamPolicy"],
  testIamPermissions: ["POST", "{+resource}:testIamPermissions"],
} as const;

/** The methods of the API with what may stand in their query. */
const RESOURCES: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  datasets: {
    delete: ["DELETE", DATASET, { deleteContents: "boolean" }],
    get: ["GET", DATASET, { accessPolicyVersion: "integer", datasetView: "string" }],
    insert: ["POST", DATASETS, { accessPolicyVersion: "integer" }],
    list: ["GET", DATASETS, { ...PAGE, all: "boolean", filter: "string" }],
    patch: ["PATCH", DATASET, DATASET_CHANGE],
    update: ["PUT", DATASET, DATASET_CHANGE],
  },
  jobs: {
    cancel: ["POST", `${JOBS}/{+jobId}/cancel`, JOB],
    delete: ["DELETE", `${JOBS}/{+jobId}/delete`, JOB],
    get: ["GET", `${JOBS}/{+jobId}`, JOB],
    getQueryResults: ["GET", "projects/{+projectId}/queries/{+jobId}", { ...ROWS, ...JOB, timeoutMs: "integer" }],
    insert: ["POST", JOBS],
    list: [
      "GET",
      JOBS,
      {
        ...PAGE,
        allUsers: "boolean",
        minCreationTime: "string",
        maxCreationTime: "string",
        parentJobId: "string",
        projection: "string",
        stateFilter: "string",
      },
    ],
    query: ["POST", "projects/{+projectId}/queries"],
  },
  models: {
    delete: ["DELETE", MODEL],
    get: ["GET", MODEL],
    list: ["GET", `${DATASET}/models`, PAGE],
    patch: ["PATCH", MODEL],
  },
  projects: {
    getServiceAccount: ["GET", "projects/{+projectId}/serviceAccount"],
    list: ["GET", "projects", PAGE],
  },
  routines: {
    delete: ["DELETE", ROUTINE],
    get: ["GET", ROUTINE, { readMask: "string" }],
    insert: ["POST", `${DATASET}/routines`],
    list: ["GET", `${DATASET}/routines`, { ...PAGE, filter: "string", readMask: "string" }],
    update: ["PUT", ROUTINE],
    ...iamMethods,
  },
  rowAccessPolicies: {
    batchDelete: ["POST", `${TABLE}/rowAccessPolicies:batchDelete`],
    delete: ["DELETE", POLICY, { force: "boolean" }],
    get: ["GET", POLICY],
    insert: ["POST", `${TABLE}/rowAccessPolicies`],
    list: ["GET", `${TABLE}/rowAccessPolicies`, { pageSize: "integer", pageToken: "string" }],
    update: ["PUT", POLICY],
    ...iamMethods,
  },
  tabledata: {
    insertAll: ["POST", `${TABLE}/insertAll`],
    list: ["GET", `${TABLE}/data`, { ...ROWS, selectedFields: "string" }],
  },
  tables: {
    delete: ["DELETE", TABLE],
    get: ["GET", TABLE, { selectedFields: "string", view: "string" }],
    insert: ["POST", `${DATASET}/tables`],
    list: ["GET", `${DATASET}/tables`, PAGE],
    patch: ["PATCH", TABLE, { autodetect_schema: "boolean" }],
    update: ["PUT", TABLE, { autodetect_schema: "boolean" }],
    ...iamMethods,
  },
};

/** May be given more than once. */
const REPEATED = new Set(["stateFilter"]);

/** Where the `bq` command line tool, old and new, asks what the API is. https://developers.google.com/discovery/v1/reference/apis */
export function discoveryRoutes(): readonly Route[] {
  return ["/$discovery/rest", "/discovery/v1/apis/bigquery/v2/rest"].map((url) => ({
    method: "GET",
    url,
    isOpen: true,
    handle: async ({ headers }) => ({ body: discoveryDocument(`http://${headers.host}/`) }),
  }));
}

/** What a client that makes its calls out of a description has to know: no schemas of what is sent and answered. */
function discoveryDocument(rootUrl: string): object {
  const servicePath = "bigquery/v2/";
  return {
    kind: "discovery#restDescription",
    discoveryVersion: "v1",
    id: "bigquery:v2",
    name: "bigquery",
    version: "v2",
    title: "BigQuery API",
    protocol: "rest",
    rootUrl,
    servicePath,
    basePath: `/${servicePath}`,
    baseUrl: `${rootUrl}${servicePath}`,
    batchPath: "batch/bigquery/v2",
    parameters: {
      alt: { type: "string", location: "query" },
      fields: { type: "string", location: "query" },
      prettyPrint: { type: "boolean", location: "query" },
      quotaUser: { type: "string", location: "query" },
    },
    schemas: { Any: { id: "Any", type: "any" } },
    resources: Object.fromEntries(
      Object.entries(RESOURCES).map(([resource, methods]) => [
        resource,
        {
          methods: Object.fromEntries(
            Object.entries(methods).map(([name, method]) => [name, described(`${resource}.${name}`, method)]),
          ),
        },
      ]),
    ),
  };
}

function described(name: string, [httpMethod, path, query = {}]: Method): object {
  const order = [...path.matchAll(/\{\+(\w+)\}/g)].map(([, parameter = ""]) => parameter);
  const inPath = order.map((parameter) => [parameter, { type: "string", location: "path", required: true }]);
  const inQuery = Object.entries(query).map(([parameter, type]) => [
    parameter,
    { type, location: "query", ...(REPEATED.has(parameter) ? { repeated: true } : {}) },
  ]);
  return {
    id: `bigquery.${name}`,
    path,
    httpMethod,
    parameters: Object.fromEntries([...inPath, ...inQuery]),
    parameterOrder: order,
    ...(["POST", "PUT", "PATCH"].includes(httpMethod) && name !== "jobs.cancel" ? { request: { $ref: "Any" } } : {}),
    ...(httpMethod === "DELETE" ? {} : { response: { $ref: "Any" } }),
    ...(name === "jobs.insert" ? UPLOAD : {}),
  };
}

const UPLOAD = {
  supportsMediaUpload: true,
  mediaUpload: {
    accept: ["*/*"],
    protocols: {
      simple: { multipart: true, path: `/upload/bigquery/v2/${JOBS}` },
      resumable: { multipart: true, path: `/resumable/upload/bigquery/v2/${JOBS}` },
    },
  },
};
