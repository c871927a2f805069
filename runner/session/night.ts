import { randomUUID } from "node:crypto";
import type { ActionResult } from "../events/events.js";
import { verdictOf } from "../events/run-record.js";
import { criteriaOf } from "../gate/evaluate.js";
import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import { UserError } from "../graph/user-error.js";
import { type Completion, counts, SKIPPED, waitingFor } from "../plan/completion.js";
import { NOTHING_RULED_OUT, type RuledOut } from "../plan/ruled-out.js";
import { EVERYTHING, selectActions } from "../plan/select.js";
import { EngineError } from "../port/engine-error.js";
import { relationKey, type Transaction } from "../port/port.js";
import type { Orchestration, Strategy } from "../project/orchestration-settings.js";
import { readTextInProject } from "../project/read-file.js";
import {
  type CompletionTables,
  ensureCompletionTables,
  enterCompletion,
  readCompletion,
} from "../state/completion-state.js";
import { type Message, publishMessages, readMessages } from "../state/messages.js";
import { migrateState } from "../state/migrate.js";
import { askGate, type GateAnswer, hasGate } from "./ask-gate.js";
import { selectable } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

export interface NightRequest {
  readonly name: string;
  readonly date: string;
  readonly strategy: Strategy;
  /** An incident option of the settings, and why it is taken. */
  readonly incident: { readonly name: string; readonly because: string; readonly by: string } | undefined;
  /** Fail when a step is missing, instead of going on without it. */
  readonly strict: boolean;
  readonly retries: number;
  readonly retryAfterSeconds: number;
}

/** What a night needs of its surroundings. */
export interface NightMeans {
  /**
   * Opens the project with more variables and closes it when the work is done: while a night waits nobody is locked out.
   */
  open<T>(vars: Readonly<Record<string, string>>, work: (session: ProjectSession) => Promise<T>): Promise<T>;
  /** What the rules of the project leave out of the date, those of the night about these actions (keys), too. */
  askRules(session: ProjectSession, actions: readonly string[]): Promise<RuledOut>;
  /** Runs what some selectors name of the date. */
  run(
    session: ProjectSession,
    select: readonly string[],
    upstream: boolean,
    ruledOut: RuledOut,
  ): Promise<FinishedSelection>;
  /** Asks the rules for alerts of the date: once a night, because what is only half done is no alert. */
  askAlerts(session: ProjectSession, runId: string | undefined): Promise<void>;
  /** Waits; tests wait in no time. */
  sleep(seconds: number): Promise<void>;
  note(line: string): void;
}

/** What a run of a selection has left. */
export interface FinishedSelection {
  readonly runId: string;
  readonly results: readonly ActionResult[];
  /** When each action ended, ISO 8601, by key. */
  readonly finishedAt: ReadonlyMap<string, string>;
}

/** Which steps have rows of a date. */
export interface Dependencies {
  readonly all_present: boolean;
  readonly missing: readonly string[];
  readonly row_counts: Readonly<Record<string, number>>;
  /** Steps that have no rows because a rule leaves them out, with the name of the rule; they are not missing. */
  readonly skipped: Readonly<Record<string, string>>;
}

export interface Night {
  readonly date: string;
  readonly strategy: Strategy;
  /**
   * `skipped`: rules leave out every step, and nothing was run; `failed`: something could not be built; `missing`: steps had no rows,
   * with `strict`; `gate_closed`: what comes behind did not run.
   */
  readonly status: "success" | "skipped" | "failed" | "missing" | "gate_closed";
  readonly dependencies: Dependencies;
  readonly gate: GateAnswer | undefined;
  /** The fields of the result message. */
  readonly result: Readonly<Record<string, unknown>>;
  /** What has gone wrong, a line each. */
  readonly errors: readonly string[];
}

/**
 * Carries one night out: its steps, the target when they are complete, the gate, and what comes behind it. Everything that parts of
 * the night tell each other is kept as messages; the target is started once.
 */
export async function runNight(orchestration: Orchestration, request: NightRequest, means: NightMeans): Promise<Night> {
  return new NightRun(orchestration, request, means).all();
}

class NightRun {
  readonly #errors: string[] = [];
  #failed = false;
  #lastRun: string | undefined;
  #ruledOut: RuledOut = NOTHING_RULED_OUT;

  constructor(
    readonly night: Orchestration,
    readonly request: NightRequest,
    readonly means: NightMeans,
  ) {}

