import type { RelationId, RowColumns } from "../port/port.js";
import type { WantedRelation } from "../port/relation-settings.js";
import type { BreakerSettings } from "./breaker-settings.js";
import type { PlanNode, ReadWindow } from "./node.js";

/** A relation named in a query, with the text span that names it. */
export interface SqlRead {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** The name under which the query sees the relation when the query gives no alias. */
  readonly implicitAlias: string | undefined;
  /** Nothing can stand in its place. */
  readonly isFixed?: true | undefined;
}

/** The texts of an incremental table that run where the table is there already. */
export interface IncrementalTexts {
  readonly query: string;
  readonly reads: readonly SqlRead[];
  readonly preOps: readonly string[];
  readonly postOps: readonly string[];
}

/** How the rows of an incremental query go into the table. */
export interface IncrementalStrategy {
  readonly onSchemaChange: "IGNORE" | "FAIL" | "EXTEND" | "SYNCHRONIZE";
  /** The partitions that the query gives rows of are replaced. */
  readonly overwritesPartitions: boolean;
  /** Conditions on rows of the table; a row that does not meet them is not merged into. */
  readonly updateFilters: readonly string[];
}

/** Another relation that an action leaves: its content, where the action alone makes it, else only that it is there. */
export interface WatchedEffect {
  readonly key: string;
  readonly watched: "content" | "existence";
}

/** One action as execution needs it; made from the manifest. */
export interface RunnableAction {
  readonly node: PlanNode;
  readonly type: "table" | "incremental" | "view" | "assertion" | "operation";
  readonly target: RelationId;
  readonly fileName: string;
  readonly tags: readonly string[];
  readonly description: string | undefined;
  /** Files of the project whose text decides the action. */
  readonly sourceFiles: readonly string[];
  readonly query: string;
  /** Why the dialect cannot read the query, and at which character. */
  readonly unscannable: { readonly message: string; readonly offset: number } | undefined;
  readonly reads: readonly SqlRead[];
  /** What an accumulating model runs once its table is there, where that is another text. */
  readonly incremental: IncrementalTexts | undefined;
  /** What one partition of it may read of its own rows, where a label says so; undefined: all of them. */
  readonly ownWindow: ReadWindow | undefined;
  /** The rows of its table are history: what the incremental query gives is added or merged, nothing is taken away. */
  readonly accumulating: boolean;
  /** A full refresh leaves it as it is. */
  readonly isProtected: boolean;
  readonly strategy: IncrementalStrategy;
  readonly operations: readonly string[];
  /** Keys, `ds.f()`, of the persistent functions that its statements create. */
  readonly createdRoutines: readonly string[];
  /** Keys of the other relations that its statements make, change or drop. */
  readonly writes: readonly string[];
  /** Nobody knows what its statements write beyond what their text says. */
  readonly mayWriteMore: boolean;
  /** Those of them that must be there, or as it left them, for a skip. */
  readonly effects: readonly WatchedEffect[];
  /** The operation makes the table that it is named after. */
  readonly hasOutput: boolean;
  readonly preOps: readonly string[];
  readonly postOps: readonly string[];
  readonly dependencies: readonly string[];
  /** Dependencies whose failure does not keep the action from running. */
  readonly softDependencies: ReadonlySet<string>;
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly uniqueKey: readonly string[];
  readonly rowColumns: RowColumns;
  /** The column that stands for a row's meaning; undefined: all columns do. */
  readonly rowHash: string | undefined;
  /** The relation as it should stand besides its rows; undefined: that is left to the action's own statements. */
  readonly wanted: WantedRelation | undefined;
  /** The reservation that its jobs take; undefined: the one of all. */
  readonly reservation: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** A relation of the same columns, `dataset.name`: the shape of the action's table when its own query cannot tell. */
  readonly columnsLike: string | undefined;
  /** Undefined: however often it fails, it is tried again. */
  readonly breaker: BreakerSettings | undefined;
}

/** An action that is no SQL: neither this runner nor the Dataform CLI runs it. */
export interface LeftOut {
  readonly key: string;
  readonly what: "notebook" | "data preparation";
}

export interface RunnableProject {
  /** In an order in which every action comes after what it depends on. */
  readonly actions: readonly RunnableAction[];
  /** Declared sources, `dataset.name`. */
  readonly sources: ReadonlySet<string>;
  /** The assertions that must hold before a model is published, by the model's key. */
  readonly audits: ReadonlyMap<string, readonly RunnableAction[]>;
  /** Undefined: none. */
  readonly leftOut?: readonly LeftOut[];
}
