import * as v from "valibot";
import { wholeNumber } from "./whole-number.js";

const path = v.pipe(v.string("must be a path"), v.nonEmpty("must be a path"));

const check = v.strictObject(
  {
    days: v.optional(
      v.pipe(
        wholeNumber(1, 366),
        v.description("How many days its queries are asked about, the date the last of them."),
      ),
      1,
    ),
    queries: v.pipe(
      v.record(v.string(), path, "must be an object of paths"),
      v.description(
        "GoogleSQL files over from_date and to_date, by name; a row whose column attention has a text is worth a look.",
      ),
    ),
  },
  "must be an object of settings",
);

/** The part of `fastbreak.json` that says what is looked at every day, week and month. */
export const checkSettings = v.record(v.string(), check, "must be an object of checks");

/** Queries that are asked together. */
export type CheckSettings = Readonly<v.InferOutput<typeof check>>;
