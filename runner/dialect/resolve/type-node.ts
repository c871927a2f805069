import type { TypeNode } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { quoteWhereNeeded } from "../../googlesql/quote.js";
import { SCALAR_TYPES } from "../../googlesql/type-names.js";
import type { SqlType } from "../../port/sql-types.js";
import { typeName } from "../../port/sql-types.js";
import type { LimitTree, TypeLimit } from "../types/type-limits.js";

/** The type that a type name means, without its parameters. */
export function typeOf(node: TypeNode): SqlType {
  if (node.kind === "arrayType") {
    const element = typeOf(node.element);
    if (typeof element === "object" && element.kind === "array") {
      throw analysisError("Arrays of arrays are not supported", node);
    }
    return { kind: "array", element };
  }
  if (node.kind === "structType") {
    return { kind: "struct", fields: node.fields.map(({ name, type }) => ({ name, type: typeOf(type) })) };
  }
  const type = SCALAR_TYPES[node.name];
  if (type !== undefined) return type;
  throw analysisError(`Type not found: ${node.name}`, node);
}

/** Precision and scale of `NUMERIC(p[, s])`, length of `STRING(n)` and `BYTES(n)`; undefined without parameters. */
export function limitOf(node: TypeNode): TypeLimit | undefined {
  if (node.kind !== "scalarType" || node.parameters.length === 0) return undefined;
  const [precision, scale = 0] = node.parameters.map(Number);
  const type = typeOf(node);
  const integral = node.parameters.every((parameter) => /^\d+$/.test(parameter));
  if (!integral || precision === undefined) throw analysisError(`${node.name} type parameters must be integers`, node);
  if (type === "STRING" || type === "BYTES") {
    if (node.parameters.length > 1 || precision < 1) {
      throw analysisError(`${node.name} type must have exactly one positive parameter`, node);
    }
    return { precision, scale: 0 };
  }
  if (type === "BIGNUMERIC") {
    if (scale > 38 || precision < Math.max(1, scale) || precision > 38 + scale)
      throw analysisError(`In BIGNUMERIC(P, S), S must be between 0 and 38 and P between S and 38 + S`, node);
    return { precision, scale };
  }
  if (type !== "NUMERIC") throw analysisError(`${node.name} does not support type parameters`, node);
  if (scale > 9) throw analysisError("In NUMERIC(P, S), S must be between 0 and 9", node);
  if (precision < Math.max(1, scale) || precision > 29 + scale) {
    throw analysisError(`In NUMERIC(P, ${scale}), P must be between ${Math.max(1, scale)} and ${29 + scale}`, node);
  }
  return { precision, scale };
}

export function limitsOf(node: TypeNode): LimitTree | undefined {
  if (!hasParameters(node)) return undefined;
  if (node.kind === "arrayType") return { kind: "array", element: limitsOf(node.element) as LimitTree };
  if (node.kind === "structType") return { kind: "struct", fields: node.fields.map(({ type }) => limitsOf(type)) };
  return { kind: "scalar", limit: limitOf(node) as TypeLimit };
}

/** True where a type name somewhere within has parameters. */
export function hasParameters(node: TypeNode): boolean {
  if (node.kind === "arrayType") return hasParameters(node.element);
  return node.kind === "structType" ? node.fields.some(({ type }) => hasParameters(type)) : node.parameters.length > 0;
}

/** A type as BigQuery spells it, with its parameters. */
export function typeText(node: TypeNode): string {
  if (node.kind === "arrayType") return `ARRAY<${typeText(node.element)}>`;
  if (node.kind === "structType") {
    const fields = node.fields.map(
      ({ name, type }) => (name === undefined ? "" : `${quoteWhereNeeded(name)} `) + typeText(type),
    );
    return `STRUCT<${fields.join(", ")}>`;
  }
  const name = typeName(typeOf(node));
  return node.parameters.length === 0 ? name : `${name}(${node.parameters.join(", ")})`;
}
