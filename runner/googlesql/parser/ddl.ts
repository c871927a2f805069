import type { ColumnDefinition, Expr, ForeignKeyNode, Identifier, PathNode, Statement, TypeNode } from "../ast.js";
import { analysisError, type SqlProblem, syntaxError, unsupported } from "../errors.js";
import type { StatementOption, TableChange } from "../script-ast.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { parsePath } from "./from.js";
import { parseDropRowAccessPolicy } from "./row-access.js";
import { parseType } from "./type.js";

export function parsePathNode(c: Cursor): PathNode {
  const { start } = c.peek();
  const parts = parsePath(c);
  return { parts, ...c.span(start) };
}

export function acceptIfNotExists(c: Cursor, orReplace = false): boolean {
  const token = c.peek();
  const accepted = c.acceptWords("IF", "NOT", "EXISTS");
  if (accepted && orReplace) throw syntaxError("OR REPLACE and IF NOT EXISTS cannot be used together", token);
  return accepted;
}

/** What BigQuery has besides what the embedded engine has. */
const OTHER_KINDS = new Set(
  "AGGREGATE ASSIGNMENT BI_CAPACITY CAPACITY CONNECTION CONSTANT EXTERNAL MODEL ORGANIZATION PROJECT PROPERTY RESERVATION ROW SEARCH SNAPSHOT VECTOR".split(
    " ",
  ),
);

/** The rest of the names that are words together. */
const LONGER_KINDS: ReadonlyMap<string, string> = new Map([
  ["ROW", "ROW ACCESS POLICY"],
  ["SEARCH", "SEARCH INDEX"],
  ["VECTOR", "VECTOR INDEX"],
  ["PROPERTY", "PROPERTY GRAPH"],
]);

/** The error for something to create, alter or drop that is not known here. */
export function unsupportedKind(c: Cursor, verb: string): SqlProblem {
  const token = c.peek();
  return OTHER_KINDS.has(token.value)
    ? unsupported(`${verb} ${LONGER_KINDS.get(token.value) ?? token.value}`, token)
    : c.unexpected();
}

/** `OPTIONS (name = expression, ..)`: layout and description only, nothing that changes rows. */
export function skipOptions(c: Cursor): void {
  parseOptions(c);
}

/** The same, for those who keep what is said of an object; none where nothing is said. */
export function parseOptions(c: Cursor): readonly StatementOption[] {
  return c.acceptWords("OPTIONS") ? parseOptionList(c) : [];
}

function parseOptionList(c: Cursor): readonly StatementOption[] {
  c.expect("(");
  if (c.accept(")")) return [];
  const options = c.list((): StatementOption => {
    const { name } = c.identifier("option name");
    c.expect("=");
    const { start, end } = parseExpression(c);
    return { name: name.toLowerCase(), start, end };
  });
  c.expect(")");
  return options;
}

/** The parenthesised columns of CREATE TABLE, with table constraints among them. */
export function parseColumns(c: Cursor): {
  columns: ColumnDefinition[];
  /** Undefined: no constraint says one. */
  primaryKey: readonly Identifier[] | undefined;
  foreignKeys: ForeignKeyNode[];
} {
  const columns: ColumnDefinition[] = [];
  let primaryKey: readonly Identifier[] | undefined;
  const foreignKeys: ForeignKeyNode[] = [];
  c.expect("(");
  while (!c.is(")")) {
    const constraint = parseTableConstraint(c);
    if (constraint === undefined) columns.push(parseColumn(c));
    else if ("table" in constraint) foreignKeys.push(constraint);
    else if (primaryKey === undefined) primaryKey = constraint.primaryKey;
    else throw analysisError("A table cannot have more than one primary key", constraint.primaryKey[0] ?? c.peek());
    if (!c.accept(",")) break;
  }
  c.expect(")");
  return { columns, primaryKey, foreignKeys };
}

