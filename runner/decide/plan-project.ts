import type { RunnableAction, RunnableProject } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import { readSnapshot, type Snapshot } from "../observe/snapshot.js";
import { readModelDates, readSourceDates } from "../observe/source-dates.js";
import {
  type Coverage,
  coverageOfEverything,
  coverageOfWindow,
  hullOf,
  NOTHING,
  stretchesOf,
  uniteCoverage,
} from "../plan/coverage.js";
import { unite } from "../plan/dates.js";
import type { RecordedFingerprints } from "../plan/moves.js";
import { type Asked, needsOf } from "../plan/needs.js";
import { partitionsOf } from "../plan/partitions.js";
import { NOTHING_RULED_OUT, type RuledOut, ruledOutDecisions, withoutRuledOut } from "../plan/ruled-out.js";
import type { Window } from "../plan/types.js";
import { type Partition, WHOLE } from "../port/identity.js";
import type { DateRange, Observation } from "../port/port.js";
import { type ModelStates, readModelStates } from "../state/model-state.js";
import { readRecordedFingerprints } from "../state/relation-state.js";
import { decideAction, staleUpstreamsOf, withMoves } from "./decide-action.js";
import {
  type MissingSource,
  missingSources,
  type UndeclaredRead,
  type UnpartitionedSource,
  undeclaredReads,
  unpartitionedSources,
} from "./foreign-reads.js";
import { refuseStateDataset } from "./state-dataset.js";

/** What the user asked for. */
export interface RunRequest {
  /** Undefined: every row there is. */
  readonly window: Window;
  /** Keys of the selected actions; undefined: all. */
  readonly selected: ReadonlySet<string> | undefined;
  /** Run every selected partition, whatever the state says. */
  readonly force: boolean;
  /** Build stale upstream partitions of what is asked for first. */
  readonly upstream: boolean;
  /** What rules of the project leave out; undefined: nothing. */
  readonly ruledOut?: RuledOut;
}

/** Decisions for every action of the project, with the evidence they stand on. */
export interface ProjectPlan {
  readonly project: RunnableProject;
  /** Keys of the actions that were asked for; undefined: all. */
  readonly selected: ReadonlySet<string> | undefined;
  /** What rules of the project leave out. */
  readonly ruledOut: RuledOut;
  /** Stale upstream partitions of what is asked for are built first. */
  readonly buildsUpstream: boolean;
  /** The dates that have partitions of their own where every row is asked for. */
  readonly everything: readonly DateRange[];
  /** The dates that are decided one by one, from the first to the last. */
  readonly window: Window;
  /** The dates that somebody has asked for; undefined: all, those too that nobody decides by themselves. */
  readonly askedWindow: Window;
  /** The partitions that the plan is about, asked for or needed. */
  readonly needs: ReadonlyMap<string, Asked>;
  readonly decisions: ReadonlyMap<string, readonly PartitionDecision[]>;
  /** Partitions that are read by what is asked for, are stale, and stay so. */
  readonly staleUpstreams: ReadonlyMap<string, readonly Partition[]>;
  /** Partitions that nobody asked for, that others need and that are as they were built. */
  readonly freshUpstreams: ReadonlyMap<string, readonly Partition[]>;
  readonly states: ModelStates;
  readonly snapshot: Snapshot;
  readonly engineVersion: string;
  /** Empty when nothing runs: then nobody asks. */
  readonly recorded: RecordedFingerprints;
  /** Actions that the selection leaves out although they are stale, or will be when the selected ones have run. */
  readonly leftStale: readonly string[];
  readonly undeclared: readonly UndeclaredRead[];
  readonly missing: readonly MissingSource[];
  /** Tables of others that are read and were partitioned when they were last seen. */
  readonly unpartitioned: readonly UnpartitionedSource[];
}

/**
 * Decides every action from one snapshot of the warehouse. Actions are taken in dependency order; what runs makes the
 * partitions that read it run too, until execution knows its real fingerprints.
 * @throws UserError when an action would write into the dataset of the runner's state
 */
