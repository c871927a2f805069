import { plural } from "../report/text.js";
import { findPlace } from "../session/place.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon(OVERRIDE_FLAGS),
  examples: ["fastbreak compile --json > graph.json"],

  async execute({ flags: options, words }): Promise<number> {
    const { compileGraph } = await import("../project/compile-graph.js");
    const { projectDir, overrides, compileTimeoutMs } = findPlace(placeOf(options, words[0]));
    const limits = compileTimeoutMs === undefined ? {} : { timeoutMs: compileTimeoutMs };
    const graph = await compileGraph(projectDir, overrides, undefined, limits);
    process.stdout.write(options.json ? `${JSON.stringify(graph, undefined, 2)}\n` : `${summary(graph).join("\n")}\n`);
    return EXIT.done;
  },
});

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
