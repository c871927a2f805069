import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { isComparable, isOrderable, supportsEquality } from "../types/equality.js";
import { isNullLiteral, type Typed } from "../types/typed.js";

/** An analysis error for an argument whose values have no order. */
export function requireOrder(name: string, arg: Typed | undefined): void {
  if (arg !== undefined && !isNullLiteral(arg) && !isOrderable(arg.type))
    throw analysisError(`${name} is not defined for arguments of type ${typeName(arg.type)}`, arg.span);
}

/** An analysis error for an argument whose values cannot be compared with `=`. */
export function requireEquality(name: string, arg: Typed | undefined): void {
  if (arg !== undefined && !isNullLiteral(arg) && !supportsEquality(arg.type))
    throw analysisError(`${name} is not defined for arguments of type ${typeName(arg.type)}`, arg.span);
}

/** An analysis error for an argument by whose values nothing can be grouped. */
export function requireGrouping(name: string, arg: Typed | undefined): void {
  if (arg !== undefined && !isComparable(arg.type))
    throw analysisError(`The argument to ${name} must support grouping; Type ${typeName(arg.type)} does not`, arg.span);
}
