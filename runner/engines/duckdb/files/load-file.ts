import type { DuckDBConnection } from "@duckdb/node-api";
import { EngineError } from "../../../port/engine-error.js";
import type { LoadedFile, LoadFileRequest } from "../../../port/load-file.js";
import { type Relation, type RelationId, relationKey } from "../../../port/port.js";
import { type Column, typeName } from "../../../port/sql-types.js";
import { quoteName, quotePath, quoteText } from "../quote.js";
import { changedRows, createTable, numberOf } from "../tables.js";
import { duckdbType } from "../types.js";
import { columnName, columnOf } from "./column-names.js";
import { type Codes, detectTypes, typeOfShape } from "./detected-types.js";
import { ORDINAL, type StagedFile, stageFile } from "./stage-file.js";
import { type StagedColumn, withoutMarks } from "./staged-shape.js";
import { converted, misfits, unknownField } from "./staged-value.js";

/** A column of the table and what fills it. */
export interface Filled {
  readonly column: Column;
  readonly from: StagedColumn;
}

/**
 * Replaces a table's content by a file's rows, inside the transaction of the connection.
 * @param existing the table as it is; undefined: it is made, with the types of the file
 * @throws EngineError `data` with file and line of the first row that does not fit
 */
export async function loadFile(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  request: LoadFileRequest,
): Promise<LoadedFile> {
  const { table, shown } = request;
  if (existing?.kind === "view")
    throw new EngineError("data", `${shown}: ${relationKey(table)} is a view; a file cannot be loaded into it`);
  const staged = await stageFile(connection, { ...request, known: existing?.columns });
  const filled =
    existing === undefined ? await columnsOfFile(connection, staged, shown) : columnsOfTable(existing, staged, shown);
  await refuseMisfits(connection, staged, filled, shown);
  let replaced: number | undefined;
  if (existing === undefined) {
    const dated = filled.find(
      ({ column }) => column.type === "DATE" && column.name.toLowerCase() === request.partition?.toLowerCase(),
    );
    const layout = { partitionColumn: dated?.column.name, clusterBy: [], primaryKey: [] };
    await createTable(
      connection,
      table,
      filled.map(({ column }) => column),
      layout,
    );
  } else replaced = await changedRows(connection, `DELETE FROM ${quotePath(table)}`);
  const rows = await insertStaged(connection, table, staged, filled, shown);
  const given = new Set(filled.map(({ column }) => column.name));
  const columns = existing?.columns ?? filled.map(({ column }) => column);
  return { rows, replaced, columns, absent: columns.map(({ name }) => name).filter((name) => !given.has(name)) };
}

/** Puts a staged file's rows into a table and drops the stage; the number of rows. */
export async function insertStaged(
  connection: DuckDBConnection,
  table: RelationId,
  staged: StagedFile,
  filled: readonly Filled[],
  shown: string,
): Promise<number> {
  const names = filled.map(({ column }) => quoteName(column.name)).join(", ");
  const values = filled.map(({ column, from }) => valueSql(column, from)).join(", ");
  const rows =
    filled.length === 0
      ? 0
      : await insert(
          connection,
          `${quotePath(table)} (${names}) SELECT ${values} FROM ${staged.table} ORDER BY ${ORDINAL}`,
          shown,
        );
  await connection.run(`DROP TABLE ${staged.table}`);
  return rows;
}

async function insert(connection: DuckDBConnection, what: string, shown: string): Promise<number> {
  try {
    return await changedRows(connection, `INSERT INTO ${what}`);
  } catch (cause) {
    const required = /NOT NULL constraint failed: (\S+)/.exec(cause instanceof Error ? cause.message : "")?.[1];
    if (required === undefined) throw cause;
    throw new EngineError(
      "data",
      `${shown}: column ${required.split(".").at(-1)} must not be NULL, but a row has no value`,
    );
  }
}

/** The columns of a table that is made for a file. */
export async function columnsOfFile(
  connection: DuckDBConnection,
  staged: StagedFile,
  shown: string,
  codes: Codes = "texts",
): Promise<Filled[]> {
  if (staged.columns.length === 0)
    throw new EngineError("data", `${shown}: it has no row to tell its columns from; make the table first`);
  const detected = await detectTypes(connection, staged.columns, staged.table, codes);
  return staged.columns.map((from) => {
    const type = typeOfShape(from.shape, from.key, detected);
    if (type === undefined) {
      const own = from.shape.kind === "own" ? from.shape.stored : "a type";
      throw new EngineError("data", `${shown}: column ${from.name} is of type ${own}, which GoogleSQL does not have`);
    }
    return { column: { name: columnName(from.name), type }, from };
  });
}

/**
 * The columns of a table that a file's columns stand for.
 * @param ignoresUnknown leave out those that it does not have
 */
export function columnsOfTable(
  { id, columns }: Pick<Relation, "id" | "columns">,
  staged: StagedFile,
  shown: string,
  ignoresUnknown = false,
): Filled[] {
  return staged.columns.flatMap((from) => {
    const column = columnOf(columns, from.name);
    if (column === undefined) {
      if (ignoresUnknown) return [];
      const known = columns.map(({ name }) => name).join(", ");
      throw new EngineError("data", `${shown}: ${relationKey(id)} has no column ${from.name}; it has ${known}`);
    }
    const field = ignoresUnknown ? undefined : unknownField(column.name, from.shape, column.type);
    if (field !== undefined)
      throw new EngineError(
        "data",
        `${shown}: ${relationKey(id)} has no field ${field}; ${column.name} is ${typeName(column.type)}`,
      );
    return [{ column, from }];
  });
}

/** A stored array is never NULL. */
function valueSql(column: Column, from: StagedColumn): string {
  const { type } = column;
  const value = converted(from, column);
  return typeof type === "object" && type.kind === "array"
    ? `coalesce(${value}, CAST([] AS ${duckdbType(type)}))`
    : value;
}

/** @throws EngineError `data` for the first row that has a value of no column's type */
export async function refuseMisfits(
  connection: DuckDBConnection,
  { table, placeOf }: StagedFile,
  filled: readonly Filled[],
  shown: string,
): Promise<void> {
  const misfit = ({ column, from }: Filled) => misfits(from, column);
  if (filled.length === 0) return;
  const counts = filled.map((column) => `min(${ORDINAL}) FILTER (${misfit(column)})`).join(", ");
  const [firsts = []] = (await connection.runAndReadAll(`SELECT ${counts} FROM ${table}`)).getRowsJson();
  const rows = firsts.map((row) => (row === null ? Number.POSITIVE_INFINITY : Number(row)));
  const first = Math.min(...rows);
  const wrong = filled[rows.indexOf(first)];
  if (!Number.isFinite(first) || wrong === undefined) return;
  const { column, from } = wrong;
  const isPlain = from.shape.kind === "text" || from.shape.kind === "own";
  const told = `CAST(${isPlain ? quoteName(from.key) : `to_json(${quoteName(from.key)})`} AS VARCHAR)`;
  const found = await connection.runAndReadAll(`SELECT ${told} FROM ${table} WHERE ${ORDINAL} = ${first}`);
  const text = withoutMarks(String(found.getRowsJson()[0]?.[0] ?? ""));
  const value = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  const more = await numberOf(connection, `SELECT count(*) FROM ${table} WHERE ${misfit(wrong)}`);
  const others = more === 1 ? "" : ` (and ${more - 1} more)`;
  throw new EngineError(
    "data",
    `${shown}${await placeOf(first)}: column ${from.name}: ${quoteText(value)} is no ${column.declared ?? typeName(column.type)}${others}`,
  );
}
