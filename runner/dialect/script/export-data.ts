import type { SqlValue } from "../../port/port.js";
import { finishInScript, parseExpressionText, unsupported } from "../script.js";
import type { Of, ScriptRun } from "./interpreter.js";

/** EXPORT DATA: the rows of a query leave the warehouse, where somebody takes them. */
export async function exportData(run: ScriptRun, statement: Of<"exportData">): Promise<void> {
  const { host } = run.session;
  if (host.exportRows === undefined) throw unsupported("EXPORT statement", statement);
  const options = await optionValues(run, statement.options);
  const { sql, columns } = finishInScript(await run.prepared(statement.query), await run.context());
  await host.exportRows(options, sql, columns);
  run.session.rows = undefined;
}

/** The values of options, by name. */
export async function optionValues(
  run: ScriptRun,
  given: Of<"exportData">["options"],
): Promise<Readonly<Record<string, SqlValue>>> {
  const options: Record<string, SqlValue> = {};
  for (const { name, start, end } of given) {
    const { sql } = await run.expression(parseExpressionText(run.sql.slice(start, end)), undefined);
    options[name] = await run.session.host.value(`SELECT ${sql}`);
  }
  return options;
}
