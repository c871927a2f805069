import type { Fingerprint, Partition } from "./identity.js";
import type { Relation } from "./port.js";

/** Remainders of a fingerprint have either sign, and rows without a key a slice of their own. */
const DIVISOR = 64;

/** How many slices there are. */
export const SLICES = 2 * DIVISOR;

/** Rows of a relation by the fingerprint of one column, in so many slices. */
export interface KeySlices {
  readonly column: string;
  /** Ascending. */
  readonly slices: readonly number[];
}

/**
 * The number of the slice that a row is of, -63 to 64.
 * @param fingerprint the FARM_FINGERPRINT of the key's text, as SQL of the engine that is asked
 */
export function sliceNumber(fingerprint: string): string {
  return `COALESCE(MOD(${fingerprint}, ${DIVISOR}), ${DIVISOR})`;
}

/** Whether a row is of some slices, as GoogleSQL. */
export function sliceTest(column: string, slices: readonly number[]): string {
  if (slices.length === 0) return "FALSE";
  return `${sliceNumber(`FARM_FINGERPRINT(CAST(${column} AS STRING))`)} IN (${slices.join(", ")})`;
}

/** Asks for digests of a relation's rows slice by slice. */
export interface SliceRequest {
  readonly relation: Relation;
  /** The columns that make a row. */
  readonly columns: readonly string[];
  /** The column of the keys. */
  readonly key: string;
  /** Columns of which also all slices together count; undefined: none do. */
  readonly seen: readonly string[] | undefined;
  readonly partitions: ReadonlySet<Partition>;
}

/** Digests of one partition. */
export interface SliceDigests {
  /** What `digests` tells of the columns. */
  readonly fingerprint: Fingerprint;
  /** The digest of the columns of which all slices count; empty: none do. */
  readonly seen: string;
  /** `number:digest` of each slice that has rows, with commas between. */
  readonly slices: string;
}

/** The slices that differ between two partitions. */
export function differingSlices(before: string, now: string): readonly number[] {
  const [old, current] = [before, now].map(
    (text) => new Map(text === "" ? [] : text.split(",").map((slice) => slice.split(":") as [string, string])),
  );
  const all = new Set([...(old?.keys() ?? []), ...(current?.keys() ?? [])]);
  return [...all].filter((slice) => old?.get(slice) !== current?.get(slice)).map(Number);
}
