import { unsupported } from "../errors.js";
import { type AggregateOverload, aggregateOn, type Family, type FunctionDefinition } from "./definition.js";

interface Shape {
  readonly frame: boolean;
  readonly needsOrder: boolean;
  readonly allowsOrder: boolean;
  readonly nulls: boolean;
}

const NUMBERING: Shape = { frame: false, needsOrder: true, allowsOrder: true, nulls: false };
const NAVIGATION: Shape = { frame: true, needsOrder: true, allowsOrder: true, nulls: true };
const OFFSETS: Shape = { frame: false, needsOrder: true, allowsOrder: true, nulls: false };
const PERCENTILE: Shape = { frame: false, needsOrder: false, allowsOrder: false, nulls: false };

function windowFunction(doc: string, shape: Shape, ...overloads: readonly AggregateOverload[]): FunctionDefinition {
  return { kind: "window", doc, overloads, ...shape };
}

const plain = (signature: string, name: string): AggregateOverload =>
  aggregateOn(signature, (args, call) => call.of(name, args));

const NUMBER_DOC = "numbering_functions";
const NAVIGATION_DOC = "navigation_functions";

/**
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/numbering_functions and
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/navigation_functions
 */
export const WINDOW_FUNCTIONS: Family = {
  ROW_NUMBER: windowFunction(
    `${NUMBER_DOC}#row_number`,
    { ...NUMBERING, needsOrder: false },
    plain("() -> INT64!", "row_number"),
  ),
  RANK: windowFunction(`${NUMBER_DOC}#rank`, NUMBERING, plain("() -> INT64!", "rank")),
  DENSE_RANK: windowFunction(`${NUMBER_DOC}#dense_rank`, NUMBERING, plain("() -> INT64!", "dense_rank")),
  PERCENT_RANK: windowFunction(`${NUMBER_DOC}#percent_rank`, NUMBERING, plain("() -> FLOAT64!", "percent_rank")),
  CUME_DIST: windowFunction(`${NUMBER_DOC}#cume_dist`, NUMBERING, plain("() -> FLOAT64!", "cume_dist")),
  NTILE: windowFunction(`${NUMBER_DOC}#ntile`, NUMBERING, plain("(INT64) -> INT64", "ntile")),
  FIRST_VALUE: windowFunction(`${NAVIGATION_DOC}#first_value`, NAVIGATION, plain("(T) -> T?", "first_value")),
  LAST_VALUE: windowFunction(`${NAVIGATION_DOC}#last_value`, NAVIGATION, plain("(T) -> T?", "last_value")),
  NTH_VALUE: windowFunction(`${NAVIGATION_DOC}#nth_value`, NAVIGATION, plain("(T, INT64) -> T?", "nth_value")),
  LAG: windowFunction(
    `${NAVIGATION_DOC}#lag`,
    OFFSETS,
    plain("(T) -> T?", "lag"),
    plain("(T, INT64) -> T?", "lag"),
    plain("(T, INT64, T) -> T?", "lag"),
  ),
  LEAD: windowFunction(
    `${NAVIGATION_DOC}#lead`,
    OFFSETS,
    plain("(T) -> T?", "lead"),
    plain("(T, INT64) -> T?", "lead"),
    plain("(T, INT64, T) -> T?", "lead"),
  ),
  PERCENTILE_CONT: windowFunction(
    `${NAVIGATION_DOC}#percentile_cont`,
    PERCENTILE,
    plain("(FLOAT64, FLOAT64) -> FLOAT64?", "quantile_cont"),
    aggregateOn("(NUMERIC, NUMERIC) -> NUMERIC?", (_, __, typed) => {
      throw unsupported("PERCENTILE_CONT of NUMERIC", typed[0]?.span ?? { start: 0, end: 0 });
    }),
  ),
  PERCENTILE_DISC: windowFunction(
    `${NAVIGATION_DOC}#percentile_disc`,
    PERCENTILE,
    plain("(T, FLOAT64) -> T?", "quantile_disc"),
  ),
};
