import type { ColumnDefinition, Expr, ForeignKeyNode, Identifier, PathNode, Statement } from "../ast.js";
import { analysisError, unsupported } from "../errors.js";
import type { Cursor } from "./cursor.js";
import {
  acceptDefaultCollation,
  acceptIfNotExists,
  parseColumns,
  parseOptions,
  parsePathNode,
  requireDistinctKey,
  unsupportedKind,
} from "./ddl.js";
import { parseExpression } from "./expression.js";
import { acceptSystemTime } from "./from.js";
import { parseQuery } from "./query.js";
import { parseCreateFunction, parseCreateProcedure, parseCreateTableFunction } from "./routine.js";
import { parseCreateRowAccessPolicy } from "./row-access.js";

/** Every CREATE statement. */
export function parseCreate(c: Cursor): Statement {
  const { start } = c.expectWord("CREATE");
  const orReplace = c.acceptWords("OR", "REPLACE");
  if (c.acceptWords("SNAPSHOT", "TABLE")) return parseCreateSnapshot(c, start, orReplace);
  if (c.acceptWords("SCHEMA")) return parseCreateSchema(c, start);
  if (c.isWords("EXTERNAL", "TABLE")) return parseCreateExternal(c, start, orReplace);
  const temporary = c.acceptWords("TEMP") || c.acceptWords("TEMPORARY");
  if (c.acceptWords("FUNCTION")) return parseCreateFunction(c, start, orReplace, temporary);
  if (c.acceptWords("AGGREGATE", "FUNCTION")) return parseCreateFunction(c, start, orReplace, temporary, true);
  if (c.acceptWords("TABLE")) {
    if (c.acceptWords("FUNCTION")) return parseCreateTableFunction(c, start, orReplace);
    return parseCreateTable(c, start, orReplace, temporary);
  }
  if (c.acceptWords("PROCEDURE")) return parseCreateProcedure(c, start, orReplace);
  if (c.acceptWords("VIEW")) return parseCreateView(c, start, orReplace, false);
  if (c.acceptWords("MATERIALIZED", "VIEW")) return parseCreateView(c, start, orReplace, true);
  if (c.acceptWords("ROW", "ACCESS", "POLICY")) return parseCreateRowAccessPolicy(c, start, orReplace);
  throw unsupportedKind(c, "CREATE");
}

function parseCreateSchema(c: Cursor, start: number): Statement {
  const ifNotExists = acceptIfNotExists(c);
  const path = parsePathNode(c);
  const isCollated = acceptDefaultCollation(c);
  const options = parseOptions(c);
  return { kind: "createSchema", path, ifNotExists, isCollated, options, ...c.span(start) };
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_external_table_statement */
function parseCreateExternal(c: Cursor, start: number, orReplace: boolean): Statement {
  const { start: at, end } = c.next();
  c.expectWord("TABLE");
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  const columns = c.is("(") ? parseColumns(c).columns : [];
  if (c.isWord("WITH")) throw unsupported("CREATE EXTERNAL TABLE WITH", c.peek());
  const options = parseOptions(c);
  const keyword = { start: at, end };
  return { kind: "createExternalTable", keyword, path, orReplace, ifNotExists, columns, options, ...c.span(start) };
}

function parseCreateSnapshot(c: Cursor, start: number, orReplace: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  c.expectWord("CLONE");
  const from = parsePathNode(c);
  const time = acceptSystemTime(c);
  const how = { withRows: true, isSnapshot: true, isClone: true, options: parseOptions(c) };
  return { kind: "copyTable", path, orReplace, ifNotExists, from, ...time, ...how, ...c.span(start) };
}

function parseCreateTable(c: Cursor, start: number, orReplace: boolean, temporary: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  if (temporary) requireTemporaryName(path);
  const copies = c.isWord("CLONE") || c.isWord("COPY");
  if (copies || c.isWord("LIKE")) {
    if (temporary) throw unsupported(`CREATE TEMP TABLE .. ${c.peek().value}`, c.peek());
    const isClone = c.next().value === "CLONE";
    const from = parsePathNode(c);
    const time = copies ? acceptSystemTime(c) : {};
    const options = parseOptions(c);
    const query = !copies && c.acceptWords("AS") ? parseQuery(c) : undefined;
    return {
      kind: "copyTable",
      path,
      orReplace,
      ifNotExists,
      from,
      ...time,
      withRows: copies,
      query,
      options,
      isSnapshot: false,
      isClone,
      ...c.span(start),
    };
  }
  let columns: ColumnDefinition[] = [];
  let primaryKey: readonly Identifier[] | undefined;
  let foreignKeys: ForeignKeyNode[] = [];
  if (c.is("(")) ({ columns, primaryKey, foreignKeys } = parseColumns(c));
  const inline = columns.filter((column) => column.primaryKey).map((column) => column.name);
  const isCollated = acceptDefaultCollation(c);
  const partitionBy = c.acceptWords("PARTITION", "BY") ? parseExpression(c) : undefined;
  const clusterBy: Expr[] = c.acceptWords("CLUSTER", "BY") ? c.list(() => parseExpression(c)) : [];
  const options = parseOptions(c);
  const query = c.acceptWords("AS") ? parseQuery(c) : undefined;
  if (columns.length === 0 && query === undefined) throw c.expected('"(" or keyword AS');
  const key = onlyKey([...(primaryKey === undefined ? [] : [primaryKey]), ...inline.map((name) => [name])]);
  return {
    kind: "createTable",
    path,
    temporary,
    orReplace,
    ifNotExists,
    columns,
    primaryKey: key,
    isCollated,
    foreignKeys: [...foreignKeys, ...columns.flatMap(({ foreignKey }) => foreignKey ?? [])],
    partitionBy,
    clusterBy,
    options,
    query,
    ...c.span(start),
  };
}

/** A temporary table is in no dataset: who names one may not mean it. */
function requireTemporaryName(path: PathNode): void {
  const dataset = path.parts.at(-2)?.name;
  if (dataset === undefined || dataset.toUpperCase() === "_SESSION") return;
  const name = path.parts.map((part) => part.name).join(".");
  throw analysisError(`A temporary table cannot be created in a dataset: ${name}`, path);
}

/** The columns of the one primary key that a table may have. */
function onlyKey([key = [], second]: readonly (readonly Identifier[])[]): readonly Identifier[] {
  const [name] = second ?? [];
  if (name !== undefined) throw analysisError("A table cannot have more than one primary key", name);
  requireDistinctKey(key);
  return key;
}

function parseCreateView(c: Cursor, start: number, orReplace: boolean, isMaterialized: boolean): Statement {
  const ifNotExists = acceptIfNotExists(c, orReplace);
  const path = parsePathNode(c);
  const columnNames = c.is("(")
    ? c.parenthesized(() =>
        c.list(() => {
          const name = c.identifier();
          return { ...name, options: parseOptions(c) };
        }),
      )
    : [];
  const partitionBy = isMaterialized && c.acceptWords("PARTITION", "BY") ? parseExpression(c) : undefined;
  const clusterBy: Expr[] = isMaterialized && c.acceptWords("CLUSTER", "BY") ? c.list(() => parseExpression(c)) : [];
  const options = parseOptions(c);
  c.expectWord("AS");
  const query = parseQuery(c);
  return {
    kind: "createView",
    path,
    orReplace,
    ifNotExists,
    columnNames,
    partitionBy,
    clusterBy,
    options,
    query,
    ...c.span(start),
  };
}
