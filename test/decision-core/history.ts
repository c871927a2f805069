import fc from "fast-check";

/** What happens to a world, in numbers that are taken modulo what there is, so that any history can be shrunk. */
export type Step =
  | {
      readonly do: "insert" | "update";
      readonly source: number;
      readonly d: number;
      readonly k: number;
      readonly v: number;
    }
  | {
      readonly do: "deleteRow" | "deleteDate" | "rewrite";
      readonly source: number;
      readonly d: number;
      readonly k: number;
    }
  /** The source gains a column with this value in every row, 0 for none at all, or loses it. */
  | { readonly do: "extend"; readonly source: number; readonly v: number }
  /** That column changes on one date, which no foreign `data_hash` tells. */
  | { readonly do: "editFurther"; readonly source: number; readonly d: number; readonly v: number }
  /** The same columns in another order, or `v` with another type. */
  | { readonly do: "reorder" | "retype"; readonly source: number }
  /** Rows get keys that are easily taken for those that they had. */
  | { readonly do: "alike"; readonly source: number }
  /** An edit of an include that every second action reads. */
  | { readonly do: "include"; readonly half: number; readonly what: number; readonly value: number }
  | { readonly do: "edit"; readonly action: number; readonly what: number; readonly value: number }
  | { readonly do: "rename" | "remove" | "drop"; readonly action: number }
  | { readonly do: "add"; readonly action: SpecSeed }
  | { readonly do: "tamper"; readonly action: number; readonly row: number; readonly v: number }
  | { readonly do: "upgrade" }
  /** What an action's statements have made besides its own table is dropped, or emptied. */
  | { readonly do: "dropEffect" | "emptyEffect"; readonly action: number }
  | {
      readonly do: "run";
      readonly run: RunSeed;
      readonly kill: number | undefined;
      readonly meanwhile: readonly Step[];
    };

export interface RunSeed {
  readonly from: number | undefined;
  readonly days: number;
  readonly select: readonly number[] | undefined;
  readonly force: boolean;
  readonly upstream: boolean;
  /** The same is asked for once more. */
  readonly again: boolean;
}

export interface SpecSeed {
  readonly kind: number;
  readonly inputs: readonly InputSeed[];
  readonly version: number;
  readonly coarse: boolean;
  readonly keyed: boolean;
  readonly wide: boolean;
  readonly star: boolean;
  readonly texts: boolean;
  readonly unsplit: boolean;
  readonly forecast: number;
  /** 0 for none. */
  readonly accumulation: number;
  readonly warns: boolean;
  /** 0 for none, else an input that pre_operations read. */
  readonly before: number;
  /** 0 for none. */
  readonly after: number;
  /** 0 for none, else one of the functions that there are. */
  readonly calls: number;
  readonly other: boolean;
  readonly skippable: boolean;
}

export interface InputSeed {
  readonly of: number;
  readonly back: number;
  readonly ahead: number;
  readonly literal: boolean;
}

export interface SourceSeed {
  readonly partitioned: boolean;
  readonly hashed: boolean;
  readonly rows: readonly RowSeed[];
}

export interface History {
  readonly sources: readonly SourceSeed[];
  readonly actions: readonly SpecSeed[];
  readonly steps: readonly Step[];
}

interface RowSeed {
  readonly d: number;
  readonly k: number;
  readonly v: number;
}

/** Kinds that need no statements, and all of them. */
export const KIND_COUNT = 7;
const KIND_COUNT_WITH_STATEMENTS = 10;
export const EDIT_COUNT = 17;
export const DAYS = 6;