export async function planProject(
  transaction: Observation,
  project: RunnableProject,
  stateDataset: string,
  engineVersion: string,
  request: RunRequest,
): Promise<ProjectPlan> {
  refuseStateDataset(project, stateDataset);
  const ruled = request.ruledOut ?? NOTHING_RULED_OUT;
  const { everything: dates, ask } = await askerOf(transaction, project, request.window, ruled);
  const needs = ask(request.selected);
  const everything = request.selected === undefined ? needs : ask(undefined);
  const coverageOf = (key: string) => uniteCoverage(coverageIn(needs, key), coverageIn(everything, key));
  // While the engine reads the state, what is known of the digests is looked up.
  const [states, snapshot] = await Promise.all([
    readModelStates(transaction, stateDataset, hullOfAll(project, coverageOf)),
    readSnapshot(transaction, project.actions, coverageOf),
  ]);
  const context = { states, snapshot, engineVersion };
  const { decisions, staleUpstreams, freshUpstreams } = decideAll(project, needs, context, request);
  const idle = [...decisions.values()].every((decided) => runningOf(decided).length === 0);
  const recorded = idle ? new Map() : await readRecordedFingerprints(transaction, stateDataset);
  for (const action of project.actions) {
    const { key } = action.node;
    const { outside } = coverageIn(needs, key);
    decisions.set(key, withMoves(action, decisions.get(key) ?? [], snapshot, recorded, outside));
  }
  const isConcerned = ({ node }: RunnableAction) =>
    isSelected(node.key, request) || runningOf(decisions.get(node.key) ?? []).length > 0;
  const concerned = project.actions.filter(isConcerned);
  return {
    project,
    selected: request.selected,
    ruledOut: ruled,
    buildsUpstream: request.upstream,
    everything: dates,
    askedWindow: request.window,
    window: request.window ?? hullOf({ ranges: dates, outside: undefined }),
    needs,
    decisions,
    staleUpstreams,
    freshUpstreams,
    states,
    snapshot,
    engineVersion,
    recorded,
    leftStale: request.selected === undefined ? [] : leftStale(project, everything, context, request, decisions),
    undeclared: undeclaredReads(concerned, project),
    missing: missingSources(concerned, project, snapshot.relations, stateDataset),
    unpartitioned: unpartitionedSources(concerned, snapshot.relations),
  };
}

/** The partitions of an action that a plan is about. */
export function coverageIn(needs: ReadonlyMap<string, Asked>, key: string): Coverage {
  const { asked, needed } = needs.get(key) ?? { asked: NOTHING, needed: NOTHING };
  return uniteCoverage(asked, needed);
}

/** Finds out which dates there are; then tells for a selection what it is about. */
async function askerOf(
  transaction: Observation,
  project: RunnableProject,
  window: Window,
  ruled: RuledOut,
): Promise<{
  readonly everything: readonly DateRange[];
  readonly ask: (selected: ReadonlySet<string> | undefined) => ReadonlyMap<string, Asked>;
}> {
  const dates = await readSourceDates(transaction, project);
  const sourceDates = new Map([...dates].map(([key, days]) => [key, stretchesOf(days)]));
  // Where every row is asked for nobody has to guess which dates may have some.
  const live = window === undefined ? new Map<string, readonly string[]>() : await readModelDates(transaction, project);
  const liveDates = new Map([...live].map(([key, days]) => [key, stretchesOf(days)]));
  const everything = stretchesOf([...dates.values()].flatMap((days) => [...days]));
  const asked = window === undefined ? coverageOfEverything(everything) : coverageOfWindow(window);
  const ask = (selected: ReadonlySet<string> | undefined) =>
    needsOf({
      nodes: project.actions.map(({ node }) => node),
      isSelected: (key) => (selected === undefined || selected.has(key)) && ruled.wholeOf(key) === undefined,
      asked,
      askedOf: (key) => withoutRuledOut(asked, ruled.datesOf(key)),
      sourceDates: (key) => sourceDates.get(key),
      liveDates: (key) => liveDates.get(key) ?? [],
      everything,
    });
  return { everything, ask };
}

type DecisionContext = Pick<ProjectPlan, "states" | "snapshot" | "engineVersion">;

/** Decides in dependency order; what runs makes what reads it run too. */
function decideAll(
  project: RunnableProject,
  needs: ReadonlyMap<string, Asked>,
  context: DecisionContext,
  request: RunRequest,
): {
  readonly decisions: Map<string, readonly PartitionDecision[]>;
  readonly staleUpstreams: ReadonlyMap<string, readonly Partition[]>;
  readonly freshUpstreams: ReadonlyMap<string, readonly Partition[]>;
} {
  const freshUpstreams = new Map<string, readonly Partition[]>();
  const decisions = new Map<string, readonly PartitionDecision[]>();
  const pending = new Map<string, readonly Partition[]>();
  const staleUpstreams = new Map<string, readonly Partition[]>();
  for (const action of project.actions) {
    const { key } = action.node;
    const { asked, neededBy } = needs.get(key) ?? { asked: NOTHING, neededBy: undefined };
    const coverage = coverageIn(needs, key);
    const isAsked = new Set(isSelected(key, request) ? partitionsOf(action.node, asked) : []);
    const decided = decideAction(action, coverage, {
      ...context,
      isForced: (partition) => request.force && isAsked.has(partition),
      pending,
      staleUpstreams,
    });
    const stale = decided.filter(
      ({ partition, decision, reason }) =>
        // A disabled model waits for nothing.
        reason !== "disabled" &&
        ((!request.upstream && !isAsked.has(partition) && decision === "run") ||
          // What rests on stale rows is no fresher than they are.
          staleUpstreamsOf(action, partition, coverage.outside, staleUpstreams).length > 0),
    );
    if (stale.length > 0)
      staleUpstreams.set(
        key,
        stale.map(({ partition }) => partition),
      );
    const fresh = decided.filter(({ partition, reason }) => reason === "unchanged" && !isAsked.has(partition));
    if (fresh.length > 0)
      freshUpstreams.set(
        key,
        fresh.map(({ partition }) => partition),
      );
    const kept = decided.flatMap((decision) => {
      if (isAsked.has(decision.partition)) return [decision];
      const isBuilt = request.upstream && decision.decision === "run" && neededBy !== undefined;
      return isBuilt ? [{ ...decision, neededBy }] : [];
    });
    const running = runningOf(kept);
    decisions.set(key, toldDecisions(action, kept, isAsked, request));
    pending.set(key, running);
    for (const other of [...action.createdRoutines, ...action.writes])
      pending.set(other, running.length === 0 ? (pending.get(other) ?? []) : [WHOLE]);
  }
  return { decisions, staleUpstreams, freshUpstreams };
}

