import { coverageIn, type ProjectPlan, runningOf } from "../decide/plan-project.js";
import type { RunEvent } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import { readQueries } from "../graph/read-queries.js";
import { setOf } from "../plan/coverage.js";
import { partitionsOf } from "../plan/partitions.js";
import type { Partition } from "../port/identity.js";
import type { PartitionSet } from "../port/partition-set.js";
import type { CostQuestions } from "../port/port.js";
import { firstQuestion } from "./audit.js";
import { composeBuild } from "./compose.js";

type CostEvent = Extract<RunEvent, { event: "cost_estimated" }>;

const BYTES_PER_TIB = 1024 ** 4;

/** US dollars for processing bytes; 0 where nobody charges for them. */
export function dollarsFor(bytes: number, cost: Pick<CostQuestions, "pricePerTiB"> | undefined): number {
  return (bytes / BYTES_PER_TIB) * (cost?.pricePerTiB ?? 0);
}
/** Questions that are asked at a time. */
const AT_ONCE = 8;

/** What the queries of a plan would process, and what those that it skips would have; nothing runs. */
export async function estimateCost(plan: ProjectPlan, { estimate, pricePerTiB }: CostQuestions): Promise<CostEvent> {
  const views = readQueries(plan.project.actions);
  const context = { views, relations: plan.snapshot.relations };
  const questions = plan.project.actions.flatMap((action) => {
    const { kind, disabled, key } = action.node;
    if (disabled || (kind !== "model" && kind !== "assertion")) return [];
    const running = runningOf(plan.decisions.get(key) ?? []);
    const all = (plan.decisions.get(key) ?? []).filter(({ reason }) => reason !== "not_selected");
    const partitions = running.length > 0 ? running : all.map(({ partition }) => partition);
    if (partitions.length === 0) return [];
    const sql =
      kind === "assertion"
        ? firstQuestion(action, context)
        : composeBuild(action, textsOf(action, plan), partitionSet(action, partitions, plan), context).text;
    return [{ key, runs: running.length > 0, sql }];
  });
  const actions: { key: string; runs: boolean; bytes: number | undefined }[] = [];
  for (let first = 0; first < questions.length; first += AT_ONCE) {
    const some = questions.slice(first, first + AT_ONCE);
    const bytes = await Promise.all(some.map(({ sql }) => estimate(sql)));
    actions.push(...some.map(({ key, runs }, index) => ({ key, runs, bytes: bytes[index] })));
  }
  const sum = (runs: boolean) =>
    actions.reduce((total, action) => total + (action.runs === runs ? (action.bytes ?? 0) : 0), 0);
  const [bytes, savedBytes] = [sum(true), sum(false)];
  return {
    event: "cost_estimated",
    actions,
    bytes,
    savedBytes,
    unknown: actions.filter((action) => action.runs && action.bytes === undefined).length,
    dollars: dollarsFor(bytes, { pricePerTiB }),
    savedDollars: dollarsFor(savedBytes, { pricePerTiB }),
  };
}

/** A table that is there takes what its incremental query gives. */
function textsOf(action: RunnableAction, plan: ProjectPlan) {
  const isThere = plan.snapshot.relations.get(action.node.key)?.kind === "table";
  return action.accumulating && isThere ? (action.incremental ?? action) : action;
}

function partitionSet(
  { node }: RunnableAction,
  partitions: readonly Partition[],
  plan: ProjectPlan,
): PartitionSet | undefined {
  if (!node.partitioned) return undefined;
  const coverage = coverageIn(plan.needs, node.key);
  const isAll = coverage.outside !== undefined && partitions.length === partitionsOf(node, coverage).length;
  return isAll ? undefined : setOf(partitions, coverage);
}
