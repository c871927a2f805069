import { type RunRecord, recordOf, verdictOf } from "../events/run-record.js";
import { hasWork } from "../execute/plan-events.js";
import { alertLine } from "../report/alert-report.js";
import { PLAN_FORMATS, type PlanFormat, printPlan } from "../report/print-plan.js";
import { writeRunArtifact } from "../report/run-artifact.js";
import { RUN_FORMATS, type RunFormat, runOutput } from "../report/run-output.js";
import { readStatusArtifact, writeStatusArtifact } from "../report/status-artifact.js";
import { statusAfterRun } from "../report/status-document.js";
import { plainLine, plural, writeLines, writeNote } from "../report/text.js";
import { carryOut, planEvents } from "../session/carry-out.js";
import { collectAfterRun } from "../session/collect-status.js";
import { listenForInterruption } from "../session/interruption.js";
import { lastDurations } from "../session/last-durations.js";
import { migrateFirst } from "../session/migrations.js";
import { foreseen, requireBudget } from "../session/plan-cost.js";
import { planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { type ProjectSession, withProject } from "../session/session.js";
import { workerLines, workersOf } from "../session/shard-options.js";
import { waitForLock } from "../session/wait-for-lock.js";
import { onOff, text } from "./arguments/flags.js";
import {
  DEFER_FLAGS,
  FULL_REFRESH_FLAGS,
  IDLE_DATAFORM_FLAGS,
  OVERRIDE_FLAGS,
  outputFlags,
  PROJECT_DIR_WORD,
  SELECTION_FLAGS,
  SKIP_FLAGS,
  UPSTREAM_FLAGS,
  WAIT_FLAGS,
  WINDOW_FLAGS,
  withCommon,
} from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { deferred } from "./deferred.js";
import { CommandError, EXIT, usageError } from "./exit.js";
import { tellIdleFlags } from "./idle-flags.js";
import { formatOf, repeatedFlagsOf } from "./output-format.js";
import { placeOf, requestOf, selectionOf, withSkips } from "./selection-options.js";
import { windowOf } from "./window.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    ...WINDOW_FLAGS,
    ...SELECTION_FLAGS,
    ...FULL_REFRESH_FLAGS,
    ...UPSTREAM_FLAGS,
    ...DEFER_FLAGS,
    ...SKIP_FLAGS,
    ...WAIT_FLAGS,
    "dry-run": onOff("show what would run, run nothing"),
    "run-tests": onOff("run the project's unit tests first; run nothing when one fails"),
    "fail-fast": onOff("start nothing more after the first failure"),
    ...outputFlags(RUN_FORMATS),
    concurrency: text("actions that run at the same time; default: 4"),
    ...OVERRIDE_FLAGS,
    ...IDLE_DATAFORM_FLAGS,
  }),
  examples: ["fastbreak run --from 2021-10-19 --to 2021-11-15"],

  async execute({ flags: options, words }): Promise<number> {
    const startedAt = new Date();
    const asked = requestOf(withDate(options, words[0]), selectionOf(options));
    const { all, quiet, dryRun } = options;
    const format = formatOf(options);
    const planFormat = planFormatOf(format);
    if (dryRun && planFormat === undefined)
      throw usageError(`--output ${format} has no form for a plan; with --dry-run give ${PLAN_FORMATS.join(", ")}`);
    const work = async (opened: ProjectSession): Promise<number> => {
      tellIdleFlags(options, opened.engine);
      if (options.runTests) await requireTests(opened);
      if (!options.dryRun) await migrateFirst(opened, opened.warehouse);
      for (const line of workerLines(workersOf(opened))) writeLines(process.stderr, [plainLine(line)]);
      const { session, request } = await deferred(opened, asked, options.defer);
      // What differs is made, whatever the rules of the project leave out.
      const plan = await planSession(session, options.defer ? request : await withSkips(session, request, options));
      const run = { runId: newRunId(startedAt), startedAt };
      const planned = planEvents(session, plan, "run", run);
      const shown = { all, quiet, durations: await lastDurations(session), out: process.stdout, err: process.stderr };
      if (dryRun && planFormat !== undefined) {
        printPlan([...planned, ...(await foreseen(session, plan))], { ...shown, format: planFormat });
        return EXIT.done;
      }
      await requireBudget(session, plan);
      const alerts: string[] = [];
      const names = session.project.actions.map(({ node }) => node.key);
      const output = runOutput(format, {
        ...shown,
        planned: recordOf(planned),
        repeatedFlags: repeatedFlagsOf(options),
        isOfSomeDates: windowOf(options) !== undefined,
        variables: process.env,
        now: () => performance.now(),
      });
      projectDir = session.projectDir;
      interruption.workBegins();
      const events = await carryOut(session, plan, {
        ...run,
        signal: interruption.signal,
        failFast: options.failFast,
        force: options.fullRefresh,
        emit: (event) => output.listen(event),
        printAlert: (notice) => alerts.push(alertLine(notice)),
      });
      const record = recordOf(events, names);
      // Whoever cannot be left anything in a file is told at least here.
      output.end(record);
      if (format === "text" && alerts.length > 0) writeLines(process.stdout, alerts, 2);
      writeRunArtifact(session.projectDir, events);
      await keepStatus(session, record, hasWork(plan));
      return interruption.exitCode() ?? EXITS[verdictOf(record.actions)];
    };
    const { concurrency, credentials, jobPrefix, jobLabels } = options;
    const place = { ...placeOf(options, words[0]), concurrency, jobs: { credentials, jobPrefix, labels: jobLabels } };
    let projectDir: string | undefined;
    const interruption = listenForInterruption(() => projectDir);
    try {
      return await waitForLock(options.wait, writeNote, () => withProject(place, work, true));
    } finally {
      interruption.stop();
    }
  },
});

function planFormatOf(format: RunFormat): PlanFormat | undefined {
  return PLAN_FORMATS.find((name) => name === format);
}

/** Leaves what stands now to whoever asks while the warehouse is held. */
async function keepStatus(session: ProjectSession, record: RunRecord, isWritten: boolean): Promise<void> {
  const { projectDir, engine } = session;
  const before = readStatusArtifact(projectDir);
  const warehouse = { target: engine.name, path: engine.locate(session), state: "open", holder: null } as const;
  const facts = isWritten ? await collectAfterRun(session, KEPT_RUNS) : undefined;
  const where = { at: new Date().toISOString(), warehouse };
  writeStatusArtifact(projectDir, statusAfterRun(record, facts, where, before));
}

/** Runs that a status tells which is kept for the time when the warehouse is held. */
const KEPT_RUNS = 10;

const EXITS = { done: EXIT.done, failed: EXIT.failed, refused: EXIT.refused } as const;

/** @throws CommandError when one of the project's unit tests does not pass */
async function requireTests(session: ProjectSession): Promise<void> {
  const { runInScratch, unitTestsOf } = await import("../session/scratch-tests.js");
  const { manifest } = session.loaded;
  const results = await runInScratch(session, manifest, unitTestsOf(manifest.actions));
  const failed = results.filter(({ status }) => status !== "passed");
  const [first] = failed;
  if (first === undefined) return;
  const more = failed.length > 1 ? ` and ${plural(failed.length - 1, "other test")}` : "";
  throw new CommandError(
    EXIT.failed,
    `${first.fileName}: the unit test ${first.name}${more} failed, so nothing was run; see fastbreak test`,
  );
}
