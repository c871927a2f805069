import { coverageIn, type ProjectPlan } from "../decide/plan-project.js";
import { composeBuild, composeUnrestricted, onlyUnexpired } from "../execute/compose.js";
import { LocatedError, locating, runStatements } from "../execute/located.js";
import { requireRightViews } from "../execute/right-views.js";
import { rolledBack } from "../execute/rolled-back.js";
import type { RunnableAction } from "../graph/action.js";
import type { Locate } from "../graph/locate.js";
import { readQueries } from "../graph/read-queries.js";
import { publishedColumns } from "../observe/snapshot.js";
import { type Coverage, hullOf, isNothing, setOf } from "../plan/coverage.js";
import { MORE_TO_TAKE } from "../plan/input-hash.js";
import { partitionsOf } from "../plan/partitions.js";
import { EngineError, type EngineErrorCode } from "../port/engine-error.js";
import type { Partition } from "../port/identity.js";
import { holds, type PartitionSet } from "../port/partition-set.js";
import {
  type Capabilities,
  type DigestRequest,
  type PartitionDigests,
  type PublishCounts,
  type Relation,
  relationKey,
  type ScriptTexts,
  type Stage,
  type Transaction,
  type Warehouse,
} from "../port/port.js";
import { typeName } from "../port/sql-types.js";

/** A partition whose live rows are not what its query gives. */
export interface Difference {
  readonly partition: string;
  readonly liveRows: number;
  readonly rebuiltRows: number;
}

export interface Verified {
  readonly key: string;
  /** How many partitions were compared. */
  readonly partitions: number;
  readonly differences: readonly Difference[];
  /** Why the model differs as a whole. */
  readonly problem: string | undefined;
  /** Why nothing can be promised of it. */
  readonly note: string | undefined;
}

/**
 * Builds everything that a plan is about again as stock Dataform would, from whole upstreams, and compares each partition's fingerprint
 * with the live table's; views must stand as a run would make them. Upstreams are read as they stand: when every model equals its own
 * rebuild, the warehouse equals a full one.
 * Of a model whose rows are history, the incremental query is run once more: it must have nothing to add. All of it is rolled back.
 */
export async function verifyModels(
  warehouse: Warehouse,
  plan: ProjectPlan,
  locate: Locate,
): Promise<readonly Verified[]> {
  const verified: Verified[] = [];
  for (const action of plan.project.actions) {
    const { key, kind, disabled, partitioned } = action.node;
    const coverage = coverageIn(plan.needs, key);
    if (disabled || isNothing(coverage)) continue;
    if (kind === "view") {
      const problem =
        viewProblem(action, plan) ??
        (
          await rolledBack(warehouse, (transaction) => requireView(transaction, action, plan, locate)).catch(
            notBuilt(key),
          )
        )?.problem;
      if (problem !== undefined) verified.push({ key, partitions: 1, ...EQUAL, problem });
    }
    if (kind !== "model") continue;
    const result = { key, partitions: partitionsOf(action.node, coverage).length, ...EQUAL };
    const set =
      partitioned && coverage.outside === undefined ? setOf(partitionsOf(action.node, coverage), coverage) : undefined;
    const found = await rolledBack(warehouse, (transaction) =>
      new ModelCheck(transaction, action, coverage, set, plan, locate, warehouse.capabilities).run(),
    ).catch(notBuilt(key));
    verified.push({ ...result, ...found });
  }
  return verified;
}

/** Whether a view stands as a run would make it. */
function viewProblem(action: RunnableAction, { decisions, snapshot }: ProjectPlan): string | undefined {
  if (snapshot.relations.get(relationKey(action.target))?.kind !== "view") return "its view is not there";
  const reasons = (decisions.get(action.node.key) ?? []).map(({ reason }) => reason);
  if (reasons.includes("table_modified")) return "its view is not the one that was made of it";
  return reasons.includes("code_changed") ? "its view has another query" : undefined;
}

/** The query of a view is right as things are; in the queries that read it, it could be right by accident. */
async function requireView(
  transaction: Transaction,
  action: RunnableAction,
  { project }: ProjectPlan,
  locate: Locate,
): Promise<undefined> {
  const query = composeUnrestricted(action, undefined, readQueries(project.actions));
  await locating(query, locate, (sql) => transaction.requireQuery(sql));
}

/** What is wrong with one model says nothing of the others. */
const OWN_TROUBLE: readonly EngineErrorCode[] = ["sql", "query", "data"];

/** What the machine lacks says nothing of the model's rows, and as little of those that come behind it. */
const NO_VERDICT: readonly EngineErrorCode[] = ["memory", "full"];

