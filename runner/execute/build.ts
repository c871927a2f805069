import type { EventListener } from "../events/events.js";
import { rowsWritten } from "../events/run-record.js";
import { quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import type { Locate } from "../graph/locate.js";
import { readSnapshot, type Snapshot } from "../observe/snapshot.js";
import { type Coverage, coverageOfEverything, setOf, uniteCoverage } from "../plan/coverage.js";
import { outputVersion } from "../plan/decide.js";
import { partitionsOf } from "../plan/partitions.js";
import type { LiveOutput, PartitionState } from "../plan/types.js";
import { EngineError } from "../port/engine-error.js";
import { type Partition, WHOLE } from "../port/identity.js";
import { SLICES } from "../port/key-slices.js";
import type { PartitionSet } from "../port/partition-set.js";
import {
  type DateRange,
  type DigestRequest,
  type PublishCounts,
  type Relation,
  relationKey,
  type ScriptTexts,
  type Stage,
  type Transaction,
} from "../port/port.js";
import { typeName } from "../port/sql-types.js";
import type { FingerprintLog } from "../state/relation-state.js";
import { audit } from "./audit.js";
import type { Breakers } from "./breakers.js";
import {
  type ComposedQuery,
  composeAround,
  composeBuild,
  composeShape,
  composeView,
  onlyUnexpired,
} from "./compose.js";
import { locating, runStatements } from "./located.js";
import { mergeStatement } from "./merge-statement.js";
import { ANY_ROWS, type MovedSlices, movedSlices, type ReadSlices } from "./moved-slices.js";
import { BuildRecorder } from "./record-build.js";
import { requireRightViews } from "./right-views.js";
import { type Shards, useShards } from "./shards.js";
import type { SlicedBuild } from "./slice-records.js";
import { composeSlices, type SlicedModel, slicedModel } from "./sliced-inputs.js";
import { takesMore } from "./takes-more.js";

/** What stays the same for all actions of one run. */
export interface BuildContext {
  readonly stateDataset: string;
  readonly run: { readonly runId: string; readonly recordedAt: string };
  readonly engineVersion: string;
  /** Partitions that are too old vanish by themselves. */
  readonly expiresPartitions: boolean;
  readonly views: ReadonlyMap<string, RunnableAction>;
  /** Those whose query the run has found right. */
  readonly rightViews: Set<string>;
  readonly fingerprints: FingerprintLog;
  readonly locate: Locate;
  readonly breakers: Breakers;
  readonly emit: EventListener;
  /** The dates that the run was asked for; undefined: all. */
  readonly window: DateRange | undefined;
  /** What is asked for is made anew. */
  readonly force: boolean;
  /** The dates that have partitions of their own where every row is asked for. */
  readonly everything: readonly DateRange[];
  /** What those who read a relation will ask of it before they are built. */
  readonly askedByReaders: (key: string, relations: ReadonlyMap<string, Relation>) => readonly DigestRequest[];
  /** Upstreams of a partition that are stale, sorted. */
  readonly restingOn: (
    action: RunnableAction,
    partition: Partition,
    outside: readonly DateRange[] | undefined,
  ) => readonly string[];
}

/** What one action is to build. */
export interface BuildTask {
  readonly action: RunnableAction;
  readonly stale: readonly PartitionDecision[];
  readonly coverage: Coverage;
  readonly snapshot: Snapshot;
  /** What is recorded of its partitions. */
  readonly states?: ReadonlyMap<Partition, PartitionState> | undefined;
  /** The assertions that must hold before it is published. */
  readonly audits: readonly RunnableAction[];
  /** What workers have computed of it beforehand. */
  readonly shards?: Shards | undefined;
}

/** What a build has done. */
export interface BuildOutcome {
  /** What was published; undefined for what publishes no rows. */
  readonly counts: PublishCounts | undefined;
  /** The rows are others than before: statements around the query may change some where nothing was published. */
  readonly isMoved?: boolean;
  /** What its rows were built of, where they can be told apart by a key. */
  readonly sliced?: SlicedBuild | undefined;
}

/**
 * Builds the stale partitions of one action and records them, all in the caller's transaction: stage, publish what differs,
 * audit, state. Throwing rolls everything back.
 */
export async function build(transaction: Transaction, task: BuildTask, context: BuildContext): Promise<BuildOutcome> {
  return new ActionBuild(transaction, task, context).run();
}

/** One build, in one transaction. */
class ActionBuild {
  readonly #recorder: BuildRecorder;

  constructor(
    readonly transaction: Transaction,
    readonly task: BuildTask,
    readonly context: BuildContext,
  ) {
    this.#recorder = new BuildRecorder(transaction, context);
  }

  async run(): Promise<BuildOutcome> {
    const { action, audits, coverage, snapshot } = this.task;
    const partitions = this.task.stale.map(({ partition }) => partition);
    if (action.wanted !== undefined) this.transaction.requireMakeable?.(action.wanted);
    switch (action.node.kind) {
      case "view":
        await this.#view();
        await this.#recorder.record({ action, partitions, coverage, snapshot, verdict: undefined });
        return NO_ROWS_PUBLISHED;
      case "assertion": {
        const { verdict, isOfAllDates } = await audit(this.transaction, action, this.context);
        if (isOfAllDates) await this.#recorder.record({ action, partitions, coverage, snapshot, verdict });
        return NO_ROWS_PUBLISHED;
      }
      case "operation":
        for (const statement of action.operations)
          await this.#script((script) => this.#statements(script, "sql", [statement]));
        await this.#recorder.record({ action, partitions, coverage, snapshot, verdict: undefined });
        return NO_ROWS_PUBLISHED;
      case "model": {
        const built = await this.#script((script) => this.#model(script, partitions));
        const judged = await this.#judge(audits);
        // This reads, with what is the model's own, what the records of its audits ask of the rows.
        const left = await this.#recorder.record({ action, snapshot, verdict: undefined, ...built });
        await this.#recordAudits(judged);
        const { sliced: model, read = new Map() } = built;
        const sliced = model && { model, inputs: (built.snapshot ?? snapshot).inputs, read };
        return { counts: built.counts, isMoved: this.#isMoved(built, left), sliced };
      }
    }
  }

  #isMoved({ counts, partitions, coverage, snapshot = this.task.snapshot }: Built, left: LiveOutput): boolean {
    if (rowsWritten(counts) > 0) return true;
    const before = snapshot.outputs.get(this.task.action.node.key);
    // A table that comes into being without a row has none that differs.
    if (before?.exists !== true) return false;
    const versionIn = (live: LiveOutput, partition: Partition) => outputVersion(live, partition, coverage.outside);
    return partitions.some((partition) => versionIn(before, partition) !== versionIn(left, partition));
  }

  /** What stands around a model's query is one script with it: its variables and temporary functions are there in the query. */
  async #script<T>(work: (script: ScriptTexts) => Promise<T>): Promise<T> {
    return this.transaction.script(work);
  }

  async #statements(
    script: ScriptTexts,
    kind: "sql" | "pre_operations" | "post_operations",
    texts: readonly string[],
  ): Promise<void> {
    await runStatements(script, this.task.action, kind, texts, this.context.locate);
  }

  #step(step: "computing" | "writing" | "checking", count?: number): void {
    const { action, stale } = this.task;
    this.context.emit({ event: "action_step", key: action.node.key, step, partitions: stale.length, count });
  }

  async #view(): Promise<void> {
    const { action } = this.task;
    await this.#script(async (script) => {
      await this.#statements(script, "pre_operations", action.preOps);
      const query = composeView(action, this.context.views);
      await locating(query, this.context.locate, (sql) =>
        script.replaceView(action.target, sql, action.wanted?.settings),
      );
      await this.#statements(script, "post_operations", action.postOps);
    });
  }

  async #model(script: ScriptTexts, partitions: readonly Partition[]): Promise<Built> {
    const { action, snapshot, coverage, stale } = this.task;
    const live = snapshot.relations.get(action.node.key);
    if (!action.accumulating || live?.kind !== "table") return this.#rebuild(script, partitions, live);
    // History that somebody else's request needs is not what that request asked to be made anew.
    const isRefreshed = ({ reason }: PartitionDecision) => reason === "forced" && !action.isProtected;
    const refreshed = stale.filter(isRefreshed).map(({ partition }) => partition);
    const added = stale.filter((decision) => !isRefreshed(decision)).map(({ partition }) => partition);
    const built = refreshed.length === 0 ? undefined : await this.#rebuild(script, refreshed, live);
    if (added.length === 0 && built !== undefined) return built;
    const counts = await this.#accumulate(script, added, live);
    if (built === undefined) return { counts, partitions, coverage };
    return { ...built, counts: sumOf(built.counts, counts), partitions: [...new Set([...built.partitions, ...added])] };
  }

  /** The full query is the truth: the table's partitions become what it gives. */
  async #rebuild(script: ScriptTexts, partitions: readonly Partition[], live: Relation | undefined): Promise<Built> {
    const { action, coverage, snapshot } = this.task;
    await this.#requireRightViews(action);
    await this.#statements(script, "pre_operations", action.preOps);
    let set = this.#setOf(partitions);
    const query = this.#composed(set);
    const tellsSlices = this.transaction.sliceDigests !== undefined;
    const sliced = tellsSlices ? slicedModel(action, query, snapshot.relations) : undefined;
    const { only: moved, read } = await this.#movedSlices(sliced, live);
    let only = moved;
    let stage =
      sliced !== undefined && only !== undefined
        ? await this.#stageOf(script, composeSlices(sliced, only))
        : ((await this.#stageShards(script, partitions)) ?? (await this.#stageOf(script, query)));
    let built = { partitions, coverage, snapshot, sliced, read };
    const isPart = set !== undefined || only !== undefined;
    if (isPart && live?.kind === "table" && !hasShape(live, stage)) {
      // A table has one shape: rows of other dates must follow, and nobody knows their values but the query.
      if (action.accumulating) refuseLostHistory(action, live, stage);
      else {
        await this.transaction.discard(stage);
        set = undefined;
        only = undefined;
        stage = await this.#stageOf(script, this.#composed(set));
        built = { ...(await this.#widened()), sliced, read };
      }
    }
    this.#step("writing", stage.rows);
    const counts = await this.transaction.publish({ partitions: set, only, ...this.#layoutOf(stage) });
    await this.#statements(script, "post_operations", action.postOps);
    return { counts, ...built, takesMore: takesMore(action) };
  }

  /** What the model reads is built: a view that is right now is so for the rest of the run. */
  async #requireRightViews({ reads }: Pick<RunnableAction, "reads">): Promise<void> {
    const { rightViews } = this.context;
    for (const key of await requireRightViews(this.transaction, reads, this.context)) rightViews.add(key);
  }

  /** What workers have computed beforehand, where it is what this transaction would compute. */
  async #stageShards(script: ScriptTexts, partitions: readonly Partition[]): Promise<Stage | undefined> {
    const { action, coverage, snapshot, shards } = this.task;
    if (shards === undefined) return undefined;
    const query = useShards(shards, action, partitions, coverage, snapshot);
    return query === undefined ? undefined : script.stage(query);
  }

  /** The slices of the rows beyond which nothing can have changed. */
  async #movedSlices(sliced: SlicedModel | undefined, live: Relation | undefined): Promise<MovedSlices> {
    if (sliced === undefined || live?.kind !== "table") return ANY_ROWS;
    const moved = await movedSlices(this.transaction, sliced, this.task, this.context);
    const { key } = this.task.action.node;
    if (moved.only !== undefined) {
      const { column, slices } = moved.only;
      this.context.emit({ event: "keys_computed", key, column, slices: slices.length, of: SLICES });
    }
    return moved;
  }

  #composed(set: PartitionSet | undefined): ComposedQuery {
    const { action, snapshot } = this.task;
    const views = { views: this.context.views, relations: snapshot.relations };
    return onlyUnexpired(action, composeBuild(action, action, set, views), this.context);
  }

  async #stageOf(script: ScriptTexts, query: ComposedQuery): Promise<Stage> {
    this.#step("computing");
    return locating(query, this.context.locate, (sql) => script.stage(sql, this.task.action.target));
  }

  /** All partitions that the model has, with what they are built of. */
  async #widened(): Promise<Pick<Built, "partitions" | "coverage"> & { readonly snapshot: Snapshot }> {
    const { action } = this.task;
    const coverage = uniteCoverage(this.task.coverage, coverageOfEverything(this.context.everything));
    const snapshot = await readSnapshot(this.transaction, [action], () => coverage);
    return { partitions: partitionsOf(action.node, coverage), coverage, snapshot };
  }

  /** The table's rows are history: what the incremental query gives is added to them. */
  async #accumulate(script: ScriptTexts, partitions: readonly Partition[], live: Relation): Promise<PublishCounts> {
    const { action, snapshot, stale } = this.task;
    const texts = action.incremental ?? action;
    if (stale.some(({ reason }) => reason === "code_changed"))
      this.context.emit({ event: "history_kept", key: action.node.key });
    await this.#requireRightViews(texts);
    await this.#statements(script, "pre_operations", texts.preOps);
    const views = { views: this.context.views, relations: snapshot.relations };
    const query = onlyUnexpired(action, composeBuild(action, texts, this.#setOf(partitions), views), this.context);
    const counts =
      action.strategy.updateFilters.length > 0 && action.uniqueKey.length > 0
        ? await this.#mergeFiltered(script, query, live)
        : await this.#add(script, query);
    await this.#statements(script, "post_operations", texts.postOps);
    return counts;
  }

  async #add(script: ScriptTexts, query: ReturnType<typeof composeBuild>): Promise<PublishCounts> {
    const { action } = this.task;
    this.#step("computing");
    const stage = await locating(query, this.context.locate, (sql) => script.stage(sql));
    this.#step("writing", stage.rows);
    const { key, partitionColumn, target } = this.#layoutOf(stage);
    const { overwritesPartitions, onSchemaChange } = action.strategy;
    const how = { overwritesPartitions, onSchemaChange, partitionBy: action.wanted?.settings.partitionBy };
    return this.transaction.accumulate({ stage, target, key, partitionColumn, ...how });
  }

  /** Conditions on the table's rows are GoogleSQL of the project: the whole merge is. */
  async #mergeFiltered(
    script: ScriptTexts,
    query: ReturnType<typeof composeBuild>,
    live: Relation,
  ): Promise<PublishCounts> {
    const merge = mergeStatement(this.task.action, query, await this.#columnsFor(script, query, live));
    const changed = await locating(merge, this.context.locate, (sql) => script.execute(sql));
    return { inserted: 0, updated: changed ?? 0, refreshed: 0, deleted: 0, unchanged: 0 };
  }

  /** The columns of the table, once it has followed those of the query as far as onSchemaChange allows. */
  async #columnsFor(script: ScriptTexts, query: ReturnType<typeof composeBuild>, live: Relation) {
    const { target, strategy } = this.task.action;
    const { onSchemaChange } = strategy;
    if (onSchemaChange === "IGNORE") return live.columns;
    const shape = composeAround("SELECT * FROM (\n", query, "\n) WHERE FALSE");
    const stage = await locating(shape, this.context.locate, (sql) => script.stage(sql));
    await this.transaction.accumulate({
      stage,
      target,
      key: [],
      partitionColumn: undefined,
      overwritesPartitions: false,
      onSchemaChange,
    });
    return (await this.transaction.relations()).get(relationKey(target))?.columns ?? live.columns;
  }

  /** The rows that the partitions hold; undefined: the whole table is built, from whole upstreams. */
  #setOf(partitions: readonly Partition[]): PartitionSet | undefined {
    const { action, coverage } = this.task;
    if (!action.node.partitioned) return undefined;
    const isAll = coverage.outside !== undefined && partitions.length === partitionsOf(action.node, coverage).length;
    return isAll ? undefined : setOf(partitions, coverage);
  }

  /** Where and how the stage's rows are kept; columns by the names that the query gives them. */
  #layoutOf(stage: Stage) {
    const { action } = this.task;
    const named = (name: string, what: string) => {
      const found = stage.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
      if (found !== undefined) return found.name;
      throw new EngineError("query", `the query has no column ${name}, ${what}`);
    };
    const optional = (name: string | undefined) =>
      stage.columns.find((column) => column.name.toLowerCase() === name?.toLowerCase())?.name;
    const { created, updated, revision } = action.rowColumns;
    return {
      stage,
      target: action.target,
      partitionColumn:
        action.partitionColumn === undefined
          ? undefined
          : named(action.partitionColumn, "by which the model is partitioned"),
      clusterBy: action.clusterBy,
      key: action.uniqueKey.map((name) => named(name, "which is part of its uniqueKey")),
      repeatsKeys: action.accumulating,
      rowColumns: { created: optional(created), updated: optional(updated), revision: optional(revision) },
      rowHash: optional(action.rowHash),
      settings: action.wanted?.settings,
      isNewCode: this.task.stale.some(({ reason }) => reason === "code_changed"),
    };
  }

  /** Runs the gates of a model on what is about to be committed. @returns those that passed on rows of all dates */
  async #judge(audits: readonly RunnableAction[]): Promise<readonly JudgedAudit[]> {
    if (audits.length > 0) this.#step("checking", audits.length);
    const judged: JudgedAudit[] = [];
    for (const action of audits) {
      const { verdict, isOfAllDates } = await audit(this.transaction, action, this.context);
      if (isOfAllDates) judged.push({ action, verdict });
    }
    return judged;
  }

  /** Records what audits have passed on. */
  async #recordAudits(judged: readonly JudgedAudit[]): Promise<void> {
    if (judged.length === 0) return;
    const { coverage } = this.task;
    const actions = judged.map(({ action }) => action);
    const snapshot = await readSnapshot(this.transaction, actions, () => coverage);
    for (const { action, verdict } of judged) {
      await this.#recorder.record({ action, partitions: [WHOLE], coverage, snapshot, verdict });
    }
  }
}

