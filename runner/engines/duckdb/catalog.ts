import type { DuckDBConnection } from "@duckdb/node-api";
import { declaredType } from "../../dialect/declared-type.js";
import { type IngestionUnit, PARTITION_TIME } from "../../port/ingestion-time.js";
import { type Relation, type RelationId, relationKey } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { quotePath, quoteText } from "./quote.js";
import { googleType } from "./types.js";

/** Layout that DuckDB has no place for; kept as JSON in the comment of the table, so that it lives and dies with it. */
export interface Layout {
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly primaryKey: readonly string[];
  readonly isSnapshot?: boolean;
  readonly ingestion?: IngestionUnit | undefined;
}

export const NO_LAYOUT: Layout = { partitionColumn: undefined, clusterBy: [], primaryKey: [] };

const CATALOG_SQL = `
SELECT c.schema_name, c.table_name, t.comment, t.view_sql, list(c.column_name ORDER BY c.column_index) AS names,
  list(c.data_type ORDER BY c.column_index) AS types, list(c.comment ORDER BY c.column_index) AS comments
FROM duckdb_columns() c
JOIN (
  SELECT schema_name, table_name, comment, NULL AS view_sql FROM duckdb_tables() WHERE NOT temporary
  UNION ALL
  SELECT schema_name, view_name, comment, sql FROM duckdb_views() WHERE NOT internal AND NOT temporary
) t USING (schema_name, table_name)
WHERE NOT c.internal AND c.database_name = current_database()
GROUP BY ALL`;

/** Every table and view of the database by `dataset.name`. */
export async function readCatalog(connection: DuckDBConnection): Promise<ReadonlyMap<string, Relation>> {
  const relations = new Map<string, Relation>();
  const reader = await connection.runAndReadAll(CATALOG_SQL);
  for (const row of reader.getRowsJson()) {
    const [dataset, name, comment, viewSql, names, types, comments] = row as [
      string,
      string,
      string | null,
      string | null,
      string[],
      string[],
      (string | null)[],
    ];
    const id: RelationId = { dataset, name };
    const definition = viewSql === null ? undefined : (comment ?? viewSql);
    relations.set(relationKey(id), relationOf(id, { names, types, comments }, { definition, ...parseLayout(comment) }));
  }
  return relations;
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
  const reader = await connection.runAndReadAll(`DESCRIBE ${quotePath(id)}`);
  const described = reader.getRowsJson() as unknown as [string, string][];
  const columns = { names: described.map(([name]) => name), types: described.map(([, type]) => type), comments: [] };
  const relation = relationOf(id, columns, made);
  const withDeclared = relation.columns.map((column) => {
    const text = declared.get(column.name);
    return text === undefined ? column : { ...column, declared: text };
  });
  return { ...relation, columns: withDeclared };
}

/** What a relation is besides its columns; a definition makes it a view. */
type Made = Layout & Pick<Relation, "definition">;

function relationOf(
  id: RelationId,
  {
    names,
    types,
    comments,
  }: {
    readonly names: readonly string[];
    readonly types: readonly string[];
    readonly comments: readonly (string | null)[];
  },
  made: Made,
): Relation {
  const isHidden = (name: string) => made.ingestion !== undefined && name === PARTITION_TIME;
  return {
    id,
    kind: made.definition === undefined ? "table" : "view",
    columns: columnsOf(names, types, comments).filter(({ name }) => !isHidden(name)),
    foreignColumns: names.filter((name, index) => isHidden(name) || googleType(types[index] ?? "") === undefined),
    definition: made.definition,
    partitionColumn: made.partitionColumn,
    clusterBy: made.clusterBy,
    primaryKey: made.primaryKey,
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
      Record<"partitionBy" | "clusterBy" | "primaryKey" | "snapshot" | "ingestion", unknown>
    >;
    return {
      partitionColumn: typeof parsed.partitionBy === "string" ? parsed.partitionBy : undefined,
      clusterBy: textList(parsed.clusterBy),
      primaryKey: textList(parsed.primaryKey),
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
