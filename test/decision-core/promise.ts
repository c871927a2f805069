import type { ActionResult } from "../../runner/events/events.js";
import type { PartitionDecision } from "../../runner/graph/decision.js";
import type { DateRange } from "../../runner/port/port.js";
import { type Cell, type Content, namesOf, type Row, shapeOf, textOf } from "./content.js";
import { accumulated, evaluate, evaluateIncrement, mergesByKey } from "./evaluate.js";
import { readWhole, readWindows } from "./project.js";
import { evaluatedOn, type FinishedRun, guardsOf, isIn, isModel, isSelected, isSplit, nameOf, tableIn } from "./run.js";
import { KEY, logOf, madeBy, relation, type Spec } from "./spec.js";

/**
 * What must be true of a warehouse after a run that ended, whatever was decided: what is asked for is what a plain evaluation of the
 * project from its sources gives; what could not be made so is told.
 * @throws Error for the first thing that is not so
 */
export function checkPromise(run: FinishedRun): void {
  const truth = new Truth(run);
  for (const [name, result] of run.results) {
    const spec = run.specs.get(name) as Spec;
    const isLeftOut = result.partitions.every(({ reason }) => reason === "not_selected" || reason === "disabled");
    if (isLeftOut) continue;
    if (result.status === "failed" || result.status === "blocked") checkFailure(run, spec, result);
    else if (spec.kind === "assertion") checkVerdict(run, spec, result);
    else if (spec.kind === "operation" || spec.kind === "function") checkMade(run, spec);
    else checkContent(run, spec, result, truth);
  }
}

function checkContent(run: FinishedRun, spec: Spec, result: ActionResult, truth: Truth): void {
  const { name } = spec;
  const live = run.after.get(name);
  if (live?.kind !== (spec.kind === "view" ? "view" : "table"))
    throw new Error(`${name} is not there after a run that ended well`);
  if (isModel(spec)) checkStatus(run, spec, result);
  if (isModel(spec) && result.partitions.some(({ decision }) => decision === "run")) checkGuards(run, spec);
  if (spec.accumulation !== undefined) checkAccumulated(run, spec, result);
  else checkRebuild(run, spec, result, truth);
}

function checkRebuild(run: FinishedRun, spec: Spec, result: ActionResult, truth: Truth): void {
  const { name } = spec;
  const outside = (row: Row) => !result.partitions.some(({ partition }) => isIn(row, partition, run.plan.everything));
  checkLog(run, spec, result.partitions.every(({ decision }) => decision === "skip") ? outside : () => false);
  const told = run.told.some((event) => event.event === "rests_on_stale" && event.key === relation(name));
  // A view shows rows through the views that it names as they stand; without upstream nobody makes those.
  if (spec.kind === "view" && told && !run.request.upstream) return;
  const rebuilt = evaluatedOn(spec, run, (input) => tableIn(run.after, input));
  compare(
    run,
    spec,
    result.partitions.map(({ partition }) => partition),
    rebuilt,
    "a rebuild on what is there",
  );
  // What is told to rest on nothing stale is what the sources give.
  if (spec.kind === "view" || (told && !run.request.upstream)) return;
  const fresh = result.partitions.filter(({ reason }) => reason !== "stale_upstream");
  compare(
    run,
    spec,
    fresh.map(({ partition }) => partition),
    truth.of(name),
    "a rebuild from the sources",
  );
  if (isSelected(run, name) && run.request.window === undefined && isSplit(spec)) requireAll(run, spec, result);
}

/** Without a window every row there is belongs to one of the partitions. */
function requireAll({ after, plan }: FinishedRun, { name }: Spec, { partitions }: ActionResult): void {
  const left = tableIn(after, name)?.rows.find(
    (row) => !partitions.some(({ partition }) => isIn(row, partition, plan.everything)),
  );
  if (left !== undefined) throw new Error(`${name}: nobody decided about ${JSON.stringify(left)}`);
}