/** `PRIMARY KEY (a, b) NOT ENFORCED`, or a foreign key. */
function parseTableConstraint(c: Cursor): { readonly primaryKey: readonly Identifier[] } | ForeignKeyNode | undefined {
  const { start } = c.peek();
  let name: Identifier | undefined;
  let ifNotExists = false;
  if (c.isWord("CONSTRAINT") && !c.is("(", 1)) {
    c.next();
    ifNotExists = acceptIfNotExists(c);
    name = c.identifier();
  }
  const columns = (): Identifier[] => c.parenthesized(() => c.list(() => c.identifier()));
  if (c.acceptWords("PRIMARY", "KEY")) {
    const primaryKey = columns();
    expectNotEnforced(c);
    return { primaryKey };
  }
  if (!c.acceptWords("FOREIGN", "KEY")) return undefined;
  return parseReferences(c, start, { name, ifNotExists, columns: columns() });
}

/** `REFERENCES t (b) NOT ENFORCED`. */
function parseReferences(
  c: Cursor,
  start: number,
  key: Pick<ForeignKeyNode, "name" | "ifNotExists" | "columns">,
): ForeignKeyNode {
  c.expectWord("REFERENCES");
  const table = parsePathNode(c);
  const references = c.parenthesized(() => c.list(() => c.identifier()));
  expectNotEnforced(c);
  return { ...key, table, references, ...c.span(start) };
}

/** @throws SqlProblem for a primary key that names a column twice */
export function requireDistinctKey(columns: readonly Identifier[]): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, i) => names.indexOf(name.toLowerCase()) < i);
  if (twice !== undefined) throw analysisError(`Duplicate column ${twice.name} in PRIMARY KEY`, twice);
}

function expectNotEnforced(c: Cursor): void {
  c.expectWord("NOT");
  c.expectWord("ENFORCED");
}

export function parseColumn(c: Cursor): ColumnDefinition {
  const name = c.identifier("column name");
  const type = parseType(c, true);
  let notNull = false;
  let primaryKey = false;
  let defaultValue: Expr | undefined;
  let options: readonly StatementOption[] = [];
  let collated: boolean | undefined;
  let foreignKey: ForeignKeyNode | undefined;
  for (;;) {
    if (c.acceptWords("NOT", "NULL")) notNull = true;
    else if (c.acceptWords("DEFAULT")) defaultValue = parseExpression(c);
    else if (c.acceptWords("PRIMARY", "KEY")) {
      primaryKey = true;
      expectNotEnforced(c);
    } else if (c.isWord("REFERENCES") || c.isWord("CONSTRAINT")) {
      const { start } = c.peek();
      const own = c.acceptWords("CONSTRAINT") ? c.identifier("constraint name") : undefined;
      foreignKey = parseReferences(c, start, { name: own, ifNotExists: false, columns: [name] });
    } else if (c.isWord("OPTIONS")) options = parseOptions(c);
    else if (c.isWord("COLLATE")) collated = parseCollation(c, type);
    else if (c.isWord("GENERATED")) throw unsupported(`${c.peek().value} on a column`, c.peek());
    else break;
  }
  const span = c.span(name.start);
  // An array is never NULL in a table.
  if (notNull && type.kind === "arrayType")
    throw analysisError(`NOT NULL is not supported for column ${name.name} of type ARRAY`, span);
  return { name, type, notNull, primaryKey, foreignKey, defaultValue, collated, options, ...span };
}

/** `COLLATE 'und:ci'`: true; `COLLATE ''` is none. */
function parseCollation(c: Cursor, type: TypeNode): boolean {
  const { start, end } = c.peek();
  if (type.kind !== "scalarType" || type.name !== "STRING")
    throw analysisError("COLLATE can only be applied to columns of type STRING", { start, end });
  return parseSpecification(c);
}

/** `DEFAULT COLLATE 'und:ci'` of a table or dataset: true; of `''`: false; undefined: it is not there. */
export function acceptDefaultCollation(c: Cursor): boolean | undefined {
  if (!c.isWords("DEFAULT", "COLLATE")) return undefined;
  c.next();
  return parseSpecification(c);
}

