import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { EngineError } from "../../port/engine-error.js";
import type { BigQuerySettings, WarehousePlace } from "../engine.js";

/** Where jobs run, who asks for them, and what they may cost. */
export interface Connection {
  readonly project: string;
  /** Undefined: BigQuery finds it out by the datasets that are read. */
  readonly location: string | undefined;
  /** An address of this machine in the place of the service's; nobody signs in there. */
  readonly endpoint: string | undefined;
  /** Of a service account or a user, from a file; undefined: application default credentials. */
  readonly credentials: Readonly<Record<string, unknown>> | undefined;
  readonly keyFile: string | undefined;
  readonly impersonate: string | undefined;
  readonly pricePerTiB: number;
  readonly maximumBytesPerRun: number | undefined;
  readonly limits: Pick<
    BigQuerySettings,
    "maximumBytesBilled" | "labels" | "priority" | "reservation" | "jobTimeoutSeconds" | "jobPrefix"
  >;
}

/** US dollars, on demand in the US. https://cloud.google.com/bigquery/pricing */
const PRICE_PER_TIB = 6.25;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;
const EMULATOR = "BIGQUERY_EMULATOR_HOST";

const dataformCredentials = v.looseObject({
  projectId: v.optional(v.string()),
  location: v.optional(v.string()),
  credentials: v.optional(v.string()),
});

/**
 * What flags, settings, environment and files say together.
 * @throws EngineError `missing` where no project is named; `sql` for an endpoint or a file of credentials that cannot be used
 */
export async function connectionOf(place: WarehousePlace, variables: NodeJS.ProcessEnv): Promise<Connection> {
  const given = place.bigquery ?? {};
  const file = dataformFile(place.projectDir, given.credentials);
  const isKeyed = given.keyFile !== undefined && given.credentials === undefined;
  const home = await place.home?.();
  const project = given.project ?? (nonEmpty(home) || file?.projectId || variables.GOOGLE_CLOUD_PROJECT);
  if (project === undefined || project === "")
    throw new EngineError(
      "missing",
      `no project of BigQuery is named; give defaultProject in workflow_settings.yaml, or "bigquery": {"project": ...} in fastbreak.json`,
    );
  const { maximumBytesBilled, labels, priority, reservation, jobTimeoutSeconds, jobPrefix } = given;
  return {
    project,
    location: given.location ?? (await place.location?.()) ?? file?.location,
    endpoint: endpointOf(given.endpoint, variables[EMULATOR]),
    credentials: isKeyed ? undefined : file?.credentials,
    keyFile: isKeyed ? keyFile(resolve(place.projectDir, given.keyFile)) : undefined,
    impersonate: given.impersonate,
    pricePerTiB: given.pricePerTiB ?? PRICE_PER_TIB,
    maximumBytesPerRun: given.maximumBytesPerRun,
    limits: { maximumBytesBilled, labels, priority, reservation, jobTimeoutSeconds, jobPrefix },
  };
}

/** The endpoint that a place names, in a word for the user. */
export function shownEndpoint(place: WarehousePlace, variables: NodeJS.ProcessEnv): string {
  const endpoint = place.bigquery?.endpoint ?? variables[EMULATOR];
  const project = place.bigquery?.project;
  return `BigQuery${project === undefined ? "" : ` project ${project}`}${endpoint ? ` at ${endpoint}` : ""}`;
}

/** An address without the path of the API, which some clients want in it. */
function endpointOf(setting: string | undefined, variable: string | undefined): string | undefined {
  const said = [setting, nonEmpty(variable)].map((text) => text?.replace(/\/+$/, "").replace(/\/bigquery\/v2$/, ""));
  const [ours, theirs] = said;
  if (ours !== undefined && theirs !== undefined && ours !== theirs)
    throw new EngineError(
      "sql",
      `${EMULATOR} is ${variable}, but "endpoint" of "bigquery" in fastbreak.json is ${setting}; take one of them away`,
    );
  const [source, text] = ours === undefined ? [EMULATOR, theirs] : ['"endpoint" in fastbreak.json', ours];
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new EngineError("sql", `${source} ${text} is no address such as http://127.0.0.1:9050`);
  if (!LOOPBACK.test(url.hostname))
    throw new EngineError(
      "sql",
      `${source} ${text} is another machine; only a server on this one is asked without credentials`,
    );
  return text;
}

/** @throws EngineError for a file that is not there or holds no key */
function keyFile(path: string): string {
  let key: unknown;
  try {
    key = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const isMissing = (cause as { code?: string }).code === "ENOENT";
    throw new EngineError("sql", `the keyFile ${path} of fastbreak.json ${isMissing ? "is not there" : "is no JSON"}`);
  }
  if (typeof (key as { type?: unknown } | null)?.type === "string") return path;
  throw new EngineError("sql", `the keyFile ${path} of fastbreak.json is no key as the Google Cloud console gives it`);
}

/**
 * What `dataform init-creds` has written.
 * @param named the file that somebody names; it must be there
 */
function dataformFile(projectDir: string, named: string | undefined) {
  const path = resolve(projectDir, named ?? ".df-credentials.json");
  if (!existsSync(path)) {
    if (named === undefined) return undefined;
    throw new EngineError("sql", `--credentials ${named} is not there; 'dataform init-creds' writes such a file`);
  }
  const refuse = (): never => {
    throw new EngineError("sql", `${path} is no file of credentials as 'dataform init-creds' writes it`);
  };
  const read = <T>(text: string): T => {
    try {
      return JSON.parse(text) as T;
    } catch {
      return refuse();
    }
  };
  const parsed = v.safeParse(dataformCredentials, read(readFileSync(path, "utf8")));
  if (!parsed.success) return refuse();
  const { projectId, location, credentials } = parsed.output;
  return {
    projectId,
    location,
    credentials:
      credentials === undefined || credentials === ""
        ? undefined
        : read<Readonly<Record<string, unknown>>>(credentials),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
