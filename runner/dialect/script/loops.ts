import type { StructType } from "../../port/sql-types.js";
import { fieldKeys, quoteName, rowsInScript, structLiteral, variableSql } from "../script.js";
import type { Flow, Of, ScriptRun } from "./interpreter.js";

/** LOOP, WHILE and REPEAT. */
export function runLoop(run: ScriptRun, statement: Of<"loop" | "while" | "repeat">): Promise<Flow> {
  const always = async (): Promise<boolean> => true;
  if (statement.kind === "while") return rounds(run, statement, () => run.test(statement.condition), always);
  if (statement.kind === "repeat")
    return rounds(run, statement, always, async () => !(await run.test(statement.condition)));
  return rounds(run, statement, always, always);
}

/** FOR .. IN: the rows are read once, before the first round. */
export async function runFor(run: ScriptRun, statement: Of<"for">): Promise<Flow> {
  const { host } = run.session;
  const query = rowsInScript(await run.prepared(statement.query), await run.context());
  const type: StructType = { kind: "struct", fields: query.columns };
  const keys = fieldKeys(type);
  const row = structLiteral(
    type,
    query.columns.map(({ name }) => `q.${quoteName(name)}`),
  );
  return run.frames.within(async () => {
    const rows = run.frames.bind("", { kind: "array", element: type });
    await host.setVariable(rows.key, `(SELECT list(${row}) FROM (${query.sql}) AS q)`);
    const count = Number((await host.value(`SELECT len(${variableSql(rows)})`)) ?? 0);
    const variable = run.frames.bind(statement.variable.name, type);
    let next = 0;
    const advance = async (): Promise<boolean> => {
      if (next >= count || keys.length === 0) return false;
      next += 1;
      await host.setVariable(variable.key, `${variableSql(rows)}[${next}]`);
      return true;
    };
    return rounds(run, statement, advance, async () => true);
  });
}

/** @param before whether there is another round; `after`: whether to go on after one */
async function rounds(
  run: ScriptRun,
  { label, body }: Pick<Of<"loop">, "label" | "body">,
  before: () => Promise<boolean>,
  after: () => Promise<boolean>,
): Promise<Flow> {
  while (await before()) {
    const flow = await run.frames.within(() => run.body(body));
    if (flow !== undefined) {
      const own = flow.kind !== "return" && (flow.label === undefined || flow.label === label);
      if (!own) return flow;
      if (flow.kind === "leave") return undefined;
    }
    if (!(await after())) return undefined;
  }
  return undefined;
}
