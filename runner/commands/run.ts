import { performance } from "node:perf_hooks";
import { type Command, InvalidArgumentError } from "commander";
import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult } from "../events/events.js";
import { locateInProject } from "../project/locate.js";
import { hasWork, plannedResults, tellWarnings } from "../report/plan-report.js";
import { printPlan } from "../report/print-plan.js";
import { progressTo } from "../report/progress.js";
import { writeRunArtifact } from "../report/run-artifact.js";
import { type RunReport, reportJson, resultTable, summaryLines } from "../report/run-report.js";
import { colorsFor } from "../report/text.js";
import { announced } from "../session/announce.js";
import { planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { type ProjectSession, withProject } from "../session/session.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT } from "./exit.js";
import { addDecideOptions, type DecideOptions, overridesOf, requestOf } from "./selection-options.js";

interface RunOptions extends CommonOptions, DecideOptions {
  readonly dryRun?: boolean;
  readonly failFast?: boolean;
  readonly concurrency: number;
}

export const command: CommandModule = {
  configure(command: Command): void {
    addDecideOptions(command);
    command
      .option("--dry-run", "show what would run, run nothing")
      .option("--fail-fast", "start nothing more after the first failure")
      .option("--concurrency <n>", "actions that run at the same time", parseCount, 4)
      .addHelpText("after", "\nExample:\n  fastbreak run --from 2021-10-19 --to 2021-11-15");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<RunOptions>();
    const started = new Date();
    const clock = performance.now();
    const request = requestOf(options);
    const work = async (session: ProjectSession): Promise<number> => {
      const plan = await planSession(session, request);
      const base = {
        runId: newRunId(started),
        window: plan.window,
        target: session.engine.name,
        compiled: session.loaded.compiled,
      };
      const finish = (actions: readonly ActionResult[]): RunReport => ({
        ...base,
        actions,
        durationMs: performance.now() - clock,
      });
      if (options.dryRun) {
        tellWarnings(plan);
        printPlan(finish(plannedResults(plan)), options.json ?? false);
        return EXIT.done;
      }
      const actions = hasWork(plan)
        ? await announced(session, "run", () => carryOut(session, plan, options, { runId: base.runId, started }))
        : plannedResults(plan);
      const report = finish(actions);
      writeRunArtifact(session.projectDir, report);
      tellWarnings(plan);
      print(report, options.json ?? false);
      return exitCode(actions);
    };
    return withProject(options, overridesOf(options), work, true);
  },
};

/** A refusal of an open breaker, and what could not run for it, is no failure: the rest of the run is as good as any. */
function exitCode(actions: readonly ActionResult[]): number {
  const wrong = actions.filter(({ status }) => status === "failed" || status === "blocked");
  if (wrong.length === 0) return EXIT.done;
  const has = (reason: string) => (action: ActionResult) => action.partitions.some((part) => part.reason === reason);
  const isRefused = wrong.some(has("breaker_open"));
  const isConsequence = (action: ActionResult) =>
    action.status === "blocked" && (has("breaker_open")(action) || has("upstream_failed")(action));
  return isRefused && wrong.every(isConsequence) ? EXIT.refused : EXIT.failed;
}

async function carryOut(
  session: ProjectSession,
  plan: ProjectPlan,
  options: RunOptions,
  run: { readonly runId: string; readonly started: Date },
): Promise<readonly ActionResult[]> {
  const { executePlan } = await import("../execute/execute-plan.js");
  const emit = progressTo(
    process.stderr,
    session.project.actions.map(({ node }) => node.key),
    options.json ?? false,
  );
  return executePlan(session.warehouse, plan, {
    stateDataset: session.settings.stateDataset,
    runId: run.runId,
    startedAt: run.started,
    compiledManifest: session.loaded.compiled ? session.loaded.manifest : undefined,
    command: "run",
    concurrency: options.concurrency,
    failFast: options.failFast ?? false,
    force: options.fullRefresh ?? false,
    emit,
    locate: (action, text, offset) => locateInProject(session.projectDir, action, text, offset),
  });
}

function print(report: RunReport, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(reportJson(report))}\n`);
    return;
  }
  const colors = colorsFor(process.stdout);
  const shownAlready = process.stderr.isTTY === true;
  const lines = [...(shownAlready ? [] : resultTable(report, colors)), ...summaryLines(report, colors)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 64)
    throw new InvalidArgumentError("give a whole number from 1 to 64");
  return count;
}
