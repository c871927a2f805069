import { type Family, on, scalar, special } from "./definition.js";
import { concatenate } from "./string-concat.js";
import { normalize } from "./string-normalize.js";

const DOC = "string_functions";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions */
export const STRING_FUNCTIONS: Family = {
  CONCAT: special(`${DOC}#concat`, (call, context) =>
    concatenate(
      call.args.map((argument) => context.resolve(argument.value)),
      "function",
      "CONCAT",
      { start: call.start, end: call.end },
    ),
  ),
  UPPER: scalar(`${DOC}#upper`, on("(STRING) -> STRING", "bq.upper($1)")),
  LOWER: scalar(`${DOC}#lower`, on("(STRING) -> STRING", "bq.lower($1)")),
  INITCAP: scalar(`${DOC}#initcap`, on("(STRING) -> STRING", "bq.initcap($1)")),
  LENGTH: scalar(
    `${DOC}#length`,
    on("(STRING) -> INT64", "length($1)"),
    on("(BYTES) -> INT64", "bq.byte_length_bytes($1)"),
  ),
  CHAR_LENGTH: scalar(`${DOC}#char_length`, on("(STRING) -> INT64", "length($1)")),
  CHARACTER_LENGTH: scalar(`${DOC}#character_length`, on("(STRING) -> INT64", "length($1)")),
  BYTE_LENGTH: scalar(
    `${DOC}#byte_length`,
    on("(STRING) -> INT64", "bq.byte_length($1)"),
    on("(BYTES) -> INT64", "bq.byte_length_bytes($1)"),
  ),
  OCTET_LENGTH: scalar(
    `${DOC}#octet_length`,
    on("(STRING) -> INT64", "bq.byte_length($1)"),
    on("(BYTES) -> INT64", "bq.byte_length_bytes($1)"),
  ),
  SUBSTR: scalar(
    `${DOC}#substr`,
    on("(STRING, INT64, [INT64]) -> STRING", "bq.substr($*)"),
    on("(BYTES, INT64, [INT64]) -> BYTES", "bq.substr_bytes($*)"),
  ),
  SUBSTRING: scalar(
    `${DOC}#substring`,
    on("(STRING, INT64, [INT64]) -> STRING", "bq.substr($*)"),
    on("(BYTES, INT64, [INT64]) -> BYTES", "bq.substr_bytes($*)"),
  ),
  LEFT: scalar(`${DOC}#left`, on("(STRING, INT64) -> STRING", "bq.left($1, $2)")),
  RIGHT: scalar(`${DOC}#right`, on("(STRING, INT64) -> STRING", "bq.right($1, $2)")),
  LPAD: scalar(
    `${DOC}#lpad`,
    on("(STRING, INT64, [STRING]) -> STRING", ([s, n, pad = "' '"]) => `bq.lpad_limited(${s}, ${n}, ${pad})`),
  ),
  RPAD: scalar(
    `${DOC}#rpad`,
    on("(STRING, INT64, [STRING]) -> STRING", ([s, n, pad = "' '"]) => `bq.rpad_limited(${s}, ${n}, ${pad})`),
  ),
  TRIM: scalar(`${DOC}#trim`, on("(STRING, [STRING]) -> STRING", "bq.trim($*)")),
  LTRIM: scalar(`${DOC}#ltrim`, on("(STRING, [STRING]) -> STRING", "bq.ltrim($*)")),
  RTRIM: scalar(`${DOC}#rtrim`, on("(STRING, [STRING]) -> STRING", "bq.rtrim($*)")),
  REPLACE: scalar(`${DOC}#replace`, on("(STRING, STRING, STRING) -> STRING", "bq.replace($1, $2, $3)")),
  REPEAT: scalar(`${DOC}#repeat`, on("(STRING, INT64) -> STRING", "bq.repeat_limited($1, $2)")),
  REVERSE: scalar(`${DOC}#reverse`, on("(STRING) -> STRING", "reverse($1)")),
  SPLIT: scalar(`${DOC}#split`, on("(STRING, [STRING]) -> ARRAY<STRING>", "bq.split($*)")),
  STARTS_WITH: scalar(`${DOC}#starts_with`, on("(STRING, STRING) -> BOOL", "starts_with($1, $2)")),
  ENDS_WITH: scalar(`${DOC}#ends_with`, on("(STRING, STRING) -> BOOL", "ends_with($1, $2)")),
  INSTR: scalar(`${DOC}#instr`, on("(STRING, STRING) -> INT64", "bq.instr($1, $2)")),
  CHR: scalar(`${DOC}#chr`, on("(INT64) -> STRING", "CASE WHEN $1 = 0 THEN '' ELSE chr(CAST($1 AS INTEGER)) END")),
  NORMALIZE: special(`${DOC}#normalize`, normalize),
  STRPOS: scalar(`${DOC}#strpos`, on("(STRING, STRING) -> INT64", "bq.strpos($1, $2)")),
  REGEXP_CONTAINS: scalar(`${DOC}#regexp_contains`, on("(STRING, STRING) -> BOOL", "bq.regexp_contains($1, $2)")),
  REGEXP_EXTRACT: scalar(`${DOC}#regexp_extract`, on("(STRING, STRING) -> STRING?", "bq.regexp_extract($1, $2)")),
  REGEXP_SUBSTR: scalar(`${DOC}#regexp_substr`, on("(STRING, STRING) -> STRING?", "bq.regexp_extract($1, $2)")),
  REGEXP_EXTRACT_ALL: scalar(
    `${DOC}#regexp_extract_all`,
    on("(STRING, STRING) -> ARRAY<STRING>", "bq.regexp_extract_all($1, $2)"),
  ),
  REGEXP_REPLACE: scalar(
    `${DOC}#regexp_replace`,
    on("(STRING, STRING, STRING) -> STRING", "bq.regexp_replace($1, $2, $3)"),
  ),
  ASCII: scalar(
    `${DOC}#ascii`,
    on("(STRING) -> INT64", "CASE WHEN $1 = '' THEN 0::BIGINT ELSE CAST(ascii($1) AS BIGINT) END"),
  ),
  TO_BASE64: scalar(`${DOC}#to_base64`, on("(BYTES) -> STRING", "bq.to_base64($1)")),
  FROM_BASE64: scalar(`${DOC}#from_base64`, on("(STRING) -> BYTES", "bq.from_base64($1)")),
  FROM_HEX: scalar(`${DOC}#from_hex`, on("(STRING) -> BYTES", "bq.from_hex($1)")),
};
