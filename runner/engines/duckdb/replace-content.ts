import type { DuckDBConnection } from "@duckdb/node-api";
import { DECLARED_MARK } from "../../dialect/declared-type.js";
import { EngineError } from "../../port/engine-error.js";
import { PARTITION_TIME } from "../../port/ingestion-time.js";
import { type Relation, relationKey, type TableDefinition } from "../../port/port.js";
import { typeName } from "../../port/sql-types.js";
import type { ReplaceContentRequest, ReplacedContent } from "../../port/table-content.js";
import type { RowWindow } from "../../port/table-reader.js";
import { appendTo } from "./append.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { changedRows, createTable, numberOf } from "./tables.js";
import { appendValues } from "./values.js";

/**
 * Replaces the rows of a table, or of some days of it, inside the transaction of the connection. Rows go into the table as they come.
 * @param existing the table as it is; undefined: it is made
 */
export async function replaceContent(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  { table, rows, window }: ReplaceContentRequest,
): Promise<ReplacedContent> {
  if (existing?.kind === "view")
    throw new EngineError("data", `${relationKey(table.id)} is a view here, which takes no rows; drop it first`);
  if (existing !== undefined && window !== undefined) requireSameColumns(existing, table);
  const path = quotePath(table.id);
  let replaced: number | undefined;
  if (existing !== undefined && window !== undefined)
    replaced = await changedRows(connection, `DELETE FROM ${path} WHERE ${windowSql(window)}`);
  else {
    if (existing !== undefined) {
      replaced = await numberOf(connection, `SELECT count(*) FROM ${path}`);
      await connection.run(`DROP TABLE ${path}`);
    }
    await makeTable(connection, table);
  }
  let count = 0;
  try {
    await appendTo(connection, table.id, async (appender) => {
      for await (const batch of rows) {
        for (const values of batch) appendValues(appender, table.columns, values);
        appender.flushSync();
        count += batch.length;
      }
    });
  } catch (cause) {
    throw cause instanceof EngineError && cause.code === "data"
      ? new EngineError("data", `${relationKey(table.id)}: ${cause.message}`)
      : cause;
  }
  return { rows: count, replaced };
}

async function makeTable(connection: DuckDBConnection, table: TableDefinition): Promise<void> {
  const path = quotePath(table.id);
  await createTable(connection, table.id, table.columns, table);
  for (const { name, declared } of table.columns) {
    if (declared !== undefined)
      await connection.run(
        `COMMENT ON COLUMN ${path}.${quoteName(name)} IS ${quoteText(`${DECLARED_MARK}${declared}`)}`,
      );
  }
  if (table.ingestion === undefined) return;
  const arrival = `date_trunc(${quoteText(table.ingestion.toLowerCase())}, now())`;
  await connection.run(`ALTER TABLE ${path} ALTER COLUMN ${quoteName(PARTITION_TIME)} SET DEFAULT ${arrival}`);
}

/** Rows of other days stay, so that those that come must have their columns. */
function requireSameColumns(existing: Relation, { id, columns, ingestion }: TableDefinition): void {
  const shapeOf = (some: TableDefinition["columns"]) =>
    some.filter(({ name }) => name !== PARTITION_TIME).map(({ name, type }) => `${name} ${typeName(type)}`);
  const isSame =
    shapeOf(existing.columns).join(", ") === shapeOf(columns).join(", ") &&
    existing.ingestion === ingestion &&
    existing.foreignColumns.every((name) => name === PARTITION_TIME);
  if (isSame) return;
  throw new EngineError(
    "data",
    `${relationKey(id)} has other columns here than the rows that come, or has them in another order; replace it as a whole, without dates`,
  );
}

function windowSql({ column: { name, type }, range: { from, to } }: RowWindow): string {
  const column = quoteName(name);
  if (type === "DATE") return `${column} BETWEEN DATE ${quoteText(from)} AND DATE ${quoteText(to)}`;
  const at = (day: string, time: string) =>
    type === "DATETIME" ? `TIMESTAMP ${quoteText(`${day} ${time}`)}` : `TIMESTAMPTZ ${quoteText(`${day} ${time}+00`)}`;
  return `${column} BETWEEN ${at(from, "00:00:00")} AND ${at(to, "23:59:59.999999")}`;
}
