import type { Expr, Identifier, PathNode } from "../../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../../googlesql/catalog.js";
import { foldProject } from "../../googlesql/project-names.js";
import { mapTree } from "../../googlesql/walk.js";
import { SqlProblem, walk } from "../script.js";
import type { ScriptRun } from "./interpreter.js";

type Timed = { readonly systemTime: Expr; readonly path: readonly Identifier[] | PathNode };

/** The tree with what tables were, where it has FOR SYSTEM_TIME AS OF, in place of the tables. */
export async function travelled<T extends object>(run: ScriptRun, tree: T): Promise<T> {
  const found: Timed[] = [];
  walk(tree, (node) => {
    // A view is read at other times than it is made.
    if (node.kind === "createView") return false;
    if (node.systemTime !== undefined) found.push(node as unknown as Timed);
    return undefined;
  });
  if (found.length === 0) return tree;
  const versions = new Map<Expr, readonly string[]>();
  for (const node of found) {
    const path = await versionOf(run, node);
    if (path !== undefined) versions.set(node.systemTime, path);
  }
  return mapTree(tree, (node) => {
    const path = versions.get(node.systemTime as Expr);
    if (path === undefined) return undefined;
    const { start, end } = node.systemTime as Expr;
    const parts = path.map((name) => ({ name, start, end }));
    const timeless = { ...node, systemTime: undefined };
    if (node.kind === "copyTable") return { ...timeless, from: { ...(node.from as PathNode), parts } };
    const given = node.path as readonly Identifier[];
    return { ...timeless, path: parts, alias: node.alias ?? given.at(-1) };
  });
}

/** A table that is not there any more, of which another is made as it was. */
function goneTable(run: ScriptRun, names: readonly string[], { projects }: Catalog): CatalogTable | undefined {
  const [dataset, name] = foldProject(run.session.whole(names), projects?.home);
  return dataset === undefined || name === undefined ? undefined : { path: [dataset, name], columns: [] };
}

async function versionOf(run: ScriptRun, node: Timed): Promise<readonly string[] | undefined> {
  const { host } = run.session;
  const parts = "from" in node ? (node.from as PathNode).parts : (node.path as readonly Identifier[]);
  const catalog = await run.session.catalog();
  const names = parts.map(({ name }) => name);
  const table = catalog.find(names) ?? ("from" in node ? goneTable(run, names, catalog) : undefined);
  if (table === undefined || host.version === undefined) return undefined;
  if (table.isView === true || table.temporary === true) {
    const what = table.isView === true ? "a view" : "a temporary table";
    throw new SqlProblem("analysis", `FOR SYSTEM_TIME AS OF is not supported for ${what}`, node.systemTime);
  }
  const { sql } = await run.expression(node.systemTime, "TIMESTAMP");
  const at = await host.value(`SELECT epoch_us(${sql})`);
  if (at === null) throw new SqlProblem("analysis", "FOR SYSTEM_TIME AS OF must not be NULL", node.systemTime);
  return (await host.version(table, BigInt(String(at))))?.path;
}
