import type { Command } from "commander";
import { plural } from "../report/text.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT } from "./exit.js";
import { overridesOf } from "./selection-options.js";

interface CompileOptions extends CommonOptions {
  readonly var?: string[];
  readonly vars?: string[];
  readonly schemaSuffix?: string;
}

export const command: CommandModule = {
  configure(command: Command): void {
    command
      .option("--var <name=value...>", "a project variable")
      .option("--vars <pairs>", "project variables, a=1,b=2", (text: string) => text.split(","))
      .option("--schema-suffix <suffix>", "append _suffix to every dataset")
      .addHelpText("after", "\nExample:\n  fastbreak compile --json > graph.json");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<CompileOptions>();
    const { compileGraph } = await import("../project/compile-graph.js");
    const graph = await compileGraph(options.projectDir, overridesOf(options));
    process.stdout.write(options.json ? `${JSON.stringify(graph, undefined, 2)}\n` : `${summary(graph).join("\n")}\n`);
    return EXIT.done;
  },
};

function summary(graph: Awaited<ReturnType<typeof import("../project/compile-graph.js").compileGraph>>): string[] {
  const kinds = [
    ["table", graph.tables],
    ["assertion", graph.assertions],
    ["operation", graph.operations],
    ["declaration", graph.declarations],
  ] as const;
  return kinds.flatMap(([kind, actions]) => [
    plural(actions?.length ?? 0, kind),
    ...(actions ?? []).map(({ target }) => `  ${target.schema}.${target.name}`),
  ]);
}
