import type { Partition } from "../port/identity.js";
import type { RunReason, SkipReason } from "./reasons.js";

/** Why a partition runs or is skipped, with the hash that decided. */
export interface Evidence {
  readonly what: "code" | "engine" | "input" | "output" | "upstream" | "rule";
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
      /** Nobody asked for the partition; this action reads it. */
      readonly neededBy?: string;
    }
  | {
      readonly partition: Partition;
      readonly decision: "skip";
      readonly reason: SkipReason;
      readonly evidence?: Evidence;
      readonly neededBy?: string;
    };
