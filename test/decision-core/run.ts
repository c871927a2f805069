import type { ProjectPlan } from "../../runner/decide/plan-project.js";
import type { ActionResult, RunEvent } from "../../runner/events/events.js";
import type { DateRange } from "../../runner/port/port.js";
import { type Content, dayNumber, type Row } from "./content.js";
import { evaluate } from "./evaluate.js";
import type { LiveTable } from "./outside.js";
import type { Spec } from "./spec.js";

export interface Request {
  /** Undefined: every row there is. */
  readonly window: DateRange | undefined;
  /** Names; undefined: all. */
  readonly selected: ReadonlySet<string> | undefined;
  readonly force: boolean;
  /** Stale upstream partitions are built first. */
  readonly upstream: boolean;
}

/** One run that ended, with all that can be seen of it from outside. */
export interface FinishedRun {
  readonly request: Request;
  readonly specs: ReadonlyMap<string, Spec>;
  readonly engine: string;
  /** What each function that stands in the warehouse adds. */
  readonly functions: ReadonlyMap<string, number>;
  readonly plan: ProjectPlan;
  /** By name, in dependency order. */
  readonly results: ReadonlyMap<string, ActionResult>;
  readonly told: readonly RunEvent[];
  readonly before: ReadonlyMap<string, LiveTable>;
  readonly after: ReadonlyMap<string, LiveTable>;
}

export function nameOf(key: string): string {
  return key.slice(key.indexOf(".") + 1);
}

export function isSelected({ request }: FinishedRun, name: string): boolean {
  return request.selected === undefined || request.selected.has(name);
}

export function isModel({ kind }: Spec): boolean {
  return kind === "incremental" || kind === "table";
}

/** Statements of its own that delete rows may delete those of any date: then it is built whole. */
export function isSplit({ kind, split, after }: Spec): boolean {
  return kind === "incremental" && split && after !== "deletes";
}

/** Whether a row belongs to a partition as decisions name it. */
export function isIn(row: Row, partition: string, everything: readonly DateRange[]): boolean {
  const d = (row.d ?? null) as string | null;
  if (partition === "*") return true;
  if (partition !== "rest") return d === partition;
  return d === null || !everything.some(({ from, to }) => d >= from && d <= to);
}

/** Whether a partition may read an upstream's row. `rest` may read what any date that has no partition of its own may. */
export function isReached(
  row: Row,
  partition: string,
  window: { readonly back: number; readonly ahead: number } | undefined,
  everything: readonly DateRange[],
): boolean {
  const d = (row.d ?? null) as string | null;
  if (partition === "*" || window === undefined) return true;
  if (d === null) return partition === "rest";
  const { back, ahead } = window;
  const at = dayNumber(d);
  if (partition !== "rest") return at >= dayNumber(partition) - back && at <= dayNumber(partition) + ahead;
  const isInside = everything.some(({ from, to }) => at - ahead >= dayNumber(from) && at + back <= dayNumber(to));
  return !isInside;
}

/**
 * What a query gives on what its inputs hold, views followed; undefined: something is not there.
 * @param functions what each function that stands in the warehouse adds
 */
export function evaluatedOn(
  spec: Spec,
  { specs, functions }: Pick<FinishedRun, "specs" | "functions">,
  contentOf: (name: string) => Content | undefined,
): Content | undefined {
  const inputs: Content[] = [];
  const world = { specs, functions };
  const read = (name: string) => {
    const view = specs.get(name);
    return view?.kind === "view" ? evaluatedOn(view, world, contentOf) : contentOf(name);
  };
  const largest = spec.before === undefined ? 0 : largestIn(read(spec.before));
  const added = spec.calls === undefined ? 0 : functions.get(spec.calls);
  if (largest === undefined || added === undefined) return undefined;
  for (const { name } of spec.accumulation === undefined ? spec.inputs : spec.inputs.slice(0, 1)) {
    const content = read(name);
    if (content === undefined) return undefined;
    inputs.push(content);
  }
  return evaluate(spec, inputs, largest + added);
}

function largestIn(content: Content | undefined): number | undefined {
  return content?.rows.reduce((largest, { v }) => Math.max(largest, Number(v)), 0);
}

/** The rows of a table; undefined: there is no such table. */
export function tableIn(live: ReadonlyMap<string, LiveTable>, name: string): Content | undefined {
  const table = live.get(name);
  return table?.kind === "table" ? table.shown : undefined;
}

/** The assertions on a model, directly or through views, that keep it from being published. */
export function guardsOf(model: string, specs: ReadonlyMap<string, Spec>): Spec[] {
  const base = (spec: Spec): string => {
    const name = spec.inputs[0]?.name ?? "";
    const read = specs.get(name);
    return read?.kind === "view" ? base(read) : name;
  };
  return [...specs.values()].filter(
    (spec) => spec.kind === "assertion" && !spec.disabled && !spec.warns && base(spec) === model,
  );
}