/** What a run of everything would run besides this one. */
function leftStale(
  project: RunnableProject,
  needs: ReadonlyMap<string, Asked>,
  context: DecisionContext,
  request: RunRequest,
  decided: ReadonlyMap<string, readonly PartitionDecision[]>,
): string[] {
  const everything = { ...request, selected: undefined, force: false };
  const { decisions } = decideAll(project, needs, context, everything);
  const runs = (all: ReadonlyMap<string, readonly PartitionDecision[]>, key: string) =>
    runningOf(all.get(key) ?? []).length > 0;
  // The gates of a model run with it, selected or not.
  const audited = new Set(
    [...project.audits].flatMap(([host, audits]) => (runs(decided, host) ? audits.map(({ node }) => node.key) : [])),
  );
  return project.actions
    .map(({ node }) => node.key)
    .filter((key) => !isSelected(key, request) && !audited.has(key) && runs(decisions, key) && !runs(decided, key));
}

/** The partitions that run. */
export function runningOf(decisions: readonly PartitionDecision[]): Partition[] {
  return decisions.filter(({ decision }) => decision === "run").map(({ partition }) => partition);
}

function isSelected(key: string, { selected, ruledOut }: RunRequest): boolean {
  return (selected === undefined || selected.has(key)) && ruledOut?.wholeOf(key) === undefined;
}

/**
 * The decisions as they are told: with those on partitions that rules leave out, though a date that others need is built all the same; and
 * of what nobody asks for and nothing needs, that it is left out.
 */
export function toldDecisions(
  action: RunnableAction,
  kept: readonly PartitionDecision[],
  asked: ReadonlySet<Partition>,
  request: Pick<RunRequest, "selected" | "ruledOut">,
): readonly PartitionDecision[] {
  const told = withRuledOut(action, kept, request);
  return told.length > 0 || asked.size > 0 ? told : leftOut(action);
}

function withRuledOut(
  action: RunnableAction,
  kept: readonly PartitionDecision[],
  { selected, ruledOut = NOTHING_RULED_OUT }: Pick<RunRequest, "selected" | "ruledOut">,
): readonly PartitionDecision[] {
  const { node } = action;
  const isConcerned = !node.disabled && (selected === undefined || selected.has(node.key));
  const known = new Set(kept.map(({ partition }) => partition));
  const out = isConcerned ? ruledOutDecisions(node, ruledOut).filter(({ partition }) => !known.has(partition)) : [];
  return out.length === 0 ? kept : [...kept, ...out].sort((a, b) => (a.partition < b.partition ? -1 : 1));
}

function leftOut({ node }: RunnableAction): PartitionDecision[] {
  return [{ partition: WHOLE, decision: "skip", reason: node.disabled ? "disabled" : "not_selected" }];
}

/** The dates of which state is needed; undefined: of all. */
function hullOfAll(project: RunnableProject, coverageOf: (key: string) => Coverage): DateRange | undefined {
  const dated = project.actions.filter(({ node }) => node.partitioned).map(({ node }) => coverageOf(node.key));
  if (dated.some(({ outside }) => outside !== undefined)) return undefined;
  const hulls = dated.flatMap((coverage) => hullOf(coverage) ?? []);
  // No dated partition at all: any date will do, because rows without one are read in any case.
  return hulls.reduce<DateRange | undefined>((all, hull, index) => (index === 0 ? hull : unite(all, hull)), {
    from: "0001-01-01",
    to: "0001-01-01",
  });
}
