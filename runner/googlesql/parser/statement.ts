import type { Expr, Query, Statement } from "../ast.js";
import { syntaxError, unsupported } from "../errors.js";
import { parseCreate } from "./create.js";
import { Cursor } from "./cursor.js";
import { parseAlter, parseDrop, parseOptions } from "./ddl.js";
import { parseDelete, parseInsert, parseUpdate } from "./dml.js";
import { parseExpression } from "./expression.js";
import { parseLoad } from "./load.js";
import { parseMerge, parseTruncate } from "./merge.js";
import { parseQuery } from "./query.js";

/** One query; a closing semicolon is allowed. */
export function parseQueryText(sql: string): Query {
  const c = new Cursor(sql);
  const query = parseQuery(c);
  finish(c);
  return query;
}

/** One expression. */
export function parseExpressionText(sql: string): Expr {
  const c = new Cursor(sql);
  const expr = parseExpression(c);
  finish(c);
  return expr;
}

/** One statement; a closing semicolon is allowed. */
export function parseStatementText(sql: string): Statement {
  const c = new Cursor(sql);
  const statement = parseStatement(c);
  finish(c);
  return statement;
}

function finish(c: Cursor): void {
  c.accept(";");
  if (!c.atEnd()) throw c.expected("end of input");
}

export function parseStatement(c: Cursor): Statement {
  const token = c.peek();
  if (c.startsQuery() || c.is("(")) {
    const query = parseQuery(c);
    return { kind: "query", query, ...c.span(token.start) };
  }
  switch (token.value) {
    case "CREATE":
      return parseCreate(c);
    case "DROP":
      return parseDrop(c);
    case "ALTER":
      return parseAlter(c);
    case "INSERT":
      return parseInsert(c);
    case "DELETE":
      return parseDelete(c);
    case "UPDATE":
      return parseUpdate(c);
    case "MERGE":
      return parseMerge(c);
    case "TRUNCATE":
      return parseTruncate(c);
    case "LOAD":
      return parseLoad(c);
    case "ASSERT":
      return parseAssert(c);
    case "EXPORT":
      return parseExport(c);
    case "UNDROP":
    case "GRANT":
    case "REVOKE":
    case "DECLARE":
    case "SET":
    case "BEGIN":
    case "IF":
    case "CALL":
    case "EXECUTE":
    case "LOOP":
    case "WHILE":
    case "REPEAT":
    case "FOR":
      throw unsupported(`${token.value} statement`, token);
    default:
      throw c.unexpected();
  }
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements */
function parseExport(c: Cursor): Statement {
  const { start } = c.expectWord("EXPORT");
  c.expectWord("DATA");
  if (c.isWord("WITH")) throw unsupported("EXPORT DATA WITH CONNECTION", c.peek());
  const options = parseOptions(c);
  c.expectWord("AS");
  return { kind: "exportData", options, query: parseQuery(c), ...c.span(start) };
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/debugging-statements#assert */
function parseAssert(c: Cursor): Statement {
  const { start } = c.expectWord("ASSERT");
  const condition = parseExpression(c);
  if (!c.acceptWords("AS")) return { kind: "assert", condition, message: undefined, ...c.span(start) };
  const token = c.peek();
  const message = parseExpression(c);
  if (message.kind !== "string") throw syntaxError("Expected string literal", token);
  return { kind: "assert", condition, message: message.value, ...c.span(start) };
}
