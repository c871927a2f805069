import type { InputSeed, SourceSeed, SpecSeed, Step } from "./history.js";

/** Short words for histories that are written by hand. */

type RunStep = Extract<Step, { do: "run" }>;

export const run = (changes: Partial<RunStep["run"]> = {}): Step => ({
  do: "run",
  run: { from: undefined, days: 0, select: undefined, force: false, upstream: true, again: false, ...changes },
  kill: undefined,
  meanwhile: [],
});
export const read = (of: number, changes: Partial<InputSeed> = {}): InputSeed => ({
  of,
  back: 0,
  ahead: 0,
  literal: false,
  ...changes,
});
export const action = (kind: number, inputs: readonly InputSeed[], changes: Partial<SpecSeed> = {}): SpecSeed => ({
  kind,
  inputs,
  version: 0,
  coarse: false,
  keyed: false,
  wide: false,
  star: false,
  texts: false,
  unsplit: false,
  forecast: 0,
  accumulation: 0,
  warns: false,
  before: 0,
  after: 0,
  calls: 0,
  other: false,
  skippable: false,
  ...changes,
});
export const INCREMENTAL = 0;
export const TABLE = 4;
export const VIEW = 5;
export const ASSERTION = 6;
export const OPERATION = 7;
export const FUNCTION = 9;
export const MERGE = 3;
export const PROTECTED = 5;
export const undated = (...rows: SourceSeed["rows"]) => ({ partitioned: false, hashed: false, rows });
export const dated = (...rows: SourceSeed["rows"]) => ({ partitioned: true, hashed: false, rows });
export const FIRST_DATE = 15;
