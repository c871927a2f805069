import type { Expr, Statement } from "../ast.js";
import { syntaxError } from "../errors.js";
import type { Assignment } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { parsePathNode } from "./ddl.js";
import { parseExpression } from "./expression.js";
import { parseFrom } from "./from.js";
import { parseQuery } from "./query.js";

export const valueOrDefault = (c: Cursor): Expr | "DEFAULT" =>
  c.acceptWords("DEFAULT") ? "DEFAULT" : parseExpression(c);

export function parseInsert(c: Cursor): Statement {
  const { start } = c.expectWord("INSERT");
  c.acceptWords("INTO");
  const path = parsePathNode(c);
  const columns =
    c.is("(") && !c.isWord("SELECT", 1) && !c.isWord("WITH", 1)
      ? c.parenthesized(() => c.list(() => c.identifier()))
      : [];
  if (c.acceptWords("VALUES")) {
    const rows = c.list(() => c.parenthesized(() => c.list(() => valueOrDefault(c))));
    return { kind: "insert", path, columns, rows, query: undefined, ...c.span(start) };
  }
  const query = parseQuery(c);
  return { kind: "insert", path, columns, rows: [], query, ...c.span(start) };
}

export function parseDelete(c: Cursor): Statement {
  const { start } = c.expectWord("DELETE");
  c.acceptWords("FROM");
  const path = parsePathNode(c);
  const alias = c.optionalAlias();
  const where = parseWhere(c, "DELETE");
  return { kind: "delete", path, alias, where, ...c.span(start) };
}

export function parseUpdate(c: Cursor): Statement {
  const { start } = c.expectWord("UPDATE");
  const path = parsePathNode(c);
  const alias = c.optionalAlias();
  c.expectWord("SET");
  const set = c.list(() => parseAssignment(c));
  const from = c.acceptWords("FROM") ? parseFrom(c) : undefined;
  const where = parseWhere(c, "UPDATE");
  return { kind: "update", path, alias, set, from, where, ...c.span(start) };
}

/** `column = value`, the column perhaps behind the table's name, and perhaps a field of it. */
export function parseAssignment(c: Cursor): Assignment {
  const path = [c.identifier("column name")];
  while (c.accept(".")) path.push(c.identifierAfterDot());
  c.expect("=");
  return { path, value: valueOrDefault(c) };
}

function parseWhere(c: Cursor, statement: string): Expr {
  if (!c.acceptWords("WHERE")) throw syntaxError(`${statement} must have a WHERE clause`, c.peek());
  return parseExpression(c);
}
