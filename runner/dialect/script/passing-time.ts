import type { Expr, Identifier } from "../../googlesql/ast.js";
import { PARENTHESIS_FREE } from "../../googlesql/volatile-names.js";
import { mapTree, walk } from "../../googlesql/walk.js";
import { parseExpressionText } from "../script.js";

type Call = Extract<Expr, { kind: "call" }>;

/** The functions of GoogleSQL that take a time apart, by what they replace. */
const PARTS: Readonly<Record<string, string>> = {
  CURRENT_DATE: "DATE",
  CURRENT_DATETIME: "DATETIME",
  CURRENT_TIME: "TIME",
};

/**
 * A condition in which time has gone on since the engine's clock stopped, as it does within a transaction: a loop that waits would never end.
 *
 * @param isVariable whether a name without parentheses is a variable; beside a query it may be a column, and is left
 */
export function withPassingTime(
  condition: Expr,
  milliseconds: number,
  isVariable: (name: Identifier) => boolean,
): Expr {
  const time = `TIMESTAMP_MICROS(UNIX_MICROS(CURRENT_TIMESTAMP()) + ${Math.round(milliseconds * 1000)})`;
  const mayReadColumns = holdsQuery(condition);
  return mapTree(condition, (node) => {
    const asked = node as unknown as Expr;
    if (asked.kind === "path" && mayReadColumns) return undefined;
    const name = asked.kind === "path" ? bareName(asked) : asked.kind === "call" ? asked.name : undefined;
    if (name === undefined || !PARENTHESIS_FREE.has(name)) return undefined;
    if (asked.kind === "path" && asked.parts[0] !== undefined && isVariable(asked.parts[0])) return undefined;
    const part = PARTS[name];
    const passed = parseExpressionText(part === undefined ? time : `${part}(${time})`) as Call;
    const zone = asked.kind === "call" ? asked.args : [];
    const { start, end } = asked;
    return { ...passed, args: [...passed.args, ...zone], start, end };
  });
}

function holdsQuery(condition: Expr): boolean {
  let found = false;
  walk(condition, (node) => {
    found ||= node.kind === "select";
    return !found;
  });
  return found;
}

function bareName({ parts: [name, ...more] }: Extract<Expr, { kind: "path" }>): string | undefined {
  return more.length === 0 ? name?.name.toUpperCase() : undefined;
}
