import type { Identifier, Statement } from "../ast.js";
import { analysisError, syntaxError, unsupported } from "../errors.js";
import type { FunctionBody, RoutineParameter, StatementOption } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { acceptIfNotExists, parseOptions, parsePathNode } from "./ddl.js";
import { parseExpression } from "./expression.js";
import { parseQuery } from "./query.js";
import { parseBlockBody } from "./script.js";
import { parseType } from "./type.js";

/**
 * The rest of CREATE [TEMP] FUNCTION.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_function_statement
 */
export function parseCreateFunction(
  c: Cursor,
  start: number,
  orReplace: boolean,
  temporary: boolean,
  isAggregate = false,
): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  const parameters = parseParameters(c, isAggregate ? "aggregate" : "function");
  const returns = c.acceptWords("RETURNS") ? parseType(c) : undefined;
  const { body, options: inner } = parseFunctionBody(c);
  const options = [...inner, ...parseOptions(c)];
  if (isAggregate && body.language === "js") throw unsupported("A JavaScript aggregate function", body.codeSpan);
  const head = { path, isAggregate, temporary, orReplace, ifNotExists, parameters, returns, options };
  return { kind: "createFunction", ...head, body, ...c.span(start) };
}

/** Everything behind RETURNS: determinism, language, options and the body itself. */
function parseFunctionBody(c: Cursor): { readonly body: FunctionBody; readonly options: readonly StatementOption[] } {
  const determinism = c.peek();
  const notDeterministic = c.acceptWords("NOT", "DETERMINISTIC");
  const deterministic = !notDeterministic && c.acceptWords("DETERMINISTIC");
  if (c.isWord("REMOTE")) throw unsupported("A remote function", c.peek());
  const language = c.acceptWords("LANGUAGE") ? c.identifier("language name") : undefined;
  if (language !== undefined && !/^(js|sql)$/i.test(language.name))
    throw unsupported(`A function in ${language.name}`, language);
  if (c.isWord("REMOTE") || c.isWords("WITH", "CONNECTION")) throw unsupported("A remote function", c.peek());
  const isJavaScript = language?.name.toLowerCase() === "js";
  if (!isJavaScript && (deterministic || notDeterministic))
    throw analysisError("Determinism level cannot be specified for SQL functions", determinism);
  const before = parseFunctionOptions(c);
  c.expectWord("AS");
  if (!isJavaScript)
    return { body: { language: "sql", expr: c.parenthesized(() => parseExpression(c)) }, options: before };
  const token = c.peek();
  if (token.kind !== "string") throw syntaxError("Expected string literal", token);
  c.next();
  const options = [...before, ...parseFunctionOptions(c)];
  const codeSpan = { start: token.start, end: token.end };
  return { body: { language: "js", code: token.value, codeSpan, deterministic }, options };
}

/** OPTIONS of a function; a JavaScript library lies in a bucket that is not there offline. */
function parseFunctionOptions(c: Cursor): readonly StatementOption[] {
  if (c.isWord("OPTIONS")) {
    for (let ahead = 1; !c.is(")", ahead) && c.peek(ahead).kind !== "end"; ahead += 1)
      if (c.isWord("LIBRARY", ahead) && c.is("=", ahead + 1))
        throw unsupported("OPTIONS (library = ..) of a JavaScript function", c.peek(ahead));
  }
  return parseOptions(c);
}

/**
 * The rest of CREATE TABLE FUNCTION.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_table_function_statement
 */
export function parseCreateTableFunction(c: Cursor, start: number, orReplace: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  const parameters = parseParameters(c, "table function");
  const returns = c.acceptWords("RETURNS") ? parseTableType(c) : undefined;
  const before = parseOptions(c);
  c.expectWord("AS");
  const query = parseQuery(c);
  const options = [...before, ...parseOptions(c)];
  return {
    kind: "createTableFunction",
    path,
    orReplace,
    ifNotExists,
    parameters,
    returns,
    query,
    options,
    ...c.span(start),
  };
}

/** `TABLE<a INT64, b STRING>`. */
function parseTableType(c: Cursor) {
  c.expectWord("TABLE");
  c.expect("<");
  const columns = c.list(() => {
    const name: Identifier = c.identifier("column name");
    return { name, type: parseType(c) };
  });
  c.expect(">");
  return columns;
}

/** The rest of CREATE PROCEDURE. */
export function parseCreateProcedure(c: Cursor, start: number, orReplace: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  const parameters = parseParameters(c, "procedure");
  const options = parseOptions(c);
  if (!c.isWord("BEGIN")) {
    if (c.isWord("EXTERNAL") || c.isWord("LANGUAGE") || c.isWord("WITH"))
      throw unsupported(`CREATE PROCEDURE ... ${c.peek().text}`, c.peek());
    throw c.expected("keyword BEGIN");
  }
  const bodyStart = c.peek().start;
  const body = parseBlockBody(c);
  const said = { path, orReplace, ifNotExists, parameters, options };
  return { kind: "createProcedure", ...said, bodyStart, body, ...c.span(start) };
}

function parseParameters(c: Cursor, of: "function" | "aggregate" | "table function" | "procedure"): RoutineParameter[] {
  c.expect("(");
  if (c.accept(")")) return [];
  const parameters = c.list((): RoutineParameter => {
    const mode = of === "procedure" ? parseMode(c) : "IN";
    const name = c.identifier("parameter name");
    if (c.isWord("TABLE") && c.is("<", 1)) {
      if (of !== "table function") throw analysisError("Only a table function takes a table", c.peek());
      return { name, type: undefined, mode, columns: parseTableType(c) };
    }
    const type = c.acceptWords("ANY", "TYPE") ? undefined : parseType(c);
    const isConstant = of === "aggregate" && c.acceptWords("NOT", "AGGREGATE");
    return { name, type, mode, ...(isConstant ? { isConstant } : {}) };
  });
  c.expect(")");
  const seen = new Set<string>();
  for (const { name } of parameters) {
    const key = name.name.toLowerCase();
    if (seen.has(key)) throw analysisError(`Duplicate argument name ${name.name}`, name);
    seen.add(key);
  }
  return parameters;
}

function parseMode(c: Cursor): RoutineParameter["mode"] {
  // IN is reserved; OUT and INOUT are names unless another name follows.
  if (c.acceptWords("IN")) return "IN";
  if (c.isIdentifier(1) && c.acceptWords("OUT")) return "OUT";
  if (c.isIdentifier(1) && c.acceptWords("INOUT")) return "INOUT";
  return "IN";
}
