import { zoned } from "../types/default-zone.js";
import { plainTemporal } from "../types/literals.js";
import type { Typed } from "../types/typed.js";
import { addFunction, diffFunction, truncFunction } from "./date-arithmetic.js";
import { type Family, on, scalar } from "./definition.js";
import { jsonScalar } from "./json-part.js";

const DOC = "timestamp_functions";

/** A call whose second argument, the time zone, may be left out. */
const inZone = (name: string) => (args: readonly string[]) => `${name}(${zoned(args).join(", ")})`;

/** The text of a literal need not be read when the query runs, nor be planned for every form that it could have. */
function timestampOfText([text = "", zone]: readonly string[], [value]: readonly Typed[]): string {
  const literal = value?.literal?.kind === "string" ? value.literal.text : undefined;
  if (zone === undefined)
    return (literal && plainTemporal(literal, "TIMESTAMP")) || inZone("bq.string_to_timestamp")([text]);
  const local = literal && plainTemporal(literal, "DATETIME");
  return local ? `bq.timestamp_from_datetime(${local}, ${zone})` : `bq.timestamp_of_text(${text}, ${zone})`;
}

/**
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/timestamp_functions,
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/datetime_functions,
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/time_functions
 */
export const TIMESTAMP_FUNCTIONS: Family = {
  TIMESTAMP: scalar(
    `${DOC}#timestamp`,
    on("(STRING, [STRING]) -> TIMESTAMP", timestampOfText),
    on("(DATE, [STRING]) -> TIMESTAMP", inZone("bq.timestamp_from_date")),
    on("(DATETIME, [STRING]) -> TIMESTAMP", inZone("bq.timestamp_from_datetime")),
    on("(TIMESTAMP) -> TIMESTAMP", "$1"),
  ),
  TIMESTAMP_ADD: addFunction(`${DOC}#timestamp_add`, "TIMESTAMP", 1),
  TIMESTAMP_SUB: addFunction(`${DOC}#timestamp_sub`, "TIMESTAMP", -1),
  TIMESTAMP_DIFF: diffFunction(`${DOC}#timestamp_diff`, "TIMESTAMP"),
  TIMESTAMP_TRUNC: truncFunction(`${DOC}#timestamp_trunc`, "TIMESTAMP"),
  TIMESTAMP_SECONDS: scalar(`${DOC}#timestamp_seconds`, on("(INT64) -> TIMESTAMP", "bq.timestamp_seconds($1)")),
  TIMESTAMP_MILLIS: scalar(`${DOC}#timestamp_millis`, on("(INT64) -> TIMESTAMP", "bq.timestamp_millis($1)")),
  TIMESTAMP_MICROS: scalar(`${DOC}#timestamp_micros`, on("(INT64) -> TIMESTAMP", "bq.timestamp_micros($1)")),
  UNIX_SECONDS: scalar(`${DOC}#unix_seconds`, on("(TIMESTAMP) -> INT64", "bq.unix_seconds($1)")),
  UNIX_MILLIS: scalar(`${DOC}#unix_millis`, on("(TIMESTAMP) -> INT64", "bq.unix_millis($1)")),
  UNIX_MICROS: scalar(`${DOC}#unix_micros`, on("(TIMESTAMP) -> INT64", "bq.unix_micros($1)")),
  STRING: scalar(
    `${DOC}#string`,
    on("(DATE) -> STRING", "bq.date_to_string($1)"),
    on("(TIMESTAMP, [STRING]) -> STRING", inZone("bq.timestamp_to_string")),
    on("(DATETIME) -> STRING", "bq.datetime_to_string($1)"),
    on("(TIME) -> STRING", "bq.time_to_string($1)"),
    on("(JSON) -> STRING", (_, typed) => jsonScalar("bq_json_string", typed[0] as Typed)),
  ),
  DATETIME: scalar(
    "datetime_functions#datetime",
    on("(INT64, INT64, INT64, INT64, INT64, INT64) -> DATETIME", "bq.datetime_from_parts($*)"),
    on("(DATETIME) -> DATETIME", "$1"),
    on("(DATE) -> DATETIME", "bq.datetime_from_date($1)"),
    on("(DATE, TIME) -> DATETIME", "bq.datetime_from_date_time($1, $2)"),
    on(
      "(TIMESTAMP, [STRING]) -> DATETIME",
      (args) => `bq.datetime_checked(${inZone("bq.datetime_from_timestamp")(args)})`,
    ),
  ),
  DATETIME_ADD: addFunction("datetime_functions#datetime_add", "DATETIME", 1),
  DATETIME_SUB: addFunction("datetime_functions#datetime_sub", "DATETIME", -1),
  DATETIME_DIFF: diffFunction("datetime_functions#datetime_diff", "DATETIME"),
  DATETIME_TRUNC: truncFunction("datetime_functions#datetime_trunc", "DATETIME"),
  TIME: scalar(
    "time_functions#time",
    on("(INT64, INT64, INT64) -> TIME", "bq.time_from_parts($1, $2, $3)"),
    on("(TIMESTAMP, [STRING]) -> TIME", inZone("bq.time_from_timestamp")),
    on("(DATETIME) -> TIME", "bq.time_from_datetime($1)"),
    on("(TIME) -> TIME", "$1"),
  ),
  TIME_ADD: addFunction("time_functions#time_add", "TIME", 1),
  TIME_SUB: addFunction("time_functions#time_sub", "TIME", -1),
  TIME_DIFF: diffFunction("time_functions#time_diff", "TIME"),
  TIME_TRUNC: truncFunction("time_functions#time_trunc", "TIME"),
};