  async all(): Promise<Night> {
    const { request } = this;
    let dependencies = await this.#open(async (session) => {
      await this.#begin(session);
      return this.#prepare(session);
    });
    for (let retry = 1; retry <= request.retries && !dependencies.all_present; retry++) {
      this.means.note(
        `no rows of ${dependencies.missing.join(", ")} for ${request.date}; trying again in ${request.retryAfterSeconds} s (${retry} of ${request.retries})`,
      );
      await this.means.sleep(request.retryAfterSeconds);
      dependencies = await this.#open((session) => this.#prepare(session));
    }
    const reasons = Object.values(dependencies.skipped);
    if (reasons.length === Object.keys(this.night.steps).length && !this.#failed)
      return this.#open((session) =>
        this.#end(session, "skipped", dependencies, undefined, { skip_reason: [...new Set(reasons)].join(", ") }),
      );
    if (!dependencies.all_present) {
      const told = `${request.date}: no rows of ${dependencies.missing.join(", ")}; rows: ${JSON.stringify(dependencies.row_counts)}`;
      if (request.strict) {
        this.#errors.push(told);
        return this.#open(async (session) => {
          await this.#runBehind(session, this.night.always);
          return this.#end(session, "missing", dependencies, undefined, {});
        });
      }
      this.means.note(`${told}; ${this.night.target.model} is made without them`);
    }
    const { result, first } = await this.#open(async (session) => ({
      result: await this.#target(session, dependencies),
      first: await this.#askGate(session),
    }));
    const gate = await this.#askAgain(first);
    return this.#open((session) => this.#goOn(session, dependencies, gate, result));
  }

  /** What comes behind the gate, where it is open. */
  async #goOn(
    session: ProjectSession,
    dependencies: Dependencies,
    gate: GateAnswer | undefined,
    result: Readonly<Record<string, unknown>>,
  ): Promise<Night> {
    const { night, request } = this;
    if (gate !== undefined && !gate.gate.ready) {
      const reasons = gate.gate.verdicts.flatMap(({ passed, severity, reason }) =>
        passed || severity === "warning" || reason === undefined ? [] : [reason],
      );
      if (!(this.#incident()?.opensGate ?? false)) {
        const tried = request.retries === 0 ? "" : " after a retry";
        this.#errors.push(`${request.date} is not ready${tried}: ${[...new Set(reasons)].join("; ")}`);
        await this.#runBehind(session, night.always);
        return this.#end(session, "gate_closed", dependencies, gate, result);
      }
      await this.#publish(session, `${request.name}-gate-overridden`, { reasons, ...this.#why() });
    }
    await this.#runBehind(session, [...night.behind, ...night.always]);
    return this.#end(session, this.#failed ? "failed" : "success", dependencies, gate, result);
  }

  async #runBehind(session: ProjectSession, select: readonly string[]): Promise<void> {
    // The variables of an incident are meant for its date: of others nothing is built with them.
    const upstream = Object.keys(this.#incident()?.vars ?? {}).length === 0;
    if (select.length > 0) await this.#run(session, select, upstream);
  }

  /** @throws UserError for an incident option that the settings do not have */
  #incident() {
    const { incident } = this.request;
    if (incident === undefined) return undefined;
    const known = this.night.incidents[incident.name];
    if (known === undefined)
      throw new UserError(
        `--incident ${incident.name} is not known; fastbreak.json has ${Object.keys(this.night.incidents).join(", ") || "none"}`,
      );
    return known;
  }

  #why(): Readonly<Record<string, unknown>> {
    const { incident } = this.request;
    return incident === undefined ? {} : { incident: incident.name, because: incident.because, by: incident.by };
  }

  #open<T>(work: (session: ProjectSession) => Promise<T>): Promise<T> {
    return this.means.open(this.#incident()?.vars ?? {}, work);
  }

  async #begin(session: ProjectSession): Promise<void> {
    const { night, request } = this;
    const { warehouse, settings } = session;
    await warehouse.transaction((transaction) => migrateState(transaction, settings.stateDataset));
    if (request.incident !== undefined) await this.#publish(session, `${request.name}-incident`, this.#why());
    const phase = night.phase === undefined ? {} : { phase: night.phase };
    await this.#publish(session, night.start, {
      processor: `${request.name}_start`,
      ...phase,
      analysis_date: request.date,
      strategy: request.strategy,
    });
  }

  /** The steps, except where they run at times of their own, and what then is there of them. */
  async #prepare(session: ProjectSession): Promise<Dependencies> {
    const names = Object.keys(this.night.steps);
    const models = [...names.map((name) => this.#step(name).model), this.night.target.model];
    this.#ruledOut = await this.means.askRules(session, models);
    if (this.request.strategy === "workflow") await this.#finishSteps(session, names);
    if (this.request.strategy === "events") await this.#followEvents(session, new Set(names));
    return this.#validate(session);
  }

  /** Runs each step as soon as the topics that it waits for have a message. */
  async #followEvents(session: ProjectSession, open: Set<string>): Promise<void> {
    for (;;) {
      const topics = new Set((await this.#messages(session)).map(({ topic }) => topic));
      const due = [...open].filter((name) => this.#step(name).after.every((topic) => topics.has(topic)));
      if (due.length === 0) return;
      for (const name of due) open.delete(name);
      await this.#finishSteps(session, due);
    }
  }

  /** Runs some steps and publishes how each of them ended. */
  async #finishSteps(session: ProjectSession, names: readonly string[]): Promise<void> {
    const steps = names.map((name) => ({ name, step: this.#step(name) }));
    const finished = await this.#run(
      session,
      steps.map(({ step }) => step.model),
      true,
    );
    const ended = steps
      .map(({ name, step }) => ({
        name,
        step,
        result: finished.results.find(({ key }) => key === step.model),
        at: finished.finishedAt.get(step.model) ?? new Date().toISOString(),
      }))
      .sort((a, b) => (a.at < b.at ? -1 : 1));
    for (const { name, step, result, at } of ended) {
      const isWrong = result === undefined || result.status === "failed" || result.status === "blocked";
      const rowCount = await this.#rows(session, step.model);
      const skipReason = isWrong ? undefined : this.#skipReason(name, rowCount);
      const status = isWrong ? "failed" : skipReason === undefined ? "success" : SKIPPED;
      const why = skipReason === undefined ? {} : { skipReason };
      await this.#complete(session, { processor: name, status, rowCount, completedAt: at, ...why }, step.topic);
    }
  }

  /** The rule that leaves a step out of the date; undefined: none does, or it has rows all the same. */
  #skipReason(name: string, rowCount: number): string | undefined {
    return rowCount > 0 ? undefined : this.#ruledOut.wholeOf(this.#step(name).model);
  }

  #step(name: string): Orchestration["steps"][string] {
    const step = this.night.steps[name];
    if (step === undefined) throw new UserError(`the orchestration ${this.request.name} has no step ${name}`);
    return step;
  }

  /** Publishes how a step ended, and enters it into the completion state in the same transaction. */
  async #complete(session: ProjectSession, completion: Completion, topic: string): Promise<void> {
    const entered = await recordCompletion(
      session,
      this.night,
      this.request.name,
      this.request.date,
      completion,
      topic,
    );
    if (entered.waiting.length > 0) this.means.note(`${this.request.date}: waiting for ${entered.waiting.join(", ")}`);
  }

  async #target(session: ProjectSession, dependencies: Dependencies): Promise<Readonly<Record<string, unknown>>> {
    const { night, request } = this;
    const { target } = night;
    const { stateDataset } = session.settings;
    const isTriggered = await session.warehouse.transaction(async (transaction) => {
      const tables = tablesOf(stateDataset, request.name, night);
      await ensureCompletionTables(transaction, tables);
      return (await readCompletion(transaction, tables, request.date)).triggeredAt !== undefined;
    });
    if (!isTriggered) {
      await this.#publish(session, target.topic, {
        processor: nameOf(target.model),
        analysis_date: request.date,
        trigger_source: request.strategy === "time" ? "time" : "missing_dependencies",
        upstream_completions: dependencies.row_counts,
      });
    }
    // The gate can only judge what is there: what it reads of the target is made with it.
    await this.#run(session, [target.model, ...judgedBehind(session, target.model)], request.strategy !== "time");
    const rows = await this.#rows(session, target.model);
    const more = target.result === undefined || rows === 0 ? {} : await this.#resultRow(session, target.result);
    const data = { processor: nameOf(target.model), analysis_date: request.date, row_count: rows, ...more };
    // A failure is told by the result of the night: whoever waits for the target waits for its rows.
    if (rows > 0)
      for (const topic of target.complete)
        await this.#publish(session, topic, { ...data, timestamp: new Date().toISOString() });
    return { [target.rows]: rows, ...more };
  }

  async #askGate(session: ProjectSession): Promise<GateAnswer | undefined> {
    if (!hasGate(session)) return undefined;
    return session.warehouse.transaction((transaction) => askGate(transaction, session, this.request.date));
  }

  /** A closed gate is asked again once: what a night lacks may have come meanwhile. */
  async #askAgain(answer: GateAnswer | undefined): Promise<GateAnswer | undefined> {
    if (answer === undefined || answer.gate.ready || this.request.retries === 0) return answer;
    this.means.note(`${this.request.date} is not ready; asking again in ${this.request.retryAfterSeconds} s`);
    await this.means.sleep(this.request.retryAfterSeconds);
    return this.#open((session) => this.#askGate(session));
  }

  async #validate(session: ProjectSession): Promise<Dependencies> {
    const counted: Record<string, number> = {};
    for (const [name, { model }] of Object.entries(this.night.steps)) counted[name] = await this.#rows(session, model);
    const skipped: Record<string, string> = {};
    for (const [name, rows] of Object.entries(counted)) {
      const reason = this.#skipReason(name, rows);
      if (reason !== undefined) skipped[name] = reason;
    }
    const missing = Object.keys(counted).filter((name) => counted[name] === 0 && skipped[name] === undefined);
    return { all_present: missing.length === 0, missing, row_counts: counted, skipped };
  }

  async #run(session: ProjectSession, select: readonly string[], upstream: boolean): Promise<FinishedSelection> {
    const finished = await this.means.run(session, select, upstream, this.#ruledOut);
    this.#lastRun = finished.runId;
    // That a gate is closed is no failure of the night for which somebody opens it.
    const criteria = this.#incident()?.opensGate ? criteriaOf(session.project.actions).map(({ node }) => node.key) : [];
    const counted = finished.results.filter(({ key }) => !criteria.includes(key));
    if (verdictOf(counted) !== "done") this.#failed = true;
    for (const { error } of counted) if (error !== undefined) this.#errors.push(error);
    return finished;
  }

  async #end(
    session: ProjectSession,
    status: Night["status"],
    dependencies: Dependencies,
    gate: GateAnswer | undefined,
    ofTarget: Readonly<Record<string, unknown>>,
  ): Promise<Night> {
    const { date, strategy, name } = this.request;
    const ofSteps = Object.fromEntries(
      Object.entries(this.night.steps).map(([processor, { rows }]) => [rows, dependencies.row_counts[processor] ?? 0]),
    );
    const result = { analysis_date: date, ...ofSteps, ...ofTarget, status };
    await this.#publish(session, `${name}-result`, result);
    await this.means.askAlerts(session, this.#lastRun);
    return { date, strategy, status, dependencies, gate, result, errors: [...new Set(this.#errors)] };
  }

  #rows({ warehouse }: ProjectSession, model: string): Promise<number> {
    return warehouse.transaction((transaction) => rowsOf(transaction, model, this.request.date));
  }

  async #resultRow(session: ProjectSession, file: string): Promise<Readonly<Record<string, unknown>>> {
    const text = readTextInProject(session.projectDir, file);
    if (text === undefined) throw new UserError(`fastbreak.json: the result file ${file} is not there`);
    const declared = `DECLARE from_date DATE DEFAULT DATE '${this.request.date}'; ${text}`;
    const { rows } = await session.warehouse.script(declared).catch((cause: unknown) => {
      // What is wrong with the warehouse itself ends the night.
      if (!(cause instanceof EngineError && ["sql", "query", "data", "memory"].includes(cause.code))) throw cause;
      this.#failed = true;
      this.#errors.push(`the result file ${file} could not be asked: ${cause.message}`);
      return { rows: undefined };
    });
    const row = rows?.rows[0];
    if (rows === undefined || row === undefined) return {};
    return Object.fromEntries(
      rows.columns.map(({ name, type }, index) => {
        const value = row[index] ?? null;
        const isNumber = type === "INT64" || type === "FLOAT64" || type === "NUMERIC";
        return [name, value !== null && isNumber ? Number(value) : withoutBigInts(value)];
      }),
    );
  }

  #messages({ warehouse, settings }: ProjectSession): Promise<readonly Message[]> {
    return warehouse.observe((seen) => readMessages(seen, settings.stateDataset, this.request.name, this.request.date));
  }

  async #publish({ warehouse, settings }: ProjectSession, topic: string, data: Message["data"]): Promise<void> {
    const message = newMessage(this.request.name, this.request.date, topic, data);
    await warehouse.transaction((transaction) => publishMessages(transaction, settings.stateDataset, [message]));
  }
}

