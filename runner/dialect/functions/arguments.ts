import type { CallExpr, Expr } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { isNullLiteral, type Typed } from "../types/typed.js";

export function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** The positional arguments, their number checked, and the named ones by upper-case name. */
export function splitArguments(
  call: CallExpr,
  least: number,
  most: number,
  names: readonly string[] = [],
): { positional: Expr[]; named: ReadonlyMap<string, Expr> } {
  const positional: Expr[] = [];
  const named = new Map<string, Expr>();
  for (const { name, value } of call.args) {
    if (name === undefined) positional.push(value);
    else if (names.includes(name.name.toUpperCase())) named.set(name.name.toUpperCase(), value);
    else {
      throw analysisError(`Named argument ${name.name} not found in signature for call to function ${call.name}`, name);
    }
  }
  if (positional.length < least || positional.length > most) throw wrongArguments(call, undefined);
  return { positional, named };
}

/** BigQuery's words for arguments that fit no signature; without types where their number is wrong. */
export function wrongArguments(call: CallExpr, args: readonly Typed[] | undefined, supported?: string): Error {
  const shapes = supported === undefined ? "" : `. Supported signature: ${supported}`;
  if (args === undefined)
    return analysisError(`Number of arguments does not match for function ${call.name}${shapes}`, call);
  const types = args.map((arg) => (isNullLiteral(arg) ? "NULL" : typeName(arg.type))).join(", ");
  return analysisError(`No matching signature for function ${call.name} for argument types: ${types}${shapes}`, call);
}

export const isArray = (type: SqlType): boolean => typeof type === "object" && type.kind === "array";
