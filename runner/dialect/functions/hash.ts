import { analysisError } from "../../googlesql/errors.js";
import { coerce } from "../types/coercion.js";
import { derive, type Typed } from "../types/typed.js";
import { type Family, on, scalar, special } from "./definition.js";

/** `TO_HEX(MD5(s))` and `TO_HEX(SHA256(s))` of a STRING are one DuckDB call. */
function hexOfDigest(bytes: Typed): string | undefined {
  const [, name, argument] = /^bq\.(md5|sha256)_string\(([\s\S]*)\)$/.exec(bytes.sql) ?? [];
  return name === undefined ? undefined : `bq.${name}_hex(${argument})`;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/hash_functions */
export const HASH_FUNCTIONS: Family = {
  FARM_FINGERPRINT: scalar(
    "hash_functions#farm_fingerprint",
    on("(STRING) -> INT64", "farm_fingerprint($1)"),
    on("(BYTES) -> INT64", "farm_fingerprint($1)"),
  ),
  MD5: scalar("hash_functions#md5", on("(STRING) -> BYTES", "bq.md5_string($1)"), on("(BYTES) -> BYTES", "bq.md5($1)")),
  SHA1: scalar(
    "hash_functions#sha1",
    on("(STRING) -> BYTES", "bq.sha1_string($1)"),
    on("(BYTES) -> BYTES", "bq.sha1($1)"),
  ),
  SHA256: scalar(
    "hash_functions#sha256",
    on("(STRING) -> BYTES", "bq.sha256_string($1)"),
    on("(BYTES) -> BYTES", "bq.sha256($1)"),
  ),
  SHA512: scalar(
    "hash_functions#sha512",
    on("(STRING) -> BYTES", "bq_sha512(encode($1))"),
    on("(BYTES) -> BYTES", "bq_sha512($1)"),
  ),
  TO_HEX: special("string_functions#to_hex", (call, context) => {
    const [argument] = call.args;
    if (argument === undefined || call.args.length !== 1) {
      throw analysisError("No matching signature for function TO_HEX. Supported signature: TO_HEX(BYTES)", call);
    }
    const value = context.resolve(argument.value);
    if (value.type !== "BYTES" && value.literal?.kind !== "null") {
      throw analysisError(
        `No matching signature for function TO_HEX for argument types: ${String(value.type)}. Supported signature: TO_HEX(BYTES)`,
        call,
      );
    }
    const bytes = coerce(value, "BYTES");
    const sql = hexOfDigest(bytes) ?? `bq.to_hex(${bytes.sql})`;
    return derive(sql, "STRING", { start: call.start, end: call.end }, [bytes]);
  }),
};