/** What a message about a processor has changed. */
export interface Recorded {
  readonly fires: boolean;
  readonly waiting: readonly string[];
  readonly triggeredAt: string | undefined;
}

/**
 * Publishes how a processor ended and enters it into the completion state of its date, in one transaction; the message that makes all
 * complete publishes the one that starts the target.
 */
export async function recordCompletion(
  { warehouse, settings }: Pick<ProjectSession, "warehouse" | "settings">,
  night: Orchestration,
  name: string,
  date: string,
  completion: Completion,
  topic: string,
): Promise<Recorded> {
  const { stateDataset } = settings;
  const required = Object.keys(night.steps);
  const now = new Date().toISOString();
  return warehouse.transaction(async (transaction) => {
    await migrateState(transaction, stateDataset);
    const { processor, status, rowCount, skipReason } = completion;
    const why = skipReason === undefined ? {} : { skip_reason: skipReason };
    const data = { processor, analysis_date: date, status, row_count: rowCount, ...why };
    // Topics of one processor tell whoever waits for it that it is done; a failure is told to the tracker alone.
    const topics = [...(counts(completion) ? [topic] : []), ...(night.success === undefined ? [] : [night.success])];
    const messages = topics.map((each) => newMessage(name, date, each, data));
    const source = night.target.source;
    const tables = tablesOf(stateDataset, name, night);
    const { state, fires } = await enterCompletion(transaction, tables, date, { required, source, completion, now });
    if (fires)
      messages.push(
        newMessage(name, date, night.target.topic, {
          processor: nameOf(night.target.model),
          analysis_date: date,
          trigger_source: source,
          upstream_completions: Object.fromEntries(
            [...state.completions.values()].map((each) => [each.processor, each.rowCount]),
          ),
        }),
      );
    await publishMessages(transaction, stateDataset, messages);
    return { fires, waiting: waitingFor(state, required), triggeredAt: state.triggeredAt };
  });
}

