import { limitedTree } from "../../../dialect/functions/limits.js";
import { limitsOf } from "../../../dialect/resolve/type-node.js";
import { parseTypeText } from "../../../googlesql/parser/type.js";
import { type Column, declaredType } from "../../../port/sql-types.js";
import { duckdbType } from "../types.js";

/** Digits before the point of a BIGNUMERIC that the engine stores, and behind it. */
const [WHOLE, FRACTION] = [20, 18];

/**
 * A value of a query as a column holds it, within the parameters of its type.
 * @param value SQL of the type as it is stored
 */
export function heldValue(value: string, column: Column): string {
  if (column.declared === undefined) return value;
  const limits = limitsOf(parseTypeText(declaredType(column)));
  if (limits === undefined) return value;
  if (column.type !== "BIGNUMERIC" || limits.kind !== "scalar") return limitedTree(value, column.type, limits);
  const scale = Math.min(limits.limit.scale, FRACTION);
  const precision = scale + Math.min(limits.limit.precision - limits.limit.scale, WHOLE);
  // A decimal needs a digit.
  return `CAST(CAST(${value} AS DECIMAL(${Math.max(precision, 1)},${scale})) AS ${duckdbType("BIGNUMERIC")})`;
}
