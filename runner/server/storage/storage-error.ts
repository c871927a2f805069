import { ApiError, type ErrorReason } from "../protocol/errors.js";

/** Codes of `google.cloud.bigquery.storage.v1.StorageError`, with the reason that stands for each in the older API. */
const CODES = {
  STREAM_NOT_FOUND: "notFound",
  STREAM_ALREADY_COMMITTED: "invalid",
  INVALID_STREAM_TYPE: "invalid",
  INVALID_STREAM_STATE: "invalid",
  STREAM_FINALIZED: "invalid",
  OFFSET_ALREADY_EXISTS: "duplicate",
  OFFSET_OUT_OF_RANGE: "outOfRange",
} as const satisfies Record<string, ErrorReason>;

/** What is wrong with a stream, as answers tell it. */
export interface StorageFault {
  readonly code: keyof typeof CODES;
  /** The stream. */
  readonly entity: string;
  readonly errorMessage: string;
}

/** An error of which clients of the Storage API look at the code. */
export class StorageError extends ApiError {
  readonly fault: StorageFault;

  constructor(code: StorageFault["code"], entity: string, message: string) {
    super(CODES[code], message);
    this.fault = { code, entity, errorMessage: message };
  }
}
