import type { Fingerprint, Partition } from "./identity.js";
import type { Relation } from "./port.js";

/** How many hexadecimal digits of the MD5 of a key's text name its slice. Engines compute MD5 of many rows quickly themselves. */
export const SLICE_DIGITS = 2;

/** How many slices there are: rows without a key have one of their own, whose name is empty. */
export const SLICES = 16 ** SLICE_DIGITS + 1;

/** Another one where slices, or their digests, are made in another way: what was recorded of them before is not asked for any more. */
export const SLICES_VERSION = 3;

/** Rows of a relation by the digest of one column, in so many slices. */
export interface KeySlices {
  readonly column: string;
  /** Their names, ascending. */
  readonly slices: readonly string[];
}

/** Whether a row is of some slices, as GoogleSQL. */
export function sliceTest(column: string, slices: readonly string[]): string {
  if (slices.length === 0) return "FALSE";
  const names = slices.map((slice) => `'${slice}'`).join(", ");
  return `IFNULL(LEFT(TO_HEX(MD5(CAST(${column} AS STRING))), ${SLICE_DIGITS}), '') IN (${names})`;
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

/** The same, to be written down. */
export interface SliceRecord extends SliceRequest {
  /** What else the row of each partition says, by column. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Digests of one partition. */
export interface SliceDigests {
  /** What `digests` tells of the columns. */
  readonly fingerprint: Fingerprint;
  /** The digest of the columns of which all slices count; empty: none do. */
  readonly seen: string;
  /** `name:digest` of each slice that has rows, with commas between, in any order. */
  readonly slices: string;
}

/** The slices that differ between two partitions. */
export function differingSlices(before: string, now: string): readonly string[] {
  const [old, current] = [before, now].map(
    (text) => new Map(text === "" ? [] : text.split(",").map((slice) => slice.split(":") as [string, string])),
  );
  const all = new Set([...(old?.keys() ?? []), ...(current?.keys() ?? [])]);
  return [...all].filter((slice) => old?.get(slice) !== current?.get(slice));
}