/** What is to be told of a model that was not built; an engine that cannot undo what its statements do does not try them. */
const notBuilt =
  (key: string) =>
  (cause: unknown): Finding => {
    const error = cause instanceof LocatedError ? cause.cause : cause;
    if (!(cause instanceof Error) || !(error instanceof EngineError)) throw cause;
    if (error.code === "refused") return { note: cause.message };
    if (OWN_TROUBLE.includes(error.code)) return { problem: `it cannot be built: ${cause.message}` };
    if (NO_VERDICT.includes(error.code))
      throw new EngineError(error.code, `${key} cannot be built again to be compared: ${cause.message}`);
    throw cause;
  };

type Finding = Partial<Pick<Verified, "differences" | "problem" | "note">>;

const EQUAL = { differences: [], problem: undefined, note: undefined };

class ModelCheck {
  constructor(
    readonly transaction: Transaction,
    readonly action: RunnableAction,
    readonly coverage: Coverage,
    /** The rows that are compared; undefined: all. */
    readonly set: PartitionSet | undefined,
    readonly plan: ProjectPlan,
    readonly locate: Locate,
    readonly capabilities: Capabilities,
  ) {}

  async run(): Promise<Finding> {
    const { action } = this;
    const live = (await this.transaction.relations()).get(relationKey(action.target));
    if (live?.kind !== "table") return { problem: "its table is not there" };
    if (action.accumulating) return this.#replayed(live);
    return this.transaction.script((script) => this.#rebuilt(script, live));
  }

  async #rebuilt(script: ScriptTexts, live: Relation): Promise<Finding> {
    const { action } = this;
    const standing = await this.#digestsOf(live);
    await this.#requireRightViews(action);
    await runStatements(script, action, "pre_operations", action.preOps, this.locate);
    const query = onlyUnexpired(action, composeUnrestricted(action, this.set, this.#views()), this.capabilities);
    const stage = await locating(query, this.locate, (sql) => script.stage(sql));
    const published = action.postOps.length === 0 ? undefined : await this.#published(script, stage, live);
    if (shapeOf((published ?? stage).columns) !== shapeOf(live.columns) || live.foreignColumns.length > 0)
      return { problem: "its table has other columns than its query, or has them in another order" };
    const rebuilt =
      published === undefined ? await this.#digestsOfStage(stage, live) : await this.#digestsOf(published);
    const differences = this.#differences(standing, rebuilt);
    if (differences.length === 0 || published !== undefined) return { differences };
    const again = await locating(query, this.locate, (sql) => script.stage(sql));
    const judged = this.#judged(differences, rebuilt, await this.#digestsOfStage(again, live), "each time");
    if (judged.note !== undefined || !this.capabilities.readsInOrder) return judged;
    const mixed = await this.#rebuiltInOtherOrder(script, live);
    return mixed === undefined ? judged : this.#judged(differences, rebuilt, mixed, "by the order of those it reads");
  }

  /** Undefined: the query asks for more of a table than its rows and columns, or there is no room for it once more. */
  async #rebuiltInOtherOrder(script: ScriptTexts, live: Relation): Promise<PartitionDigests | undefined> {
    const relations = await this.transaction.relations();
    const isTable = (key: string): boolean => relations.get(key)?.kind === "table";
    const query = composeUnrestricted(this.action, this.set, this.#views(), isTable);
    try {
      const stage = await script.stage(onlyUnexpired(this.action, query, this.capabilities).text);
      return await this.#digestsOfStage(stage, live);
    } catch (error) {
      if (error instanceof EngineError && [...OWN_TROUBLE, ...NO_VERDICT].includes(error.code)) return undefined;
      throw error;
    }
  }

  #digestsOfStage(stage: Stage, live: Relation): Promise<PartitionDigests> {
    return this.transaction.digestStage(stage, this.#requestOf(live));
  }

  /** A query that gives other rows the second time says nothing of those that a run has left, but how many there are. */
  #judged(
    differences: readonly Difference[],
    once: PartitionDigests,
    again: PartitionDigests,
    when: "each time" | "by the order of those it reads",
  ): Finding {
    const rebuilds = new Map(this.#differences(once, again).map((difference) => [difference.partition, difference]));
    const isUnsettled = (difference: Difference): boolean => {
      const rebuild = rebuilds.get(difference.partition);
      return rebuild !== undefined && (isOtherCount(rebuild) || !isOtherCount(difference));
    };
    const settled = differences.filter((difference) => !isUnsettled(difference));
    const [first, ...others] = differences.filter(isUnsettled);
    if (first === undefined) return { differences };
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    const where = this.action.node.partitioned ? ` of ${first.partition}${more}` : "";
    return {
      differences: settled,
      note: `its query gives other rows${where} ${when}: what it should hold cannot be told`,
    };
  }

  /** The table that post_operations leave, columns that they add among the rest: it is only seen where they run. */
  async #published(script: ScriptTexts, stage: Stage, live: Relation): Promise<Relation> {
    const { action } = this;
    await this.transaction.publish({
      stage,
      target: action.target,
      partitions: this.set,
      partitionColumn: live.partitionColumn,
      clusterBy: live.clusterBy,
      key: live.primaryKey,
      rowColumns: action.rowColumns,
      rowHash: action.rowHash,
    });
    await runStatements(script, action, "post_operations", action.postOps, this.locate);
    return (await this.transaction.relations()).get(relationKey(action.target)) ?? live;
  }

  async #replayed(live: Relation): Promise<Finding> {
    const { action } = this;
    const texts = action.incremental ?? action;
    const isRemade = texts.preOps.length + texts.postOps.length > 0 || action.strategy.overwritesPartitions;
    const before = isRemade ? await this.#digestsOf(live) : undefined;
    const counts = await this.transaction.script(async (script): Promise<PublishCounts> => {
      await this.#requireRightViews(texts);
      await runStatements(script, action, "pre_operations", texts.preOps, this.locate);
      const relations = await this.transaction.relations();
      const context = { views: this.#views(), relations };
      const query = onlyUnexpired(action, composeBuild(action, texts, this.set, context), this.capabilities);
      const stage = await locating(query, this.locate, (sql) => script.stage(sql));
      const done = await this.transaction.accumulate({
        stage,
        target: action.target,
        key: action.uniqueKey,
        partitionColumn: live.partitionColumn,
        partitionBy: action.wanted?.settings.partitionBy,
        overwritesPartitions: action.strategy.overwritesPartitions,
        onSchemaChange: action.strategy.onSchemaChange,
      });
      await runStatements(script, action, "post_operations", texts.postOps, this.locate);
      return done;
    });
    const changed = counts.inserted + counts.updated;
    // Rows that pre_operations delete, or that a partition held, and the query brings again, or that post_operations delete, are no difference.
    if (changed === 0 || (before !== undefined && isSameContent(before, await this.#digestsOf(live))))
      return { note: "its rows are history; its incremental query has nothing to add" };
    if (action.node.upstreams.some(({ key }) => key === action.node.key))
      return { note: `its rows are history, taken part by part; the next run takes ${changed} more` };
    const states = [...(this.plan.states.get(action.node.key)?.values() ?? [])];
    if (states.some(({ inputHash }) => inputHash === MORE_TO_TAKE))
      return { note: `its rows are history, made by its full query; the next run adds or changes ${changed}` };
    const readsItself = texts.reads.some(({ key }) => key === action.node.key);
    if (action.uniqueKey.length === 0 && !readsItself)
      return { note: "its rows are history; what it should hold cannot be told" };
    return { problem: `its rows are history; its incremental query would change or add ${changed}` };
  }

  async #requireRightViews({ reads }: Pick<RunnableAction, "reads">): Promise<void> {
    const context = { views: this.#views(), locate: this.locate, rightViews: new Set<string>() };
    await requireRightViews(this.transaction, reads, context);
  }

  #views(): ReadonlyMap<string, RunnableAction> {
    return readQueries(this.plan.project.actions);
  }

  #requestOf(live: Relation): Omit<DigestRequest, "range"> {
    const { action } = this;
    const grain = action.node.partitioned ? "partition" : "relation";
    return { relation: live, columns: publishedColumns(live, action), grain };
  }

  async #digestsOf(live: Relation): Promise<PartitionDigests> {
    const range = this.action.node.partitioned ? hullOf(this.coverage) : undefined;
    const [digests] = await this.transaction.digests([{ ...this.#requestOf(live), range }]);
    return digests ?? new Map();
  }

  #differences(live: PartitionDigests, rebuilt: PartitionDigests): Difference[] {
    const { set } = this;
    const partitions = new Set<Partition>([...live.keys(), ...rebuilt.keys()]);
    return [...partitions]
      .filter((partition) => set === undefined || holds(set, partition))
      .sort()
      .flatMap((partition) => {
        const [has, should] = [live.get(partition), rebuilt.get(partition)];
        if (has?.digest === should?.digest) return [];
        return [{ partition, liveRows: has?.rows ?? 0, rebuiltRows: should?.rows ?? 0 }];
      });
  }
}

const isOtherCount = ({ liveRows, rebuiltRows }: Difference): boolean => liveRows !== rebuiltRows;

/** Columns in their order, with their types and spelling. */
function shapeOf(columns: Relation["columns"]): string {
  return columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(", ");
}

function isSameContent(one: PartitionDigests, other: PartitionDigests): boolean {
  return (
    one.size === other.size && [...one].every(([partition, { digest }]) => other.get(partition)?.digest === digest)
  );
}
