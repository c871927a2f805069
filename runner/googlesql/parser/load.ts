import type { ColumnDefinition, Expr, Statement } from "../ast.js";
import type { LoadClauses, LoadOption } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { parseColumns, parseOptions, parsePathNode } from "./ddl.js";
import { parseExpression } from "./expression.js";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/load-statements */
export function parseLoad(c: Cursor): Statement {
  const { start } = c.expectWord("LOAD");
  c.expectWord("DATA");
  const overwrite = c.acceptWords("OVERWRITE");
  if (!overwrite) c.expectWord("INTO");
  const table = c.peek();
  const temporary = c.acceptWords("TEMP", "TABLE") || c.acceptWords("TEMPORARY", "TABLE") ? table : undefined;
  const path = parsePathNode(c);
  let columns: readonly ColumnDefinition[] = [];
  if (c.is("(")) ({ columns } = parseColumns(c));
  const partition = parsePartition(c);
  const partitionBy = c.acceptWords("PARTITION", "BY") ? parseExpression(c) : undefined;
  const clusterBy: readonly Expr[] = c.acceptWords("CLUSTER", "BY") ? c.list(() => parseExpression(c)) : [];
  const tableOptions = parseOptions(c);
  for (const word of ["FROM", "FILES"]) c.expectWord(word);
  const options = c.parenthesized(() => c.list(() => parseOption(c)));
  const further = { temporary, partition, pathColumns: parsePathColumns(c), connection: parseConnection(c) };
  return {
    kind: "loadData",
    path,
    overwrite,
    columns,
    partitionBy,
    clusterBy,
    tableOptions,
    options,
    further,
    ...c.span(start),
  };
}

/** `[OVERWRITE] PARTITIONS (column = value)`. */
function parsePartition(c: Cursor): LoadClauses["partition"] {
  const { start } = c.peek();
  const overwrite = c.acceptWords("OVERWRITE", "PARTITIONS");
  if (!overwrite && !c.acceptWords("PARTITIONS")) return undefined;
  return c.parenthesized(() => {
    const column = c.identifier("column name");
    c.expect("=");
    return { overwrite, column, value: parseExpression(c), ...c.span(start) };
  });
}

function parsePathColumns(c: Cursor): LoadClauses["pathColumns"] {
  const { start } = c.peek();
  if (!c.acceptWords("WITH", "PARTITION", "COLUMNS")) return undefined;
  const columns = c.is("(") ? parseColumns(c).columns : [];
  return { columns, ...c.span(start) };
}

function parseConnection(c: Cursor): LoadClauses["connection"] {
  const { start } = c.peek();
  if (!c.acceptWords("WITH", "CONNECTION")) return undefined;
  parsePathNode(c);
  return c.span(start);
}

function parseOption(c: Cursor): LoadOption {
  const name = c.identifier("option name");
  c.expect("=");
  const value = parseExpression(c);
  return { name: { ...name, name: name.name.toLowerCase() }, value, start: value.start, end: value.end };
}
