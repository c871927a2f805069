import fc from "fast-check";
import { Killed, type MemoryWarehouse } from "./memory-warehouse.js";
import type { ColumnScan } from "./project.js";
import { day, type Input, type Kind, type Row, type Spec } from "./spec.js";
import { DAYS, type Outside, type SourceLayout, World } from "./world.js";

const KINDS: readonly Kind[] = ["incremental", "incremental", "incremental", "table", "view", "assertion"];
const KEYS = ["a", "b", "c"];
/** An assertion on this value never fails: no model produces it. */
const HARMLESS = 99_999;

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
  /** An edit of an include that every second action reads. */
  | { readonly do: "include"; readonly half: number; readonly what: number; readonly value: number }
  | { readonly do: "edit"; readonly action: number; readonly what: number; readonly value: number }
  | { readonly do: "rename" | "remove" | "drop"; readonly action: number }
  | { readonly do: "add"; readonly action: SpecSeed }
  | { readonly do: "tamper"; readonly action: number; readonly row: number; readonly v: number }
  | {
      readonly do: "run";
      readonly run: RunSeed;
      readonly kill: number | undefined;
      readonly meanwhile: readonly Step[];
    };

interface RunSeed {
  readonly from: number | undefined;
  readonly days: number;
  readonly select: readonly number[] | undefined;
  readonly force: boolean;
}

interface SpecSeed {
  readonly kind: number;
  readonly inputs: readonly { readonly of: number; readonly back: number; readonly ahead: number }[];
  readonly version: number;
  readonly coarse: boolean;
  readonly keyed: boolean;
  readonly wide: boolean;
}

export interface History {
  readonly sources: readonly {
    readonly partitioned: boolean;
    readonly keyed: boolean;
    readonly rows: readonly RowSeed[];
  }[];
  readonly actions: readonly SpecSeed[];
  readonly steps: readonly Step[];
}

interface RowSeed {
  readonly d: number;
  readonly k: number;
  readonly v: number;
}

const small = fc.nat(7);
const row = fc.record({ d: fc.nat(DAYS - 1), k: fc.nat(KEYS.length - 1), v: fc.nat(9) });
const spec: fc.Arbitrary<SpecSeed> = fc.record({
  kind: fc.nat(KINDS.length - 1),
  inputs: fc.array(fc.record({ of: small, back: fc.nat(3), ahead: fc.nat(1) }), { minLength: 1, maxLength: 3 }),
  version: fc.nat(3),
  coarse: fc.boolean(),
  keyed: fc.boolean(),
  wide: fc.integer({ min: 0, max: 3 }).map((n) => n === 3),
});
const dataEdit: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("insert", "update"), source: small, d: fc.nat(DAYS - 1), k: small, v: fc.nat(9) }),
  fc.record({
    do: fc.constantFrom("deleteRow", "deleteDate", "rewrite"),
    source: small,
    d: fc.nat(DAYS - 1),
    k: small,
  }),
  fc.record({ do: fc.constant("extend"), source: small, v: fc.nat(2) }),
);
const edit: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: dataEdit },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("edit"), action: small, what: fc.nat(11), value: small }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("include"), half: fc.nat(1), what: fc.nat(11), value: small }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("rename", "remove", "drop"), action: small }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("add"), action: spec }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("tamper"), action: small, row: small, v: fc.nat(9) }) },
);
const runSeed: fc.Arbitrary<RunSeed> = fc.record({
  from: fc.option(fc.nat(DAYS - 1), { nil: undefined, freq: 3 }),
  days: fc.nat(DAYS - 1),
  select: fc.option(fc.array(small, { minLength: 1, maxLength: 4 }), { nil: undefined, freq: 4 }),
  force: fc.integer({ min: 0, max: 11 }).map((n) => n === 11),
});

/** Histories of a project; with `faults`, runs are also killed and disturbed by writers (only a warehouse in memory can be). */
export function histories(faults: boolean, maxSteps: number): fc.Arbitrary<History> {
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
        partitioned: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
        keyed: fc.boolean(),
        rows: fc.array(row, { maxLength: 10 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    actions: fc.array(spec, { minLength: 1, maxLength: 6 }),
    steps: fc.array(fc.oneof({ weight: 1, arbitrary: edit }, { weight: 1, arbitrary: run }), {
      minLength: 1,
      maxLength: maxSteps,
    }),
  });
}

