import type { Statement } from "../ast.js";
import type { MergeClause } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { parsePathNode } from "./ddl.js";
import { parseAssignment, valueOrDefault } from "./dml.js";
import { parseExpression } from "./expression.js";
import { parseFromPrimary } from "./from.js";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#merge_statement */
export function parseMerge(c: Cursor): Statement {
  const { start } = c.expectWord("MERGE");
  c.acceptWords("INTO");
  const path = parsePathNode(c);
  const alias = c.optionalAlias();
  c.expectWord("USING");
  const source = parseFromPrimary(c);
  c.expectWord("ON");
  const on = parseExpression(c);
  const clauses: MergeClause[] = [];
  while (c.isWord("WHEN")) clauses.push(parseClause(c));
  if (clauses.length === 0) throw c.expected("keyword WHEN");
  return { kind: "merge", path, alias, source, on, clauses, ...c.span(start) };
}

export function parseTruncate(c: Cursor): Statement {
  const { start } = c.expectWord("TRUNCATE");
  c.expectWord("TABLE");
  const path = parsePathNode(c);
  return { kind: "truncate", path, ...c.span(start) };
}

function parseClause(c: Cursor): MergeClause {
  const { start } = c.expectWord("WHEN");
  const when = parseWhen(c);
  const condition = c.acceptWords("AND") ? parseExpression(c) : undefined;
  c.expectWord("THEN");
  const insertOnly = when === "NOT MATCHED BY TARGET";
  const action = insertOnly ? parseInsertAction(c) : parseRowAction(c);
  return { when, condition, action, ...c.span(start) };
}

function parseWhen(c: Cursor): MergeClause["when"] {
  if (c.acceptWords("MATCHED")) return "MATCHED";
  c.expectWord("NOT");
  c.expectWord("MATCHED");
  if (c.acceptWords("BY", "SOURCE")) return "NOT MATCHED BY SOURCE";
  c.acceptWords("BY", "TARGET");
  return "NOT MATCHED BY TARGET";
}

function parseRowAction(c: Cursor): MergeClause["action"] {
  if (c.acceptWords("DELETE")) return { kind: "delete" };
  c.expectWord("UPDATE");
  c.expectWord("SET");
  return { kind: "update", set: c.list(() => parseAssignment(c)) };
}

function parseInsertAction(c: Cursor): MergeClause["action"] {
  c.expectWord("INSERT");
  const columns = c.is("(") ? c.parenthesized(() => c.list(() => c.identifier())) : [];
  if (c.acceptWords("ROW")) return { kind: "insert", columns, values: undefined };
  c.expectWord("VALUES");
  return { kind: "insert", columns, values: c.parenthesized(() => c.list(() => valueOrDefault(c))) };
}
