import type { ActionResult } from "../../runner/events/events.js";
import type { PartitionDecision } from "../../runner/graph/decision.js";
import { addDays, datesOf } from "../../runner/plan/dates.js";
import { namesOf, shapeOf, textOf } from "./content.js";
import type { LiveTable } from "./outside.js";
import { readWhole, readWindows } from "./project.js";
import { type FinishedRun, guardsOf, isIn, isModel, isReached, isSelected, isSplit } from "./run.js";
import { type Input, logOf, madeBy, readColumns, type Spec, semantics } from "./spec.js";

/** What the last build of one partition saw and left, in full, so that nothing is taken from the runner's own digests. */
interface BuildRecord {
  readonly semantics: string;
  readonly code: string;
  readonly engine: string;
  readonly inputs: string;
  readonly output: string;
}

/**
 * Remembers what every build saw and left, as texts of whole rows, and finds every decision that has no true reason: a skip
 * although something moved, a run although nothing did, and a reason that is not so.
 */
export class Oracle {
  readonly #records = new Map<string, BuildRecord>();
  readonly #effects = new Map<string, string>();
  /** Actions of which a killed or disturbed run may have committed anything. */
  readonly #doubted = new Set<string>();

  /** Forgets what is known, because nobody can say what a run has committed. */
  doubt(specs: ReadonlyMap<string, Spec>): void {
    this.#records.clear();
    for (const name of specs.keys()) this.#doubted.add(name);
  }

  /** To be called once for each run that ended. @throws Error for the first decision that was wrong */
  check(run: FinishedRun): void {
    for (const [name, result] of run.results) {
      const spec = run.specs.get(name) as Spec;
      if (result.partitions.some(({ reason }) => reason === "not_selected" || reason === "disabled")) {
        const isLeftOut = spec.disabled || !isSelected(run, name);
        if (!isLeftOut) throw new Error(`${name} was left out though it is asked for`);
        continue;
      }
      if (spec.disabled) throw new Error(`${name} is disabled, and the run decided about it`);
      if (result.status === "failed" || result.status === "blocked") {
        if (isJudged(spec, result)) this.#doubted.add(name);
        continue;
      }
      for (const decision of result.partitions) this.#judge(run, spec, decision);
      this.#remember(run, spec, result);
    }
  }

