import type { RunnableAction, RunnableProject } from "../graph/action.js";
import { auditsByHost } from "../graph/audits.js";
import type { PartitionDecision } from "../graph/decision.js";
import { isRoutineKey } from "../graph/routine-key.js";
import { UserError } from "../graph/user-error.js";
import { inputsOf, recordedInputsOf } from "../observe/inputs.js";
import { readSnapshot, type Snapshot } from "../observe/snapshot.js";
import { decide } from "../plan/decide.js";
import { inputHashes } from "../plan/input-hash.js";
import { nameMoves, type RecordedFingerprints } from "../plan/moves.js";
import { partitionsOf, windowOfRelations } from "../plan/partitions.js";
import type { Window } from "../plan/types.js";
import { asWhole, wholeWhereDatesAreUnknown } from "../plan/whole.js";
import type { Partition } from "../port/identity.js";
import type { Transaction } from "../port/port.js";
import { type ModelStates, readModelStates } from "../state/model-state.js";
import { readRecordedFingerprints } from "../state/relation-state.js";

/** What the user asked for. */
export interface RunRequest {
  readonly window: Window;
  /** Keys of the selected actions; undefined: all. */
  readonly selected: ReadonlySet<string> | undefined;
  /** Run every selected partition, whatever the state says. */
  readonly force: boolean;
}

/** Decisions for every action of the project, with the evidence they stand on. */
export interface ProjectPlan {
  /** The project as this request sees it: models whose dates are unknown are single partitions. */
  readonly project: RunnableProject;
  readonly window: Window;
  readonly decisions: ReadonlyMap<string, readonly PartitionDecision[]>;
  readonly states: ModelStates;
  readonly snapshot: Snapshot;
  /** Empty when nothing runs: then nobody asks. */
  readonly recorded: RecordedFingerprints;
  /** Actions that the selection leaves out although they are stale, or will be when the selected ones have run. */
  readonly leftStale: readonly string[];
  readonly undeclared: readonly UndeclaredRead[];
}

/** A table that is fingerprinted like a source though no declaration names it. */
export interface UndeclaredRead {
  readonly reader: string;
  readonly table: string;
}

/**
 * Decides every action from one snapshot of the warehouse. Actions are taken in dependency order; what runs makes the
 * partitions that read it run too, until execution knows its real fingerprints.
 * @throws UserError when a selected action reads a table that neither the warehouse nor the project has
 */
export async function planProject(
  transaction: Transaction,
  asked: RunnableProject,
  stateDataset: string,
  request: RunRequest,
): Promise<ProjectPlan> {
  const dated = await withKnownDates(transaction, asked, request);
  const snapshot = await readSnapshot(transaction, dated.actions, request.window);
  requireSources(selectedOf(dated, request), dated, snapshot, stateDataset);
  const window = request.window ?? windowOfSnapshot(snapshot);
  const project = window === undefined ? { ...dated, actions: dated.actions.map(asWhole) } : dated;
  const states = await readModelStates(transaction, stateDataset, window);
  const context = { window, states, snapshot };
  const decisions = decideAll(project, context, request);
  const idle = [...decisions.values()].every((decided) => runningOf(decided).length === 0);
  const recorded = idle ? new Map() : await readRecordedFingerprints(transaction, stateDataset);
  for (const action of project.actions) {
    const { key } = action.node;
    decisions.set(key, withMoves(action, decisions.get(key) ?? [], snapshot, recorded));
  }
  return {
    project,
    window,
    decisions,
    states,
    snapshot,
    recorded,
    leftStale: request.selected === undefined ? [] : leftStale(project, context, request),
    undeclared: undeclaredReads(selectedOf(project, request), project),
  };
}

/** Decides in dependency order; what runs makes what reads it run too. */
function decideAll(
  project: RunnableProject,
  context: Pick<DecideContext, "window" | "states" | "snapshot">,
  request: RunRequest,
): Map<string, readonly PartitionDecision[]> {
  const decisions = new Map<string, readonly PartitionDecision[]>();
  const pending = new Map<string, readonly Partition[]>();
  for (const action of project.actions) {
    const decided = isSelected(action, request)
      ? decideAction(action, { ...context, force: request.force, pending })
      : notSelected(action, context.window);
    decisions.set(action.node.key, decided);
    for (const key of [action.node.key, ...action.createdRoutines]) pending.set(key, runningOf(decided));
  }
  return decisions;
}

