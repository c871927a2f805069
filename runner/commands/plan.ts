import type { Command } from "commander";
import { eventsOfPlan, hasWork } from "../execute/plan-events.js";
import { printPlan } from "../report/print-plan.js";
import { planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { withProject } from "../session/session.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT } from "./exit.js";
import { addDecideOptions, type DecideOptions, overridesOf, requestOf } from "./selection-options.js";

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
    const startedAt = new Date();
    const request = requestOf(options);
    return withProject(options, overridesOf(options), async (session) => {
      const plan = await planSession(session, request);
      const { compiled, manifest } = session.loaded;
      const run = {
        runId: newRunId(startedAt),
        command: "plan",
        startedAt,
        compiledManifest: compiled ? manifest : undefined,
      };
      printPlan(eventsOfPlan(plan, session.engine.name, run), options.json ?? false);
      return options.detailedExitcode && hasWork(plan) ? EXIT.changes : EXIT.done;
    });
  },
};
