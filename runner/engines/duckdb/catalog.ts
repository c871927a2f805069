import type { DuckDBConnection } from "@duckdb/node-api";
import { declaredType } from "../../dialect/declared-type.js";
import { type IngestionUnit, PARTITION_TIME } from "../../port/ingestion-time.js";
import { NO_COLUMNS } from "../../port/no-columns.js";
import { type ForeignKey, type Relation, type RelationId, relationKey } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { quotePath, quoteText } from "./quote.js";
import { duckdbType, googleType } from "./types.js";

/** Layout that DuckDB has no place for; kept as JSON in the comment of the table, so that it lives and dies with it. */
export interface Layout {
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys?: readonly ForeignKey[] | undefined;
  readonly isCollated?: boolean | undefined;
  readonly isSnapshot?: boolean;
  readonly ingestion?: IngestionUnit | undefined;
}

export const NO_LAYOUT: Layout = { partitionColumn: undefined, clusterBy: [], primaryKey: [] };

/** Printing the SQL of views costs more than all the rest, and nearly all views are ours: their definition is in their comment. */
const RELATIONS_SQL = `
SELECT schema_name, table_name, comment, false FROM duckdb_tables()
WHERE NOT temporary AND database_name = current_database()
UNION ALL
SELECT schema_name, view_name, comment, true FROM duckdb_views()
WHERE NOT internal AND NOT temporary AND database_name = current_database()`;

/**
 * Read on their own: the engine plans and runs a join with lists of columns in twice the time. Those of a relation come as one text: a
 * call for each value would cost more than the value.
 */
const COLUMNS_SQL = `
SELECT schema_name, table_name, to_json(list([column_index::VARCHAR, column_name, data_type, comment]))::VARCHAR
FROM duckdb_columns() WHERE NOT internal AND database_name = current_database() GROUP BY schema_name, table_name`;

const VIEW_SQL = "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal AND NOT temporary";

/** Every table and view of the database by `dataset.name`; on a connection that is in a transaction, all from its snapshot. */
export async function readCatalog(connection: DuckDBConnection): Promise<ReadonlyMap<string, Relation>> {
  const rows = await rowsOf<RelationRow>(connection, RELATIONS_SQL);
  const columns = columnsByRelation(await rowsOf<ColumnsRow>(connection, COLUMNS_SQL));
  const isForeign = rows.some(([, , comment, isView]) => isView && comment === null);
  const printed = isForeign ? await printedViews(connection) : new Map<string, string>();
  const relations = new Map<string, Relation>();
  for (const [dataset, name, comment, isView] of rows) {
    const id: RelationId = { dataset, name };
    const key = relationKey(id);
    const described = columns.get(key);
    // Made or dropped between the two queries, which then are in no transaction.
    if (described === undefined) continue;
    const definition = isView ? (comment ?? printed.get(key) ?? "") : undefined;
    relations.set(key, relationOf(id, described, { definition, ...parseLayout(comment) }));
  }
  return relations;
}

type RelationRow = [dataset: string, name: string, comment: string | null, isView: boolean];
type ColumnsRow = [dataset: string, table: string, columns: string];
type ColumnRow = [index: string, name: string, type: string, comment: string | null];

/** What a relation's columns are called, what type DuckDB gives them, and what stands in their comments. */
interface DescribedColumns {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly comments: readonly (string | null)[];
}

function columnsByRelation(rows: readonly ColumnsRow[]): ReadonlyMap<string, DescribedColumns> {
  return new Map(
    rows.map(([dataset, name, text]) => {
      const columns = (JSON.parse(text) as ColumnRow[]).sort(([one], [other]) => Number(one) - Number(other));
      const described = {
        names: columns.map(([, column]) => column),
        types: columns.map(([, , type]) => type),
        comments: columns.map(([, , , comment]) => comment),
      };
      return [relationKey({ dataset, name }), described];
    }),
  );
}

async function rowsOf<Row>(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as unknown as Row[];
}

async function printedViews(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf<[dataset: string, name: string, sql: string]>(connection, VIEW_SQL);
  return new Map(rows.map(([dataset, name, sql]) => [relationKey({ dataset, name }), sql]));
}