function compare(
  { after, plan }: FinishedRun,
  spec: Spec,
  partitions: readonly string[],
  wanted: Content | undefined,
  what: string,
): void {
  if (partitions.length === 0) return;
  const { name } = spec;
  const has = after.get(name)?.shown;
  if (wanted === undefined) throw new Error(`${name} says it is right, but ${what} is not possible`);
  if (has === undefined) throw new Error(`${name} cannot be read`);
  if (shapeOf(has.columns) !== shapeOf(wanted.columns))
    throw new Error(`${name} has columns ${shapeOf(has.columns)}, ${what} gives ${shapeOf(wanted.columns)}`);
  const inside = (row: Row) => partitions.some((partition) => isIn(row, partition, plan.everything));
  const [got, want] = [has, wanted].map(({ rows }) => textOf(rows.filter(inside), namesOf(has)));
  if (got !== want) throw new Error(`${name} holds\n${got}\nin ${partitions.join()}; ${what} gives\n${want}`);
}

/** What an operation makes is what its statement gives, skipped or not. */
function checkMade(run: FinishedRun, spec: Spec): void {
  if (spec.kind === "function") return;
  const made = tableIn(run.after, madeBy(spec));
  const wanted = evaluatedOn(spec, run, (input) => tableIn(run.after, input));
  if (made === undefined || wanted === undefined) throw new Error(`${spec.name} has made nothing`);
  const [has, want] = [made, wanted].map(({ rows }) => textOf(rows, namesOf(wanted)));
  if (has !== want) throw new Error(`${madeBy(spec)} holds\n${has}\nand its statement gives\n${want}`);
}

/**
 * The table that post_operations make counts the rows of the model.
 * @param isUnseen rows that the run did not look at: where somebody has changed them, nobody has counted again
 */
function checkLog(run: FinishedRun, spec: Spec, isUnseen: (row: Row) => boolean): void {
  if (spec.after !== "logs") return;
  const { after } = run;
  const counted = tableIn(after, logOf(spec));
  if (counted === undefined) throw new Error(`${logOf(spec)} is not there`);
  const rebuilt = evaluatedOn(spec, run, (input) => tableIn(after, input));
  const rows = tableIn(after, spec.name)?.rows ?? [];
  const unseen = (some: readonly Row[]) => textOf(some.filter(isUnseen), namesOf(rebuilt ?? counted));
  if (rebuilt !== undefined && unseen(rebuilt.rows) !== unseen(rows)) return;
  const counts = new Map<unknown, number>();
  for (const { k } of rows) counts.set(k, (counts.get(k) ?? 0) + 1);
  const wanted = [...counts].map(([k, n]) => JSON.stringify([k, n])).sort();
  const has = counted.rows.map(({ k, n }) => JSON.stringify([k, n])).sort();
  if (has.join() !== wanted.join())
    throw new Error(`${logOf(spec)} holds ${has.join()} and should hold ${wanted.join()}`);
}

/** A run that changed rows says so. */
function checkStatus({ before, after }: FinishedRun, { name }: Spec, { status }: ActionResult): void {
  const now = tableIn(after, name);
  const columns = namesOf(now ?? { columns: [] });
  const [old, rows] = [tableIn(before, name), now].map((content) => textOf(content?.rows ?? [], columns));
  if (old !== rows && status !== "success") throw new Error(`${name} changed and is called ${status}`);
}

function checkGuards(run: FinishedRun, { name }: Spec): void {
  const { specs, after } = run;
  for (const guard of guardsOf(name, specs)) {
    const found = evaluatedOn(guard, run, (input) => tableIn(after, input));
    if (found !== undefined && found.rows.length > 0)
      throw new Error(`${name} was published though ${guard.name} finds rows`);
  }
}

/** An assertion says in every run what it finds of the run's dates, and of no date. */
function checkVerdict(run: FinishedRun, spec: Spec, { status }: ActionResult): void {
  const { after, told, request } = run;
  const { name } = spec;
  const found = evaluatedOn(spec, run, (input) => tableIn(after, input));
  const rows = found?.rows ?? [];
  const date = found?.columns.find(({ type }) => type === "DATE")?.name;
  const isTold = told.some((event) => event.event === "assertion_found_rows" && event.key === relation(name));
  if (isTold && rows.length === 0) throw new Error(`${name} tells of rows that are not there`);
  if (!isTold && rows.some((row) => isOfRun(date === undefined ? null : row[date], request.window)))
    throw new Error(`${name} finds rows and ends with ${status} without telling`);
}

