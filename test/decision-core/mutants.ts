import type { planProject } from "../../runner/decide/plan-project.js";
import type { build } from "../../runner/execute/build.js";
import type { composeBuild } from "../../runner/execute/compose.js";
import type { auditsByHost } from "../../runner/graph/audits.js";
import type { PartitionDecision } from "../../runner/graph/decision.js";
import type { PlanNode, ReadWindow, Upstream } from "../../runner/graph/node.js";
import type { readSnapshot, Snapshot } from "../../runner/observe/snapshot.js";
import type { DecideInput, decide } from "../../runner/plan/decide.js";
import type { inputHashes } from "../../runner/plan/input-hash.js";
import type { inputRanges } from "../../runner/plan/input-ranges.js";
import type { LiveOutput, PartitionState } from "../../runner/plan/types.js";
import type { wholeWhereDatesAreUnknown } from "../../runner/plan/whole.js";
import type { recordModelStates } from "../../runner/state/model-state.js";

/** The functions of the runner that a mutant may stand in for; each gets the real one first. */
export interface Mutation {
  decide?: (real: typeof decide, input: DecideInput) => ReturnType<typeof decide>;
  inputHashes?: (real: typeof inputHashes, ...args: Parameters<typeof inputHashes>) => ReturnType<typeof inputHashes>;
  inputRanges?: (real: typeof inputRanges, ...args: Parameters<typeof inputRanges>) => ReturnType<typeof inputRanges>;
  wholeWhereDatesAreUnknown?: <A extends { readonly node: PlanNode }>(
    real: typeof wholeWhereDatesAreUnknown,
    actions: readonly A[],
  ) => readonly A[];
  readSnapshot?: (
    real: typeof readSnapshot,
    ...args: Parameters<typeof readSnapshot>
  ) => ReturnType<typeof readSnapshot>;
  composeBuild?: (
    real: typeof composeBuild,
    ...args: Parameters<typeof composeBuild>
  ) => ReturnType<typeof composeBuild>;
  auditsByHost?: (
    real: typeof auditsByHost,
    ...args: Parameters<typeof auditsByHost>
  ) => ReturnType<typeof auditsByHost>;
  build?: (real: typeof build, ...args: Parameters<typeof build>) => ReturnType<typeof build>;
  planProject?: (real: typeof planProject, ...args: Parameters<typeof planProject>) => ReturnType<typeof planProject>;
  recordModelStates?: (
    real: typeof recordModelStates,
    ...args: Parameters<typeof recordModelStates>
  ) => ReturnType<typeof recordModelStates>;
}

/** The mutation that the mocked modules use now; empty: the runner as it is. */
export const active: { mutation: Mutation } = { mutation: {} };

