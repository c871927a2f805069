import type { planProject } from "../../runner/decide/plan-project.js";
import type { build } from "../../runner/execute/build.js";
import type { composeBuild } from "../../runner/execute/compose.js";
import type { standingOf } from "../../runner/execute/plan-events.js";
import type { RunChanges } from "../../runner/execute/run-changes.js";
import type { RunnableAction } from "../../runner/graph/action.js";
import type { auditsByHost } from "../../runner/graph/audits.js";
import type { PartitionDecision } from "../../runner/graph/decision.js";
import type { PlanNode, ReadWindow, Upstream } from "../../runner/graph/node.js";
import type { columnsDigest, digestedColumns } from "../../runner/observe/inputs.js";
import type { readSnapshot, Snapshot } from "../../runner/observe/snapshot.js";
import type { partitionsIn, setOf, stretchesOf } from "../../runner/plan/coverage.js";
import type { DecideInput, decide, outputVersion } from "../../runner/plan/decide.js";
import type { inputHashes } from "../../runner/plan/input-hash.js";
import type { inputRanges } from "../../runner/plan/input-ranges.js";
import type { needsOf } from "../../runner/plan/needs.js";
import type { InputHashText, OutputVersion, PartitionState } from "../../runner/plan/types.js";
import { type Fingerprint, NULL_PARTITION, type Partition, REST, WHOLE } from "../../runner/port/identity.js";
import { allColumns, type PartitionDigest, type Stage, type Transaction } from "../../runner/port/port.js";
import type { linkReads } from "../../runner/project/link-reads.js";
import type { recordModelStates } from "../../runner/state/model-state.js";

/** What stands in for a function of the runner; it gets the real one first. */
export type Instead<F extends (...args: never[]) => unknown> = (real: F, ...args: Parameters<F>) => ReturnType<F>;

/** The functions of the runner that a mutant may stand in for. */
export interface Mutation {
  decide?: Instead<typeof decide>;
  outputVersion?: Instead<typeof outputVersion>;
  inputHashes?: Instead<typeof inputHashes>;
  inputRanges?: Instead<typeof inputRanges>;
  needsOf?: Instead<typeof needsOf>;
  stretchesOf?: Instead<typeof stretchesOf>;
  partitionsIn?: Instead<typeof partitionsIn>;
  setOf?: Instead<typeof setOf>;
  digestedColumns?: Instead<typeof digestedColumns>;
  columnsDigest?: Instead<typeof columnsDigest>;
  readSnapshot?: Instead<typeof readSnapshot>;
  composeBuild?: Instead<typeof composeBuild>;
  auditsByHost?: Instead<typeof auditsByHost>;
  build?: Instead<typeof build>;
  planProject?: Instead<typeof planProject>;
  standingOf?: Instead<typeof standingOf>;
  linkReads?: Instead<typeof linkReads>;
  recordModelStates?: Instead<typeof recordModelStates>;
  mayBeDecidedOtherwise?: Instead<(action: RunnableAction, changes: RunChanges) => boolean>;
}

/** The mutation that the mocked modules use now; empty: the runner as it is. */
export const active: { mutation: Mutation } = { mutation: {} };