/** What is known of a night: its messages and its completion state. */
export async function nightState(
  { warehouse, settings }: Pick<ProjectSession, "warehouse" | "settings">,
  night: Orchestration,
  name: string,
  date: string,
): Promise<{
  readonly messages: readonly Message[];
  readonly completions: readonly Completion[];
  readonly triggeredAt: string | undefined;
}> {
  return warehouse.transaction(async (transaction) => {
    await migrateState(transaction, settings.stateDataset);
    const tables = tablesOf(settings.stateDataset, name, night);
    await ensureCompletionTables(transaction, tables);
    const { completions, triggeredAt } = await readCompletion(transaction, tables, date);
    const messages = await readMessages(transaction, settings.stateDataset, name, date);
    return { messages, completions: [...completions.values()], triggeredAt };
  });
}

/** Models and views that read the target and that a criterion of the gate reads, however indirectly. */
function judgedBehind({ project }: ProjectSession, target: string): readonly string[] {
  const criteria = criteriaOf(project.actions).map(({ node }) => node.key);
  if (criteria.length === 0) return [];
  const actions = project.actions.map(selectable);
  const behind = selectActions(actions, { ...EVERYTHING, select: [`${target}+`] });
  const judged = selectActions(actions, { ...EVERYTHING, select: criteria.map((key) => `+${key}`) });
  return project.actions
    .filter(({ node }) => node.kind !== "assertion" && node.key !== target)
    .flatMap(({ node: { key } }) => (behind?.has(key) && judged?.has(key) ? [key] : []));
}