/** An audit that did not fail. */
interface JudgedAudit {
  readonly action: RunnableAction;
  readonly verdict: string | undefined;
}

const NO_ROWS_PUBLISHED: BuildOutcome = { counts: undefined };

/** What a model's build has left. */
interface Built {
  readonly counts: PublishCounts;
  readonly partitions: readonly Partition[];
  readonly coverage: Coverage;
  /** Of other inputs than the task's. */
  readonly snapshot?: Snapshot;
  /** The incremental query may give rows that the full one has left out. */
  readonly takesMore?: boolean;
  /** What is known of its rows by their keys. */
  readonly sliced?: SlicedModel | undefined;
  /** What was read of its inputs to find these keys. */
  readonly read?: ReadSlices;
}

function sumOf(a: PublishCounts, b: PublishCounts): PublishCounts {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    refreshed: a.refreshed + b.refreshed,
    deleted: a.deleted + b.deleted,
    unchanged: a.unchanged + b.unchanged,
  };
}

/**
 * Rows of an accumulating model's other dates follow a new shape with the values that they have.
 * @throws EngineError `data` when some have no place in it
 */
function refuseLostHistory(action: RunnableAction, live: Relation, stage: Stage): void {
  const typed = ({ name, type }: Relation["columns"][number]) => `${name} ${typeName(type)}`;
  const kept = new Set(stage.columns.map((column) => typed(column).toLowerCase()));
  const lost = [...live.columns.map(typed).filter((column) => !kept.has(column.toLowerCase())), ...live.foreignColumns];
  if (lost.length === 0) return;
  throw new EngineError(
    "data",
    `the query no longer gives ${lost.join(", ")}, in which rows of other dates hold history; --full-refresh without a window makes the whole table of ${action.node.key} anew`,
  );
}

