import { type Command, InvalidArgumentError } from "commander";
import type { ProjectPlan } from "../decide/plan-project.js";
import type { EventListener, RunEvent } from "../events/events.js";
import { type RunRecord, recordOf, verdictOf } from "../events/run-record.js";
import { eventsOfPlan, hasWork, type RunIdentity } from "../execute/plan-events.js";
import { locateInProject } from "../project/locate.js";
import { printPlan } from "../report/print-plan.js";
import { progressTo } from "../report/progress.js";
import { writeRunArtifact } from "../report/run-artifact.js";
import { reportJson, resultTable, summaryLines } from "../report/run-report.js";
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
    const startedAt = new Date();
    const request = requestOf(options);
    const work = async (session: ProjectSession): Promise<number> => {
      const plan = await planSession(session, request);
      const run = {
        runId: newRunId(startedAt),
        command: "run",
        startedAt,
        compiledManifest: session.loaded.compiled ? session.loaded.manifest : undefined,
      };
      if (options.dryRun) {
        printPlan(eventsOfPlan(plan, session.engine.name, run), options.json ?? false);
        return EXIT.done;
      }
      const events = hasWork(plan)
        ? await announced(session, "run", () => carryOut(session, plan, options, run))
        : await tellIdle(session, plan, options, run);
      writeRunArtifact(session.projectDir, events);
      const record = recordOf(events);
      print(inOrder(record, plan), options.json ?? false);
      return EXITS[verdictOf(record.actions)];
    };
    return withProject(options, overridesOf(options), work, true);
  },
};

const EXITS = { done: EXIT.done, failed: EXIT.failed, refused: EXIT.refused } as const;

/** A listener that keeps what happens, and shows it while it happens. */
function listenerOf(session: ProjectSession, options: RunOptions): { events: RunEvent[]; emit: EventListener } {
  const events: RunEvent[] = [];
  const names = session.project.actions.map(({ node }) => node.key);
  const show = progressTo(process.stderr, names, options.json ?? false);
  const emit: EventListener = (event) => {
    events.push(event);
    show(event);
  };
  return { events, emit };
}

async function carryOut(
  session: ProjectSession,
  plan: ProjectPlan,
  options: RunOptions,
  run: RunIdentity,
): Promise<readonly RunEvent[]> {
  const { executePlan } = await import("../execute/execute-plan.js");
  const { events, emit } = listenerOf(session, options);
  await executePlan(session.warehouse, plan, {
    ...run,
    stateDataset: session.settings.stateDataset,
    concurrency: options.concurrency,
    failFast: options.failFast ?? false,
    force: options.fullRefresh ?? false,
    emit,
    locate: (action, text, offset) => locateInProject(session.projectDir, action, text, offset),
  });
  return events;
}

/** Nothing has to run: the same events, and nothing is written. */
async function tellIdle(
  session: ProjectSession,
  plan: ProjectPlan,
  options: RunOptions,
  run: RunIdentity,
): Promise<readonly RunEvent[]> {
  const { events, emit } = listenerOf(session, options);
  for (const event of eventsOfPlan(plan, session.engine.name, run)) emit(event);
  return events;
}

/** The actions in the project's order, in which a person looks for them. */
function inOrder(record: RunRecord, plan: ProjectPlan): RunRecord {
  const results = new Map(record.actions.map((result) => [result.key, result]));
  return { ...record, actions: plan.project.actions.flatMap(({ node }) => results.get(node.key) ?? []) };
}

function print(record: RunRecord, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(reportJson(record))}\n`);
    return;
  }
  const colors = colorsFor(process.stdout);
  const shownAlready = process.stderr.isTTY === true;
  const lines = [...(shownAlready ? [] : resultTable(record, colors)), ...summaryLines(record, colors)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 64)
    throw new InvalidArgumentError("give a whole number from 1 to 64");
  return count;
}
