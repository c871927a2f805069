import type { StockGraph } from "../project/compile/graph-shape.js";
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
    const [{ compileGraph }, { ProjectError }] = await Promise.all([
      import("../project/compile-graph.js"),
      import("../project/errors.js"),
    ]);
    const { projectDir, overrides, compileTimeoutMs, onNote } = findPlace(placeOf(options, words[0]));
    const limits = compileTimeoutMs === undefined ? {} : { timeoutMs: compileTimeoutMs };
    const { json, problems } = await compileGraph({ projectDir, overrides, onFetch: onNote }, limits);
    // Who asks for the graph gets what there is of it, with its errors in it, as from the stock CLI.
    if (options.json) process.stdout.write(`${json}\n`);
    if (problems.length > 0) throw new ProjectError(problems);
    if (!options.json) process.stdout.write(`${summary(JSON.parse(json) as StockGraph).join("\n")}\n`);
    return EXIT.done;
  },
});

function summary(graph: StockGraph): string[] {
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
