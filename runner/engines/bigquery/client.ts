import { BigQuery } from "@google-cloud/bigquery";
import { GoogleAuth, Impersonated, PassThroughClient } from "google-auth-library";
import { silenceLookupWarnings } from "./lookup-warnings.js";
import { redacted } from "./redact.js";
import { answeredError, RestError } from "./rest-error.js";
import type { Connection } from "./settings.js";

/** One call of the REST API. */
export interface RestCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind the version of the API, as `/projects/p/jobs`; or behind the host, where it begins with `//`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** A body that is no JSON. */
  readonly raw?: { readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with a code of success. */
export interface RestAnswer {
  /** Parsed JSON; undefined: there was no body. */
  readonly body: unknown;
  readonly text: string;
  /** The server's clock, in milliseconds; undefined: it does not say. */
  readonly servedAt: number | undefined;
}

/** Milliseconds that one call may take; a call that waits for a job is answered long before. */
const CALL_MS = 60_000;
/** Tables over sheets lie in Drive; stock Dataform asks for both. */
const SCOPES = ["https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/drive"];

type Request = BigQuery["request"];

/**
 * The official client, each of whose calls goes through one place. Its own way to send a call ends the process on an answer that is no
 * JSON, waits for ever on a server that says nothing, and has the token in the errors that it throws.
 */
class GuardedBigQuery extends BigQuery {
  readonly #base: string;

  constructor(connection: Connection) {
    super({
      projectId: connection.project,
      autoRetry: false,
      ...(connection.endpoint === undefined ? {} : { apiEndpoint: connection.endpoint }),
      authClient: authOf(connection),
    });
    this.#base = connection.endpoint ?? "https://bigquery.googleapis.com";
  }

  /** What every method of the client calls. */
  override request(...[options, callback]: Parameters<Request>): void {
    const path = `/projects/${this.projectId}/${options.uri.replace(/^\//, "")}`;
    const query = Object.fromEntries(Object.entries(options.qs ?? {}).map(([name, value]) => [name, String(value)]));
    const method = (options.method ?? "GET") as RestCall["method"];
    this.send({ method, path, query, body: options.json }).then(
      ({ body }) => callback(null, body),
      (cause: unknown) => callback(cause as Error),
    );
  }

  /** @throws RestError for everything but an answer of success that is JSON, or empty */
  async send({ method, path, query = {}, body, raw, headers }: RestCall): Promise<RestAnswer> {
    const url = new URL(path.startsWith("//") ? `${this.#base}${path.slice(1)}` : `${this.#base}/bigquery/v2${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), CALL_MS);
    let answer: { status: number; data: unknown; headers: Headers };
    try {
      answer = await this.authClient.request({
        url: url.href,
        method,
        ...(raw !== undefined ? { body: raw.text } : body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: {
          ...(raw !== undefined
            ? { "content-type": raw.type }
            : body === undefined
              ? {}
              : { "content-type": "application/json" }),
          "user-agent": "fastbreak",
          ...headers,
        },
        responseType: "text",
        validateStatus: () => true,
        retry: false,
        signal: stop.signal,
      });
    } catch (cause) {
      throw unanswered(cause, stop.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
    const text = typeof answer.data === "string" ? answer.data : JSON.stringify(answer.data ?? "");
    return readAnswer(answer.status, text, answer.headers, raw !== undefined);
  }
}

/** Sends calls; nothing is tried again. */
export type Send = (call: RestCall) => Promise<RestAnswer>;

/** The client of a connection. */
export function openClient(connection: Connection): Send {
  const variable = process.env.BIGQUERY_EMULATOR_HOST;
  // The official client takes it over everything that it is told.
  delete process.env.BIGQUERY_EMULATOR_HOST;
  try {
    const client = new GuardedBigQuery(connection);
    return (call) => client.send(call);
  } finally {
    if (variable !== undefined) process.env.BIGQUERY_EMULATOR_HOST = variable;
  }
}

function authOf({ endpoint, credentials, keyFile, impersonate, project }: Connection) {
  // No credentials leave for a server that is not the service.
  if (endpoint !== undefined) return new PassThroughClient();
  silenceLookupWarnings();
  const auth = new GoogleAuth({
    scopes: impersonate === undefined ? SCOPES : ["https://www.googleapis.com/auth/cloud-platform"],
    projectId: project,
    ...(credentials === undefined ? {} : { credentials }),
    ...(keyFile === undefined ? {} : { keyFile }),
  });
  if (impersonate === undefined) return auth as never;
  return new LazyImpersonation(auth, impersonate) as never;
}

/** Signs in as another service account when the first call is made. */
class LazyImpersonation {
  #client: Promise<Impersonated> | undefined;

  constructor(
    readonly auth: GoogleAuth,
    readonly principal: string,
  ) {}

  async request(options: Parameters<Impersonated["request"]>[0]) {
    this.#client ??= this.auth
      .getClient()
      .then(
        (sourceClient) =>
          new Impersonated({ sourceClient, targetPrincipal: this.principal, targetScopes: SCOPES, lifetime: 3600 }),
      );
    return (await this.#client).request(options);
  }
}

function unanswered(cause: unknown, timedOut: boolean): RestError {
  if (timedOut) return new RestError("lost", 0, "timeout", `no answer within ${CALL_MS / 1000} seconds`);
  const { message = String(cause), code, status } = cause as { message?: string; code?: unknown; status?: unknown };
  const isCredentials =
    /default credentials|invalid_grant|invalid_client|unauthorized_client|impersonat|private key|PEM|DECODER/i.test(
      message,
    );
  if (isCredentials || typeof status === "number")
    return new RestError(
      "refused",
      401,
      "authError",
      `signing in to BigQuery failed: ${message}; run 'gcloud auth application-default login', or name a keyFile in fastbreak.json`,
    );
  return new RestError(
    "lost",
    0,
    typeof code === "string" ? code : "network",
    `BigQuery cannot be reached: ${redacted(message)}`,
  );
}

function readAnswer(status: number, text: string, headers: Headers, isRaw: boolean): RestAnswer {
  const served = Date.parse(headers.get("date") ?? "");
  const servedAt = Number.isNaN(served) ? undefined : served;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && (isRaw || text === "")) return { body: undefined, text, servedAt };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (!isSuccess) throw answeredError(status, body, text);
  // A page of a proxy, or half an answer: whether the call has arrived is not known.
  if (typeof body !== "object" || body === null)
    throw new RestError(
      "lost",
      status,
      "malformed",
      "the answer is no JSON: something between here and BigQuery has sent it",
    );
  return { body, text, servedAt };
}
