import { createHash } from "node:crypto";
import { type JsFunction, strict } from "./js-function.js";

/** The hash that DuckDB does not have. */
export const HASH_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_sha512", ["BYTES"], "BYTES", (bytes) => createHash("sha512").update(bytes).digest()),
];
