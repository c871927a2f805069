import { JobError } from "../../port/sql-jobs.js";

/** Reasons of the BigQuery API, with the HTTP code and the status text of each. https://cloud.google.com/bigquery/docs/error-messages */
const REASONS = {
  accessDenied: [403, "PERMISSION_DENIED"],
  authError: [401, "UNAUTHENTICATED"],
  bytesBilledLimitExceeded: [400, "INVALID_ARGUMENT"],
  backendError: [503, "UNAVAILABLE"],
  badRequest: [400, "INVALID_ARGUMENT"],
  conditionNotMet: [412, "FAILED_PRECONDITION"],
  duplicate: [409, "ALREADY_EXISTS"],
  internalError: [500, "INTERNAL"],
  invalid: [400, "INVALID_ARGUMENT"],
  invalidQuery: [400, "INVALID_ARGUMENT"],
  notFound: [404, "NOT_FOUND"],
  notImplemented: [501, "UNIMPLEMENTED"],
  jobBackendError: [400, "INVALID_ARGUMENT"],
  jobInternalError: [400, "INVALID_ARGUMENT"],
  jobRateLimitExceeded: [400, "INVALID_ARGUMENT"],
  outOfRange: [400, "OUT_OF_RANGE"],
  parseError: [400, "INVALID_ARGUMENT"],
  quotaExceeded: [403, "PERMISSION_DENIED"],
  rateLimitExceeded: [403, "PERMISSION_DENIED"],
  required: [400, "INVALID_ARGUMENT"],
  resourceInUse: [400, "FAILED_PRECONDITION"],
  resourcesExceeded: [400, "RESOURCE_EXHAUSTED"],
  responseTooLarge: [403, "PERMISSION_DENIED"],
  tableUnavailable: [400, "INVALID_ARGUMENT"],
  stopped: [499, "CANCELLED"],
  timeout: [400, "DEADLINE_EXCEEDED"],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorReason = keyof typeof REASONS;
export const ERROR_REASONS = Object.keys(REASONS) as readonly ErrorReason[];

/** One error as answers and jobs carry it. */
export interface ErrorProto {
  readonly reason: string;
  readonly message: string;
  readonly location?: string;
}

/** An error that a client is answered with. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly reason: ErrorReason,
    message: string,
    /** The part of the request that is wrong, as `q` for the query. */
    readonly location: string | undefined = undefined,
  ) {
    super(message);
  }

  get httpCode(): number {
    return REASONS[this.reason][0];
  }

  /** The error as it stands in a job's status. */
  get proto(): ErrorProto {
    const { reason, message, location } = this;
    return location === undefined ? { reason, message } : { reason, location, message };
  }

  /** The body of an HTTP answer. */
  get body() {
    const { message, reason, location } = this;
    const [code, status] = REASONS[reason];
    const place = location === undefined ? {} : { location, locationType: "parameter" };
    return { error: { code, message, errors: [{ message, domain: "global", reason, ...place }], status } };
  }
}

/** `project:dataset.table`, the way in which BigQuery's messages write names. */
export function fullName(project: string, dataset: string, name?: string): string {
  return name === undefined ? `${project}:${dataset}` : `${project}:${dataset}.${name}`;
}

/** The error for something that is not there. */
export function notFound(
  kind: "Dataset" | "Table" | "Job" | "Routine" | "Model" | "Project" | "RowAccessPolicy",
  name: string,
): ApiError {
  return new ApiError("notFound", `Not found: ${kind} ${name}`);
}

/** Where the errors of a job are told: the project and location that its names belong to. */
export interface ErrorPlace {
  readonly project: string;
  readonly location: string;
}

/** Anything that was thrown while a job ran, or while a request was answered. */
export function apiError(cause: unknown, place: ErrorPlace): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof JobError) return fromJob(cause, place);
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ApiError("internalError", `An internal error occurred and the request could not be completed: ${message}`);
}

function fromJob({ reason, message, at, object }: JobError, { project, location }: ErrorPlace): ApiError {
  const where = at === undefined ? "" : ` at [${at.line}:${at.column}]`;
  const trace = /(?: \[in .* at \d+:\d+\])?$/.exec(message)?.[0] ?? "";
  const plain = message.slice(0, message.length - trace.length);
  const text = object === undefined ? message : `${objectMessage(reason, plain, object, project, location)}${trace}`;
  // A table that nobody could look for is not one that was not found.
  const isUnqualified = object?.kind === "Table" && object.path.length === 1 && reason === "notFound";
  const told = isUnqualified ? "invalid" : reason;
  return new ApiError(told, `${text}${where}`, told === "invalidQuery" ? "query" : undefined);
}

function objectMessage(
  reason: JobError["reason"],
  message: string,
  { kind, path }: NonNullable<JobError["object"]>,
  project: string,
  location: string,
): string {
  const parts = path.map((part) => part.replaceAll(/[`"]/g, ""));
  if (kind === "Table" && parts.length === 1)
    return `Table "${parts[0]}" must be qualified with a dataset (e.g. dataset.table).`;
  if (kind === "RowAccessPolicy") {
    const [dataset = "", ...names] = parts;
    const policy = `Row access policy ${fullName(project, dataset, names.join("."))}`;
    return reason === "duplicate" ? `Already Exists: ${policy}` : `Not found: ${policy}`;
  }
  const wanted = kind === "Dataset" ? 1 : 2;
  const own = parts.slice(-wanted);
  const owner = parts.length > wanted ? (parts.at(-wanted - 1) ?? project) : project;
  const name = fullName(owner, own[0] ?? "", own[1]);
  if (reason === "notFound") return `Not found: ${kind} ${name} was not found in location ${location}`;
  if (reason === "duplicate") return `Already Exists: ${kind} ${name}`;
  if (reason === "resourceInUse") return `Dataset ${name} is still in use`;
  if (reason === "invalid" || reason === "invalidQuery" || reason === "accessDenied")
    return message.replace(path.join("."), name);
  return message;
}
