import { DialectError } from "../../../dialect/index.js";
import { ScriptError } from "../../../dialect/script/errors.js";
import { EngineError } from "../../../port/engine-error.js";
import { JobError } from "../../../port/sql-jobs.js";
import { queryError } from "../errors.js";

/**
 * Whatever a job failed with, in the terms of the BigQuery API.
 * @param inScript the statement stands among others: BigQuery then says where
 */
export function jobError(cause: unknown, signal: AbortSignal, inScript: boolean): unknown {
  if (cause instanceof JobError) return cause;
  if (signal.aborted) return stopped(signal);
  const error = queryError(cause);
  if (!(error instanceof EngineError)) return error;
  const isDialect = error instanceof DialectError;
  const { line, column } = error;
  const at = line === undefined || column === undefined || !(isDialect || inScript) ? undefined : { line, column };
  const message = error instanceof ScriptError ? `${error.message}${error.trace}` : error.message;
  // Names end before the places that led to the error.
  const named = NAMED.find(([pattern]) => pattern.test(error.message));
  if (named !== undefined) {
    const [pattern, reason, kind] = named;
    const [, name = ""] = pattern.exec(error.message) ?? [];
    return new JobError(reason, message, at, { kind, path: name.split(/[.:]/) });
  }
  if (error.code === "conflict") return new JobError("invalidQuery", CONCURRENT, at);
  return new JobError(error.code === "data" ? "invalid" : "invalidQuery", message, at);
}

/** An error that names a table as the text does, of the dataset in which the text means it. */
export function inDataset(error: unknown, dataset: string | undefined): unknown {
  if (!(error instanceof JobError) || dataset === undefined || error.object?.kind !== "Table") return error;
  const { path, kind } = error.object;
  if (path.length > 1) return error;
  return new JobError(error.reason, error.message, error.at, { kind, path: [dataset, ...path] });
}

const CONCURRENT = "Transaction is aborted due to concurrent update against a table";

/** Messages that name what is missing, or there already. */
const NAMED = [
  [/^Table not found: ([^;]+?)(?:;|$)/, "notFound", "Table"],
  [/^Not found: Table (\S+)/, "notFound", "Table"],
  [/^Not found: Dataset (\S+)/, "notFound", "Dataset"],
  [/^Not found: Routine (\S+)/, "notFound", "Routine"],
  [/^Already Exists: Table (\S+)/, "duplicate", "Table"],
  [/^Already Exists: Dataset (\S+)/, "duplicate", "Dataset"],
  [/^Already Exists: Routine (\S+)/, "duplicate", "Routine"],
  [/^Not found: Row access policy (\S+)/, "notFound", "RowAccessPolicy"],
  [/^Already Exists: Row access policy (\S+)/, "duplicate", "RowAccessPolicy"],
  [/^Transaction is aborted due to concurrent update against table (\S+)\. /, "invalidQuery", "Table"],
  [/^Access Denied: Table ([^:]+):/, "accessDenied", "Table"],
  [/^Invalid snapshot time \d+ for table ([^@]+)@/, "invalid", "Table"],
  [/^Dataset (\S+) is still in use$/, "resourceInUse", "Dataset"],
] as const;

function stopped(signal: AbortSignal): JobError {
  return signal.reason instanceof JobError
    ? signal.reason
    : new JobError("stopped", "Job execution was cancelled: User requested cancellation");
}