/** A value as a message can hold it, whatever stands inside an array or a struct. */
function withoutBigInts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, each) => (typeof each === "bigint" ? Number(each) : each)));
}

/** `table` of `dataset.table`. */
function nameOf(model: string): string {
  return model.slice(model.indexOf(".") + 1);
}

let latest = 0;

/** Now, and never twice the same millisecond: messages are told in the order in which they were published. */
function nextMoment(): string {
  latest = Math.max(Date.now(), latest + 1);
  return new Date(latest).toISOString();
}

function newMessage(orchestration: string, date: string, topic: string, data: Message["data"]): Message {
  return { id: randomUUID(), topic, orchestration, date, publishedAt: nextMoment(), data };
}

function tablesOf(dataset: string, name: string, night: Orchestration): CompletionTables {
  return { dataset, name, target: night.target.name };
}

/** Rows that a table has of a date; all of them where it has no dates, none where it is not there. */
async function rowsOf(transaction: Transaction, model: string, date: string): Promise<number> {
  const relation = (await transaction.relations()).get(model);
  if (relation === undefined) return 0;
  const column = relation.partitionColumn;
  const where = column === undefined ? "" : ` WHERE ${quoteIdentifier(column)} = DATE '${date}'`;
  const { rows } = await transaction.query(`SELECT COUNT(*) FROM ${quoteKey(relationKey(relation.id))}${where}`);
  return Number(rows[0]?.[0]);
}