  #judge(run: FinishedRun, spec: Spec, { partition, decision, reason, neededBy }: PartitionDecision): void {
    const { name } = spec;
    const record = this.#records.get(`${name} ${partition}`);
    if (record === undefined && this.#doubted.has(name)) return;
    const isForced = run.request.force && isSelected(run, name) && neededBy === undefined;
    const reasons = [...(isForced ? ["forced"] : []), ...this.#reasonsToRun(run, spec, partition)];
    const wrong = (what: string) =>
      new Error(
        `${name} ${partition}: ${decision} ${reason}, ${what}; true reasons to run: ${reasons.join(", ") || "none"}`,
      );
    if (decision === "run") {
      const isMissing = reasons.includes("table_missing") && reason !== "forced";
      if (isMissing && reason !== "table_missing") throw wrong("although its table is not there");
      if (!reasons.includes(reason) && !this.#isAudited(run, spec)) throw wrong("which is not so");
      return;
    }
    if (reasons.length > 0) throw wrong("a false skip");
    if (reason === "stale_upstream") {
      if (!this.#restsOnStale(run, spec)) throw wrong("though no upstream is stale");
    } else if (reason === "unchanged" && record?.code !== codeOf(spec, run.specs))
      throw wrong("though its file was edited");
    else if (reason !== "unchanged" && reason !== "cosmetic")
      throw wrong("which is no reason of a run that ended well");
  }

  /** Every reason to run that is true of a partition, from the moment that it was decided. */
  #reasonsToRun(run: FinishedRun, spec: Spec, partition: string): string[] {
    const { name } = spec;
    const record = this.#records.get(`${name} ${partition}`);
    const reasons: string[] = [];
    if (record === undefined) return ["never_built"];
    if (!exists(run.before.get(name), spec)) reasons.push("table_missing");
    if (record.semantics !== codeOf(spec, run.specs, semantics)) reasons.push("code_changed");
    if (record.engine !== run.engine) reasons.push("engine_changed");
    const always = (spec.kind === "operation" && !spec.skippable) || spec.kind === "function";
    if (spec.volatile || always) reasons.push("volatile");
    const isEffectKept = (this.#effects.get(name) ?? "none") === effectOf(spec, run.before);
    if (record.output !== outputOf(run, spec, partition, run.before) || !isEffectKept) reasons.push("table_modified");
    if (record.inputs !== inputsOf(run, spec, partition)) reasons.push("inputs_changed");
    return reasons;
  }

  /** An assertion is asked whenever the model that it guards is built. */
  #isAudited({ specs, results }: FinishedRun, spec: Spec): boolean {
    if (spec.kind !== "assertion") return false;
    return [...results].some(
      ([name, { partitions }]) =>
        guardsOf(name, specs).includes(spec) && partitions.some(({ decision }) => decision === "run"),
    );
  }

  /** Whether a model beneath would run, or could not; or a view that is read as it stands. */
  #restsOnStale(run: FinishedRun, spec: Spec): boolean {
    const isView = (name: string) => run.specs.get(name)?.kind === "view";
    const named = [...spec.inputs.map((input) => input.name), ...(spec.before === undefined ? [] : [spec.before])];
    const tables = spec.kind === "view" ? [] : [...readWindows(spec, run.specs).keys(), ...readWhole(spec, run.specs)];
    const views = spec.kind === "view" ? named.filter(isView) : [spec.before ?? ""].filter(isView);
    return [...tables, ...views].some((name) => {
      const upstream = run.specs.get(name);
      if (upstream === undefined || upstream.disabled) return false;
      const status = run.results.get(name)?.status;
      if (status === "failed" || status === "blocked") return true;
      const isDoubted = (partition: string) => this.#doubted.has(name) && !this.#records.has(`${name} ${partition}`);
      return (
        partitionsAround(run, upstream).some(
          (partition) => isDoubted(partition) || this.#reasonsToRun(run, upstream, partition).length > 0,
        ) || this.#restsOnStale(run, upstream)
      );
    });
  }

  #remember(run: FinishedRun, spec: Spec, { partitions, status }: ActionResult): void {
    const { name } = spec;
    const built = partitions.filter(({ reason }) => reason !== "stale_upstream").map(({ partition }) => partition);
    const ran = status !== "skipped";
    this.#effects.set(name, effectOf(spec, run.after));
    for (const partition of ran && isReshaped(run, spec) ? [...built, ...partitionsOfAll(run)] : built)
      this.#records.set(`${name} ${partition}`, this.#recordOf(run, spec, partition));
    if (!ran || !isModel(spec)) return;
    for (const guard of guardsOf(name, run.specs))
      this.#records.set(`${guard.name} *`, this.#recordOf(run, guard, "*"));
  }

  #recordOf(run: FinishedRun, spec: Spec, partition: string): BuildRecord {
    return {
      semantics: codeOf(spec, run.specs, semantics),
      code: codeOf(spec, run.specs),
      engine: run.engine,
      inputs: inputsOf(run, spec, partition),
      output: outputOf(run, spec, partition, run.after),
    };
  }
}

/** A model whose table got other columns was built whole, whatever was asked for. */
function isReshaped({ before, after }: FinishedRun, spec: Spec): boolean {
  if (!isSplit(spec) || spec.accumulation !== undefined) return false;
  const [old, now] = [before.get(spec.name), after.get(spec.name)];
  if (old?.kind !== "table") return false;
  return shapeOf(old.shown?.columns ?? []) !== shapeOf(now?.shown?.columns ?? []);
}

function partitionsOfAll({ plan }: FinishedRun): string[] {
  return [...plan.everything.flatMap(datesOf), "rest"];
}

/** Every partition that a plan may have looked at. */
function partitionsAround(run: FinishedRun, spec: Spec): string[] {
  if (!isSplit(spec)) return ["*"];
  const { window } = run.request;
  const near = window === undefined ? [] : datesOf({ from: addDays(window.from, -20), to: addDays(window.to, 20) });
  return [...new Set([...near, ...partitionsOfAll(run)])];
}

function exists(table: LiveTable | undefined, spec: Spec): boolean {
  if (spec.kind === "assertion") return true;
  if (spec.kind === "view") return table?.kind === "view";
  if (spec.kind === "function" || spec.output === "other") return true;
  if (spec.kind === "operation") return table?.kind === "table";
  // Dataform adds to an incremental table whatever its partitions are.
  const isItsOwn = spec.accumulation !== undefined || table?.partitioned === (spec.kind === "incremental");
  return table?.kind === "table" && isItsOwn;
}

