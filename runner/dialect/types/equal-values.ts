import { COLLATED, type SqlType } from "../../port/sql-types.js";
import { fieldAccess } from "../print/sql.js";
import { compared, keyOf } from "./collation.js";
import type { Typed } from "./typed.js";
import { mayBeNan } from "./typed.js";

/** Operands longer than this are bound once by a macro instead of being written twice. */
const SHORT = 160;

type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";
const MACROS: Readonly<Record<Comparison, string>> = {
  "=": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

/** A comparison with GoogleSQL's three values, of operands of one type. */
export function comparisonText(operator: Comparison, a: Typed, b: Typed): string {
  if (typeof a.type === "object") {
    const equal = equalText(a.sql, b.sql, a.type);
    return operator === "=" ? equal : `(NOT ${equal})`;
  }
  if (a.type === "FLOAT64") return floatComparison(operator, a, b);
  if (a.type === COLLATED) return comparisonText(operator, compared(a), compared(b));
  return `(${a.sql} ${operator === "!=" ? "<>" : operator} ${b.sql})`;
}

/**
 * NaN equals nothing and is neither less nor greater than anything; for DuckDB it equals itself and is the greatest. So one operand has to be
 * checked: the one that DuckDB would take for the greater.
 */
function floatComparison(operator: Comparison, a: Typed, b: Typed): string {
  const plain = `(${a.sql} ${operator === "!=" ? "<>" : operator} ${b.sql})`;
  const checked =
    operator === "<" || operator === "<=" ? b : operator === ">" || operator === ">=" ? a : mayBeNan(a) ? b : a;
  if (!mayBeNan(checked)) return plain;
  if (checked.sql.length > SHORT) return `bq.float64_${MACROS[operator]}(${a.sql}, ${b.sql})`;
  return operator === "!=" ? `(${plain} OR isnan(${checked.sql}))` : `(${plain} AND NOT isnan(${checked.sql}))`;
}

/**
 * `a = b` with GoogleSQL's three values. Structs are equal field by field, so a NULL field gives NULL; DuckDB's own comparison of structs
 * takes two NULL fields for equal.
 */
export function equalText(a: string, b: string, type: SqlType): string {
  if (type === "FLOAT64") return a.length > SHORT ? `bq.float64_eq(${a}, ${b})` : `(${a} = ${b} AND NOT isnan(${a}))`;
  if (typeof type === "string" || type.kind === "array") return `(${keyOf(a, type)} = ${keyOf(b, type)})`;
  const fields = type.fields.map((field, i) => equalText(fieldAccess(a, type, i), fieldAccess(b, type, i), field.type));
  return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE (${fields.length === 0 ? "true" : fields.join(" AND ")}) END`;
}
