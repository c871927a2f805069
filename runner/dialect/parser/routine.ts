import type { Statement } from "../ast.js";
import { unsupported } from "../errors.js";
import type { RoutineParameter } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { acceptIfNotExists, parsePathNode, skipOptions } from "./ddl.js";
import { parseExpression } from "./expression.js";
import { parseBlockBody } from "./script.js";
import { parseType } from "./type.js";

/** The rest of CREATE [TEMP] FUNCTION; a JavaScript body would run outside any sandbox, so it is refused. */
export function parseCreateFunction(c: Cursor, start: number, orReplace: boolean, temporary: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c);
  const path = parsePathNode(c);
  const parameters = parseParameters(c, false);
  const returns = c.acceptWords("RETURNS") ? parseType(c) : undefined;
  c.acceptWords("DETERMINISTIC");
  if (c.acceptWords("NOT", "DETERMINISTIC") || c.isWord("LANGUAGE") || c.isWord("REMOTE"))
    throw unsupported(`A function in ${c.isWord("REMOTE") ? "another service" : c.peek(1).text}`, c.peek());
  skipOptions(c);
  c.expectWord("AS");
  const body = c.parenthesized(() => parseExpression(c));
  skipOptions(c);
  return {
    kind: "createFunction",
    path,
    temporary,
    orReplace,
    ifNotExists,
    parameters,
    returns,
    body,
    ...c.span(start),
  };
}

/** The rest of CREATE PROCEDURE. */
export function parseCreateProcedure(c: Cursor, start: number, orReplace: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c);
  const path = parsePathNode(c);
  const parameters = parseParameters(c, true);
  skipOptions(c);
  if (!c.isWord("BEGIN")) throw unsupported(`CREATE PROCEDURE ... ${c.peek().text}`, c.peek());
  c.next();
  const body = parseBlockBody(c);
  return { kind: "createProcedure", path, orReplace, ifNotExists, parameters, body, ...c.span(start) };
}

function parseParameters(c: Cursor, modes: boolean): RoutineParameter[] {
  c.expect("(");
  if (c.accept(")")) return [];
  const parameters = c.list((): RoutineParameter => {
    const mode = modes ? parseMode(c) : "IN";
    const name = c.identifier("parameter name");
    const type = c.acceptWords("ANY", "TYPE") ? undefined : parseType(c);
    return { name, type, mode };
  });
  c.expect(")");
  return parameters;
}

function parseMode(c: Cursor): RoutineParameter["mode"] {
  // IN is reserved; OUT and INOUT are names unless another name follows.
  if (c.acceptWords("IN")) return "IN";
  if (c.isIdentifier(1) && c.acceptWords("OUT")) return "OUT";
  if (c.isIdentifier(1) && c.acceptWords("INOUT")) return "INOUT";
  return "IN";
}