/** What a run of everything would run besides the selection. */
function leftStale(
  project: RunnableProject,
  context: Pick<DecideContext, "window" | "states" | "snapshot">,
  request: RunRequest,
): string[] {
  const everything = decideAll(project, context, { ...request, selected: undefined, force: false });
  const runs = ({ node }: RunnableAction) => runningOf(everything.get(node.key) ?? []).length > 0;
  // The gates of a model run with it, selected or not.
  const audited = new Set(
    [...auditsByHost(project)].flatMap(([host, audits]) =>
      request.selected?.has(host) ? audits.map(({ node }) => node.key) : [],
    ),
  );
  return project.actions
    .filter((action) => !isSelected(action, request) && !audited.has(action.node.key) && runs(action))
    .map(({ node }) => node.key);
}

function runningOf(decisions: readonly PartitionDecision[]): Partition[] {
  return decisions.filter(({ decision }) => decision === "run").map(({ partition }) => partition);
}

/** Tables that are read though the project neither makes nor declares them. */
function undeclaredReads(selected: readonly RunnableAction[], project: RunnableProject): UndeclaredRead[] {
  const made = new Set(project.actions.map(({ node }) => node.key));
  return selected.flatMap(({ node }) =>
    node.upstreams
      .filter(({ key }) => !made.has(key) && !project.sources.has(key) && !isRoutineKey(key))
      .map(({ key }) => ({ reader: node.key, table: key })),
  );
}

async function withKnownDates(
  transaction: Transaction,
  project: RunnableProject,
  request: RunRequest,
): Promise<RunnableProject> {
  if (request.window !== undefined) return project;
  const relations = await transaction.relations();
  const isDated = (key: string) => relations.get(key)?.partitionColumn !== undefined;
  return { ...project, actions: wholeWhereDatesAreUnknown(project.actions, isDated) };
}

function windowOfSnapshot({ inputs, outputs }: Snapshot): Window {
  return windowOfRelations([...inputs.values(), ...[...outputs.values()].map(({ rows }) => rows)]);
}

function selectedOf(project: RunnableProject, request: RunRequest): readonly RunnableAction[] {
  return project.actions.filter((action) => isSelected(action, request));
}

export interface DecideContext {
  readonly window: Window;
  readonly states: ModelStates;
  readonly snapshot: Snapshot;
  readonly force: boolean;
  readonly pending: ReadonlyMap<string, readonly Partition[]>;
}

/** The decisions with the partitions of the inputs that moved. */
export function withMoves(
  action: RunnableAction,
  decisions: readonly PartitionDecision[],
  { relations, inputs }: Snapshot,
  recorded: RecordedFingerprints,
): readonly PartitionDecision[] {
  if (decisions.every(({ reason }) => reason !== "inputs_changed")) return decisions;
  const before = recordedInputsOf(action, relations, recorded);
  return nameMoves(action.node, decisions, inputsOf(action, relations, inputs), before);
}

/** Decides one action's partitions against a snapshot. */
export function decideAction(action: RunnableAction, context: DecideContext): readonly PartitionDecision[] {
  const { node } = action;
  const { snapshot } = context;
  const partitions = partitionsOf(node, context.window);
  return decide({
    node,
    partitions,
    state: context.states.get(node.key) ?? new Map(),
    live: snapshot.outputs.get(node.key) ?? { exists: false, columns: "", rows: new Map() },
    inputs: inputHashes(node, partitions, inputsOf(action, snapshot.relations, snapshot.inputs)),
    forced: context.force,
    pending: context.pending,
  });
}

function isSelected(action: RunnableAction, request: RunRequest): boolean {
  return request.selected === undefined || request.selected.has(action.node.key);
}

function notSelected(action: RunnableAction, window: Window): PartitionDecision[] {
  return partitionsOf(action.node, window).map((partition) => ({
    partition,
    decision: "skip",
    reason: "not_selected",
  }));
}

function requireSources(
  selected: readonly RunnableAction[],
  project: RunnableProject,
  snapshot: Snapshot,
  stateDataset: string,
): void {
  const built = new Set(project.actions.map((action) => action.node.key));
  for (const action of selected) {
    if (action.node.disabled) continue;
    for (const { key } of action.node.upstreams) {
      if (built.has(key) || snapshot.relations.has(key) || isRoutineKey(key)) continue;
      // The runner makes its own tables before anything runs.
      if (key.startsWith(`${stateDataset}.`)) continue;
      const what = project.sources.has(key) ? "load it first (fastbreak load)" : "declare it or correct the name";
      throw new UserError(
        `${action.fileName}: ${action.node.key} reads ${key}, which is not in the warehouse; ${what}`,
      );
    }
  }
}