function parseSpecification(c: Cursor): boolean {
  c.expectWord("COLLATE");
  const spec = parseExpression(c);
  if (spec.kind !== "string" || !["", "und:ci"].includes(spec.value))
    throw analysisError("Collation of a column must be 'und:ci' or ''", spec);
  return spec.value !== "";
}

export function parseDrop(c: Cursor): Statement {
  const { start } = c.expectWord("DROP");
  const sort = SORTS.find(([word, object]) => c.isWords(word, object))?.[0];
  if (sort !== undefined) c.next();
  if (c.acceptWords("TABLE", "FUNCTION")) return parseDropRoutine(c, start, "TABLE FUNCTION");
  if (c.acceptWords("ROW", "ACCESS", "POLICY")) return parseDropRowAccessPolicy(c, start, false);
  if (c.acceptWords("ALL", "ROW", "ACCESS", "POLICIES")) return parseDropRowAccessPolicy(c, start, true);
  const object = (["TABLE", "VIEW", "SCHEMA", "FUNCTION", "PROCEDURE"] as const).find((kind) => c.isWord(kind));
  if (object === undefined) throw unsupportedKind(c, "DROP");
  c.next();
  if (object === "FUNCTION" || object === "PROCEDURE") return parseDropRoutine(c, start, object);
  const ifExists = c.acceptWords("IF", "EXISTS");
  const path = parsePathNode(c);
  const cascade = c.acceptWords("CASCADE");
  if (!cascade) c.acceptWords("RESTRICT");
  return { kind: "drop", object, sort, path, ifExists, cascade, ...c.span(start) };
}

/** What DROP says of a relation besides that it is a table or a view. */
const SORTS = [
  ["SNAPSHOT", "TABLE"],
  ["EXTERNAL", "TABLE"],
  ["MATERIALIZED", "VIEW"],
] as const;

function parseDropRoutine(
  c: Cursor,
  start: number,
  object: Extract<Statement, { kind: "dropRoutine" }>["object"],
): Statement {
  const ifExists = c.acceptWords("IF", "EXISTS");
  const path = parsePathNode(c);
  return { kind: "dropRoutine", object, path, ifExists, ...c.span(start) };
}

export function parseAlter(c: Cursor): Statement {
  const { start } = c.expectWord("ALTER");
  c.acceptWords("MATERIALIZED");
  if (c.isWord("VIEW") || c.isWord("SCHEMA")) {
    const object = c.next().value as "VIEW" | "SCHEMA";
    const ifExists = c.acceptWords("IF", "EXISTS");
    const path = parsePathNode(c);
    const said = { kind: "alterOptions", object, path, ifExists } as const;
    if (object === "VIEW" && c.isWords("ALTER", "COLUMN")) {
      const columns = c.list(() => parseViewColumnChange(c));
      return { ...said, isCollated: undefined, options: [], columns, ...c.span(start) };
    }
    c.expectWord("SET");
    const isCollated = object === "SCHEMA" ? acceptDefaultCollation(c) : undefined;
    const options = isCollated === undefined ? parseOptions(c) : [];
    return { ...said, isCollated, options, columns: [], ...c.span(start) };
  }
  if (!c.acceptWords("TABLE")) throw unsupportedKind(c, "ALTER");
  const ifExists = c.acceptWords("IF", "EXISTS");
  const path = parsePathNode(c);
  if (!c.isWords("ADD", "COLUMN")) {
    const changes = c.list(() => parseChange(c));
    return { kind: "changeTable", path, ifExists, changes, ...c.span(start) };
  }
  const addColumns = c.list(() => {
    if (!c.acceptWords("ADD", "COLUMN"))
      throw unsupported(`ALTER TABLE ... ${c.peek().text} after ADD COLUMN`, c.peek());
    const ifNotExists = acceptIfNotExists(c);
    return { ...parseColumn(c), ifNotExists };
  });
  return { kind: "alterTable", path, ifExists, addColumns, ...c.span(start) };
}