const small = fc.nat(7);
const oneIn = (n: number) => fc.integer({ min: 1, max: n }).map((drawn) => drawn === n);
/** Mostly one of a few days in a row; sometimes a date behind a gap, far away, or none. */
const date = fc.oneof(
  { weight: 6, arbitrary: fc.nat(DAYS - 1) },
  { weight: 1, arbitrary: fc.integer({ min: DAYS, max: 15 }) },
);
const row = fc.record({ d: date, k: small, v: fc.nat(9) });
/** @param statements with operations, functions, and statements around queries */
const specOf = (statements: boolean): fc.Arbitrary<SpecSeed> =>
  fc.record({
    kind: fc.nat((statements ? KIND_COUNT_WITH_STATEMENTS : KIND_COUNT) - 1),
    inputs: fc.array(fc.record({ of: small, back: fc.nat(3), ahead: fc.nat(1), literal: oneIn(4) }), {
      minLength: 1,
      maxLength: 3,
    }),
    version: fc.nat(3),
    coarse: fc.boolean(),
    keyed: fc.boolean(),
    wide: oneIn(4),
    star: oneIn(5),
    texts: oneIn(6),
    unsplit: oneIn(6),
    forecast: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    ),
    accumulation: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
    ),
    warns: fc.boolean(),
    before: statements ? fc.nat(12) : fc.constant(0),
    after: statements ? fc.nat(6) : fc.constant(0),
    calls: statements ? fc.nat(4) : fc.constant(0),
    other: fc.boolean(),
    skippable: fc.boolean(),
  });
const dataEdit: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("insert", "update"), source: small, d: date, k: small, v: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("deleteRow", "deleteDate", "rewrite"),
      source: small,
      d: date,
      k: small,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("extend"), source: small, v: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("editFurther"), source: small, d: date, v: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("reorder", "retype", "alike"), source: small }) },
);
const editOf = (statements: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 5, arbitrary: dataEdit },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("edit"), action: small, what: fc.nat(EDIT_COUNT - 1), value: small }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("include"), half: fc.nat(1), what: fc.nat(EDIT_COUNT - 1), value: small }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("rename", "remove", "drop"), action: small }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("add"), action: specOf(statements) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("tamper"), action: small, row: small, v: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: "upgrade" }) },
    ...(statements
      ? [{ weight: 2, arbitrary: fc.record({ do: fc.constantFrom("dropEffect", "emptyEffect"), action: small }) }]
      : []),
  );
const runSeed: fc.Arbitrary<RunSeed> = fc.record({
  from: fc.option(fc.nat(DAYS - 1), { nil: undefined, freq: 3 }),
  days: fc.nat(DAYS - 1),
  select: fc.option(fc.array(small, { minLength: 1, maxLength: 4 }), { nil: undefined, freq: 4 }),
  force: oneIn(8),
  upstream: oneIn(4).map((isOff) => !isOff),
  again: oneIn(4),
});

/**
 * Histories of a project.
 * @param on in memory, where runs are also killed and disturbed by writers, or on an engine, which also knows statements and functions
 */
export function histories(on: "memory" | "engine", maxSteps: number): fc.Arbitrary<History> {
  const faults = on === "memory";
  const statements = on === "engine";
  const quiet = fc.record({
    do: fc.constant("run" as const),
    run: runSeed,
    kill: fc.constant(undefined),
    meanwhile: fc.constant<readonly Step[]>([]),
  });
  const disturbed = fc.record({
    do: fc.constant("run" as const),
    run: runSeed,
    kill: fc.option(fc.nat(60), { nil: undefined }),
    meanwhile: fc.array(dataEdit, { maxLength: 3 }),
  });
  const run = faults ? fc.oneof({ weight: 5, arbitrary: quiet }, { weight: 1, arbitrary: disturbed }) : quiet;
  return fc.record({
    sources: fc.array(
      fc.record({
        partitioned: oneIn(4).map((isNot) => !isNot),
        hashed: fc.boolean(),
        rows: fc.array(row, { maxLength: 10 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    actions: fc.array(specOf(statements), { minLength: 1, maxLength: 6 }),
    steps: fc.array(fc.oneof({ weight: 1, arbitrary: editOf(statements) }, { weight: 1, arbitrary: run }), {
      minLength: 1,
      maxLength: maxSteps,
    }),
  });
}
