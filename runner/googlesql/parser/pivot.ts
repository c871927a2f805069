import type { Expr, FromItem, Identifier } from "../ast.js";
import type { Cursor } from "./cursor.js";
import { parseBitOr, parseExpression } from "./expression.js";

/** `PIVOT (..)` or `UNPIVOT (..)` after a FROM item, with its alias; undefined where neither follows. */
export function parsePivotOrUnpivot(c: Cursor, source: FromItem): FromItem | undefined {
  if (c.isWord("PIVOT") && c.is("(", 1)) {
    c.next();
    return parsePivot(c, source);
  }
  if (c.isWord("UNPIVOT")) {
    c.next();
    return parseUnpivot(c, source);
  }
  return undefined;
}

function aliased(c: Cursor): { expr: Expr; alias: Identifier | undefined } {
  const expr = parseExpression(c);
  return { expr, alias: c.optionalAlias() };
}

function parsePivot(c: Cursor, source: FromItem): FromItem {
  c.expect("(");
  const aggregates = c.list(() => aliased(c));
  c.expectWord("FOR");
  // The input is an operand only: a following IN belongs to PIVOT.
  const input = parseBitOr(c);
  c.expectWord("IN");
  const values = c.parenthesized(() => c.list(() => aliased(c)));
  c.expect(")");
  const pivot = { aggregates, input, values };
  return { kind: "pivot", source, pivot, alias: c.optionalAlias(), ...c.span(source.start) };
}

function parseUnpivot(c: Cursor, source: FromItem): FromItem {
  const includeNulls = c.acceptWords("INCLUDE", "NULLS");
  if (!includeNulls) c.acceptWords("EXCLUDE", "NULLS");
  c.expect("(");
  const valueColumns = columnOrColumns(c);
  c.expectWord("FOR");
  const nameColumn = c.identifier();
  c.expectWord("IN");
  const groups = c.parenthesized(() =>
    c.list(() => {
      const columns = columnOrColumns(c);
      const labelled = c.acceptWords("AS") || c.peek().kind === "string";
      return { columns, label: labelled ? parseExpression(c) : undefined };
    }),
  );
  c.expect(")");
  const unpivot = { includeNulls, valueColumns, nameColumn, groups };
  return { kind: "unpivot", source, unpivot, alias: c.optionalAlias(), ...c.span(source.start) };
}

function columnOrColumns(c: Cursor): Identifier[] {
  if (c.is("(")) return c.parenthesized(() => c.list(() => c.identifier()));
  return [c.identifier()];
}
