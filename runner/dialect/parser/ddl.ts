import type { ColumnDefinition, Expr, Identifier, PathNode, Statement } from "../ast.js";
import { unsupported } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { parsePath } from "./from.js";
import { parseType } from "./type.js";

export function parsePathNode(c: Cursor): PathNode {
  const { start } = c.peek();
  const parts = parsePath(c);
  return { parts, ...c.span(start) };
}

export function acceptIfNotExists(c: Cursor): boolean {
  return c.acceptWords("IF", "NOT", "EXISTS");
}

/** `OPTIONS (name = expression, ..)`: layout and description only, nothing that changes rows. */
export function skipOptions(c: Cursor): void {
  if (!c.acceptWords("OPTIONS")) return;
  c.expect("(");
  if (c.accept(")")) return;
  c.list(() => {
    c.identifier("option name");
    c.expect("=");
    parseExpression(c);
  });
  c.expect(")");
}

/** The parenthesised columns of CREATE TABLE, with table constraints among them. */
export function parseColumns(c: Cursor): { columns: ColumnDefinition[]; primaryKey: Identifier[] } {
  const columns: ColumnDefinition[] = [];
  let primaryKey: Identifier[] = [];
  c.expect("(");
  while (!c.is(")")) {
    const key = parseTableConstraint(c);
    if (key === undefined) columns.push(parseColumn(c));
    else primaryKey = key.length > 0 ? key : primaryKey;
    if (!c.accept(",")) break;
  }
  c.expect(")");
  return { columns, primaryKey };
}

/** `PRIMARY KEY (a, b) NOT ENFORCED`; a foreign key is read and left out. */
function parseTableConstraint(c: Cursor): Identifier[] | undefined {
  if (c.isWord("CONSTRAINT") && !c.is("(", 1)) {
    c.next();
    acceptIfNotExists(c);
    c.identifier();
  }
  const columns = (): Identifier[] => c.parenthesized(() => c.list(() => c.identifier()));
  if (c.acceptWords("PRIMARY", "KEY")) {
    const names = columns();
    expectNotEnforced(c);
    return names;
  }
  if (!c.acceptWords("FOREIGN", "KEY")) return undefined;
  columns();
  c.expectWord("REFERENCES");
  parsePath(c);
  columns();
  expectNotEnforced(c);
  return [];
}

function expectNotEnforced(c: Cursor): void {
  c.expectWord("NOT");
  c.expectWord("ENFORCED");
}

export function parseColumn(c: Cursor): ColumnDefinition {
  const name = c.identifier("column name");
  const type = parseType(c);
  let notNull = false;
  let primaryKey = false;
  let defaultValue: Expr | undefined;
  for (;;) {
    if (c.acceptWords("NOT", "NULL")) notNull = true;
    else if (c.acceptWords("DEFAULT")) defaultValue = parseExpression(c);
    else if (c.acceptWords("PRIMARY", "KEY")) {
      primaryKey = true;
      expectNotEnforced(c);
    } else if (c.isWord("OPTIONS")) skipOptions(c);
    else if (c.isWord("GENERATED") || c.isWord("COLLATE")) throw unsupported(`${c.peek().value} on a column`, c.peek());
    else break;
  }
  return { name, type, notNull, primaryKey, defaultValue, ...c.span(name.start) };
}

export function parseDrop(c: Cursor): Statement {
  const { start } = c.expectWord("DROP");
  const object = c.acceptWords("TABLE")
    ? "TABLE"
    : c.acceptWords("VIEW")
      ? "VIEW"
      : c.acceptWords("SCHEMA")
        ? "SCHEMA"
        : undefined;
  if (object === undefined) throw unsupported(`DROP ${c.peek().text}`, c.peek());
  const ifExists = c.acceptWords("IF", "EXISTS");
  const path = parsePathNode(c);
  if (c.isWord("CASCADE") || c.isWord("RESTRICT")) throw unsupported(`DROP SCHEMA ... ${c.peek().value}`, c.peek());
  return { kind: "drop", object, path, ifExists, ...c.span(start) };
}

export function parseAlter(c: Cursor): Statement {
  const { start } = c.expectWord("ALTER");
  if (!c.acceptWords("TABLE")) throw unsupported(`ALTER ${c.peek().text}`, c.peek());
  const ifExists = c.acceptWords("IF", "EXISTS");
  const path = parsePathNode(c);
  const addColumns = c.list(() => {
    if (!c.isWords("ADD", "COLUMN")) throw unsupported(`ALTER TABLE ... ${c.peek().text}`, c.peek());
    c.next();
    c.next();
    const ifNotExists = acceptIfNotExists(c);
    return { ...parseColumn(c), ifNotExists };
  });
  return { kind: "alterTable", path, ifExists, addColumns, ...c.span(start) };
}