/** `ALTER COLUMN name SET OPTIONS (..)` of a view. */
function parseViewColumnChange(c: Cursor): { name: Identifier; options: readonly StatementOption[] } {
  c.expectWord("ALTER");
  c.expectWord("COLUMN");
  const name = c.identifier("column name");
  c.expectWord("SET");
  if (!c.isWord("OPTIONS")) throw c.expected("keyword OPTIONS");
  return { name, options: parseOptions(c) };
}

function parseChange(c: Cursor): TableChange {
  const { start } = c.peek();
  if (c.acceptWords("SET", "OPTIONS"))
    return { kind: "options", column: undefined, ifExists: false, options: parseOptionList(c), ...c.span(start) };
  if (c.isWords("SET", "DEFAULT", "COLLATE")) {
    c.next();
    return { kind: "setDefaultCollation", isCollated: acceptDefaultCollation(c) === true, ...c.span(start) };
  }
  if (c.acceptWords("RENAME", "TO")) return { kind: "renameTable", to: c.identifier("table name"), ...c.span(start) };
  if (c.acceptWords("RENAME", "COLUMN")) {
    const ifExists = c.acceptWords("IF", "EXISTS");
    const name = c.identifier("column name");
    c.expectWord("TO");
    return { kind: "renameColumn", name, to: c.identifier("column name"), ifExists, ...c.span(start) };
  }
  if (c.acceptWords("DROP", "COLUMN")) {
    const ifExists = c.acceptWords("IF", "EXISTS");
    return { kind: "dropColumn", name: c.identifier("column name"), ifExists, ...c.span(start) };
  }
  if (c.acceptWords("ALTER", "COLUMN")) return parseColumnChange(c, start);
  if (c.acceptWords("DROP", "PRIMARY", "KEY"))
    return { kind: "dropPrimaryKey", ifExists: c.acceptWords("IF", "EXISTS"), ...c.span(start) };
  if (c.acceptWords("DROP", "CONSTRAINT")) {
    const ifExists = c.acceptWords("IF", "EXISTS");
    return { kind: "dropConstraint", name: c.identifier("constraint name"), ifExists, ...c.span(start) };
  }
  if (["PRIMARY", "FOREIGN", "CONSTRAINT"].some((word) => c.isWords("ADD", word))) return parseAddedKey(c, start);
  const words = [c.peek(), c.peek(1)].map(({ text }) => text);
  if (/^(ADD|DROP|SET|ALTER)$/i.test(words[0] ?? "")) throw unsupported(`ALTER TABLE ... ${words.join(" ")}`, c.peek());
  throw c.unexpected();
}

function parseAddedKey(c: Cursor, start: number): TableChange {
  c.expectWord("ADD");
  const constraint = parseTableConstraint(c);
  if (constraint === undefined) throw c.unexpected();
  if ("primaryKey" in constraint) requireDistinctKey(constraint.primaryKey);
  return "table" in constraint
    ? { kind: "addForeignKey", key: constraint, ...c.span(start) }
    : { kind: "addPrimaryKey", columns: constraint.primaryKey, ...c.span(start) };
}

function parseColumnChange(c: Cursor, start: number): TableChange {
  const ifExists = c.acceptWords("IF", "EXISTS");
  const name = c.identifier("column name");
  const of = { name, ifExists };
  if (c.acceptWords("SET", "OPTIONS"))
    return { kind: "options", column: name, ifExists, options: parseOptionList(c), ...c.span(start) };
  if (c.acceptWords("SET", "DATA", "TYPE")) return { kind: "setType", ...of, type: parseType(c), ...c.span(start) };
  if (c.acceptWords("SET", "DEFAULT"))
    return { kind: "setDefault", ...of, value: parseExpression(c), ...c.span(start) };
  if (c.acceptWords("DROP", "DEFAULT")) return { kind: "setDefault", ...of, value: undefined, ...c.span(start) };
  if (c.acceptWords("DROP", "NOT", "NULL")) return { kind: "dropNotNull", ...of, ...c.span(start) };
  if (c.isWord("SET") || c.isWord("DROP")) throw unsupported(`ALTER COLUMN ... ${c.peek().text}`, c.peek());
  throw c.unexpected();
}
