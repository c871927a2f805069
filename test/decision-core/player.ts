import type { Column } from "../../runner/port/sql-types.js";
import type { SqlScanner } from "../../runner/project/build-manifest.js";
import { type Cell, type Content, day, type Row } from "./content.js";
import { hashOf, KEY_COLUMNS } from "./evaluate.js";
import { DAYS, type History, type InputSeed, type SpecSeed, type Step } from "./history.js";
import { Killed, type MemoryWarehouse } from "./memory-warehouse.js";
import type { Outside } from "./outside.js";
import { type Accumulation, type Input, KEY, type Kind, logOf, madeBy, type Spec } from "./spec.js";
import { type SourceLayout, World } from "./world.js";

const KINDS: readonly Kind[] = [
  "incremental",
  "incremental",
  "incremental",
  "incremental",
  "table",
  "view",
  "assertion",
  "operation",
  "operation",
  "function",
];
const ACCUMULATIONS: readonly Accumulation[] = ["new_dates", "new_keys", "merge", "highest", "protected"];
/** Keys that are easily taken for each other: joined by a sign, `''` for NULL, one column for the other. */
const KEYS: readonly (readonly [Cell, Cell])[] = [
  ["a", ""],
  ["a", null],
  ["", "a"],
  ["a|b", "c"],
  ["a", "b|c"],
  [null, "a"],
  ["b", "b"],
  ["NULL", ""],
];
/** By place in the list above: the key that each may be taken for. */
const ALIKE = [1, 0, 2, 4, 3];
/** Behind the usual days: a gap, another year, no date at all, the ends of the calendar. */
const FURTHER_DATES: readonly Cell[] = [
  day(9),
  day(17),
  "2021-03-01",
  "2021-03-03",
  null,
  null,
  null,
  "9999-12-31",
  "9999-12-31",
  "0001-01-01",
];
const AFTERWARDS = [undefined, "deletes", "logs"] as const;
/** An assertion on this value never fails: no model produces it. */
const HARMLESS = 99_999;

/** Lives through a history; throws when a run breaks the promise. Ends with a run of everything, twice. */
export async function live(history: History, outside: Outside, scanner?: SqlScanner): Promise<void> {
  const player = await Player.start(history, outside, scanner);
  for (const step of history.steps) await player.step(step);
  await player.step({
    do: "run",
    run: { from: undefined, days: 0, select: undefined, force: false, upstream: true, again: true },
    kill: undefined,
    meanwhile: [],
  });
}

class Player {
  #names = 0;

  private constructor(readonly world: World) {}

  static async start(history: History, outside: Outside, scanner: SqlScanner | undefined): Promise<Player> {
    const sources = history.sources.map(({ partitioned }, index): SourceLayout => ({ name: `s${index}`, partitioned }));
    const player = new Player(new World(outside, sources, [], scanner));
    for (const [index, source] of sources.entries()) {
      const seed = history.sources[index];
      const rows = new Map(seed?.rows.map(({ d, k, v }) => [JSON.stringify(keyOf(d, k)), rowOf(d, k, v)]));
      const columns: Column[] = [...KEY_COLUMNS, { name: "v", type: "INT64" }];
      if (seed?.hashed) columns.push({ name: "data_hash", type: "STRING" });
      await player.world.writeSource(source, written({ columns, rows: [...rows.values()] }));
    }
    for (const seed of history.actions) player.#add(seed);
    return player;
  }

