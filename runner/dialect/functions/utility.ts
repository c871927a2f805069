import type { CallExpr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { quoteString } from "../print/sql.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf } from "./arguments.js";
import { type CallContext, type Family, special } from "./definition.js";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/utility-functions */
export const UTILITY_FUNCTIONS: Family = { TYPEOF: special("utility-functions#typeof", typeOfArgument) };

/** The name of an expression's type, which is not evaluated. */
function typeOfArgument(call: CallExpr, context: CallContext): Typed {
  const [argument] = call.args;
  if (argument === undefined || call.args.length > 1)
    throw analysisError("No matching signature for function TYPEOF. Supported signature: TYPEOF(ANY)", call);
  const name = typeName(context.resolve(argument.value).type);
  return derive(quoteString(name), "STRING", spanOf(call), [], false);
}