/** The names of one relation's columns, without reading the others; undefined: it is not there. */
export async function readColumnNames(
  connection: DuckDBConnection,
  id: RelationId,
): Promise<readonly string[] | undefined> {
  const isIt = (name: string) => `schema_name = ${quoteText(id.dataset)} AND ${name} = ${quoteText(id.name)}`;
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE NOT temporary AND ${isIt("table_name")}` +
      ` UNION ALL SELECT 1 FROM duckdb_views() WHERE NOT internal AND NOT temporary AND ${isIt("view_name")}`,
  );
  if (found.currentRowCount === 0) return undefined;
  const reader = await connection.runAndReadAll(`DESCRIBE ${quotePath(id)}`);
  return reader.getRowsJson().map(([column]) => String(column));
}

/**
 * A relation that was just made, without reading the others.
 * @param declared the types of its columns as they were declared, where the engine keeps other ones
 */
export async function readRelation(
  connection: DuckDBConnection,
  id: RelationId,
  made: Made,
  declared: ReadonlyMap<string, string | undefined> = new Map(),
): Promise<Relation> {
  const described = await describedColumns(connection, id, made);
  const columns = { names: described.map(([name]) => name), types: described.map(([, type]) => type), comments: [] };
  const relation = relationOf(id, columns, made);
  const withDeclared = relation.columns.map((column) => {
    const text = declared.get(column.name);
    return text === undefined ? column : { ...column, declared: text };
  });
  return { ...relation, columns: withDeclared };
}

/** A table that was just made of columns and a layout: what reading it would tell. */
export function madeTable(id: RelationId, columns: readonly Column[], layout: Layout): Relation {
  const described = {
    names: columns.map(({ name }) => name),
    types: columns.map(({ type }) => duckdbType(type)),
    comments: [],
  };
  return relationOf(id, described, { ...layout, definition: undefined });
}

/** A table is described at once; a view would be bound once more, which can take as long as to plan its query. */
async function describedColumns(
  connection: DuckDBConnection,
  { dataset, name }: RelationId,
  { definition }: Made,
): Promise<readonly [name: string, type: string][]> {
  const sql =
    definition === undefined
      ? `SELECT column_name, column_type FROM (DESCRIBE ${quotePath({ dataset, name })})`
      : `SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()
         AND schema_name = ${quoteText(dataset)} AND table_name = ${quoteText(name)} ORDER BY column_index`;
  return rowsOf<[name: string, type: string]>(connection, sql);
}

/** What a relation is besides its columns; a definition makes it a view. */
type Made = Layout & Pick<Relation, "definition">;

function relationOf(id: RelationId, { names, types, comments }: DescribedColumns, made: Made): Relation {
  const isHidden = (name: string) => name === NO_COLUMNS || (made.ingestion !== undefined && name === PARTITION_TIME);
  return {
    id,
    kind: made.definition === undefined ? "table" : "view",
    columns: columnsOf(names, types, comments).filter(({ name }) => !isHidden(name)),
    foreignColumns: names.filter((name, index) => isHidden(name) || googleType(types[index] ?? "") === undefined),
    definition: made.definition,
    partitionColumn: made.partitionColumn,
    clusterBy: made.clusterBy,
    primaryKey: made.primaryKey,
    ...(made.foreignKeys === undefined ? {} : { foreignKeys: made.foreignKeys }),
    ...(made.isCollated === true ? { isCollated: true } : {}),
    ...(made.isSnapshot === true ? { isSnapshot: true } : {}),
    ...(made.ingestion === undefined ? {} : { ingestion: made.ingestion }),
  };
}

/** The statement that records a table's layout. */
export function layoutSql(id: RelationId, layout: Layout): string {
  const json = JSON.stringify({
    partitionBy: layout.partitionColumn,
    clusterBy: layout.clusterBy,
    primaryKey: layout.primaryKey,
    foreignKeys: layout.foreignKeys?.length ? layout.foreignKeys : undefined,
    collated: layout.isCollated === true ? true : undefined,
    snapshot: layout.isSnapshot,
    ingestion: layout.ingestion,
  });
  return `COMMENT ON TABLE ${quotePath(id)} IS ${quoteText(json)}`;
}

/**
 * @param types as DuckDB spells them
 * @param comments of the columns
 */
export function columnsOf(
  names: readonly string[],
  types: readonly string[],
  comments: readonly (string | null)[],
): Column[] {
  return names.flatMap((name, index) => {
    const type = googleType(types[index] ?? "");
    const text = declaredType(comments[index]);
    return type === undefined ? [] : [{ name, type, ...(text === undefined ? {} : { declared: text }) }];
  });
}

const UNITS: ReadonlySet<unknown> = new Set<IngestionUnit>(["HOUR", "DAY", "MONTH", "YEAR"]);

function parseLayout(comment: string | null): Layout {
  if (comment === null || !comment.startsWith("{")) return NO_LAYOUT;
  try {
    const parsed = JSON.parse(comment) as Readonly<
      Record<
        "partitionBy" | "clusterBy" | "primaryKey" | "foreignKeys" | "collated" | "snapshot" | "ingestion",
        unknown
      >
    >;
    return {
      partitionColumn: typeof parsed.partitionBy === "string" ? parsed.partitionBy : undefined,
      clusterBy: textList(parsed.clusterBy),
      primaryKey: textList(parsed.primaryKey),
      ...(Array.isArray(parsed.foreignKeys) ? { foreignKeys: parsed.foreignKeys as ForeignKey[] } : {}),
      ...(parsed.collated === true ? { isCollated: true } : {}),
      ...(parsed.snapshot === true ? { isSnapshot: true } : {}),
      ...(UNITS.has(parsed.ingestion) ? { ingestion: parsed.ingestion as IngestionUnit } : {}),
    };
  } catch {
    return NO_LAYOUT;
  }
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