/** Bugs that a planner could have, by what it would get wrong. Each is made anew, because some remember. */
export const MUTANTS: Readonly<Record<string, () => Mutation>> = {
  "does not see edited code": () => withState((state, { node }) => ({ ...state, compiledHash: node.compiledHash })),
  "does not look at inputs": () =>
    withState((state, { inputs }, partition) => ({
      ...state,
      inputHash: inputs.get(partition)?.hash ?? ("" as InputHashText),
      inputs: inputs.get(partition)?.byUpstream ?? {},
    })),
  "does not look at the live table": () => ({ outputVersion: () => "the same" as OutputVersion }),
  "does not look at the columns of the live table": () => ({
    outputVersion: (real, live, ...rest) => real({ ...live, columns: "" }, ...rest),
  }),
  "takes a dropped table for an empty one": () => ({
    decide: (real, input) => real({ ...input, live: { ...input.live, exists: true } }),
  }),
  "trusts volatile models": () => withNode((node) => ({ ...node, volatile: undefined })),
  "runs disabled actions": () => withNode((node) => ({ ...node, disabled: false })),
  "ignores --full-refresh": () => ({ decide: (real, input) => real({ ...input, forced: false }) }),
  "does not see another engine version": () => withState((state, { engineVersion }) => ({ ...state, engineVersion })),
  "rebuilds after a comment": () =>
    afterDeciding((decision) =>
      decision.reason === "cosmetic" ? { ...decision, decision: "run", reason: "code_changed" } : decision,
    ),
  "calls every edit cosmetic": () => skips("code_changed", "cosmetic"),
  "takes what was never built for built": () => skips("never_built", "unchanged"),
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
  "tells what an assertion finds only once": () => ({
    standingOf: (real, ...args) => real(...args).filter(({ event }) => event !== "assertion_found_rows"),
  }),
  "forgets what an assertion has found": () => recording((row) => ({ ...row, verdict: undefined })),
  "counts rows instead of hashing them": () => ({
    inputHashes: (real, node, partitions, inputs, outside) =>
      real(
        node,
        partitions,
        new Map(
          [...inputs].map(([key, { columns, partitions: digests }]) => [
            key,
            { columns, partitions: new Map([...digests].map(([date, { rows }]) => [date, counted(rows)])) },
          ]),
        ),
        outside,
      ),
  }),
  "forgets the last upstream": () => ({
    inputHashes: (real, node, ...rest) =>
      real({ ...node, upstreams: node.upstreams.slice(0, Math.max(1, node.upstreams.length - 1)) }, ...rest),
  }),
  "does not look at the columns of its inputs": () => ({
    inputHashes: (real, node, partitions, inputs, outside) =>
      real(node, partitions, new Map([...inputs].map(([key, input]) => [key, { ...input, columns: "" }])), outside),
  }),
  "does not look at the order of columns": () => ({
    columnsDigest: (real, relation, names) => real(relation, names, "any order"),
  }),
  "counts the order of columns that are only named": () => ({
    digestedColumns: (real, relation, upstream) => {
      const names = new Set(real(relation, upstream));
      return allColumns(relation).filter((name) => names.has(name));
    },
  }),
  "does not see that whole rows are read": () => readColumns((columns) => columns ?? new Set(["d", "k", "j", "v"])),
  "takes every column for read": () => readColumns(() => undefined),
  "takes a data_hash for the whole row": () => ({
    digestedColumns: (real, relation, upstream) => {
      const columns = real(relation, upstream);
      return relation.columns.some(({ name }) => name === "data_hash") ? ["d", "k", "j", "data_hash"] : columns;
    },
  }),
  "hashes a day too little": () => hashedWindow(({ back, ahead }) => ({ back: Math.max(0, back - 1), ahead })),
  "hashes a day too much": () => hashedWindow(({ back, ahead }) => ({ back: back + 1, ahead })),
  "does not hash what lies ahead": () => hashedWindow(({ back }) => ({ back, ahead: 0 })),
  "hashes only the day itself": () => hashedWindow(() => ({ back: 0, ahead: 0 })),
  "hashes whole tables": () => ({
    inputHashes: (real, node, ...rest) =>
      real({ ...node, upstreams: node.upstreams.map((upstream) => ({ ...upstream, window: undefined })) }, ...rest),
  }),
  "does not hash tables without dates": () => ({
    inputHashes: (real, node, partitions, inputs, outside) =>
      real(
        node,
        partitions,
        new Map([...inputs].filter(([, { partitions: digests }]) => !digests.has(WHOLE))),
        outside,
      ),
  }),
  "does not hash rows without a date": () => ({
    inputHashes: (real, node, partitions, inputs, outside) =>
      real(
        node,
        partitions,
        new Map(
          [...inputs].map(([key, { columns, partitions: digests }]) => [
            key,
            { columns, partitions: new Map([...digests].filter(([date]) => date !== NULL_PARTITION)) },
          ]),
        ),
        outside,
      ),
  }),
  "reads digests of the window only": () => ({
    inputRanges: (real, nodes, coverageOf, inputName) =>
      new Map(
        [...real(nodes, coverageOf, inputName)].map(([key, range]) => [
          key,
          range && { from: coverageOf(nodes[0] as PlanNode).ranges[0]?.from ?? range.from, to: range.to },
        ]),
      ),
  }),
  "forgets the rest where everything is asked for": () => ({
    partitionsIn: (real, coverage) => real(coverage).filter((partition) => partition !== REST),
  }),
  "asks for no far date": () => ({ stretchesOf: (real, dates) => real(dates).slice(-1) }),
  "takes the calendar between two dates for one stretch": () => ({
    stretchesOf: (real, dates) => {
      const stretches = real(dates);
      const [first, last] = [stretches[0], stretches.at(-1)];
      return first && last && last.to < "3" && first.from > "2" ? [{ from: first.from, to: first.from }] : stretches;
    },
  }),
  "decides on the fingerprints of the plan": () => {
    let planned: Snapshot | undefined;
    return {
      readSnapshot: async (real, transaction, actions, coverageOf) => {
        if (actions.length > 1 || planned === undefined) planned = await real(transaction, actions, coverageOf);
        return actions.length > 1
          ? planned
          : { ...(await real(transaction, actions, coverageOf)), inputs: planned.inputs };
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
    composeBuild: (real, action, texts, set, context) => {
      const [first, last] = [set?.within[0], set?.within.at(-1)];
      const hull = first && last ? [{ from: first.from, to: last.to }] : [];
      return real(action, texts, set && { ...set, within: hull }, context);
    },
  }),
  "builds no rest": () => ({
    setOf: (real, partitions, coverage) => ({ ...real(partitions, coverage), outside: undefined }),
  }),
  "builds what is decided by itself with the rest too": () => ({
    setOf: (real, partitions, { outside }) => real(partitions, { ranges: [], outside }),
  }),
  "lets a model that reads itself see all of its rows": () => ({
    composeBuild: (real, action, texts, set, context) =>
      real(action, texts, action.accumulating && texts !== action ? undefined : set, context),
  }),
  "never asks a gate": () => ({ auditsByHost: () => new Map() }),
  "builds only the first stale partition": () => ({
    build: (real, transaction, task, ...rest) => real(transaction, { ...task, stale: task.stale.slice(0, 1) }, ...rest),
  }),
  "empties an accumulating model": () => building((action) => ({ ...action, accumulating: false })),
  "makes a protected model anew": () => building((action) => ({ ...action, isProtected: false })),
  "runs the full query of an accumulating model": () => building((action) => ({ ...action, incremental: undefined })),
  "adds every row and merges none": () =>
    building((action) => (action.accumulating ? { ...action, uniqueKey: [] } : action)),
  "makes needed history anew with what is forced": () => ({
    build: (real, transaction, task, context) => {
      const stale = task.stale.map(
        (decision): PartitionDecision =>
          context.force && decision.decision === "run" ? { ...decision, reason: "forced" } : decision,
      );
      return real(transaction, { ...task, stale }, context);
    },
  }),
  "gives one date other columns and leaves the other dates": () => ({
    build: (real, transaction, task, context) => real(ofLiveShape(transaction, task), task, context),
  }),
  "runs what was not selected": () => ({
    planProject: (real, transaction, project, dataset, version, request) =>
      real(transaction, project, dataset, version, { ...request, selected: undefined }),
  }),
  "builds what is asked for on whatever is there": () => ({
    planProject: (real, transaction, project, dataset, version, request) =>
      real(transaction, project, dataset, version, { ...request, upstream: false }),
  }),
  "needs nothing but what is asked for": () => ({
    needsOf: (real, request) =>
      new Map(
        [...real(request)].map(([key, needs]) => [key, { ...needs, needed: { ranges: [], outside: undefined } }]),
      ),
  }),
  "needs the nearest upstream only": () => ({
    needsOf: (real, request) => {
      const byKey = new Map(request.nodes.map((node) => [node.key, node]));
      return new Map(
        [...real(request)].map(([key, needs]) => {
          const isNear = [...byKey.values()].some(
            (node) => request.isSelected(node.key) && node.upstreams.some((upstream) => upstream.key === key),
          );
          return [key, isNear ? needs : { ...needs, needed: { ranges: [], outside: undefined } }];
        }),
      );
    },
  }),
  "calls unchanged what rests on stale rows": () => ({
    decide: (real, input) => real({ ...input, staleUpstreams: () => [] }),
  }),
  "takes a name without ref for that of a source": () => ({ linkReads: (_real, actions) => [...actions] }),
  "decides by the plan whatever has run since": () => ({ mayBeDecidedOtherwise: () => false }),
  "takes a table without another row for what it was": () => ({
    mayBeDecidedOtherwise: (_real, action, changes) => changes.mayHaveMoved(action),
  }),
  "records the rows of before": () => recording((row) => ({ ...row, outputVersion: "empty" as OutputVersion })),
  "forgets what it built without rows": () => ({
    recordModelStates: (real, transaction, dataset, run, built) =>
      real(
        transaction,
        dataset,
        run,
        built.filter(({ outputVersion }) => !outputVersion.endsWith(":empty")),
      ),
  }),
};

function counted(rows: number): PartitionDigest {
  return { rows, digest: `${rows}` as Fingerprint };
}

function withState(
  change: (state: PartitionState, input: DecideInput, partition: Partition) => PartitionState,
): Mutation {
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

function skips(reason: PartitionDecision["reason"], instead: "cosmetic" | "unchanged"): Mutation {
  return afterDeciding((decision) =>
    decision.reason === reason ? { partition: decision.partition, decision: "skip", reason: instead } : decision,
  );
}

function building(change: (action: RunnableAction) => RunnableAction): Mutation {
  return {
    build: (real, transaction, task, context) => real(transaction, { ...task, action: change(task.action) }, context),
  };
}

function recording(change: (row: Parameters<typeof recordModelStates>[3][number]) => typeof row): Mutation {
  return {
    recordModelStates: (real, transaction, dataset, run, built) => real(transaction, dataset, run, built.map(change)),
  };
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

/** A transaction whose stages claim to have the columns of the table that stands. */
function ofLiveShape(transaction: Transaction, { action, snapshot }: Parameters<typeof build>[1]): Transaction {
  const live = snapshot.relations.get(action.node.key);
  const shapes = new Map<string, Stage>();
  const staging = (target: Pick<Transaction, "stage">) => async (query: string) => {
    const stage = await target.stage(query);
    shapes.set(stage.name, stage);
    return live?.kind === "table" ? { ...stage, columns: live.columns } : stage;
  };
  const pretending = (target: Transaction): Transaction =>
    new Proxy(target, {
      get(real, method: keyof Transaction) {
        if (method === "stage") return staging(real);
        if (method === "script") return (work: (script: Transaction) => Promise<unknown>) => work(pretending(real));
        if (method === "publish")
          return (request: Parameters<Transaction["publish"]>[0]) =>
            real.publish({ ...request, stage: shapes.get(request.stage.name) ?? request.stage });
        const own = real[method];
        return typeof own === "function" ? own.bind(real) : own;
      },
    });
  return pretending(transaction);
}
