import * as v from "valibot";
import { ApiError } from "./errors.js";

/**
 * What a client sent, checked against what the API takes; fields that the API does not have are left out.
 * @throws ApiError that names the first field which is wrong
 */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value ?? {});
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "request";
  if (issue.received === "undefined") throw new ApiError("required", `Required parameter is missing: ${path}`, path);
  throw new ApiError("invalid", `Invalid value for ${path}: ${issue.message}`, path);
}

/** A number that the API writes as text too. */
export const count = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,18}$/), v.transform(Number))]),
  v.integer(),
  v.minValue(0),
);

/** A yes or no that the API takes as text too. */
export const flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(["true", "false"]),
    v.transform((text) => text === "true"),
  ),
]);

/** Names of things that a client gives them. */
export const labels = v.record(v.string(), v.string());
