import { performance } from "node:perf_hooks";
import type { Command } from "commander";
import type { CommandModule, CommonOptions } from "./command.js";
import { decideSession, hasWork, newRunId, plannedResults, tellWarnings } from "./decide.js";
import { EXIT } from "./exit.js";
import { printPlan } from "./print-plan.js";
import { addDecideOptions, type DecideOptions, overridesOf } from "./selection-options.js";
import { withProject } from "./session.js";
import { windowOf } from "./window.js";

interface PlanOptions extends CommonOptions, DecideOptions {
  readonly detailedExitcode?: boolean;
}

export const command: CommandModule = {
  configure(command: Command): void {
    addDecideOptions(command);
    command
      .option("--detailed-exitcode", "exit with 10 when there is work to do")
      .addHelpText("after", "\nExample:\n  fastbreak plan --date 2021-11-15 --json");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<PlanOptions>();
    const clock = performance.now();
    windowOf(options);
    return withProject(options, overridesOf(options), async (session) => {
      const plan = await decideSession(session, options);
      const actions = plannedResults(plan);
      tellWarnings(plan);
      const { compiled } = session.loaded;
      printPlan(
        {
          runId: newRunId(new Date()),
          window: plan.window,
          target: "duckdb",
          compiled,
          actions,
          durationMs: performance.now() - clock,
        },
        options.json ?? false,
      );
      return options.detailedExitcode && hasWork(plan) ? EXIT.changes : EXIT.done;
    });
  },
};
