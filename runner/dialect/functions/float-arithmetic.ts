import type { Span } from "../../googlesql/contract.js";
import { boundOf, derive, mayBeNan, type Typed } from "../types/typed.js";

/** Arithmetic longer than this is not checked: the check repeats it. */
const LONGEST = 300;

/**
 * `+`, `-` and `*` of FLOAT64, which GoogleSQL fails to compute beyond 1.8e308 and DuckDB makes infinite. A value that is not finite stays so
 * through all three, so one check at the end of a chain of them is enough: it costs less than one of the additions.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#arithmetic_operators
 * @param operands as FLOAT64
 * @param given the same before their coercion
 */
export function floatArithmetic(
  op: string,
  operands: readonly [Typed, Typed],
  given: readonly [Typed, Typed],
  span: Span,
): Typed {
  const [a, b] = operands;
  const raw = `(${a.arithmetic?.raw ?? a.sql} ${op} ${b.arithmetic?.raw ?? b.sql})`;
  const [most, other] = given.map(boundOf) as [number, number];
  const bound = op === "*" ? most * other : most + other;
  const finite = !mayBeNan(a) && !mayBeNan(b);
  const plain = { ...derive(raw, "FLOAT64", span, operands), ...(finite ? { finite } : {}) };
  if (bound < 1e308) return { ...plain, bound };
  const leaves = operands.flatMap((operand) => operand.arithmetic?.leaves ?? [operand]);
  const certain = leaves.filter(mayBeNan).map((leaf) => `isfinite(${leaf.sql})`);
  const conditions = [`NOT isfinite(${raw})`, ...new Set(certain)].join(" AND ");
  if (raw.length + conditions.length > 2 * LONGEST) return plain;
  const sql = `CASE WHEN ${conditions} THEN CAST('double overflow' AS DOUBLE) ELSE ${raw} END`;
  return { ...plain, sql, arithmetic: { raw, leaves } };
}
