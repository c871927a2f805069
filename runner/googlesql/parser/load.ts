import type { ColumnDefinition, Expr, Statement } from "../ast.js";
import { syntaxError, unsupported } from "../errors.js";
import type { LoadOption } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { parseColumns, parsePathNode, skipOptions } from "./ddl.js";
import { parseExpression } from "./expression.js";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/load-statements */
export function parseLoad(c: Cursor): Statement {
  const { start } = c.expectWord("LOAD");
  c.expectWord("DATA");
  const overwrite = c.acceptWords("OVERWRITE");
  if (!overwrite) c.expectWord("INTO");
  if (c.isWords("TEMP", "TABLE") || c.isWords("TEMPORARY", "TABLE"))
    throw unsupported("LOAD DATA into a temporary table", c.peek());
  const path = parsePathNode(c);
  let columns: readonly ColumnDefinition[] = [];
  if (c.is("(")) ({ columns } = parseColumns(c));
  if (c.isWord("PARTITIONS") || c.isWords("OVERWRITE", "PARTITIONS"))
    throw unsupported("PARTITIONS of LOAD DATA", c.peek());
  const partitionBy = c.acceptWords("PARTITION", "BY") ? parseExpression(c) : undefined;
  const clusterBy: readonly Expr[] = c.acceptWords("CLUSTER", "BY") ? c.list(() => parseExpression(c)) : [];
  skipOptions(c);
  for (const word of ["FROM", "FILES"]) c.expectWord(word);
  const options = c.parenthesized(() => c.list(() => parseOption(c)));
  if (c.isWord("WITH")) throw unsupported("WITH behind LOAD DATA", c.peek());
  return { kind: "loadData", path, overwrite, columns, partitionBy, clusterBy, options, ...c.span(start) };
}

function parseOption(c: Cursor): LoadOption {
  const name = c.identifier("option name");
  c.expect("=");
  const expr = parseExpression(c);
  return { name: { ...name, name: name.name.toLowerCase() }, value: constant(expr), start: expr.start, end: expr.end };
}

function constant(expr: Expr): LoadOption["value"] {
  if (expr.kind === "string" || expr.kind === "bool") return expr.value;
  if (expr.kind === "integer") return Number(expr.value);
  if (expr.kind === "null") return undefined;
  if (expr.kind === "array") {
    return expr.elements.map((element) => {
      if (element.kind !== "string") throw syntaxError("Expected string literal", element);
      return element.value;
    });
  }
  throw syntaxError("Expected a literal", expr);
}
