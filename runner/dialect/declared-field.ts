import type { TypeNode } from "../googlesql/ast.js";
import { parseTypeText } from "../googlesql/parser/type.js";
import { quoteWhereNeeded } from "../googlesql/quote.js";
import { type Column, isSameName, type SqlType } from "../port/sql-types.js";
import { hasParameters, typeOf, typeText } from "./resolve/type-node.js";

/**
 * The type of a column of STRUCTs with one more field, and how it is declared.
 * @param path to the STRUCT within the column that gets the field
 */
export function typeWithField(
  column: Column,
  path: readonly string[],
  added: Column,
): Pick<Column, "type"> & { readonly declared?: string } {
  const node = withField(nodeOf(column), path, { name: added.name, type: nodeOf(added) });
  return { type: typeOf(node), ...(hasParameters(node) ? { declared: typeText(node) } : {}) };
}

function withField(
  node: TypeNode,
  path: readonly string[],
  field: { readonly name: string; readonly type: TypeNode },
): TypeNode {
  if (node.kind === "arrayType") return { ...node, element: withField(node.element, path, field) };
  if (node.kind !== "structType") return node;
  const [first, ...rest] = path;
  if (first === undefined) return { ...node, fields: [...node.fields, field] };
  const fields = node.fields.map((own) =>
    isSameName(own.name, first) ? { ...own, type: withField(own.type, rest, field) } : own,
  );
  return { ...node, fields };
}

const nodeOf = ({ type, declared }: Column): TypeNode => parseTypeText(declared ?? plainText(type));

/** A type that can be read again, whatever its fields are called. */
function plainText(type: SqlType): string {
  if (typeof type === "string") return type;
  if (type.kind === "array") return `ARRAY<${plainText(type.element)}>`;
  const fields = type.fields.map(({ name, type: inner }) =>
    name === undefined ? plainText(inner) : `${quoteWhereNeeded(name)} ${plainText(inner)}`,
  );
  return `STRUCT<${fields.join(", ")}>`;
}
