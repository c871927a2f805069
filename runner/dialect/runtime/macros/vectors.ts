import { failure, type Macro, macro } from "./macro.js";

/** What both distances ask of two vectors before they compute. */
const checked = (distance: string): string =>
  `CASE WHEN a IS NULL OR b IS NULL THEN NULL
    WHEN len(a) <> len(b) THEN ${failure("DOUBLE", "concat('Array length mismatch: ', len(a), ' and ', len(b), '.')")}
    WHEN list_count(a) < len(a) OR list_count(b) < len(b) THEN ${failure("DOUBLE", "'NULL array element'")}
    ELSE ${distance} END`;

const allFinite = (list: string): string => `list_bool_and(list_transform(${list}, lambda e: isfinite(e)))`;
const overflow = (result: string): string =>
  `CASE WHEN ${allFinite("a")} AND ${allFinite("b")} THEN ${failure("DOUBLE", "'double overflow'")} ELSE ${result} END`;

/** Distances between vectors. Source: GoogleSQL's distance.cc. */
export const VECTOR_MACROS: readonly Macro[] = [
  macro("euclidean_distance(a, b)", checked("bq.euclidean_distance_of(a, b, list_distance(a, b))")),
  macro("euclidean_distance_of(a, b, d)", `CASE WHEN isfinite(d) THEN d ELSE ${overflow("d")} END`),
  macro(
    "cosine_distance(a, b)",
    checked(
      "bq.cosine_distance_of(a, b, list_inner_product(a, b), list_inner_product(a, a), list_inner_product(b, b))",
    ),
  ),
  macro(
    "cosine_distance_of(a, b, ab, aa, bb)",
    `CASE WHEN aa = 0 OR bb = 0 THEN ${failure("DOUBLE", "'Cannot compute cosine distance against zero vector.'")}
      WHEN isfinite(ab) AND isfinite(aa) AND isfinite(bb) THEN 1 - ab / (sqrt(aa) * sqrt(bb))
      ELSE ${overflow("CAST('nan' AS DOUBLE)")} END`,
  ),
];
