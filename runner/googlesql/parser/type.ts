import type { TypeNode } from "../ast.js";
import { Cursor } from "./cursor.js";

/** The type that a text of nothing else spells. */
export function parseTypeText(text: string): TypeNode {
  return parseType(new Cursor(text));
}

/** A type: `INT64`, `NUMERIC(5, 2)`, `ARRAY<T>`, `STRUCT<a T, U>`. */
export function parseType(c: Cursor): TypeNode {
  const start = c.peek().start;
  if (c.acceptWords("ARRAY")) {
    c.expect("<");
    const element = parseType(c);
    c.expect(">");
    return { kind: "arrayType", element, ...c.span(start) };
  }
  if (c.acceptWords("STRUCT")) {
    c.expect("<");
    const fields = c.is(">") ? [] : c.list(() => parseStructField(c));
    c.expect(">");
    return { kind: "structType", fields, ...c.span(start) };
  }
  const isKeywordType = c.isWord("INTERVAL") || c.isWord("RANGE");
  const name = isKeywordType ? c.next().value : c.identifier("type name").name.toUpperCase();
  const parameters: string[] = [];
  if (c.accept("(")) {
    parameters.push(...c.list(() => c.next().text));
    c.expect(")");
  }
  return { kind: "scalarType", name, parameters, ...c.span(start) };
}

function parseStructField(c: Cursor): { name: string | undefined; type: TypeNode } {
  const startsType = c.isWord("ARRAY", 1) || c.isWord("STRUCT", 1) || c.isWord("INTERVAL", 1) || c.isIdentifier(1);
  const named = c.isIdentifier() && startsType;
  const name = named ? c.identifier().name : undefined;
  return { name, type: parseType(c) };
}