function isOfRun(date: Cell | undefined, window: DateRange | undefined): boolean {
  if (typeof date !== "string" || window === undefined) return true;
  return date >= window.from && date <= window.to;
}

/** Something must have gone wrong where a run says so. */
function checkFailure(run: FinishedRun, spec: Spec, { status, error }: ActionResult): void {
  const { name } = spec;
  const failed = (key: string) => ["failed", "blocked"].includes(run.results.get(key)?.status ?? "");
  const reads = [
    ...spec.inputs.map((input) => input.name),
    ...viewsBelow(spec, run.specs),
    ...readWindows(spec, run.specs).keys(),
    ...readWhole(spec, run.specs),
    ...(spec.before === undefined ? [] : [spec.before]),
  ];
  const makers = [...run.specs.values()].filter((other) => reads.includes(madeBy(other)) || spec.calls === other.name);
  const culprit = [...reads, ...makers.map((maker) => maker.name)].find(failed);
  const guard = guardsOf(name, run.specs).find((one) => failed(one.name));
  const content = evaluatedOn(spec, run, (input) => tableIn(run.after, input));
  const isBroken = spec.broken || content === undefined || isUnreadable(run, spec) || losesHistory(run, spec, content);
  const isAmbiguous = mergesTwoIntoOne(run, spec);
  const findsRows = spec.kind === "assertion" && (content?.rows.length ?? 0) > 0;
  const isHosted = spec.kind === "assertion" && culprit !== undefined;
  if (status === "blocked" && (culprit ?? guard) !== undefined) return;
  if (status === "failed" && (isBroken || isAmbiguous || findsRows || isHosted)) return;
  throw new Error(`${name} ${status} for no reason: ${error}`);
}

/** Two rows of a query have the key of one row of the table that they are merged into. */
function mergesTwoIntoOne(run: FinishedRun, spec: Spec): boolean {
  const input = mergesByKey(spec) ? inputOf(run, spec) : undefined;
  if (input === undefined) return false;
  const own = tableIn(run.before, spec.name)?.rows ?? [];
  const hasTwins = (rows: readonly Row[]) =>
    new Set(rows.map((row) => JSON.stringify(KEY.map((name) => row[name] ?? null)))).size < rows.length;
  return hasTwins(evaluateIncrement(spec, input, own)) || hasTwins(evaluate(spec, [input]).rows);
}

/** One date of an accumulating model is made anew while the others hold values that its query no longer gives. */
function losesHistory({ before, request }: FinishedRun, spec: Spec, content: Content): boolean {
  if (spec.accumulation === undefined || !request.force || request.window === undefined) return false;
  const given = new Set(content.columns.map(({ name, type }) => `${name} ${type}`));
  return tableIn(before, spec.name)?.columns.some(({ name, type }) => !given.has(`${name} ${type}`)) ?? false;
}

/** What the views that an action reads name in their turn, however deep. */
function viewsBelow(spec: Spec, specs: ReadonlyMap<string, Spec>): string[] {
  return spec.inputs.flatMap(({ name }) => {
    const view = specs.get(name);
    return view?.kind === "view" ? [...view.inputs.map((input) => input.name), ...viewsBelow(view, specs)] : [];
  });
}

/** A view is made on relations as they stand, other views included. */
function isUnreadable({ after, specs }: FinishedRun, spec: Spec): boolean {
  const standing = [...spec.inputs.map(({ name }) => name), ...(spec.before === undefined ? [] : [spec.before])];
  return standing.some((name) => {
    const table = after.get(name);
    return table?.shown === undefined || (specs.get(name)?.kind === "view" && table.kind !== "view");
  });
}