/** The action's own text and that of every view it reads. */
function codeOf(spec: Spec, specs: ReadonlyMap<string, Spec>, of: (spec: Spec) => string = JSON.stringify): string {
  const views = new Map<string, Spec>();
  const visit = ({ inputs, before }: Spec) => {
    for (const name of [...inputs.map((input) => input.name), before ?? ""]) {
      const view = specs.get(name);
      if (view?.kind !== "view" || views.has(name)) continue;
      views.set(name, view);
      visit(view);
    }
  };
  visit(spec);
  return [spec, ...[...views.values()].sort((a, b) => (a.name < b.name ? -1 : 1))].map((one) => of(one)).join("\n");
}

/** Everything of its inputs that a partition may read: of a view's inputs only the columns, because its rows are never stored. */
function inputsOf({ specs, after, plan, functions }: FinishedRun, spec: Spec, partition: string): string {
  // Of tables that it reads through views, whole as they are, it sees what the views show.
  const named = [spec.before, ...(spec.kind === "operation" ? spec.inputs.map(({ name }) => name) : [])];
  const windows = new Map<string, Pick<Input, "back" | "ahead"> | undefined>(readWindows(spec, specs));
  for (const name of readWhole(spec, specs)) windows.set(name, undefined);
  const called = spec.calls === undefined ? "" : `${spec.calls} adds ${functions.get(spec.calls)}`;
  const read = [...windows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, window]) => {
      const table = after.get(name);
      if (table?.shown === undefined) return `${name} missing`;
      const readers = readersOf(name, spec, specs);
      const whole = named.includes(name) || readers.some((reader) => reader.whole);
      const read = table.shown.columns.filter(
        (column) => whole || readers.some(({ names }) => names.includes(column.name)),
      );
      // Who names columns cannot see their order.
      const columns = whole ? read : read.sort((a, b) => (a.name < b.name ? -1 : 1));
      const head = `${name} ${whole} ${shapeOf(columns)}`;
      if (spec.kind === "view") return head;
      const rows = table.shown.rows.filter(
        (row) => !table.partitioned || isReached(row, partition, window, plan.everything),
      );
      // Rows under another partitioning are compared in another way: they count as others.
      return `${head} ${rows.length > 0 && table.partitioned}\n${textOf(rows, namesOf({ columns }))}`;
    });
  return [called, ...read].join("\n");
}

/** What the action, and each view behind it, sees of a table: all columns that a view passes on are seen where all of the view are. */
function readersOf(table: string, spec: Spec, specs: ReadonlyMap<string, Spec>): ReturnType<typeof readColumns>[] {
  const readers: ReturnType<typeof readColumns>[] = [];
  const visit = (reader: Spec, isSeenWhole: boolean) => {
    const { names, whole } = readColumns(reader);
    const own = { names, whole: whole && isSeenWhole };
    if (reader.inputs.some(({ name }) => name === table)) readers.push(own);
    for (const { name } of reader.inputs) {
      const view = specs.get(name);
      if (view?.kind === "view") visit(view, own.whole);
    }
    // Nothing is known of which columns pre_operations read.
    const before = specs.get(reader.before ?? "");
    if (before?.kind === "view") visit(before, true);
  };
  visit(spec, true);
  return readers;
}

function outputOf({ plan }: FinishedRun, spec: Spec, partition: string, live: ReadonlyMap<string, LiveTable>): string {
  const table = live.get(spec.name);
  if (spec.kind === "assertion" || spec.kind === "function") return "";
  if (spec.kind === "view") return table?.definition ?? "";
  if (spec.output === "other") return "";
  const { columns = [], rows = [] } = table?.shown ?? {};
  const own = rows.filter((row) => isIn(row, partition, plan.everything));
  return `${shapeOf(columns)}\n${textOf(own, namesOf({ columns }))}`;
}

/** What stands of the other table that an action makes: it belongs to none of its partitions. */
function effectOf(spec: Spec, live: ReadonlyMap<string, LiveTable>): string {
  const name = spec.after === "logs" ? logOf(spec) : spec.output === "other" ? madeBy(spec) : undefined;
  if (name === undefined) return "none";
  const shown = live.get(name)?.shown;
  return shown === undefined ? "missing" : `${shapeOf(shown.columns)}\n${textOf(shown.rows, namesOf(shown))}`;
}

/** An assertion whose rows were judged, and whose view could not be made: what it names is not there yet. */
function isJudged({ kind }: Spec, { error }: { readonly error?: string | undefined }): boolean {
  return kind === "assertion" && error !== undefined && !/\bassertion \S+ failed\b/.test(error);
}
