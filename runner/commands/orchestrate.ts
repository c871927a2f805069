import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import type { RunEvent } from "../events/events.js";
import { recordOf } from "../events/run-record.js";
import type { Completion } from "../plan/completion.js";
import { NOTHING_RULED_OUT } from "../plan/ruled-out.js";
import { EVERYTHING } from "../plan/select.js";
import { systemReason } from "../port/system-error.js";
import type { Orchestration, Strategy } from "../project/orchestration-settings.js";
import { suggestion } from "../project/settings.js";
import type { RunnerSettings } from "../project/settings-schema.js";
import { eventLine } from "../report/event-lines.js";
import { nightJson, nightLines, stateJson, stateLines } from "../report/night-report.js";
import { writeRunArtifact } from "../report/run-artifact.js";
import { plural, widthOf, writeLines, writeNote } from "../report/text.js";
import { announced } from "../session/announce.js";
import { carryOut } from "../session/carry-out.js";
import { today } from "../session/clock.js";
import { ENDED, type Interruption, listenForInterruption } from "../session/interruption.js";
import { migrateFirst } from "../session/migrations.js";
import { type FinishedSelection, type NightMeans, nightState, recordCompletion, runNight } from "../session/night.js";
import { findPlace } from "../session/place.js";
import { type PlanRequest, planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { type ProjectSession, withProject } from "../session/session.js";
import { askSkipRules } from "../session/skip-rules.js";
import { waitForLock } from "../session/wait-for-lock.js";
import { type Given, onOff, text, value, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, SKIP_FLAGS, WAIT_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { windowOf } from "./window.js";

const STRATEGIES = ["workflow", "events", "time"] as const;

export const command = defineCommand({
  positionals: [{ name: "name", describe: "an orchestration of fastbreak.json; default: the only one" }],
  flags: withCommon({
    date: text("the date, YYYY-MM-DD; default: that of now by the clock of fastbreak.json"),
    strategy: value("workflow, events or time; default: as fastbreak.json says", readStrategy),
    strict: onOff("fail when a step has no rows, instead of going on without it"),
    retries: wholeNumber("how often missing steps are looked for again", 0, 100),
    "retry-after": wholeNumber("seconds between two tries", 0, 86_400),
    incident: text("an incident option of fastbreak.json; needs --because"),
    because: text("why the incident option is taken; it is kept"),
    message: text("enter one message (a file, or - for standard input) into the completion state; run nothing"),
    show: onOff("the messages and the completion state of the date; run nothing"),
    ...SKIP_FLAGS,
    ...WAIT_FLAGS,
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "Runs the steps of a date, the target when all are complete, asks the gate and\nruns what comes behind it. Exit code 1: something failed, or the gate is closed.",
  ],
  examples: [
    "fastbreak orchestrate phase4 --date 2021-11-15",
    'fastbreak orchestrate phase4 --date 2021-11-15 --incident fallback --because "P3 is down"',
    "fastbreak orchestrate phase4 --message event.json",
  ],

  async execute({ flags: options, words: [given] }): Promise<number> {
    const place = placeOf(options);
    const { settings } = findPlace(place);
    const { name, night } = orchestrationOf(given, settings);
    if (options.message !== undefined) {
      if (options.show) throw usageError("give --message or --show, not both");
      const { date, completion } = readMessage(options.message, night);
      const recorded = await withProject(place, (session) =>
        announced(session, "orchestrate", () =>
          recordCompletion(session, night, name, date, completion, topicOf(night, completion.processor)),
        ),
      );
      const { fires, waiting, triggeredAt } = recorded;
      const shown = { analysis_date: date, fires, waiting, triggered_at: triggeredAt ?? null };
      const told = fires
        ? `${date}: all complete; ${night.target.model} is to be started`
        : waiting.length > 0
          ? `${date}: waiting for ${waiting.join(", ")}`
          : triggeredAt === undefined
            ? `${date}: every step was skipped; ${night.target.model} is not to be started`
            : `${date}: ${night.target.model} was started at ${triggeredAt}`;
      process.stdout.write(options.json ? `${JSON.stringify(shown)}\n` : `${told}\n`);
      return EXIT.done;
    }
    const date = withDate(options).date ?? today(settings.clock, new Date());
    windowOf({ date });
    if (options.show) {
      const state = await withProject(place, (session) => nightState(session, night, name, date));
      process.stdout.write(
        options.json
          ? `${JSON.stringify(stateJson(date, night, state))}\n`
          : `${stateLines(date, night, state, widthOf(process.stdout)).join("\n")}\n`,
      );
      return EXIT.done;
    }
    if ((options.incident === undefined) !== (options.because === undefined))
      throw usageError("--incident and --because go together");
    const incident =
      options.incident === undefined || options.because === undefined
        ? undefined
        : { name: options.incident, because: options.because, by: userName() };
    const request = {
      name,
      date,
      strategy: options.strategy ?? night.strategy,
      incident,
      strict: options.strict,
      retries: options.retries ?? night.retries,
      retryAfterSeconds: options.retryAfter ?? night.retryAfterSeconds,
    };
    const { noSkips, source, wait } = options;
    if (noSkips && source !== undefined) throw usageError("give --source or --no-skips, not both");
    const interruption = listenForInterruption(() => findPlace(place).projectDir);
    try {
      const finished = await runNight(
        night,
        request,
        means(place, date, night, { noSkips, source, wait }, interruption),
      );
      if (options.json) process.stdout.write(`${JSON.stringify(nightJson(finished))}\n`);
      else writeLines(process.stdout, nightLines(finished), 4);
      return finished.status === "success" || finished.status === "skipped" ? EXIT.done : EXIT.failed;
    } catch (cause) {
      const stopped = interruption.exitCode();
      if (stopped === undefined || !interruption.signal.aborted) throw cause;
      writeLines(process.stderr, [`fastbreak: ${ENDED}`]);
      return stopped;
    } finally {
      interruption.stop();
    }
  },
});

function means(
  place: ReturnType<typeof placeOf>,
  date: string,
  { skips }: Orchestration,
  { noSkips, source, wait }: Given<typeof SKIP_FLAGS & typeof WAIT_FLAGS>,
  { signal, workBegins }: Interruption,
): NightMeans {
  const window = { from: date, to: date };
  return {
    note: writeNote,
    sleep: (seconds) => sleep(seconds * 1000, undefined, { signal }),
    open: (vars, work) => {
      workBegins();
      const overrides = { ...place.overrides, vars: { ...place.overrides?.vars, ...vars } };
      return waitForLock(wait, writeNote, () => withProject({ ...place, overrides }, work, true));
    },
    askAlerts: async (session, runId) => {
      if (Object.keys(session.settings.alerts.rules).length === 0) return;
      const { checkAlerts } = await import("../session/alerts.js");
      const request = { window, everyDate: false, now: new Date(), runId };
      await announced(session, "orchestrate", () =>
        checkAlerts(session, { ...request, print: () => undefined, emit: tell }),
      );
    },
    askRules: async (session, actions) =>
      noSkips
        ? NOTHING_RULED_OUT
        : askSkipRules(session, { window, source, extended: { rules: skips, actions } }, writeNote),
    run: (session, select, upstream, ruledOut) =>
      runSelection(session, select, { window, force: false, upstream, ruledOut }, signal),
  };
}

async function runSelection(
  session: ProjectSession,
  select: readonly string[],
  asked: Omit<PlanRequest, "selection">,
  signal: AbortSignal,
): Promise<FinishedSelection> {
  const startedAt = new Date();
  const runId = newRunId(startedAt);
  const selection = { ...EVERYTHING, select };
  await migrateFirst(session, session.warehouse);
  const plan = await planSession(session, { ...asked, selection });
  const names = session.project.actions.map(({ node }) => node.key);
  const finishedAt = new Map<string, string>();
  const events = await carryOut(session, plan, {
    runId,
    startedAt,
    signal,
    failFast: false,
    force: false,
    asksAlerts: false,
    emit: (event) => {
      if (event.event === "action_finished" && event.result.status !== "skipped")
        finishedAt.set(event.result.key, new Date().toISOString());
      tell(event);
    },
  });
  writeRunArtifact(session.projectDir, events);
  // Whoever has asked to stop wants no more of the night.
  signal.throwIfAborted();
  const { actions } = recordOf(events, names);
  const built = actions.filter(({ status }) => status === "success" || status === "unchanged").length;
  const wrong = actions.filter(({ status }) => status === "failed" || status === "blocked").length;
  const ran = built === 0 && wrong === 0 ? "nothing had to run" : `${plural(built, "action")} ran`;
  const told = wrong === 0 ? "" : `, ${plural(wrong, "action")} failed or blocked`;
  writeLines(process.stderr, [`note: ${select.map(nameOf).join(", ")}: ${ran}${told}`]);
  return { runId, results: actions, finishedAt };
}

function tell(event: RunEvent): void {
  // What one run of a night leaves stale is what its next one makes.
  if (event.event === "left_stale") return;
  const line = eventLine(event);
  if (line !== undefined) writeLines(process.stderr, [`${line.kind}: ${line.text}`]);
}

/** `table` of `dataset.table`. */
function nameOf(selector: string): string {
  return selector.slice(selector.lastIndexOf(".") + 1);
}

function orchestrationOf(
  given: string | undefined,
  { orchestrations: known, skips }: Pick<RunnerSettings, "orchestrations" | "skips">,
) {
  const names = Object.keys(known);
  if (names.length === 0) throw usageError('the project has no "orchestrations" in fastbreak.json');
  if (given === undefined && names.length > 1) throw usageError(`name the orchestration: ${names.join(", ")}`);
  const name = given ?? (names[0] as string);
  const night = Object.hasOwn(known, name) ? known[name] : undefined;
  if (night === undefined) throw usageError(`there is no orchestration ${name}${suggestion(name, names)}`);
  const rules = Object.keys(skips);
  for (const rule of night.skips)
    if (!rules.includes(rule))
      throw usageError(
        `fastbreak.json: orchestrations.${name}.skips: "skips" has no rule ${rule}${suggestion(rule, rules)}`,
      );
  return { name, night };
}

const date = v.pipe(v.string(), v.isoDate());
const completionData = v.object({
  processor: v.string(),
  analysis_date: date,
  status: v.string(),
  row_count: v.pipe(v.number(), v.integer(), v.minValue(0)),
  skip_reason: v.optional(v.pipe(v.string(), v.nonEmpty())),
  completed_at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});
const cloudEvent = v.object({ time: v.optional(v.pipe(v.string(), v.isoTimestamp())), data: completionData });

/**
 * The completion that a file tells of: a CloudEvent, or its data alone.
 * @throws CommandError for what is no such message
 */
function readMessage(path: string, night: Orchestration): { readonly date: string; readonly completion: Completion } {
  const shown = path === "-" ? "standard input" : path;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path === "-" ? 0 : path, "utf8"));
  } catch (cause) {
    throw usageError(`${shown} cannot be read: ${systemReason(cause) ?? "it is not JSON"}`);
  }
  const isEvent = typeof parsed === "object" && parsed !== null && "data" in parsed;
  const message = v.safeParse(cloudEvent, isEvent ? parsed : { data: parsed });
  if (!message.success) {
    const [issue] = message.issues;
    const at = (issue.path ?? []).map(({ key }) => String(key)).join(".");
    throw usageError(`${shown} is no completion message: ${at}: ${issue.message}`);
  }
  const { time, data } = message.output;
  const names = Object.keys(night.steps);
  if (!names.includes(data.processor))
    throw usageError(`${shown}: ${data.processor} is no step${suggestion(data.processor, names)}`);
  const completedAt = new Date(data.completed_at ?? time ?? Date.now()).toISOString();
  const { processor, status, row_count: rowCount, skip_reason: skipReason } = data;
  const why = skipReason === undefined ? {} : { skipReason };
  return { date: data.analysis_date, completion: { processor, status, rowCount, completedAt, ...why } };
}

function topicOf(night: Orchestration, processor: string): string {
  return night.steps[processor]?.topic ?? processor;
}

function readStrategy(given: string, flag: string): Strategy {
  const known = STRATEGIES.find((strategy) => strategy === given);
  if (known !== undefined) return known;
  throw usageError(`${flag} ${given} is not possible; give ${STRATEGIES.join(", ")}`);
}

/** Who takes an incident option, as the operating system knows him. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