/** Whether a table has the columns of a stage, in their order, types and spelling. */
function hasShape(live: Relation, stage: Stage): boolean {
  const typed = (columns: Relation["columns"]) => columns.map(({ name, type }) => `${name} ${typeName(type)}`).join();
  return live.foreignColumns.length === 0 && typed(live.columns) === typed(stage.columns);
}

/**
 * Makes the empty table of a model that has none, so that what can do without its rows can read it.
 * @param like the relation whose columns it gets; undefined: those of its own query, and it throws when that is wrong
 */
export async function buildShape(
  transaction: Transaction,
  action: RunnableAction,
  context: BuildContext,
  like: string | undefined,
): Promise<void> {
  const relations = await transaction.relations();
  if (relations.has(action.node.key)) return;
  const stage =
    like === undefined
      ? await stageShape(transaction, action, relations, context)
      : await transaction.stage(`SELECT * FROM ${quoteKey(like)} WHERE FALSE`);
  await transaction.publish({
    stage,
    target: action.target,
    partitions: undefined,
    partitionColumn: action.partitionColumn,
    clusterBy: action.clusterBy,
    key: action.uniqueKey,
    rowColumns: action.rowColumns,
    rowHash: action.rowHash,
    settings: action.wanted?.settings,
  });
}

async function stageShape(
  transaction: Transaction,
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  context: BuildContext,
): Promise<Stage> {
  const query = composeShape(action, { views: context.views, relations });
  return transaction.script(
    async (script) => {
      await runStatements(script, action, "pre_operations", action.preOps, context.locate);
      return locating(query, context.locate, (sql) => script.stage(sql));
    },
    { readOnly: true },
  );
}
