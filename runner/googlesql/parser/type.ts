import type { StructFieldNode, TypeNode } from "../ast.js";
import { analysisError } from "../errors.js";
import { Cursor } from "./cursor.js";
import { parseOptions } from "./ddl.js";

/** The type that a text of nothing else spells. */
export function parseTypeText(text: string): TypeNode {
  return parseType(new Cursor(text));
}

/**
 * A type: `INT64`, `NUMERIC(5, 2)`, `ARRAY<T>`, `STRUCT<a T, U>`.
 * @param ofColumn whether fields within it may have what columns have: `STRUCT<a T OPTIONS (..)>`
 */
export function parseType(c: Cursor, ofColumn = false): TypeNode {
  const start = c.peek().start;
  if (c.acceptWords("ARRAY")) {
    c.expect("<");
    const element = parseType(c, ofColumn);
    // Arrays that are stored hold no NULL anyway.
    if (ofColumn) c.acceptWords("NOT", "NULL");
    c.expect(">");
    return { kind: "arrayType", element, ...c.span(start) };
  }
  if (c.acceptWords("STRUCT")) {
    c.expect("<");
    const fields = c.is(">") ? [] : c.list(() => parseStructField(c, ofColumn));
    c.expect(">");
    return { kind: "structType", fields, ...c.span(start) };
  }
  if (c.acceptWords("RANGE")) return parseRangeType(c, start);
  const name = c.isWord("INTERVAL") ? c.next().value : c.identifier("type name").name.toUpperCase();
  const parameters: string[] = [];
  if (c.accept("(")) {
    parameters.push(...c.list(() => c.next().text));
    c.expect(")");
  }
  return { kind: "scalarType", name, parameters, ...c.span(start) };
}

/** The rest of `RANGE<DATE>`; the element's name is part of the type's own. */
function parseRangeType(c: Cursor, start: number): TypeNode {
  c.expect("<");
  const element = parseType(c);
  c.expect(">");
  const name = element.kind === "scalarType" && element.parameters.length === 0 ? element.name : element.kind;
  if (!RANGE_ELEMENTS.has(name)) throw analysisError("RANGE needs elements of DATE, DATETIME or TIMESTAMP", element);
  return { kind: "scalarType", name: `RANGE<${name}>`, parameters: [], ...c.span(start) };
}

const RANGE_ELEMENTS: ReadonlySet<string> = new Set(["DATE", "DATETIME", "TIMESTAMP"]);

function parseStructField(c: Cursor, ofColumn: boolean): StructFieldNode {
  const startsType =
    c.isWord("ARRAY", 1) ||
    c.isWord("STRUCT", 1) ||
    c.isWord("INTERVAL", 1) ||
    c.isWord("RANGE", 1) ||
    c.isIdentifier(1);
  const named = c.isIdentifier() && startsType;
  const name = named ? c.identifier().name : undefined;
  const type = parseType(c, ofColumn);
  return ofColumn ? { name, type, ...parseFieldSchema(c) } : { name, type };
}

/** `NOT NULL`, `OPTIONS (..)` and `COLLATE '..'` behind the type of a field. */
function parseFieldSchema(c: Cursor): Pick<StructFieldNode, "options" | "ofColumns"> {
  let schema: Pick<StructFieldNode, "options" | "ofColumns"> = {};
  for (;;) {
    const { start } = c.peek();
    if (c.isWord("OPTIONS")) schema = { ...schema, options: parseOptions(c) };
    else if (c.acceptWords("NOT", "NULL")) schema = { ...schema, ofColumns: { what: "NOT NULL", ...c.span(start) } };
    else if (c.acceptWords("COLLATE")) {
      if (c.peek().kind !== "string") throw c.expected("string literal");
      c.next();
      schema = { ...schema, ofColumns: { what: "COLLATE", ...c.span(start) } };
    } else return schema;
  }
}
