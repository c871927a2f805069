import { failure, type Macro, macro, unbound } from "./macro.js";

/** What both distances ask of two vectors before they compute. */
const checked = (distance: string): string =>
  `CASE WHEN a IS NULL OR b IS NULL THEN NULL
    WHEN len(a) <> len(b) THEN ${failure("DOUBLE", "concat('Array length mismatch: ', len(a), ' and ', len(b), '.')")}
    WHEN list_count(a) < len(a) OR list_count(b) < len(b) THEN ${failure("DOUBLE", "'NULL array element'")}
    ${distance} END`;

const allFinite = (list: string): string => `list_bool_and(list_transform(${list}, lambda e: isfinite(e)))`;
const overflows = `WHEN ${allFinite("a")} AND ${allFinite("b")} THEN ${failure("DOUBLE", "'double overflow'")}`;

const euclidean = checked(
  `WHEN isfinite(list_distance(a, b)) THEN list_distance(a, b) ${overflows} ELSE list_distance(a, b)`,
);

const products = ["a, b", "a, a", "b, b"].map((pair) => `list_inner_product(${pair})`);
const cosine = checked(
  `WHEN ${products.map((product) => `isfinite(${product})`).join(" AND ")} THEN bq.cosine_distance_of(${products.join(", ")})
    ${overflows} ELSE CAST('nan' AS DOUBLE)`,
);

/** The distance, and the same of columns and literals, which cost nothing to name twice, where a list that is bound is copied. */
const both = (name: string, body: string): readonly Macro[] => [
  macro(`${name}(a, b)`, body),
  unbound(`${name}_plain(a, b)`, body),
];

/** Distances between vectors. Source: GoogleSQL's distance.cc. */
export const VECTOR_MACROS: readonly Macro[] = [
  ...both("euclidean_distance", euclidean),
  ...both("cosine_distance", cosine),
  macro(
    "cosine_distance_of(ab, aa, bb)",
    `CASE WHEN aa = 0 OR bb = 0 THEN ${failure("DOUBLE", "'Cannot compute cosine distance against zero vector.'")}
      ELSE 1 - ab / (sqrt(aa) * sqrt(bb)) END`,
  ),
];