/** Lives through a history; throws when a run breaks the promise. Ends with a run of everything. */
export async function live(history: History, outside: Outside, scan?: ColumnScan): Promise<void> {
  const player = await Player.start(history, outside, scan);
  for (const step of history.steps) await player.step(step);
  await player.step({
    do: "run",
    run: { from: undefined, days: 0, select: undefined, force: false },
    kill: undefined,
    meanwhile: [],
  });
}

class Player {
  #names = 0;

  private constructor(readonly world: World) {}

  static async start(history: History, outside: Outside, scan: ColumnScan | undefined): Promise<Player> {
    const sources = history.sources.map(
      ({ partitioned, keyed }, index): SourceLayout => ({ name: `s${index}`, partitioned, keyed }),
    );
    const player = new Player(new World(outside, sources, [], scan));
    for (const [index, source] of sources.entries()) {
      const rows = new Map(history.sources[index]?.rows.map(({ d, k, v }) => [`${d} ${k}`, rowOf(d, k, v)]));
      await player.world.writeSource(source, [...rows.values()]);
    }
    for (const seed of history.actions) player.#add(seed);
    return player;
  }

  async step(step: Step): Promise<void> {
    const { world } = this;
    switch (step.do) {
      case "insert":
      case "update":
        return this.#editSource(step.source, (rows) => [
          ...rows.filter(({ d, k }) => d !== day(step.d) || k !== keyOf(step.k)),
          rowOf(step.d, step.k, step.v),
        ]);
      case "deleteRow":
        return this.#editSource(step.source, (rows) =>
          rows.filter(({ d, k }) => d !== day(step.d) || k !== keyOf(step.k)),
        );
      case "deleteDate":
        return this.#editSource(step.source, (rows) => rows.filter(({ d }) => d !== day(step.d)));
      case "rewrite":
        return this.#editSource(step.source, (rows) => [...rows].reverse());
      case "extend":
        return this.#extendSource(step.source, step.v);
      case "include": {
        const readers = [...world.specs.values()].filter((_, index) => index % 2 === step.half);
        for (const spec of readers) world.specs.set(spec.name, this.#edited(spec, step.what, step.value));
        return;
      }
      case "edit": {
        const spec = this.#action(step.action);
        if (spec !== undefined) world.specs.set(spec.name, this.#edited(spec, step.what, step.value));
        return;
      }
      case "rename":
        return this.#rename(this.#action(step.action));
      case "remove":
        return this.#remove(this.#action(step.action));
      case "drop": {
        const spec = this.#action(step.action);
        if (spec !== undefined) await world.outside.drop(spec.name);
        return;
      }
      case "add":
        return this.#add(step.action);
      case "tamper": {
        const spec = this.#action(step.action);
        if (spec === undefined) return;
        return world.tamper(spec.name, (rows) =>
          rows.length === 0
            ? [rowOf(step.row % DAYS, 0, step.v)]
            : rows.map((old, at) => (at === step.row % rows.length ? { ...old, v: step.v } : old)),
        );
      }
      case "run":
        return this.#run(step);
    }
  }

  async #run({ run, kill, meanwhile }: Extract<Step, { do: "run" }>): Promise<void> {
    const names = [...this.world.specs.keys()];
    const request = {
      window:
        run.from === undefined ? undefined : { from: day(run.from), to: day(Math.min(DAYS - 1, run.from + run.days)) },
      selected: run.select && new Set(run.select.flatMap((index) => names[index % Math.max(1, names.length)] ?? [])),
      force: run.force,
    };
    if (kill === undefined && meanwhile.length === 0) return this.world.run(request);
    const warehouse = this.world.outside.warehouse as MemoryWarehouse;
    const edits = [...meanwhile];
    warehouse.killAfter(kill);
    warehouse.beforeTransaction = () => {
      const next = edits.shift();
      // In memory an edit ends at once: nothing awaits it.
      if (next !== undefined) void this.step(next);
    };
    await this.world.disturbedRun(request, (error) => error instanceof Killed);
    warehouse.killAfter(undefined);
    warehouse.beforeTransaction = () => {};
  }

  async #editSource(index: number, change: (rows: readonly Row[]) => readonly Row[]): Promise<void> {
    const source = this.#source(index);
    const { rows, extended } = await this.world.contentOf(source.name);
    await this.world.writeSource(source, change(rows), extended);
  }

  async #extendSource(index: number, value: number): Promise<void> {
    const source = this.#source(index);
    const { rows, extended } = await this.world.contentOf(source.name);
    const x = extended || value === 0 ? undefined : value;
    await this.world.writeSource(
      source,
      rows.map((row) => ({ ...row, x })),
      !extended,
    );
  }

  #source(index: number): SourceLayout {
    return this.world.sources[index % this.world.sources.length] as SourceLayout;
  }

  #action(index: number): Spec | undefined {
    const all = [...this.world.specs.values()];
    return all[index % Math.max(1, all.length)];
  }

  #add(seed: SpecSeed): void {
    const kind = KINDS[seed.kind] as Kind;
    const inputs = seed.inputs.flatMap((input) => this.#input(input) ?? []);
    const single = kind === "view" || kind === "assertion";
    const first = inputs[0] as Input;
    this.#names += 1;
    const name = `${kind.slice(0, 1)}${this.#names}`;
    this.world.specs.set(name, {
      name,
      kind,
      inputs: single
        ? [first]
        : inputs.filter((input, at) => inputs.findIndex((other) => other.name === input.name) === at),
      version: kind === "assertion" && !seed.coarse ? HARMLESS : seed.version,
      modulus: seed.coarse ? 3 : 1009,
      keyed: seed.keyed && !single,
      wide: seed.wide && kind !== "assertion",
      volatile: false,
      disabled: false,
      broken: false,
      comment: 0,
    });
  }

  /** Any source, or any action that may be read and comes before. */
  #input({ of, back, ahead }: SpecSeed["inputs"][number], before?: string): Input | undefined {
    const all = [...this.world.specs.values()];
    const earlier =
      before === undefined
        ? all
        : all.slice(
            0,
            all.findIndex(({ name }) => name === before),
          );
    const names = [...earlier.filter(({ kind }) => kind !== "assertion"), ...this.world.sources].map(
      ({ name }) => name,
    );
    const name = names[of % names.length];
    return name === undefined ? undefined : { name, back, ahead };
  }

  #edited(spec: Spec, what: number, value: number): Spec {
    switch (what) {
      case 0:
      case 1:
        return { ...spec, comment: spec.comment + 1 };
      case 2:
        return { ...spec, modulus: spec.modulus === 3 ? 1009 : 3 };
      case 3:
        return { ...spec, disabled: !spec.disabled };
      case 4:
        return spec.kind === "view" ? spec : { ...spec, broken: !spec.broken && spec.kind !== "assertion" };
      case 5:
        return { ...spec, volatile: !spec.volatile && spec.kind !== "assertion" && spec.kind !== "view" };
      case 6: {
        const first = this.#input({ of: value, back: value % 3, ahead: value % 2 }, spec.name);
        const rest = spec.inputs.slice(1).filter(({ name }) => name !== first?.name);
        return first === undefined ? spec : { ...spec, inputs: [first, ...rest] };
      }
      case 7:
        if (spec.kind === "table") return { ...spec, kind: "incremental" };
        return spec.kind === "incremental" ? { ...spec, kind: "table" } : { ...spec, version: value };
      case 8:
        return spec.kind === "assertion" ? spec : { ...spec, wide: !spec.wide };
      case 9:
        return spec.kind === "table" || spec.kind === "incremental" ? { ...spec, keyed: !spec.keyed } : spec;
      default:
        return { ...spec, version: spec.kind === "assertion" && value > 2 ? HARMLESS : value };
    }
  }

  #rename(spec: Spec | undefined): void {
    if (spec === undefined) return;
    this.#names += 1;
    const name = `${spec.kind.slice(0, 1)}${this.#names}`;
    const renamed = [...this.world.specs.values()].map((other) =>
      other === spec
        ? { ...spec, name }
        : { ...other, inputs: other.inputs.map((input) => (input.name === spec.name ? { ...input, name } : input)) },
    );
    this.world.specs.clear();
    for (const each of renamed) this.world.specs.set(each.name, each);
  }

  #remove(spec: Spec | undefined): void {
    if (spec === undefined) return;
    const isRead = [...this.world.specs.values()].some(({ inputs }) => inputs.some(({ name }) => name === spec.name));
    if (!isRead) this.world.specs.delete(spec.name);
  }
}

function keyOf(k: number): string {
  return KEYS[k % KEYS.length] as string;
}

function rowOf(d: number, k: number, v: number): Row {
  return { d: day(d % DAYS), k: keyOf(k), v };
}
