import { BIGNUMERIC_JS_FUNCTIONS } from "./bignumeric.js";
import { CAST_FORMAT_JS_FUNCTIONS } from "./cast-format.js";
import { DECIMAL_JS_FUNCTIONS } from "./decimal.js";
import { DECIMAL_MATH_JS_FUNCTIONS } from "./decimal-math.js";
import { FORMAT_JS_FUNCTIONS } from "./format-string.js";
import { GEOGRAPHY_JS_FUNCTIONS } from "./geography-functions.js";
import { HASH_JS_FUNCTIONS } from "./hash-functions.js";
import { HLL_JS_FUNCTIONS } from "./hll/functions.js";
import { INTERVAL_JS_FUNCTIONS } from "./interval-functions.js";
import type { JsFunction } from "./js-function.js";
import { JSON_JS_FUNCTIONS } from "./json-functions.js";
import { MOMENT_JS_FUNCTIONS } from "./moments.js";
import { NET_JS_FUNCTIONS } from "./net-functions.js";
import { NUMBER_FORMAT_JS_FUNCTIONS } from "./number-format.js";
import { PERCENTILE_JS_FUNCTIONS } from "./percentile.js";
import { SPARSE_VECTOR_JS_FUNCTIONS } from "./sparse-vectors.js";
import { SPREAD_JS_FUNCTIONS } from "./spread.js";
import { STRING_JS_FUNCTIONS } from "./string-functions.js";
import { TEMPORAL_FORMAT_JS_FUNCTIONS } from "./temporal-format.js";
import { TEMPORAL_PARSE_JS_FUNCTIONS } from "./temporal-parse.js";

/** Every JavaScript function of the library but those that `functions.ts` registers itself. */
export const JS_FUNCTIONS: readonly JsFunction[] = [
  ...JSON_JS_FUNCTIONS,
  ...STRING_JS_FUNCTIONS,
  ...NET_JS_FUNCTIONS,
  ...HASH_JS_FUNCTIONS,
  ...FORMAT_JS_FUNCTIONS,
  ...TEMPORAL_FORMAT_JS_FUNCTIONS,
  ...TEMPORAL_PARSE_JS_FUNCTIONS,
  ...CAST_FORMAT_JS_FUNCTIONS,
  ...NUMBER_FORMAT_JS_FUNCTIONS,
  ...INTERVAL_JS_FUNCTIONS,
  ...DECIMAL_JS_FUNCTIONS,
  ...DECIMAL_MATH_JS_FUNCTIONS,
  ...BIGNUMERIC_JS_FUNCTIONS,
  ...PERCENTILE_JS_FUNCTIONS,
  ...SPREAD_JS_FUNCTIONS,
  ...MOMENT_JS_FUNCTIONS,
  ...SPARSE_VECTOR_JS_FUNCTIONS,
  ...HLL_JS_FUNCTIONS,
  ...GEOGRAPHY_JS_FUNCTIONS,
];
