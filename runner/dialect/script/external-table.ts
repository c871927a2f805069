import { definedColumn } from "../create-table.js";
import { unsupported } from "../script.js";
import { optionValues } from "./export-data.js";
import type { Of, ScriptRun } from "./interpreter.js";

/** CREATE EXTERNAL TABLE, where somebody reads files. */
export async function createExternal(run: ScriptRun, given: Of<"createExternalTable">): Promise<void> {
  const { session } = run;
  const { host } = session;
  if (host.createExternal === undefined) throw unsupported("CREATE EXTERNAL", given.keyword);
  const { path, columns, options, orReplace, ifNotExists } = await session.qualified(given);
  const ifExists = orReplace ? "replace" : ifNotExists ? "skip" : "fail";
  const values = await optionValues(run, options);
  await host.createExternal(
    path.parts.map(({ name }) => name),
    { columns: columns.map((column) => definedColumn(column, false)), options: values, ifExists },
  );
  session.rows = undefined;
}
