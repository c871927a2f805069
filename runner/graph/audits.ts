import type { RunnableAction } from "./action.js";

/** A tag of assertions that judge what was published instead of keeping it from being published. */
const AFTER_PUBLISHING = "after_publishing";

/** A tag of assertions that guard what they judge, also where the others only fail the run. */
const BEFORE_PUBLISHING = "before_publishing";

/** What becomes of a model of which an assertion finds rows: it stays as it was, or it is published and the run fails, as stock Dataform does. */
export type FailedAssertions = "rollback" | "keep";

/** A tag of assertions that judge the dates of the run, by the first column of dates that they give. */
const WITHIN_WINDOW = "within_window";

/** A tag of assertions that report and fail nothing. */
const WARN = "warn";

/** A tag of criteria that `fastbreak gate` asks for one date. */
export const GATE = "gate";

/** From how many rows on an assertion is told and fails. */
export interface Thresholds {
  readonly warn: number;
  /** Undefined: it never fails. */
  readonly fail: number | undefined;
}

const THRESHOLD = /^(warn_if|fail_if):(.*)$/;

/**
 * The thresholds that the tags of an assertion say: `fail_if:N` fails from N rows on and tells of fewer, `warn_if:N` tells from N rows
 * on. An assertion without them fails from the first row on; with `warn_if` alone, or a tag that only reports, it never fails.
 */
export function thresholdsOf({ tags }: Pick<RunnableAction, "tags">): Thresholds {
  const said = (name: string) => {
    const value = tags.map((tag) => THRESHOLD.exec(tag)).find((match) => match?.[1] === name)?.[2];
    return value === undefined ? undefined : Number(value);
  };
  const [warn, fail] = [said("warn_if"), said("fail_if")];
  const reports = tags.includes(WARN) || tags.includes(GATE) || (warn !== undefined && fail === undefined);
  return { warn: warn ?? 1, fail: reports ? undefined : (fail ?? 1) };
}

/** What is wrong with the thresholds that tags say; undefined: nothing. */
export function thresholdProblem(tags: readonly string[]): string | undefined {
  const wrong = tags.find((tag) => /^(warn|fail)_if\b/.test(tag) && !/^(warn|fail)_if:[1-9]\d{0,8}$/.test(tag));
  if (wrong !== undefined)
    return `tag "${wrong}" must say a number of rows above 0, as ${wrong.startsWith("warn") ? "warn_if" : "fail_if"}:10`;
  for (const name of ["warn_if", "fail_if"])
    if (tags.filter((tag) => tag.startsWith(`${name}:`)).length > 1) return `two tags say ${name}; keep one of them`;
  const { warn, fail } = thresholdsOf({ tags });
  const isPointless = tags.some((tag) => tag.startsWith("warn_if:")) && fail !== undefined && warn >= fail;
  return isPointless ? `tag "warn_if:${warn}" never warns, because fail_if:${fail} comes first` : undefined;
}

const JUDGING: readonly string[] = [WARN, GATE, AFTER_PUBLISHING, WITHIN_WINDOW];

/** The tags that decide what becomes of an assertion that finds rows. */
export function judgingTags(tags: readonly string[]): readonly string[] {
  const judges = (tag: string) => JUDGING.includes(tag) || THRESHOLD.test(tag);
  return tags.filter(judges).sort();
}

/** Whether what an assertion finds is only told: by its tags, or because it is a criterion of the gate, which judges a date and not a run. */
export function onlyReports(assertion: Pick<RunnableAction, "tags">): boolean {
  return thresholdsOf(assertion).fail === undefined;
}

/** Whether rows of dates that the run is not about are left to the runs of these dates. */
export function judgesWindow({ tags }: Pick<RunnableAction, "tags">): boolean {
  return tags.includes(WITHIN_WINDOW);
}

/** Whether a criterion of the gate leaves the gate open. */
export function isAdvisory({ tags }: RunnableAction): boolean {
  return tags.includes(WARN);
}

/**
 * The assertions that must hold before a model is published. An assertion belongs to the one model it reads after which
 * everything else that it reads is in place: all its other models, and operations, are ancestors of that one. An assertion without such a
 * model, or one that only reports or judges what was published, guards nothing and runs by itself. One whose SQL is wrong, so that nobody
 * knows what it reads, belongs to what it names, which it keeps from being published.
 * @param failed `keep`: only those with the tag `before_publishing` guard anything
 * @returns by key of the model
 */
export function auditsByHost(
  project: readonly RunnableAction[],
  failed: FailedAssertions,
): ReadonlyMap<string, readonly RunnableAction[]> {
  const actions = new Map(project.map((action) => [action.node.key, action]));
  const hosted = new Map<string, RunnableAction[]>();
  for (const assertion of project) {
    if (assertion.node.kind !== "assertion" || assertion.node.disabled) continue;
    if (assertion.tags.includes(AFTER_PUBLISHING) || onlyReports(assertion)) continue;
    if (failed === "keep" && !assertion.tags.includes(BEFORE_PUBLISHING)) continue;
    const isModel = (key: string) => actions.get(key)?.node.kind === "model";
    const isRead = assertion.unscannable === undefined;
    const reads = (isRead ? assertion.node.upstreams.map(({ key }) => key) : assertion.dependencies).filter(isModel);
    const needs = [...reads, ...assertion.dependencies.filter((key) => actions.get(key)?.node.kind === "operation")];
    const host = reads.find((candidate) => {
      const ancestors = ancestorsOf(candidate, actions);
      return needs.every((key) => key === candidate || ancestors.has(key));
    });
    if (host === undefined) continue;
    const list = hosted.get(host) ?? [];
    list.push(assertion);
    hosted.set(host, list);
  }
  return hosted;
}

function ancestorsOf(key: string, actions: ReadonlyMap<string, RunnableAction>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...(actions.get(key)?.dependencies ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(actions.get(next)?.dependencies ?? []));
  }
  return seen;
}
