import type { RunnableAction } from "../graph/action.js";
import { inputsOf } from "../observe/inputs.js";
import { outputVersion } from "../plan/decide.js";
import { inputHashes } from "../plan/input-hash.js";
import { type DecisionGroup, groupDecisions } from "../plan/partitions.js";
import type { PartitionState } from "../plan/types.js";
import { coverageIn, type ProjectPlan } from "./plan-project.js";

/** A hash as the last build recorded it and as it is now. */
export interface Compared {
  readonly recorded: string | null;
  readonly now: string | null;
  readonly same: boolean;
}

/** One decision with everything that it stands on; equal neighbouring partitions are told as one, their hashes by the first. */
export interface ExplainedPartition {
  readonly decided: DecisionGroup;
  /** The newest build of them, and their rows; null: one of them was never built. */
  readonly lastBuild: { readonly runId: string; readonly at: string; readonly rows: number } | null;
  readonly code: Compared;
  readonly compiled: Compared;
  readonly output: Compared;
  readonly inputs: readonly (Compared & {
    readonly name: string;
    /** The plan runs it, so that what it is now is not what will be read. */
    readonly runsFirst: boolean;
  })[];
}

export interface Explanation {
  readonly name: string;
  readonly type: string;
  readonly fileName: string;
  readonly partitions: readonly ExplainedPartition[];
}

/** Why each partition of an action would run or be skipped. */
export function explain(action: RunnableAction, plan: ProjectPlan): Explanation {
  const { node } = action;
  const decisions = plan.decisions.get(node.key) ?? [];
  const partitions = decisions.map(({ partition }) => partition);
  const { outside } = coverageIn(plan.needs, node.key);
  const hashes = inputHashes(
    node,
    partitions,
    inputsOf(action, plan.snapshot.relations, plan.snapshot.inputs),
    outside,
  );
  const live = plan.snapshot.outputs.get(node.key);
  return {
    name: node.key,
    type: action.type,
    fileName: action.fileName,
    partitions: groupDecisions(decisions).map((decision): ExplainedPartition => {
      const first = decision.partition;
      const state = plan.states.get(node.key)?.get(first);
      const current = hashes.get(first)?.byUpstream ?? {};
      const output = live?.exists ? outputVersion(live, first, outside) : null;
      return {
        decided: decision,
        lastBuild: lastBuildOf(decision.partitions.map((each) => plan.states.get(node.key)?.get(each))),
        code: compare(state?.codeHash, node.codeHash),
        compiled: compare(state?.compiledHash, node.compiledHash),
        output: compare(state?.outputVersion, output),
        inputs: node.upstreams.map(({ key }) => ({
          name: key,
          runsFirst: plan.decisions.get(key)?.some((each) => each.decision === "run") ?? false,
          ...compare(state?.inputs[key], current[key] ?? null),
        })),
      };
    }),
  };
}

/** The state of the newest build of an action that came from other code than today's; undefined when there is none. */
export function buildFromOtherCode(action: RunnableAction, plan: ProjectPlan): PartitionState | undefined {
  return [...(plan.states.get(action.node.key)?.values() ?? [])]
    .filter(({ codeHash }) => codeHash !== action.node.codeHash)
    .sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1))[0];
}

function lastBuildOf(states: readonly (PartitionState | undefined)[]): ExplainedPartition["lastBuild"] {
  const built = states.filter((state) => state !== undefined);
  const [newest] = [...built].sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1));
  if (newest === undefined || built.length < states.length) return null;
  return { runId: newest.runId, at: newest.recordedAt, rows: built.reduce((sum, { rows }) => sum + rows, 0) };
}

function compare(recorded: string | undefined, now: string | null): Compared {
  return { recorded: recorded ?? null, now, same: recorded !== undefined && recorded === now };
}