/** The rows of an accumulating model are those of before with what stock Dataform's statement brings in for what was built. */
function checkAccumulated(run: FinishedRun, spec: Spec, { partitions }: ActionResult): void {
  const { name } = spec;
  const ran = partitions.filter(({ decision }) => decision === "run");
  const input = inputOf(run, spec);
  const before = tableIn(run.before, name);
  const isForced = ({ reason }: PartitionDecision) => reason === "forced" && spec.accumulation !== "protected";
  const rowsOf = (decisions: readonly PartitionDecision[]) => (row: Row) =>
    decisions.some(({ partition }) => isIn(row, partition, decidedAlone(run, spec)));
  const wanted = () => {
    if (ran.length === 0 || input === undefined) return before?.rows ?? [];
    const isMadeAnew = rowsOf(before === undefined ? ran : ran.filter(isForced));
    const isAdded = rowsOf(before === undefined ? [] : ran.filter((decision) => !isForced(decision)));
    const anew = evaluate(spec, [input]).rows.filter(isMadeAnew);
    const own = [...(before?.rows ?? []).filter((row) => !isMadeAnew(row)), ...anew];
    return accumulated(spec, own, evaluateIncrement(spec, input, own).filter(isAdded));
  };
  const columns = namesOf(tableIn(run.after, name) as Content);
  const [has, want] = [tableIn(run.after, name)?.rows ?? [], wanted()].map((rows) => textOf(rows, columns));
  if (has !== want) throw new Error(`${name} holds\n${has}\nand Dataform would leave\n${want}`);
}

/** Dates that are partitions of their own in this run: those of the window too, which `rest` otherwise holds. */
function decidedAlone({ plan }: FinishedRun, { name }: Spec): readonly DateRange[] {
  const { asked, needed } = plan.needs.get(relation(name)) ?? {};
  return [...plan.everything, ...(asked?.ranges ?? []), ...(needed?.ranges ?? [])];
}

function inputOf(run: FinishedRun, spec: Spec): Content | undefined {
  const { specs, after } = run;
  const name = spec.inputs[0]?.name ?? "";
  const view = specs.get(name);
  return view?.kind === "view" ? evaluatedOn(view, run, (input) => tableIn(after, input)) : tableIn(after, name);
}

/** What a plain evaluation from the sources gives. What nobody builds is what it is: disabled actions, and history. */
class Truth {
  readonly #known = new Map<string, Content | undefined>();

  constructor(readonly run: FinishedRun) {}

  of(name: string): Content | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#evaluate(name));
    return this.#known.get(name);
  }

  #evaluate(name: string): Content | undefined {
    const { specs, after } = this.run;
    const spec = specs.get(name);
    if (spec === undefined || spec.disabled || spec.accumulation !== undefined || spec.kind === "operation")
      return tableIn(after, name);
    return spec.broken ? undefined : evaluatedOn(spec, this.run, (input) => this.of(input));
  }
}

/** Every partition that ran was asked for, or says who needs it. */
export function checkAsked(run: FinishedRun): void {
  const { plan, request, results, specs } = run;
  for (const [name, { partitions }] of results) {
    const spec = specs.get(name) as Spec;
    const planned = new Set(
      plan.decisions.get(relation(name))?.flatMap((one) => (one.decision === "run" ? one.partition : [])),
    );
    for (const { partition, decision, neededBy } of partitions) {
      if (decision !== "run") continue;
      if (!planned.has(partition) && spec.kind !== "assertion")
        throw new Error(`${name} ran ${partition}, which the plan had skipped`);
      const { window } = request;
      const inWindow = !isSplit(spec) || window === undefined || (partition >= window.from && partition <= window.to);
      const isAsked = isSelected(run, name) && inWindow;
      const isHosted = spec.kind === "assertion";
      if (!isAsked && neededBy === undefined && !isHosted)
        throw new Error(`${name} ran ${partition}, which nobody asked for`);
      if (isAsked && neededBy !== undefined) throw new Error(`${name} ${partition} was asked for, not only needed`);
      const reader = neededBy === undefined ? undefined : specs.get(nameOf(neededBy));
      const isRead = (by: Spec) =>
        readWindows(by, specs).has(name) ||
        readWhole(by, specs).has(name) ||
        by.before === name ||
        by.inputs.some((input) => input.name === name);
      if (reader !== undefined && !isRead(reader))
        throw new Error(`${name} ${partition} is needed by ${reader.name}, which does not read it`);
    }
  }
}
