import type { CodeHash, CompiledHash } from "../graph/node.js";
import type { Branded, Fingerprint, Partition } from "../port/identity.js";
import type { DateRange, PartitionDigests } from "../port/port.js";

/** Digest of everything that one partition of a model can read. */
export type InputHashText = Branded<"InputHash">;

/** What is recorded of a live partition: the columns of its table, and its rows. */
export type OutputVersion = Branded<"OutputVersion">;

/** What the newest state row says of one partition. */
export interface PartitionState {
  readonly codeHash: CodeHash;
  readonly compiledHash: CompiledHash;
  readonly inputHash: InputHashText;
  /** Digest per upstream, to name the one that moved. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly fingerprint: Fingerprint;
  readonly outputVersion: OutputVersion;
  readonly rows: number;
  readonly engineVersion: string;
  /** Upstreams that were stale or missing when it was built, sorted. */
  readonly restingOn: readonly string[];
  /** What an assertion that only reports has found; undefined: nothing. */
  readonly verdict: string | undefined;
  readonly runId: string;
  readonly recordedAt: string;
}

/** What the warehouse holds right now of one action's own output. */
export interface LiveOutput {
  readonly exists: boolean;
  /** Digest over names and types of its columns, in their order. */
  readonly columns: string;
  /** Digest of the other relations that the action makes; empty: it makes none. */
  readonly effects: string;
  /** Digest of the rows of each partition; an absent partition is empty. */
  readonly rows: ReadonlyMap<Partition, Fingerprint>;
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
  readonly hash: InputHashText;
  readonly byUpstream: Readonly<Record<string, string>>;
}

/** The window of a request; undefined: every partition that the upstreams have. */
export type Window = DateRange | undefined;
