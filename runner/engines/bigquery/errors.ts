import { EngineError, type EngineErrorCode } from "../../port/engine-error.js";
import { redacted } from "./redact.js";
import { RestError } from "./rest-error.js";

/** What the service says of a job that has failed. */
export interface JobFailure {
  readonly reason: string;
  readonly message: string;
}

const PLACE = /\s*(?:;\s*)?(?:at )?\[(?:at )?(\d+):(\d+)\]\.?$/;

/**
 * A failed job in the terms of the port; a place in its text becomes an offset.
 * @param sql the text of the job
 */
export function jobFailed({ reason, message }: JobFailure, sql: string, job: string | undefined): EngineError {
  const said = redacted(message);
  const [suffix, line, column] = PLACE.exec(said) ?? [];
  const plain = suffix === undefined ? said : said.slice(0, -suffix.length);
  const at = line === undefined || column === undefined ? {} : placeIn(sql, Number(line), Number(column));
  return new EngineError(codeOf(reason, said, suffix !== undefined), plain, { ...at, job });
}

function placeIn(sql: string, line: number, column: number) {
  const before = sql.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0);
  return { line, column, offset: Math.min(start + column - 1, sql.length) };
}

function codeOf(reason: string, message: string, isPlaced: boolean): EngineErrorCode {
  if (/aborted due to concurrent update|could not serialize access/i.test(message)) return "conflict";
  if (reason === "bytesBilledLimitExceeded" || /exceeded limit for bytes billed/i.test(message)) return "refused";
  return reason === "invalidQuery" && isPlaced ? "sql" : "query";
}

/** What became of a call, in the terms of the port; other errors are left as they are. */
export function engineError(cause: unknown): unknown {
  if (!(cause instanceof RestError)) return cause;
  const hints: Readonly<Record<number, string>> = {
    401: "; sign in with 'gcloud auth application-default login', or name a keyFile in fastbreak.json",
    403: "; 'fastbreak doctor --target bigquery' tells which role is missing",
  };
  return new EngineError("query", `${cause.message}${cause.reason === "authError" ? "" : (hints[cause.status] ?? "")}`);
}
