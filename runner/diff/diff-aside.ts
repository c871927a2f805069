import { decideAction } from "../decide/decide-action.js";
import { coverageIn, type ProjectPlan, runningOf } from "../decide/plan-project.js";
import { Breakers } from "../execute/breakers.js";
import { type BuildContext, build } from "../execute/build.js";
import { rolledBack } from "../execute/rolled-back.js";
import { quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import type { Locate } from "../graph/locate.js";
import { readQueries } from "../graph/read-queries.js";
import { readSnapshot } from "../observe/snapshot.js";
import { setOf } from "../plan/coverage.js";
import { partitionsOf } from "../plan/partitions.js";
import { EngineError } from "../port/engine-error.js";
import { partitionTest } from "../port/partition-set.js";
import { type Capabilities, type Relation, rowColumnNames, type Transaction, type Warehouse } from "../port/port.js";
import { migrateState } from "../state/migrate.js";
import { FingerprintLog } from "../state/relation-state.js";
import { compareRelations, type Side } from "./compare.js";
import type { TableDiff } from "./table-diff.js";

export interface DiffOptions {
  readonly stateDataset: string;
  /** Given instead of the models' own keys; empty: not given. */
  readonly key: readonly string[];
  /** Sample rows of each kind. */
  readonly samples: number;
  readonly locate: Locate;
  /** Is told which action comes now. */
  readonly onAction: (key: string, done: number, of: number) => void;
}

/** Where the rows as they were stand while the transaction goes on. */
const KEPT = "fastbreak_diff";

/**
 * What a run of the plan would change in the rows of some models and views: builds everything that the plan runs but its assertions, as a
 * run does, compares, and rolls it all back.
 * @param targets keys of what is compared
 */
export async function diffAside(
  warehouse: Warehouse,
  plan: ProjectPlan,
  targets: ReadonlySet<string>,
  options: DiffOptions,
): Promise<readonly TableDiff[]> {
  const breakers = await Breakers.open(warehouse, options.stateDataset, "", [], () => undefined);
  return rolledBack(warehouse, (transaction) =>
    new AsideBuild(transaction, plan, targets, options, breakers, warehouse.capabilities).run(),
  );
}

class AsideBuild {
  readonly #context: BuildContext;

  constructor(
    readonly transaction: Transaction,
    readonly plan: ProjectPlan,
    readonly targets: ReadonlySet<string>,
    readonly options: DiffOptions,
    breakers: Breakers,
    { expiresPartitions }: Capabilities,
  ) {
    const { stateDataset, locate } = options;
    const run = { runId: "diff", recordedAt: new Date().toISOString() };
    this.#context = {
      stateDataset,
      run,
      engineVersion: plan.engineVersion,
      expiresPartitions,
      views: readQueries(plan.project.actions),
      rightViews: new Set(),
      fingerprints: new FingerprintLog(stateDataset, run, plan.recorded),
      locate,
      breakers,
      emit: () => undefined,
      window: plan.window,
      force: false,
      everything: plan.everything,
      askedByReaders: () => [],
      restingOn: () => [],
    };
  }

  async run(): Promise<readonly TableDiff[]> {
    const built = this.plan.project.actions.filter(
      ({ node }) =>
        node.kind !== "assertion" &&
        (this.targets.has(node.key) || runningOf(this.plan.decisions.get(node.key) ?? []).length > 0),
    );
    await migrateState(this.transaction, this.options.stateDataset);
    const datasets = new Set([KEPT, ...built.map(({ target }) => target.dataset)]);
    for (const dataset of datasets) await this.transaction.execute(`CREATE SCHEMA IF NOT EXISTS ${quoteKey(dataset)}`);
    // All of them before anything is built: the rows of a view are those of what it reads.
    const kept = new Map<string, Side>();
    const relations = await this.transaction.relations();
    for (const action of built.filter((one) => this.targets.has(one.node.key) && this.#runs(one))) {
      const live = relations.get(action.node.key);
      if (live !== undefined) kept.set(action.node.key, await this.#keep(live, action));
    }
    const diffs: TableDiff[] = [];
    for (const [index, action] of built.entries()) {
      const { key } = action.node;
      this.options.onAction(key, index, built.length);
      const diff = await this.#diffOf(action, kept.get(key)).catch((cause) => {
        throw cause instanceof EngineError ? new EngineError(cause.code, `${key}: ${cause.message}`, cause) : cause;
      });
      if (diff !== undefined) diffs.push(diff);
    }
    return diffs;
  }

  /** Undefined: nobody asks for it, others rest on it. */
  async #diffOf(action: RunnableAction, kept: Side | undefined): Promise<TableDiff | undefined> {
    if (this.targets.has(action.node.key))
      return this.#runs(action) ? this.#difference(action, kept) : this.#same(action);
    await this.#build(action);
    return undefined;
  }

  #runs({ node }: RunnableAction): boolean {
    return runningOf(this.plan.decisions.get(node.key) ?? []).length > 0;
  }

  async #difference(action: RunnableAction, kept: Side | undefined): Promise<TableDiff> {
    const { key } = action.node;
    const live = (await this.transaction.relations()).get(key);
    const isBuilt = await this.#build(action);
    // What was to run may turn out to read what it has read before; a view shows other rows without being made again.
    if (!isBuilt && action.node.kind !== "view") return this.#same(action);
    const made = (await this.transaction.relations()).get(key);
    if (kept === undefined || live === undefined) return this.#new(action, made);
    if (made === undefined) return { ...(await this.#same(action)), status: "gone" };
    const after: Side = { from: this.#rowsOf(made, action), columns: made.columns };
    const compared = await compareRelations(this.transaction, kept, after, {
      key: keyOf(action, live, this.options.key),
      ignored: rowColumnNames(action.rowColumns),
      samples: this.options.samples,
    });
    return { key, type: action.type, ...compared };
  }

  /** A copy of the rows as they are, before anything is built. */
  async #keep(live: Relation, action: RunnableAction): Promise<Side> {
    const name = quoteKey(`${KEPT}.${action.node.key.replaceAll(".", " ")}`);
    await this.transaction.execute(
      `CREATE OR REPLACE TABLE ${name} AS SELECT * FROM ${this.#rowsOf(live, action)} AS t`,
    );
    return { from: name, columns: live.columns };
  }

  /** The rows that the plan is about. */
  #rowsOf(relation: Relation, action: RunnableAction): string {
    const { node, partitionColumn } = action;
    const name = quoteKey(node.key);
    const coverage = coverageIn(this.plan.needs, node.key);
    const column = relation.columns.find((one) => one.name.toLowerCase() === partitionColumn?.toLowerCase());
    if (!node.partitioned || action.accumulating || column === undefined || coverage.outside !== undefined) return name;
    const test = partitionTest(`\`${column.name}\``, setOf(partitionsOf(node, coverage), coverage));
    return `(SELECT * FROM ${name} WHERE ${test})`;
  }

  /** Whether there was anything to build, now that what it reads is there. */
  async #build(action: RunnableAction): Promise<boolean> {
    const { plan, transaction } = this;
    const coverage = coverageIn(plan.needs, action.node.key);
    const snapshot = await readSnapshot(transaction, [action], () => coverage);
    const decided = decideAction(action, coverage, {
      states: plan.states,
      snapshot,
      engineVersion: plan.engineVersion,
      isForced: () => false,
      pending: new Map(),
      staleUpstreams: new Map(),
    });
    const stale = decided.filter(({ decision }) => decision === "run");
    if (stale.length === 0) return false;
    await build(transaction, { action, stale, coverage, snapshot, audits: [] }, this.#context);
    return true;
  }

  async #new(action: RunnableAction, made: Relation | undefined): Promise<TableDiff> {
    const rows = made === undefined ? 0 : await this.#count(action);
    return {
      ...emptyDiff(action, keyOf(action, made, this.options.key)),
      status: "new",
      rows: { ...NO_ROWS, after: rows, added: rows },
    };
  }

  async #same(action: RunnableAction): Promise<TableDiff> {
    const live = (await this.transaction.relations()).get(action.node.key);
    const rows = live === undefined ? 0 : await this.#count(action);
    return {
      ...emptyDiff(action, keyOf(action, live, this.options.key)),
      rows: { ...NO_ROWS, before: rows, after: rows, unchanged: rows },
    };
  }

  async #count({ node }: RunnableAction): Promise<number> {
    const { rows } = await this.transaction.query(`SELECT COUNT(*) FROM ${quoteKey(node.key)}`);
    return Number(rows[0]?.[0] ?? 0);
  }
}

const NO_ROWS = { before: 0, after: 0, added: 0, removed: 0, changed: 0, unchanged: 0 };

/** A comparison that found nothing. */
export function emptyDiff({ node, type }: RunnableAction, by: TableDiff["by"]): TableDiff {
  return {
    key: node.key,
    type,
    status: "equal",
    by,
    notes: [],
    columns: { added: [], removed: [], retyped: [] },
    rows: NO_ROWS,
    changes: [],
    samples: { added: [], removed: [], changed: [] },
  };
}

/** What tells the rows of a model apart: what the user says, what the model says, what the table says. */
export function keyOf(
  { uniqueKey }: RunnableAction,
  live: Relation | undefined,
  given: readonly string[],
): TableDiff["by"] {
  if (given.length > 0) return { columns: given, from: "--key" };
  if (uniqueKey.length > 0) return { columns: uniqueKey, from: "uniqueKey" };
  const declared = live?.primaryKey ?? [];
  return declared.length > 0 ? { columns: declared, from: "primary key" } : { columns: [], from: "all columns" };
}
