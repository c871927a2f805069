import { type Family, on, scalar } from "./definition.js";

const DOC = "array_functions";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/array_functions */
export const ARRAY_FUNCTIONS: Family = {
  ARRAY_LENGTH: scalar(`${DOC}#array_length`, on("(ARRAY<T>) -> INT64", "CAST(len($1) AS BIGINT)")),
  ARRAY_REVERSE: scalar(`${DOC}#array_reverse`, on("(ARRAY<T>) -> ARRAY<T>", "list_reverse($1)")),
  ARRAY_CONCAT: scalar(
    `${DOC}#array_concat`,
    on("(ARRAY<T>, ARRAY<T>...) -> ARRAY<T>", (args, typed) => {
      const joined = args.reduce((left, right) => `list_concat(${left}, ${right})`);
      const nullable = args.filter((_, i) => typed[i]?.nullable);
      if (nullable.length === 0) return joined;
      return `CASE WHEN ${nullable.map((arg) => `${arg} IS NULL`).join(" OR ")} THEN NULL ELSE ${joined} END`;
    }),
  ),
  ARRAY_TO_STRING: scalar(
    `${DOC}#array_to_string`,
    on("(ARRAY<STRING>, STRING) -> STRING", "array_to_string(list_filter($1, lambda e: e IS NOT NULL), $2)"),
    on(
      "(ARRAY<STRING>, STRING, STRING) -> STRING",
      "array_to_string(list_transform($1, lambda e: coalesce(e, $3)), $2)",
    ),
  ),
  GENERATE_ARRAY: scalar(
    `${DOC}#generate_array`,
    on("(INT64, INT64) -> ARRAY<INT64>", "range($1, $2 + 1)"),
    on(
      "(INT64, INT64, INT64) -> ARRAY<INT64>",
      "CASE WHEN $3 = 0 THEN CAST([CAST('Sequence step cannot be 0.' AS BIGINT)] AS BIGINT[]) ELSE generate_series($1, $2, $3) END",
    ),
  ),
  ARRAY_FIRST: scalar(
    `${DOC}#array_first`,
    on(
      "(ARRAY<T>) -> T?",
      "$1[CASE WHEN len($1) = 0 THEN CAST('ARRAY_FIRST cannot get the first element of an empty array' AS BIGINT) ELSE 1 END]",
    ),
  ),
  ARRAY_LAST: scalar(
    `${DOC}#array_last`,
    on(
      "(ARRAY<T>) -> T?",
      "$1[CASE WHEN len($1) = 0 THEN CAST('ARRAY_LAST cannot get the last element of an empty array' AS BIGINT) ELSE len($1) END]",
    ),
  ),
};
