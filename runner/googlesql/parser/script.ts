import type { Expr, Identifier } from "../ast.js";
import { analysisError, syntaxError, unsupported } from "../errors.js";
import type { ScriptStatement } from "../script-ast.js";
import { systemVariable } from "../system-variables.js";
import { Cursor } from "./cursor.js";
import { parsePathNode } from "./ddl.js";
import { parseExpression } from "./expression.js";
import { checkJumps } from "./jumps.js";
import { parseQuery } from "./query.js";
import { parseStatement } from "./statement.js";
import { parseType } from "./type.js";

type Body = readonly ScriptStatement[];

/** Statements separated by semicolons. https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language */
export function parseScriptText(sql: string): Body {
  const c = new Cursor(sql);
  const statements: ScriptStatement[] = [];
  while (!c.atEnd()) {
    if (c.accept(";")) continue;
    statements.push(parseInOrder(c, statements));
    if (!c.atEnd() && !c.accept(";")) throw c.expected("end of input");
  }
  checkJumps(statements, { loop: false, labels: [] });
  return statements;
}

/** From BEGIN to END, as the body of a procedure. */
export function parseBlockBody(c: Cursor): Body {
  const { start } = c.expectWord("BEGIN");
  const { body, handler } = parseHandled(c);
  c.expectWord("END");
  return handler === undefined ? body : [{ kind: "block", label: undefined, body, handler, ...c.span(start) }];
}

/** What follows BEGIN, up to END, which is left to be read. */
function parseHandled(c: Cursor): { readonly body: Body; readonly handler: Body | undefined } {
  const body = parseBody(c, ["EXCEPTION", "END"]);
  return { body, handler: c.isWord("EXCEPTION") ? parseHandler(c) : undefined };
}

/** Statements up to one of the words, which is left to be read. */
function parseBody(c: Cursor, ends: readonly string[]): Body {
  const statements: ScriptStatement[] = [];
  while (!ends.some((word) => c.isWord(word))) {
    if (c.accept(";")) continue;
    if (c.atEnd()) throw c.expected(`keyword ${ends.at(-1)}`);
    statements.push(parseInOrder(c, statements));
    c.expect(";");
  }
  return statements;
}

/** Declarations come before anything else. */
function parseInOrder(c: Cursor, before: readonly ScriptStatement[]): ScriptStatement {
  const token = c.peek();
  const statement = parseScriptStatement(c);
  if (statement.kind === "declare" && before.some(({ kind }) => kind !== "declare"))
    throw syntaxError("Variable declarations are allowed only at the start of a block or script", token);
  return statement;
}

function parseScriptStatement(c: Cursor): ScriptStatement {
  const { start } = c.peek();
  const label = c.isIdentifier() && c.is(":", 1) ? c.identifier().name.toLowerCase() : undefined;
  if (label !== undefined) c.expect(":");
  const labelled = parseLabelled(c, start, label);
  if (labelled !== undefined) return labelled;
  if (label !== undefined) throw c.expected("keyword BEGIN, LOOP, WHILE, REPEAT or FOR");
  switch (c.peek().kind === "word" ? c.peek().value : "") {
    case "DECLARE":
      return parseDeclare(c);
    case "SET":
      return parseSet(c);
    case "IF":
      return parseIf(c);
    case "CASE":
      return parseCase(c);
    case "RAISE":
      return parseRaise(c);
    case "CALL":
      return parseCall(c);
    case "EXECUTE":
      return parseExecute(c);
    case "COMMIT":
    case "ROLLBACK": {
      const verb = c.next().value as "COMMIT" | "ROLLBACK";
      c.acceptWords("TRANSACTION");
      return { kind: "transaction", verb, ...c.span(start) };
    }
    case "BREAK":
    case "LEAVE":
    case "CONTINUE":
    case "ITERATE": {
      const word = c.next().value;
      const target = c.isIdentifier() ? c.identifier().name.toLowerCase() : undefined;
      return { kind: word === "BREAK" || word === "LEAVE" ? "leave" : "iterate", label: target, ...c.span(start) };
    }
    case "RETURN":
      c.next();
      return { kind: "return", ...c.span(start) };
    default:
      return parseStatement(c);
  }
}

function parseLabelled(c: Cursor, start: number, label: string | undefined): ScriptStatement | undefined {
  const close = (...words: string[]): void => {
    for (const word of words) c.expectWord(word);
    if (!c.isIdentifier()) return;
    const closing = c.identifier();
    if (closing.name.toLowerCase() === label) return;
    const expected = label === undefined ? "no label" : label;
    throw syntaxError(`Mismatching end label; expected ${expected}, got ${closing.name}`, closing);
  };
  if (c.isWord("BEGIN")) {
    c.next();
    if (c.acceptWords("TRANSACTION") || c.is(";") || c.atEnd())
      return { kind: "transaction", verb: "BEGIN", ...c.span(start) };
    const { body, handler } = parseHandled(c);
    close("END");
    return { kind: "block", label, body, handler, ...c.span(start) };
  }
  if (c.acceptWords("LOOP")) {
    const body = parseBody(c, ["END"]);
    close("END", "LOOP");
    return { kind: "loop", label, body, ...c.span(start) };
  }
  if (c.acceptWords("WHILE")) {
    const condition = parseExpression(c);
    c.expectWord("DO");
    const body = parseBody(c, ["END"]);
    close("END", "WHILE");
    return { kind: "while", label, condition, body, ...c.span(start) };
  }
  if (c.acceptWords("REPEAT")) {
    const body = parseBody(c, ["UNTIL"]);
    c.expectWord("UNTIL");
    const condition = parseExpression(c);
    close("END", "REPEAT");
    return { kind: "repeat", label, condition, body, ...c.span(start) };
  }
  if (!c.acceptWords("FOR")) return undefined;
  const variable = c.identifier("variable name");
  c.expectWord("IN");
  const query = c.parenthesized(() => parseQuery(c));
  c.expectWord("DO");
  const body = parseBody(c, ["END"]);
  close("END", "FOR");
  return { kind: "for", label, variable, query, body, ...c.span(start) };
}