/** Bugs that a planner could have, by what it would get wrong. Each is made anew, because some remember. */
export const MUTANTS: Readonly<Record<string, () => Mutation>> = {
  "does not see edited code": () => withState((state, { node }) => ({ ...state, compiledHash: node.compiledHash })),
  "does not look at inputs": () =>
    withState((state, { inputs }, partition) => ({ ...state, inputHash: inputs.get(partition)?.hash ?? "" })),
  "does not look at the live table": () =>
    withState((state, { live }, partition) => ({ ...state, outputVersion: versionOf(live, partition) })),
  "takes a dropped table for an empty one": () => ({
    decide: (real, input) => real({ ...input, live: { ...input.live, exists: true } }),
  }),
  "trusts volatile models": () => withNode((node) => ({ ...node, volatile: undefined })),
  "runs disabled actions": () => withNode((node) => ({ ...node, disabled: false })),
  "ignores --full-refresh": () => ({ decide: (real, input) => real({ ...input, forced: false }) }),
  "rebuilds after a comment": () =>
    afterDeciding((decision) =>
      decision.reason === "cosmetic" ? { ...decision, decision: "run", reason: "code_changed" } : decision,
    ),
  "calls every edit cosmetic": () =>
    afterDeciding((decision) =>
      decision.reason === "code_changed"
        ? { partition: decision.partition, decision: "skip", reason: "cosmetic" }
        : decision,
    ),
  "takes what was never built for built": () =>
    afterDeciding((decision) =>
      decision.reason === "never_built"
        ? { partition: decision.partition, decision: "skip", reason: "unchanged" }
        : decision,
    ),
  "knows no early cutoff": () => {
    let planned: DecideInput["pending"] = new Map();
    return {
      decide: (real, input) => {
        if (input.pending.size > 0) planned = input.pending;
        return real({ ...input, pending: planned });
      },
    };
  },
  "plans without looking ahead": () => ({ decide: (real, input) => real({ ...input, pending: new Map() }) }),
  "skips what stands behind a skipped model": () => ({
    decide: (real, input) =>
      real(input).map((decision) =>
        input.node.upstreams.length > 1 && input.pending.get(input.node.upstreams[0]?.key ?? "")?.length === 0
          ? { partition: decision.partition, decision: "skip", reason: "unchanged" }
          : decision,
      ),
  }),
  "asks an assertion only once": () => ({
    decide: (real, input) =>
      real(input).map((decision) =>
        input.node.kind === "assertion" && decision.reason === "inputs_changed"
          ? { partition: decision.partition, decision: "skip", reason: "unchanged" }
          : decision,
      ),
  }),
  "counts rows instead of hashing them": () => ({
    inputHashes: (real, node, partitions, inputs) =>
      real(
        node,
        partitions,
        new Map(
          [...inputs].map(([key, { columns, partitions: digests }]) => [
            key,
            {
              columns,
              partitions: new Map([...digests].map(([date, { rows }]) => [date, { rows, digest: `${rows}` }])),
            },
          ]),
        ),
      ),
  }),
  "forgets the last upstream": () => ({
    inputHashes: (real, node, ...rest) =>
      real({ ...node, upstreams: node.upstreams.slice(0, Math.max(1, node.upstreams.length - 1)) }, ...rest),
  }),
  "does not look at the columns of its inputs": () => ({
    inputHashes: (real, node, partitions, inputs) =>
      real(node, partitions, new Map([...inputs].map(([key, input]) => [key, { ...input, columns: "" }]))),
  }),
  "does not see that whole rows are read": () => readColumns((columns) => columns ?? new Set(["d", "k", "v"])),
  "takes every column for read": () => readColumns(() => undefined),
  "hashes a day too little": () => hashedWindow(({ back, ahead }) => ({ back: Math.max(0, back - 1), ahead })),
  "hashes a day too much": () => hashedWindow(({ back, ahead }) => ({ back: back + 1, ahead })),
  "does not hash what lies ahead": () => hashedWindow(({ back }) => ({ back, ahead: 0 })),
  "hashes only the day itself": () => hashedWindow(() => ({ back: 0, ahead: 0 })),
  "hashes whole tables": () => ({
    inputHashes: (real, node, ...rest) =>
      real({ ...node, upstreams: node.upstreams.map((upstream) => ({ ...upstream, window: undefined })) }, ...rest),
  }),
  "does not hash tables without dates": () => ({
    inputHashes: (real, node, partitions, inputs) =>
      real(node, partitions, new Map([...inputs].filter(([, { partitions: digests }]) => !digests.has("*")))),
  }),
  "reads digests of the window only": () => ({
    inputRanges: (real, nodes, window, inputName) =>
      new Map([...real(nodes, window, inputName)].map(([key, range]) => [key, range === undefined ? range : window])),
  }),
  "splits tables without dates into dates": () => ({ wholeWhereDatesAreUnknown: (_real, actions) => actions }),
  "decides on the fingerprints of the plan": () => {
    let planned: Snapshot | undefined;
    return {
      readSnapshot: async (real, transaction, actions, window) => {
        if (actions.length > 1 || planned === undefined) planned = await real(transaction, actions, window);
        return actions.length > 1 ? planned : { ...(await real(transaction, actions, window)), inputs: planned.inputs };
      },
    };
  },
  "reads nothing that lies ahead": () => ({
    composeBuild: (real, action, ...rest) =>
      real(
        narrowed(action, ({ back }) => ({ back, ahead: 0 })),
        ...rest,
      ),
  }),
  "reads a day too little": () => ({
    composeBuild: (real, action, ...rest) =>
      real(
        narrowed(action, ({ back, ahead }) => ({ back: Math.max(0, back - 1), ahead })),
        ...rest,
      ),
  }),
  "stages every date between the first and the last": () => ({
    composeBuild: (real, action, partitions, context) =>
      real(action, partitions && [partitions[0] as string, partitions.at(-1) as string], context),
  }),
  "never asks a gate": () => ({ auditsByHost: () => new Map() }),
  "builds only the first stale partition": () => ({
    build: (real, transaction, action, stale, ...rest) => real(transaction, action, stale.slice(0, 1), ...rest),
  }),
  "runs what was not selected": () => ({
    planProject: (real, transaction, project, dataset, request) =>
      real(transaction, project, dataset, { ...request, selected: undefined }),
  }),
  "records the rows of before": () => ({
    recordModelStates: (real, transaction, dataset, run, built) =>
      real(
        transaction,
        dataset,
        run,
        built.map((row) => ({ ...row, outputVersion: "empty" })),
      ),
  }),
  "forgets what it built without rows": () => ({
    recordModelStates: (real, transaction, dataset, run, built) =>
      real(
        transaction,
        dataset,
        run,
        built.filter(({ outputVersion }) => outputVersion.endsWith(":empty") === false),
      ),
  }),
};

/** As `outputVersion` gives it, which cannot be imported here: its module is one of the mocked. */
function versionOf({ columns, rows }: LiveOutput, partition: string): string {
  return `${columns}:${rows.get(partition) ?? "empty"}`;
}

function withState(change: (state: PartitionState, input: DecideInput, partition: string) => PartitionState): Mutation {
  return {
    decide: (real, input) =>
      real({
        ...input,
        state: new Map([...input.state].map(([partition, state]) => [partition, change(state, input, partition)])),
      }),
  };
}

function withNode(change: (node: PlanNode) => PlanNode): Mutation {
  return { decide: (real, input) => real({ ...input, node: change(input.node) }) };
}

function afterDeciding(change: (decision: PartitionDecision) => PartitionDecision): Mutation {
  return { decide: (real, input) => real(input).map(change) };
}

/** Everywhere: the snapshot and the input hashes must speak of the same columns. */
function readColumns(change: (columns: Upstream["columns"]) => Upstream["columns"]): Mutation {
  const changed = <A extends { readonly node: PlanNode }>(action: A): A => {
    const upstreams = action.node.upstreams.map((upstream) => ({ ...upstream, columns: change(upstream.columns) }));
    return { ...action, node: { ...action.node, upstreams } };
  };
  return {
    planProject: (real, transaction, project, ...rest) =>
      real(transaction, { ...project, actions: project.actions.map(changed) }, ...rest),
  };
}

function hashedWindow(change: (window: ReadWindow) => ReadWindow): Mutation {
  return {
    inputHashes: (real, node, ...rest) => real(narrowed({ node }, change).node, ...rest),
  };
}

function narrowed<A extends { readonly node: PlanNode }>(action: A, change: (window: ReadWindow) => ReadWindow): A {
  const upstreams = action.node.upstreams.map((upstream) => ({
    ...upstream,
    window: upstream.window && change(upstream.window),
  }));
  return { ...action, node: { ...action.node, upstreams } };
}