  async step(step: Step): Promise<void> {
    const { world } = this;
    switch (step.do) {
      case "insert":
      case "update":
        return this.#editRows(step.source, (rows) => [
          ...rows.filter((row) => !isKey(row, step.d, step.k)),
          rowOf(step.d, step.k, step.v),
        ]);
      case "deleteRow":
        return this.#editRows(step.source, (rows) => rows.filter((row) => !isKey(row, step.d, step.k)));
      case "deleteDate":
        return this.#editRows(step.source, (rows) => rows.filter((row) => row.d !== dateAt(step.d)));
      case "rewrite":
        return this.#editRows(step.source, (rows) => [...rows].reverse());
      case "extend":
        return this.#editSource(step.source, (content) => extended(content, step.v));
      case "editFurther":
        return this.#editRows(step.source, (rows) =>
          rows.map((row) => (row.d === dateAt(step.d) ? { ...row, x: step.v } : row)),
        );
      case "reorder":
        return this.#editSource(step.source, ({ columns: [first, ...rest], rows }) => ({
          columns: [...rest, first as Column],
          rows,
        }));
      case "alike":
        return this.#editRows(step.source, withKeysAlike);
      case "retype":
        return this.#editSource(step.source, retyped);
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
        if (spec !== undefined) await world.tamper(spec.name, (content) => tampered(content, step.row, step.v));
        return;
      }
      case "dropEffect":
      case "emptyEffect": {
        const spec = this.#action(step.action);
        const effect = spec && effectOf(spec);
        if (effect === undefined) return;
        if (step.do === "dropEffect") return world.outside.drop(effect);
        return world.tamper(effect, ({ columns }) => ({ columns, rows: [] }));
      }
      case "upgrade":
        return world.upgrade();
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
      upstream: run.upstream,
    };
    if (kill === undefined && meanwhile.length === 0) {
      await this.world.run(request);
      if (run.again) await this.world.run({ ...request, force: false });
      return;
    }
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

  #editRows(index: number, change: (rows: readonly Row[]) => readonly Row[]): Promise<void> {
    return this.#editSource(index, ({ columns, rows }) => ({ columns, rows: change(rows) }));
  }

  async #editSource(index: number, change: (content: Content) => Content): Promise<void> {
    const source = this.world.sources[index % this.world.sources.length] as SourceLayout;
    const content = await this.world.contentOf(source.name);
    if (content !== undefined) await this.world.writeSource(source, written(change(content)));
  }

  #action(index: number): Spec | undefined {
    const all = [...this.world.specs.values()];
    return all[index % Math.max(1, all.length)];
  }

  #add(seed: SpecSeed): void {
    const kind = KINDS[seed.kind % KINDS.length] as Kind;
    const inputs = seed.inputs.flatMap((input) => this.#input(input) ?? []);
    const isModel = kind === "table" || kind === "incremental";
    const accumulation = kind === "incremental" ? ACCUMULATIONS[seed.accumulation - 1] : undefined;
    const isSum = isModel && accumulation === undefined && !seed.star;
    const functions = [...this.world.specs.values()].filter((spec) => spec.kind === "function");
    const before = seed.before === 0 ? undefined : this.#input({ ...(seed.inputs[0] as InputSeed), of: seed.before });
    this.#names += 1;
    const name = `${kind.slice(0, 1)}${this.#names}`;
    this.world.specs.set(name, {
      name,
      kind,
      inputs: inputsOf(kind, isSum, inputs),
      star: isModel && seed.star && accumulation === undefined,
      accumulation,
      // A filter on the last date of the table means the whole table.
      split: kind === "incremental" && !seed.unsplit && accumulation !== "new_dates",
      version: kind === "assertion" && !seed.coarse ? HARMLESS : seed.version,
      modulus: seed.coarse ? 3 : 1009,
      keyed: seed.keyed && isSum,
      wide: seed.wide && (kind === "view" || isModel) && accumulation === undefined,
      texts: seed.texts && isSum,
      forecast: isSum ? seed.forecast : 0,
      before: isSum ? before?.name : undefined,
      after: isSum ? AFTERWARDS[seed.after] : undefined,
      calls: isSum && seed.calls > 0 ? functions[(seed.calls - 1) % Math.max(1, functions.length)]?.name : undefined,
      output: kind === "operation" ? (seed.other ? "other" : "own") : undefined,
      skippable: seed.skippable && kind === "operation",
      warns: seed.warns && kind === "assertion",
      volatile: false,
      disabled: false,
      broken: false,
      comment: 0,
    });
  }

  /** Any source, or any action that may be read and comes before. */
  #input({ of, back, ahead, literal }: InputSeed, before?: string): Input | undefined {
    const all = [...this.world.specs.values()];
    const earlier =
      before === undefined
        ? all
        : all.slice(
            0,
            all.findIndex(({ name }) => name === before),
          );
    const readable = earlier.filter(({ kind }) => kind !== "assertion" && kind !== "function");
    const names = [...readable.map(madeBy), ...this.world.sources.map((source) => source.name)];
    const name = names[of % names.length];
    return name === undefined ? undefined : { name, back, ahead, literal };
  }

  #edited(spec: Spec, what: number, value: number): Spec {
    const isModel = spec.kind === "table" || spec.kind === "incremental";
    const isPlain = isModel && spec.accumulation === undefined;
    const isSum = isPlain && !spec.star;
    switch (what) {
      case 0:
      case 1:
        return { ...spec, comment: spec.comment + 1 };
      case 2:
        return { ...spec, modulus: spec.modulus === 3 ? 1009 : 3 };
      case 3:
      case 16:
        return { ...spec, disabled: !spec.disabled };
      case 4:
        return isModel ? { ...spec, broken: !spec.broken } : spec;
      case 5:
        return isModel ? { ...spec, volatile: !spec.volatile } : spec;
      case 6: {
        if (spec.kind === "function") return spec;
        const first = this.#input({ of: value, back: value % 3, ahead: value % 2, literal: value > 5 }, spec.name);
        const rest = spec.inputs.slice(1).filter(({ name }) => name !== first?.name);
        return first === undefined ? spec : { ...spec, inputs: [first, ...rest] };
      }
      case 7:
        if (spec.kind === "table") return { ...spec, kind: "incremental", split: value % 2 === 0 };
        return isPlain ? { ...spec, kind: "table" } : spec;
      case 8:
        return spec.kind === "view" || isPlain ? { ...spec, wide: !spec.wide } : spec;
      case 9:
        return isSum ? { ...spec, keyed: !spec.keyed } : spec;
      case 10:
        return isSum ? { ...spec, texts: !spec.texts } : spec;
      case 11:
        return spec.kind === "incremental" && spec.accumulation !== "new_dates"
          ? { ...spec, split: !spec.split }
          : spec;
      case 12:
        return isSum ? { ...spec, forecast: value % 4 } : spec;
      case 13:
        return spec.kind === "assertion" ? { ...spec, warns: !spec.warns } : spec;
      default:
        return { ...spec, version: spec.kind === "assertion" && value > 2 ? HARMLESS : value };
    }
  }

  #rename(spec: Spec | undefined): void {
    if (spec === undefined) return;
    this.#names += 1;
    const name = `${spec.kind.slice(0, 1)}${this.#names}`;
    const moved = new Map([
      [spec.name, name],
      [madeBy(spec), madeBy({ ...spec, name })],
    ]);
    const now = (old: string) => moved.get(old) ?? old;
    const renamed = [...this.world.specs.values()].map((other) => ({
      ...other,
      name: now(other.name),
      inputs: other.inputs.map((input) => ({ ...input, name: now(input.name) })),
      before: other.before && now(other.before),
      calls: other.calls && now(other.calls),
    }));
    this.world.specs.clear();
    for (const each of renamed) this.world.specs.set(each.name, each);
  }

  #remove(spec: Spec | undefined): void {
    if (spec === undefined) return;
    const isRead = [...this.world.specs.values()].some(({ inputs, before, calls }) =>
      [before, calls, ...inputs.map(({ name }) => name)].some((name) => name === spec.name || name === madeBy(spec)),
    );
    if (!isRead) this.world.specs.delete(spec.name);
  }
}

