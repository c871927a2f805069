import type { PartitionSet } from "../../port/partition-set.js";
import type { PublishCounts, QueryResult, Relation, RelationId } from "../../port/port.js";

/** A change of a table that is worked out and not made yet: the assertions are asked before. */
export interface PendingWrite {
  readonly target: RelationId;
  /** The relation as it will be. */
  readonly relation: Relation;
  /** A query of the rows that the table will have. */
  readonly preview: string;
  /** Whose rows take the place of which partitions (undefined: all), in a table that is otherwise as it stands; undefined: it is not. */
  readonly replaced: ReplacedPartitions | undefined;
  /** Definitions, which no transaction takes; each is a job of its own and does everything or nothing. */
  readonly definitions: readonly string[];
  /** Changes of rows, all in one transaction together with the record of them. */
  readonly changes: readonly string[];
}

/** Rows that take the place of others, in SQL. */
export interface ReplacedPartitions {
  readonly stage: string;
  /** The same with the columns `own` (in small letters) as they will be; undefined: they are so already. */
  readonly merged: string | undefined;
  readonly own: ReadonlySet<string>;
  readonly partitions: PartitionSet | undefined;
}

/** What was worked out. */
export interface PlannedWrite {
  readonly counts: PublishCounts;
  /** Undefined: the table is as it should be. */
  readonly pending: PendingWrite | undefined;
}

/** What working a write out needs. */
export interface WriteHost {
  query(sql: string): Promise<QueryResult>;
  /** Runs a definition at once. */
  define(sql: string): Promise<void>;
  /** A relation in SQL. */
  path(id: RelationId): string;
  /** The table of a stage in SQL. */
  stagePath(name: string): string;
}

/** Names of the table and of the stage in statements: a table may have the name of one of its columns, and a column that of a letter. */
export const OLD = "fastbreak_old";
export const NEW = "fastbreak_new";

export const NOTHING_CHANGED: PublishCounts = { inserted: 0, updated: 0, refreshed: 0, deleted: 0, unchanged: 0 };
