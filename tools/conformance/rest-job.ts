import { different, EQUAL, type JobCase, type RestScore } from "./rest-case.js";
import type { Answer, RestServer } from "./rest-server.js";

type Field = {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
  readonly fields?: readonly Field[];
};

/** Runs a recorded query job and compares its rows, its schema and what is told of it, or its error. */
export async function replayJob(item: JobCase, server: RestServer): Promise<RestScore> {
  const projects = `/bigquery/v2/projects/${server.project}`;
  const inserted = await server.send("POST", `${projects}/jobs`, { configuration: configurationOf(item, server) });
  const failure =
    inserted.status === 200
      ? await errorOf(server, inserted)
      : (inserted.body.error as { errors: [ErrorProto] }).errors[0];
  if (item.error !== undefined) return compareError(item.error, failure);
  if (failure !== undefined) return different(`${failure.reason}: ${failure.message}`);
  const isDry = item.jobConfig.dry_run === true;
  const { jobId } = inserted.body.jobReference as { jobId?: string };
  const job = isDry ? inserted.body : (await server.send("GET", `${projects}/jobs/${jobId}`)).body;
  const { query = {} } = job.statistics as { query?: Readonly<Record<string, unknown>> };
  const told = compareJob(item, query);
  if (told !== undefined) return different(told);
  const results = isDry
    ? { schema: query.schema, rows: [] }
    : (await server.send("GET", `${projects}/queries/${jobId}`)).body;
  return compareRows(item, results as { schema?: { fields: Field[] }; rows?: { f: { v: unknown }[] }[] });
}

interface ErrorProto {
  readonly reason: string;
  readonly message: string;
}

async function errorOf(server: RestServer, { body }: Answer): Promise<ErrorProto | undefined> {
  const { jobId } = body.jobReference as { jobId?: string };
  for (let job = body; ; ) {
    const { state, errorResult } = job.status as { state: string; errorResult?: ErrorProto };
    if (state === "DONE") return errorResult;
    await new Promise((resolve) => setTimeout(resolve, 20));
    ({ body: job } = await server.send("GET", `/bigquery/v2/projects/${server.project}/jobs/${jobId}`));
  }
}

function compareError(expected: NonNullable<JobCase["error"]>, actual: ErrorProto | undefined): RestScore {
  if (actual === undefined) return different(`no error, expected ${expected.reason}: ${expected.message_pattern}`);
  if (actual.reason === expected.reason && new RegExp(expected.message_pattern).test(actual.message)) return EQUAL;
  return different(`${actual.reason}: ${actual.message}, expected ${expected.reason}: ${expected.message_pattern}`);
}

function compareJob({ job }: JobCase, query: Readonly<Record<string, unknown>>): string | undefined {
  const { cache_hit, statement_type, num_dml_affected_rows } = job ?? {};
  if (cache_hit !== undefined && query.cacheHit !== cache_hit) return `cacheHit ${query.cacheHit}`;
  if (statement_type !== undefined && query.statementType !== statement_type)
    return `statementType ${query.statementType}, expected ${statement_type}`;
  if (num_dml_affected_rows !== undefined && Number(query.numDmlAffectedRows) !== num_dml_affected_rows)
    return `numDmlAffectedRows ${query.numDmlAffectedRows}, expected ${num_dml_affected_rows}`;
  return undefined;
}

function compareRows(
  item: JobCase,
  { schema, rows = [] }: { schema?: { fields: Field[] }; rows?: { f: { v: unknown }[] }[] },
): RestScore {
  const fields = schema?.fields ?? [];
  const shape = (some: readonly { readonly name: string; readonly type: string; readonly mode: string }[]) =>
    some.map(({ name, type, mode }) => `${name} ${type} ${mode}`).join(", ");
  if (shape(fields) !== shape(item.schema ?? []))
    return different(`columns ${shape(fields)}, expected ${shape(item.schema ?? [])}`);
  const actual = rows
    .map(({ f }) =>
      JSON.stringify(Object.fromEntries(fields.map((field, index) => [field.name, scalarOf(f[index]?.v, field)]))),
    )
    .sort();
  const expected = (item.rows ?? []).map((row) => JSON.stringify(row)).sort();
  return JSON.stringify(actual) === JSON.stringify(expected)
    ? EQUAL
    : different(`rows ${actual.join(" ")}, expected ${expected.join(" ")}`);
}

function scalarOf(value: unknown, field: Field): unknown {
  if (value === null || value === undefined) return null;
  if (field.mode === "REPEATED")
    return (value as { v: unknown }[]).map(({ v }) => scalarOf(v, { ...field, mode: "NULLABLE" }));
  if (field.type === "INTEGER" || field.type === "FLOAT") return Number(value);
  return field.type === "BOOLEAN" ? value === "true" : value;
}

/** The options of the client that recorded the job as the API writes them. */
function configurationOf(item: JobCase, server: RestServer) {
  const given = server.fill(item.jobConfig) as Readonly<Record<string, never>>;
  const table = (text: string) => {
    const [projectId, datasetId, tableId] = text.split(".");
    return { projectId, datasetId, tableId };
  };
  const options: Readonly<Record<string, (value: never) => object>> = {
    use_query_cache: (useQueryCache) => ({ useQueryCache }),
    destination: (text) => ({ destinationTable: table(text) }),
    create_disposition: (createDisposition) => ({ createDisposition }),
    write_disposition: (writeDisposition) => ({ writeDisposition }),
    schema_update_options: (schemaUpdateOptions) => ({ schemaUpdateOptions }),
    default_dataset: (text) => ({ defaultDataset: table(text) }),
    clustering_fields: (fields) => ({ clustering: { fields } }),
    time_partitioning: (timePartitioning) => ({ timePartitioning }),
    priority: (priority) => ({ priority }),
    use_legacy_sql: (useLegacySql) => ({ useLegacySql }),
    create_session: (createSession) => ({ createSession }),
    connection_properties: (connectionProperties) => ({ connectionProperties }),
  };
  const query = Object.entries(given).map(([name, value]) => options[name]?.(value) ?? {});
  return {
    query: Object.assign({ query: server.fill(item.sql), useLegacySql: false }, ...query, parametersOf(item)) as object,
    ...(given.dry_run === undefined ? {} : { dryRun: given.dry_run }),
    ...(given.labels === undefined ? {} : { labels: given.labels }),
    ...(given.job_timeout_ms === undefined ? {} : { jobTimeoutMs: String(given.job_timeout_ms) }),
  };
}

function parametersOf({ parameters }: JobCase): object {
  if (!("mode" in parameters)) return {};
  const queryParameters = parameters.parameters.map(({ name, type, value }) => ({
    ...(name === undefined ? {} : { name }),
    parameterType: typeof type === "string" ? { type } : typeOf(type),
    parameterValue: parameterValue(value),
  }));
  return { parameterMode: parameters.mode.toUpperCase(), queryParameters };
}

function typeOf(type: Readonly<Record<string, unknown>>): object {
  const { structTypes } = type as { structTypes?: readonly { name: string; type: string }[] };
  if (structTypes === undefined) return type;
  return { ...type, structTypes: structTypes.map((field) => ({ name: field.name, type: { type: field.type } })) };
}

function parameterValue(value: unknown): object {
  if (Array.isArray(value)) return { arrayValues: value.map(parameterValue) };
  if (typeof value === "object" && value !== null)
    return {
      structValues: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, parameterValue(inner)])),
    };
  return { value: value === null ? null : String(value) };
}
