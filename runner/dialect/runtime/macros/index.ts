import { DATE_MACROS } from "./date.js";
import { DATETIME_MACROS } from "./datetime.js";
import { FLOAT64_MACROS } from "./float64.js";
import { FROM_STRING_MACROS } from "./from-string.js";
import { GENERATE_ARRAY_MACROS } from "./generate-array.js";
import { INT64_MACROS } from "./int64.js";
import { INTERVAL_MACROS } from "./interval.js";
import { LIMIT_MACROS } from "./limits.js";
import type { Macro } from "./macro.js";
import { NUMERIC_MACROS } from "./numeric.js";
import { RANGE_MACROS } from "./range.js";
import { SAFE_CAST_MACROS } from "./safe-cast.js";
import { STRING_MACROS } from "./string.js";
import { TEXT_FORMAT_MACROS } from "./text-format.js";
import { TO_STRING_MACROS } from "./to-string.js";
import { TRIGONOMETRY_MACROS } from "./trigonometry.js";
import { VECTOR_MACROS } from "./vectors.js";

/** The whole `bq` library, in any order. */
export const MACROS: readonly Macro[] = [
  ...INT64_MACROS,
  ...FLOAT64_MACROS,
  ...NUMERIC_MACROS,
  ...FROM_STRING_MACROS,
  ...SAFE_CAST_MACROS,
  ...TO_STRING_MACROS,
  ...DATE_MACROS,
  ...DATETIME_MACROS,
  ...STRING_MACROS,
  ...LIMIT_MACROS,
  ...TEXT_FORMAT_MACROS,
  ...INTERVAL_MACROS,
  ...RANGE_MACROS,
  ...GENERATE_ARRAY_MACROS,
  ...TRIGONOMETRY_MACROS,
  ...VECTOR_MACROS,
];
