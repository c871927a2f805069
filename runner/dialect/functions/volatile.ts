import { unsupported } from "../../googlesql/errors.js";
import { zoned } from "../types/default-zone.js";
import { type Family, on, scalar, special } from "./definition.js";

/** Functions whose value differs between runs. `now()` is the time of the transaction, the same for the whole statement. */
export const VOLATILE_FUNCTIONS: Family = {
  CURRENT_TIMESTAMP: scalar("timestamp_functions#current_timestamp", on("() -> TIMESTAMP!", "now()")),
  CURRENT_DATE: scalar(
    "date_functions#current_date",
    // Today is in range: the macro that checks that holds a lambda, and a DEFAULT may not.
    on("() -> DATE!", () => `CAST(bq.datetime_from_timestamp(${zoned(["now()"]).join(", ")}) AS DATE)`),
    on("(STRING) -> DATE", "CAST(bq.datetime_from_timestamp(now(), $1) AS DATE)"),
  ),
  CURRENT_DATETIME: scalar(
    "datetime_functions#current_datetime",
    on("() -> DATETIME!", () => `bq.datetime_from_timestamp(${zoned(["now()"]).join(", ")})`),
    on("(STRING) -> DATETIME", "bq.datetime_from_timestamp(now(), $1)"),
  ),
  CURRENT_TIME: scalar(
    "time_functions#current_time",
    on("() -> TIME!", () => `bq.time_from_timestamp(${zoned(["now()"]).join(", ")})`),
    on("(STRING) -> TIME", "bq.time_from_timestamp(now(), $1)"),
  ),
  RAND: scalar("mathematical_functions#rand", on("() -> FLOAT64!", "random()")),
  GENERATE_UUID: scalar("utility-functions#generate_uuid", on("() -> STRING!", "CAST(uuid() AS VARCHAR)")),
  SESSION_USER: special("security_functions#session_user", (call) => {
    throw unsupported("SESSION_USER()", call);
  }),
};
