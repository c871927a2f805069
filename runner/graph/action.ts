import type { RelationId, RowColumns } from "../port/port.js";
import type { BreakerSettings } from "./breaker-settings.js";
import type { PlanNode } from "./node.js";

/** A relation named in a query, with the text span that names it. */
export interface SqlRead {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** The name under which the query sees the relation when the query gives no alias. */
  readonly implicitAlias: string | undefined;
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
  /** What a model that reads its own rows builds once its table is there. */
  readonly selfReading:
    | { readonly query: string; readonly reads: readonly SqlRead[]; readonly preOps: readonly string[] }
    | undefined;
  readonly operations: readonly string[];
  /** Keys, `ds.f()`, of the persistent functions that its statements create. */
  readonly createdRoutines: readonly string[];
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
  /** A relation of the same columns, `dataset.name`: the shape of the action's table when its own query cannot tell. */
  readonly columnsLike: string | undefined;
  /** Undefined: however often it fails, it is tried again. */
  readonly breaker: BreakerSettings | undefined;
}

export interface RunnableProject {
  /** In an order in which every action comes after what it depends on. */
  readonly actions: readonly RunnableAction[];
  /** Declared sources, `dataset.name`. */
  readonly sources: ReadonlySet<string>;
}