function parseHandler(c: Cursor): Body {
  for (const word of ["EXCEPTION", "WHEN", "ERROR", "THEN"]) c.expectWord(word);
  return parseBody(c, ["END"]);
}

function parseDeclare(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("DECLARE");
  const names = c.list(() => c.identifier("variable name"));
  const type = c.isWord("DEFAULT") ? undefined : parseType(c);
  const value = c.acceptWords("DEFAULT") ? parseExpression(c) : undefined;
  if (type === undefined && value === undefined) throw c.expected("a type or keyword DEFAULT");
  return { kind: "declare", names, type, value, ...c.span(start) };
}

function parseSet(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("SET");
  if (c.peek().kind === "systemVariable") {
    const { text, start: at, end } = c.peek();
    const variable = systemVariable(text);
    if (variable === undefined) throw unsupported(`SET ${text}`, c.peek());
    if (!variable.isSettable) throw analysisError(`Cannot set read-only system variable ${text}`, c.peek());
    c.next();
    c.expect("=");
    return {
      kind: "set",
      targets: [{ name: `@@${variable.name}`, start: at, end }],
      isTuple: false,
      value: parseExpression(c),
      ...c.span(start),
    };
  }
  const isTuple = c.is("(");
  const targets = isTuple
    ? c.parenthesized(() => c.list(() => c.identifier("variable name")))
    : [c.identifier("variable name")];
  c.expect("=");
  return { kind: "set", targets, isTuple, value: parseExpression(c), ...c.span(start) };
}

function parseIf(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("IF");
  const branches: { condition: Expr; body: Body }[] = [];
  do {
    const condition = parseExpression(c);
    c.expectWord("THEN");
    branches.push({ condition, body: parseBody(c, ["ELSEIF", "ELSE", "END"]) });
  } while (c.acceptWords("ELSEIF"));
  const otherwise = c.acceptWords("ELSE") ? parseBody(c, ["END"]) : [];
  c.expectWord("END");
  c.expectWord("IF");
  return { kind: "if", branches, otherwise, ...c.span(start) };
}

/** CASE is IF with other words: `CASE x WHEN y` compares, `CASE WHEN c` tests. */
function parseCase(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("CASE");
  const operand = c.isWord("WHEN") ? undefined : parseExpression(c);
  const branches: { condition: Expr; body: Body }[] = [];
  while (c.acceptWords("WHEN")) {
    const when = parseExpression(c);
    const condition = operand === undefined ? when : asCondition(operand, when);
    c.expectWord("THEN");
    branches.push({ condition, body: parseBody(c, ["WHEN", "ELSE", "END"]) });
  }
  const otherwise = c.acceptWords("ELSE") ? parseBody(c, ["END"]) : [];
  c.expectWord("END");
  c.expectWord("CASE");
  return { kind: "if", branches, otherwise, ...c.span(start) };
}

/** A comparison may not name NULL, where CASE may; neither is true. */
function asCondition(operand: Expr, when: Expr): Expr {
  const { start, end } = when;
  if (operand.kind === "null" || when.kind === "null") return { kind: "bool", value: false, start, end };
  return { kind: "binary", op: "=", left: operand, right: when, start, end };
}

function parseRaise(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("RAISE");
  let message: Expr | undefined;
  if (c.acceptWords("USING")) {
    c.expectWord("MESSAGE");
    c.expect("=");
    message = parseExpression(c);
  }
  return { kind: "raise", message, ...c.span(start) };
}

function parseCall(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("CALL");
  const path = parsePathNode(c);
  c.expect("(");
  const args = c.is(")") ? [] : c.list(() => parseExpression(c));
  c.expect(")");
  return { kind: "call", path, args, ...c.span(start) };
}

function parseExecute(c: Cursor): ScriptStatement {
  const { start } = c.expectWord("EXECUTE");
  c.expectWord("IMMEDIATE");
  const sql = parseExpression(c);
  const into: Identifier[] = c.acceptWords("INTO") ? c.list(() => c.identifier("variable name")) : [];
  const using = c.acceptWords("USING")
    ? c.list(() => {
        const value = parseExpression(c);
        return { value, name: c.acceptWords("AS") ? c.identifier() : undefined };
      })
    : [];
  return { kind: "execute", sql, into, using, ...c.span(start) };
}
