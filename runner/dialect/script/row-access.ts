import type { Expr, Query, Statement } from "../../googlesql/ast.js";
import { mapTree } from "../../googlesql/walk.js";
import { parseQueryText, SqlProblem, translateParsed, unsupported } from "../script.js";
import type { ScriptRun } from "./interpreter.js";

type PolicyStatement = Extract<Statement, { kind: "createRowAccessPolicy" | "dropRowAccessPolicy" }>;

/** CREATE and DROP ROW ACCESS POLICY, where somebody looks after them. */
export async function changePolicies(run: ScriptRun, given: PolicyStatement): Promise<void> {
  const { session } = run;
  const { access } = session.host;
  const isNew = given.kind === "createRowAccessPolicy";
  if (access === undefined) throw unsupported(`${isNew ? "CREATE" : "DROP"} ROW ACCESS POLICY`, given);
  const statement = await session.qualified(given);
  const parts = statement.path.parts.map(({ name }) => name);
  const known = (await session.catalog()).find(parts);
  if (known === undefined) throw new SqlProblem("analysis", `Table not found: ${parts.join(".")}`, given.path);
  if (known.isView === true || known.temporary === true)
    throw new SqlProblem("analysis", "Row access policies are for tables, and for no temporary ones", given.path);
  const [dataset, name] = known.path;
  const table = { dataset, name };
  if (statement.kind === "dropRowAccessPolicy") {
    const ifMissing = statement.ifExists ? "skip" : "fail";
    await access.changePolicies({ kind: "drop", table, name: statement.name?.name, ifMissing });
    return;
  }
  const { filter, grantees } = statement;
  await requireCondition(run, statement);
  await access.changePolicies({
    kind: "create",
    table,
    policy: { name: statement.name.name, grantees, filter: run.sql.slice(filter.start, filter.end) },
    ifExists: statement.orReplace ? "replace" : statement.ifNotExists ? "skip" : "fail",
  });
}

/** The filter is a condition on the table's rows: a query that has it is resolved, and runs not. */
async function requireCondition(
  run: ScriptRun,
  { path, filter }: Extract<Statement, { kind: "createRowAccessPolicy" }>,
): Promise<void> {
  const frame = parseQueryText("SELECT 1 FROM t WHERE TRUE");
  const query = mapTree(frame, (node) => {
    if (node.kind === "table") return { ...node, path: path.parts, pathSpan: path };
    return node.kind === "select" ? { ...node, where: filter } : undefined;
  });
  const { start, end } = filter;
  translateParsed({ kind: "query", query: await run.prepared(query), start, end }, await run.context());
}

/** The tree with the name of whoever runs it for SESSION_USER(); a view is read by others than it is made. */
export function withUser<T extends object>(tree: T, user: string | undefined): T {
  if (user === undefined || (tree as { kind?: unknown }).kind === "createView") return tree;
  return mapTree(tree, (node) => {
    const { kind, name, args, start, end } = node as unknown as Extract<Expr, { kind: "call" }>;
    if (kind !== "call" || name !== "SESSION_USER" || args.length > 0) return undefined;
    return { kind: "string", value: user, start, end };
  });
}

/** What a caller reads in the place of a table: the rows that fulfil a condition. */
export function openRows(path: readonly [string, string], condition: string, user: string): Query {
  const name = path.map((part) => `\`${part}\``).join(".");
  return withUser(parseQueryText(`SELECT * FROM ${name} WHERE (\n${condition}\n)`), user);
}
