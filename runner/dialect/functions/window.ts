import { analysisError } from "../errors.js";
import { mayBeNan, type Typed } from "../types/typed.js";
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
const PERCENTILE: Shape = { frame: false, needsOrder: false, allowsOrder: false, nulls: true };

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
    aggregateOn("(FLOAT64, FLOAT64) -> FLOAT64?", (args, call, typed) => {
      const [value, place] = typed as [Typed, Typed];
      checkPlace(place);
      if (call.respectNulls) {
        const rows = call.of("list", [value.sql]);
        return `bq_percentile_cont(${rows}, ${place.sql})`;
      }
      const plain = call.of("quantile_cont", args);
      if (!mayBeNan(value)) return plain;
      const odd = call.of("bool_or", [`NOT isfinite(${value.sql})`]);
      return `CASE WHEN ${odd} THEN ${NAN_REFUSAL} ELSE ${plain} END`;
    }),
    aggregateOn("(NUMERIC, NUMERIC) -> NUMERIC?", (_, call, typed) => {
      const [value, place] = typed as [Typed, Typed];
      const rows = call.of("list", [`CAST(${value.sql} AS VARCHAR)`]);
      return `CAST(bq_percentile_numeric(${rows}, CAST(${place.sql} AS VARCHAR), ${call.respectNulls}) AS DECIMAL(38,9))`;
    }),
  ),
  PERCENTILE_DISC: windowFunction(
    `${NAVIGATION_DOC}#percentile_disc`,
    PERCENTILE,
    aggregateOn("(T, FLOAT64) -> T?", (args, call, typed) => {
      const [value, place] = typed as [Typed, Typed];
      checkPlace(place);
      if (call.respectNulls) {
        const rows = `list_sort(${call.of("list", [value.sql])}, 'ASC', 'NULLS FIRST')`;
        return `bq.percentile_disc(${rows}, ${place.sql})`;
      }
      const plain = call.of("quantile_disc", args);
      if (!mayBeNan(value)) return plain;
      return `CASE WHEN ${call.of("bool_or", [`isnan(${value.sql})`])} THEN ${NAN_REFUSAL} ELSE ${plain} END`;
    }),
  ),
};

const NAN_REFUSAL =
  "CAST(CAST('Percentiles of NaN or infinite values are not supported by the embedded engine' AS BIGINT) AS DOUBLE)";

/** The position is a literal from 0 to 1. */
function checkPlace(place: Typed): void {
  const { literal } = place;
  const value =
    literal?.kind === "float" ? Number(literal.text) : literal?.kind === "integer" ? Number(literal.value) : undefined;
  if (value !== undefined && (value < 0 || value > 1))
    throw analysisError("The second argument to the function PERCENTILE_CONT must be in the range [0, 1]", place.span);
}
