import { status } from "@grpc/grpc-js";
import { apiError, type ErrorPlace } from "../protocol/errors.js";

/** An error as gRPC tells it. */
export function statusOf(cause: unknown, place: ErrorPlace): { readonly code: number; readonly details: string } {
  const error = apiError(cause, place);
  return { code: status[error.body.error.status as keyof typeof status] as number, details: error.message };
}
