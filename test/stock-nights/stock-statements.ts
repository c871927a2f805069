import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { join } from "node:path";
import { ROOT } from "../rig.js";

/** A relation of the compiled graph. */
export interface Target {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** The part of an action of `compile --json` that is read here; the rest goes to the Dataform CLI as it is. */
export interface GraphAction {
  readonly target: Target;
  readonly dependencyTargets?: readonly Target[];
  readonly queries?: readonly string[];
}

export interface Graph {
  readonly tables?: readonly GraphAction[];
  readonly operations?: readonly GraphAction[];
  readonly projectConfig: object;
  readonly dataformCoreVersion: string;
}

/** What the Dataform CLI asks the warehouse about a table before it writes. */
export interface TableMetadata {
  readonly isView: boolean;
  readonly columns: readonly string[];
}

interface Tasks {
  build(): readonly { readonly type: string; readonly statement: string }[];
}

interface Bundle {
  readonly ExecutionSql: new (
    project: object,
    version: string,
  ) => { publishTasks(table: unknown, run: object, metadata: object | undefined): Tasks };
  readonly dataform: {
    readonly CompiledGraph: {
      fromObject(graph: Graph): { readonly tables: readonly GraphAction[]; readonly projectConfig: object };
    };
    readonly TableMetadata: { readonly Type: { readonly TABLE: number; readonly VIEW: number } };
  };
}

/** The Dataform CLI's own code that makes statements. It is not exported, and its last line starts the command line. */
function loadBundle(): Bundle {
  const path = join(ROOT, "node_modules/@dataform/cli/bundle.js");
  const start = "\nrunCli();";
  const text = readFileSync(path, "utf8");
  if (!text.includes(start)) throw new Error(`${path} does not start the command line in its last line`);
  const module = new Module(path) as Module & { _compile(text: string, path: string): void };
  module.require = createRequire(path);
  module._compile(text.replace(start, "\nmodule.exports = { ExecutionSql, dataform };"), path);
  return module.exports as Bundle;
}

const { ExecutionSql, dataform } = loadBundle();

/** Every action in an order in which all run after what they depend on. */
export function inOrder(graph: Graph): GraphAction[] {
  const waiting = new Map(
    [...(graph.tables ?? []), ...(graph.operations ?? [])].map((one) => [nameOf(one.target), one]),
  );
  const ordered: GraphAction[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].find(
      ([, { dependencyTargets = [] }]) => !dependencyTargets.some((target) => waiting.has(nameOf(target))),
    );
    if (ready === undefined) throw new Error("the actions depend on each other in a circle");
    waiting.delete(ready[0]);
    ordered.push(ready[1]);
  }
  return ordered;
}

/** The statements that `dataform run` of the stock CLI would send for an action. */
export function stockStatements(graph: Graph, action: GraphAction, found: TableMetadata | undefined): string[] {
  if (action.queries !== undefined) return [...action.queries];
  const { tables, projectConfig } = dataform.CompiledGraph.fromObject(graph);
  const table = tables.find(({ target }) => nameOf(target) === nameOf(action.target));
  const { Type } = dataform.TableMetadata;
  const metadata = found && {
    type: found.isView ? Type.VIEW : Type.TABLE,
    fields: found.columns.map((name) => ({ name })),
  };
  const sql = new ExecutionSql(projectConfig, graph.dataformCoreVersion);
  return sql
    .publishTasks(table, {}, metadata)
    .build()
    .map(({ statement }) => statement);
}

export function nameOf({ database, schema, name }: Target): string {
  return [database, schema, name].join(".");
}
