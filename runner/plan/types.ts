import type { DateRange, PartitionDigests } from "../warehouse/port.js";

export type RunReason =
  | "never_built"
  | "code_changed"
  | "inputs_changed"
  | "volatile"
  | "table_missing"
  | "table_modified"
  | "forced";

export type SkipReason =
  | "unchanged"
  | "cosmetic"
  | "upstream_failed"
  | "gate_blocked"
  | "breaker_open"
  | "not_selected"
  | "disabled";

/** One value of a DATE partition column, or `*` for a relation that is a single partition. */
export type Partition = string;

export const WHOLE: Partition = "*";

/** How far around partition `d` a model may read one upstream: `[d - back, d + ahead]` days; undefined: every partition. */
export interface ReadWindow {
  readonly back: number;
  readonly ahead: number;
}

export interface Upstream {
  readonly key: string;
  readonly window: ReadWindow | undefined;
  /** Names, in lower case, among which are all columns of it that count; undefined: every column counts. */
  readonly columns: ReadonlySet<string> | undefined;
}

/** What planning knows of one action; made from the manifest, without any date. */
export interface PlanNode {
  readonly key: string;
  readonly kind: "model" | "view" | "assertion" | "operation";
  readonly partitioned: boolean;
  /** Tables that the action reads, views replaced by what they read. */
  readonly upstreams: readonly Upstream[];
  /** Digest over the source files that decide the action's SQL; known without compiling. */
  readonly codeHash: string;
  /** Digest over the compiled SQL, of the action and of every view it reads, and over the settings that change its table. */
  readonly compiledHash: string;
  /** Why the result may differ although code and inputs do not; undefined: it may not. */
  readonly volatile: string | undefined;
  readonly disabled: boolean;
}

/** What the newest state row says of one partition. */
export interface PartitionState {
  readonly codeHash: string;
  readonly compiledHash: string;
  readonly inputHash: string;
  /** Digest per upstream, to name the one that moved. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly outputVersion: string;
  readonly rows: number;
  readonly runId: string;
  readonly recordedAt: string;
}

/** What the warehouse holds right now of one action's own output. */
export interface LiveOutput {
  readonly exists: boolean;
  /** Digest over names and types of its columns. */
  readonly columns: string;
  /** Digest of the rows of each partition; an absent partition is empty. */
  readonly rows: ReadonlyMap<Partition, string>;
}

/** What one action can see of one upstream. */
export interface InputDigest {
  /** Digest over names and types of the columns that count. */
  readonly columns: string;
  /** Digests of the rows; none for an action that depends on the columns alone. */
  readonly partitions: PartitionDigests;
}

/** What one action can see of its upstreams, by `dataset.name`; an upstream that is not there is absent. */
export type InputDigests = ReadonlyMap<string, InputDigest>;

export interface InputHash {
  readonly hash: string;
  readonly byUpstream: Readonly<Record<string, string>>;
}

/** Why a partition runs or is skipped, with the hash that decided. */
export interface Evidence {
  readonly what: "code" | "input" | "output" | "upstream";
  readonly upstream?: string;
  /** The partitions of the upstream that moved, `first..last`, or `columns`, where it is known. */
  readonly moved?: string;
  readonly old?: string;
  readonly new?: string;
  readonly note?: string;
}

export type PartitionDecision =
  | {
      readonly partition: Partition;
      readonly decision: "run";
      readonly reason: RunReason;
      readonly evidence?: Evidence;
    }
  | {
      readonly partition: Partition;
      readonly decision: "skip";
      readonly reason: SkipReason;
      readonly evidence?: Evidence;
    };

/** The window of a request; undefined: every partition that the upstreams have. */
export type Window = DateRange | undefined;
