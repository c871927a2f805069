import type { SqlValue } from "../../port/port.js";
import type { LoadColumn } from "../../port/sql-jobs.js";
import { definedColumn } from "../create-table.js";
import { unsupported } from "../script.js";
import { targetPath } from "../target.js";
import { optionValues } from "./export-data.js";
import type { ScriptHost } from "./host.js";
import type { Of, ScriptRun } from "./interpreter.js";

/** LOAD DATA, where somebody else than the engine reads the files. */
export async function loadFiles(
  run: ScriptRun,
  given: Of<"loadData">,
  load: NonNullable<ScriptHost["loadFiles"]>,
): Promise<void> {
  const { session, sql } = run;
  const { path, overwrite, partitionBy, clusterBy, further } = await session.qualified(given);
  const { temporary, partition, pathColumns } = further;
  if (temporary !== undefined) throw unsupported("LOAD DATA into a temporary table", temporary);
  const options = given.options.map(({ name, start, end }) => ({ name: name.name, start, end }));
  const rows = await load(targetPath(path, await session.catalog()), {
    overwrite,
    columns: await columnsOf(run, given),
    partitionBy: partitionBy && sql.slice(partitionBy.start, partitionBy.end),
    clusterBy: clusterBy.map(({ start, end }) => sql.slice(start, end).replaceAll("`", "")),
    tableOptions: await optionValues(run, given.tableOptions),
    options: await optionValues(run, options),
    partition: partition && { overwrite: partition.overwrite, value: await expressionValue(run, partition.value) },
    pathColumns: pathColumns?.columns.map((column) => definedColumn(column, false)),
  });
  session.rows = undefined;
  session.rowsChanged = rows;
  session.system.rowCount = rows;
}

async function columnsOf(run: ScriptRun, { columns }: Of<"loadData">): Promise<readonly LoadColumn[]> {
  const all: LoadColumn[] = [];
  for (const column of columns) {
    const { notNull, defaultValue, options = [] } = column;
    const { description = null } = await optionValues(run, options);
    all.push({
      ...definedColumn(column, false),
      required: notNull,
      defaultValue: defaultValue && run.sql.slice(defaultValue.start, defaultValue.end),
      description,
    });
  }
  return all;
}

async function expressionValue(run: ScriptRun, expr: Parameters<ScriptRun["expression"]>[0]): Promise<SqlValue> {
  const { sql } = await run.expression(expr, undefined);
  return run.session.host.value(`SELECT ${sql}`);
}