function inputsOf(kind: Kind, isSum: boolean, inputs: readonly Input[]): readonly Input[] {
  if (kind === "function") return [];
  if (!isSum) return inputs.slice(0, 1);
  return inputs.filter((input, at) => inputs.findIndex((other) => other.name === input.name) === at);
}

/** What an action makes besides its own table. */
function effectOf(spec: Spec): string | undefined {
  if (spec.output === "other") return madeBy(spec);
  return spec.after === "logs" ? logOf(spec) : undefined;
}

function dateAt(index: number): Cell {
  return index < DAYS ? day(index) : (FURTHER_DATES[index - DAYS] ?? null);
}

function keyOf(d: number, k: number): readonly Cell[] {
  return [dateAt(d), ...(KEYS[k % KEYS.length] as readonly Cell[])];
}

function isKey(row: Row, d: number, k: number): boolean {
  const key = keyOf(d, k);
  return KEY.every((name, index) => (row[name] ?? null) === key[index]);
}

function rowOf(d: number, k: number, v: number): Row {
  const [date = null, first = null, second = null] = keyOf(d, k);
  return { d: date, k: first, j: second, v };
}

/** What whoever fills a source writes: values of the columns' types, and a hash that knows nothing of `x`. */
function written({ columns, rows }: Content): Content {
  const typed = (row: Row, { name, type }: Column): Cell => {
    if (name === "data_hash") return hashOf(row);
    const value = row[name] ?? null;
    if (value === null) return null;
    return type === "INT64" ? Number(value) : String(value);
  };
  return {
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column.name, typed(row, column)]))),
  };
}

function extended({ columns, rows }: Content, value: number): Content {
  const without = columns.filter(({ name }) => name !== "x");
  if (without.length < columns.length) return { columns: without, rows };
  const x = value === 0 ? null : value;
  return { columns: [...columns, { name: "x", type: "INT64" }], rows: rows.map((row) => ({ ...row, x })) };
}

function retyped({ columns, rows }: Content): Content {
  const other = (type: Column["type"]): Column["type"] => (type === "INT64" ? "STRING" : "INT64");
  return {
    columns: columns.map((column) => (column.name === "v" ? { ...column, type: other(column.type) } : column)),
    rows,
  };
}

/** Each row with the key that looks like its own, where no other row has it. */
function withKeysAlike(rows: readonly Row[]): readonly Row[] {
  const taken = new Set(rows.map(({ d, k, j }) => JSON.stringify([d, k, j])));
  return rows.map((row) => {
    const own = KEYS.findIndex(([k, j]) => k === row.k && j === row.j);
    const [k = null, j = null] = KEYS[ALIKE[own] ?? own] ?? [];
    return taken.has(JSON.stringify([row.d, k, j])) ? row : { ...row, k, j };
  });
}

/** A hand edit: one value, one row more, or the columns in another order. */
function tampered({ columns: [first, ...rest], rows }: Content, at: number, v: number): Content {
  const columns = at === 7 ? [...rest, first as Column] : [first as Column, ...rest];
  const value = columns.some(({ name, type }) => name === "v" && type === "STRING") ? String(v) : v;
  const edited = rows.length === 0 ? [rowOf(at % DAYS, 6, v)] : rows;
  return { columns, rows: edited.map((row, index) => (index === at % edited.length ? { ...row, v: value } : row)) };
}
