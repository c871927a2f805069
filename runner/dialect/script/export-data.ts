import type { SqlValue } from "../../port/port.js";
import { finishInScript, parseExpressionText, unsupported } from "../script.js";
import type { Of, ScriptRun } from "./interpreter.js";

/** EXPORT DATA: the rows of a query leave the warehouse, where somebody takes them. */
export async function exportData(run: ScriptRun, statement: Of<"exportData">): Promise<void> {
  const { host } = run.session;
  if (host.exportRows === undefined) throw unsupported("EXPORT statement", statement);
  const options: Record<string, SqlValue> = {};
  for (const { name, start, end } of statement.options) {
    const { sql } = await run.expression(parseExpressionText(run.sql.slice(start, end)), undefined);
    options[name] = await host.value(`SELECT ${sql}`);
  }
  const { sql, columns } = finishInScript(await run.prepared(statement.query), await run.context());
  await host.exportRows(options, sql, columns);
  run.session.rows = undefined;
}
