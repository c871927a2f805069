import type { ActionStatus } from "../../runner/events/events.js";
import type { RunnableProject } from "../../runner/graph/action.js";
import { datesOf } from "../../runner/plan/dates.js";
import type { DateRange } from "../../runner/port/port.js";
import { readWindows } from "./project.js";
import { evaluate, type Input, type Row, type Spec, semantics, shift } from "./spec.js";

/** What a build of one partition saw and left, in full, so that nothing is taken from the runner's own digests. */
interface BuildRecord {
  readonly semantics: string;
  readonly code: string;
  readonly inputs: string;
  readonly output: string;
}

/** A live relation as somebody who looks at the warehouse sees it. */
export interface LiveTable {
  readonly kind: "table" | "view";
  readonly partitioned: boolean;
  readonly keyed: boolean;
  /** Has the column `x`. */
  readonly extended: boolean;
  /** A view's own definition. */
  readonly definition: string;
  readonly rows: readonly Row[];
}

export interface Request {
  readonly window: DateRange | undefined;
  readonly selected: ReadonlySet<string> | undefined;
  readonly force: boolean;
}

export interface Expected {
  readonly status: ActionStatus;
  /** `partition: decision reason`. */
  readonly decisions: readonly string[];
}

export interface Expectation {
  readonly results: ReadonlyMap<string, Expected>;
  readonly live: ReadonlyMap<string, LiveTable>;
}

/** What the runner decided where the oracle cannot know what a killed run had committed. */
export type Actual = (name: string, partition: string) => string | undefined;

/**
 * Knows the true content of everything and remembers what each build saw. Says what the least run does that leaves each
 * selected partition as a rebuild would.
 */
export class Oracle {
  readonly #records = new Map<string, BuildRecord>();
  /** Partitions of which a killed or disturbed run may or may not have committed a build. */
  readonly #uncertain = new Set<string>();

  /** Forgets what is known of the partitions that a run may have built. */
  doubt(specs: ReadonlyMap<string, Spec>, window: DateRange | undefined): void {
    for (const { name, kind } of specs.values()) {
      for (const partition of ["*", ...(kind === "incremental" && window ? datesOf(window) : [])])
        this.#uncertain.add(`${name} ${partition}`);
    }
  }

  /** Simulates the least run; to be called once for each run that really ended. */
  expect(
    project: RunnableProject,
    specs: ReadonlyMap<string, Spec>,
    before: ReadonlyMap<string, LiveTable>,
    request: Request,
    actual: Actual,
  ): Expectation {
    const live = new Map(before);
    const results = new Map<string, Expected>();
    const audited = new Map<string, boolean>();
    for (const { node } of project.actions) {
      const name = node.key.slice(node.key.indexOf(".") + 1);
      const spec = specs.get(name) as Spec;
      const action = new ActionOracle(spec, specs, live, this.#records);
      const partitions = node.partitioned && request.window ? datesOf(request.window) : ["*"];
      const all = (text: string) => partitions.map((partition) => `${partition}: ${text}`);
      const passed = audited.get(name);
      if (passed !== undefined) {
        results.set(name, { status: passed ? "success" : "failed", decisions: ["*: run inputs_changed"] });
        continue;
      }
      const selected = request.selected === undefined || request.selected.has(name);
      if (!selected || spec.disabled) {
        results.set(name, {
          status: "skipped",
          decisions: all(`skip ${spec.disabled && selected ? "disabled" : "not_selected"}`),
        });
        continue;
      }
      if (spec.inputs.some((input) => ["failed", "blocked"].includes(results.get(input.name)?.status ?? ""))) {
        results.set(name, {
          status: partitions.length === 0 ? "skipped" : "blocked",
          decisions: all("skip upstream_failed"),
        });
        continue;
      }
      const decisions = partitions.map((partition) => {
        const told = this.#uncertain.has(`${name} ${partition}`) ? actual(name, partition) : undefined;
        return { partition, text: told ?? action.decide(partition, request.force) };
      });
      const needed = decisions.filter(({ text }) => text.startsWith("run")).map(({ partition }) => partition);
      const settle = (parts: readonly string[]) => {
        for (const partition of parts) {
          this.#records.set(`${name} ${partition}`, action.record(partition));
          this.#uncertain.delete(`${name} ${partition}`);
        }
      };
      const shown = decisions.map(({ partition, text }) => `${partition}: ${text}`);
      const outcome = needed.length === 0 ? "skipped" : action.build(needed);
      const guards = spec.kind === "incremental" || spec.kind === "table" ? guardsOf(name, specs) : [];
      if (outcome === "success" || outcome === "unchanged") {
        const violated = guards.find(
          (guard) => new ActionOracle(specs.get(guard) as Spec, specs, action.after, this.#records).rows().length > 0,
        );
        if (violated !== undefined) {
          audited.set(violated, false);
          results.set(name, { status: "blocked", decisions: shown });
          continue;
        }
        live.clear();
        for (const [key, table] of action.after) live.set(key, table);
        for (const guard of guards) {
          audited.set(guard, true);
          const record = new ActionOracle(specs.get(guard) as Spec, specs, live, this.#records).record("*");
          this.#records.set(`${guard} *`, record);
          this.#uncertain.delete(`${guard} *`);
        }
        settle(partitions);
      } else if (outcome === "skipped") settle(partitions);
      results.set(name, { status: outcome, decisions: shown });
    }
    return { results, live };
  }
}

/** One action against the live content of the moment. */
class ActionOracle {
  readonly after: Map<string, LiveTable>;

  constructor(
    readonly spec: Spec,
    readonly specs: ReadonlyMap<string, Spec>,
    readonly live: ReadonlyMap<string, LiveTable>,
    readonly records: ReadonlyMap<string, BuildRecord>,
  ) {
    this.after = new Map(live);
  }

  decide(partition: string, force: boolean): string {
    const { spec } = this;
    const record = this.records.get(`${spec.name} ${partition}`);
    if (force) return "run forced";
    if (record === undefined) return "run never_built";
    if (!this.#exists()) return "run table_missing";
    if (record.semantics !== this.#code(semantics)) return "run code_changed";
    if (this.#volatile()) return "run volatile";
    if (record.output !== this.#output(partition, this.live)) return "run table_modified";
    if (record.inputs !== this.#inputs(partition, this.live)) return "run inputs_changed";
    return record.code === this.#code(JSON.stringify) ? "skip unchanged" : "skip cosmetic";
  }

  /** Builds the partitions into `after`. */
  build(partitions: readonly string[]): ActionStatus {
    const { spec } = this;
    if (spec.inputs.some(({ name }) => !this.#readable(name)) || spec.broken) return "failed";
    if (spec.kind === "assertion") return this.rows().length > 0 ? "failed" : "success";
    const old = this.live.get(spec.name);
    if (spec.kind === "view") {
      this.after.set(spec.name, {
        kind: "view",
        partitioned: false,
        keyed: false,
        extended: false,
        definition: semantics(spec),
        rows: [],
      });
      return "success";
    }
    const partitioned = spec.kind === "incremental";
    const kept = old?.kind === "table" && old.partitioned === partitioned ? old.rows : [];
    const built = this.rows();
    const inside = ({ d }: Row) => !partitioned || partitions.includes("*") || partitions.includes(d);
    const isUnhashed = (row: Row) => spec.keyed && (old?.keyed === false || row.unhashed === true);
    const stays = kept
      .filter((row) => !inside(row))
      .map((row): Row => ({ ...row, unhashed: isUnhashed(row) || undefined }));
    const rows = [...stays, ...built.filter(inside)];
    this.after.set(spec.name, {
      kind: "table",
      partitioned,
      keyed: spec.keyed,
      extended: false,
      definition: "",
      rows,
    });
    const gainsHashes = kept.some((row) => inside(row) && isUnhashed(row));
    return contentOf(kept) === contentOf(rows) && !gainsHashes ? "unchanged" : "success";
  }

  record(partition: string): BuildRecord {
    return {
      semantics: this.#code(semantics),
      code: this.#code(JSON.stringify),
      inputs: this.#inputs(partition, this.after),
      output: this.#output(partition, this.after),
    };
  }

  /** What the action's query gives from the live content. */
  rows(): Row[] {
    return evaluate(
      this.spec,
      this.spec.inputs.map(({ name }) => readRows(name, this.specs, this.live)),
    );
  }

  #exists(): boolean {
    const table = this.live.get(this.spec.name);
    switch (this.spec.kind) {
      case "assertion":
        return true;
      case "view":
        return table?.kind === "view";
      default:
        return table?.kind === "table" && table.partitioned === (this.spec.kind === "incremental");
    }
  }

  #readable(name: string): boolean {
    const view = this.specs.get(name);
    if (this.spec.kind === "view") return this.#stands(name);
    // Anything else reads a view through the view's own query.
    return view?.kind === "view" ? view.inputs.every((input) => this.#readable(input.name)) : this.live.has(name);
  }

  /** Whether a relation is there, and what a view was made to read. */
  #stands(name: string): boolean {
    const table = this.live.get(name);
    if (table?.kind !== "view" || table.definition === "") return table !== undefined;
    return (JSON.parse(table.definition) as Spec).inputs.every((input) => this.#stands(input.name));
  }

  /** The action's own text and that of every view it reads. */
  #code(of: (spec: Spec) => string): string {
    const views = new Map<string, Spec>();
    const visit = (spec: Spec) => {
      for (const { name } of spec.inputs) {
        const view = this.specs.get(name);
        if (view?.kind !== "view" || views.has(name)) continue;
        views.set(name, view);
        visit(view);
      }
    };
    visit(this.spec);
    return [this.spec, ...[...views.values()].sort((a, b) => (a.name < b.name ? -1 : 1))]
      .map((spec) => of(spec))
      .join("\n");
  }

  #volatile(): boolean {
    return this.spec.volatile;
  }

  #inputs(partition: string, live: ReadonlyMap<string, LiveTable>): string {
    return [...readWindows(this.spec, this.specs)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { back, ahead }]) => {
        const table = live.get(name);
        if (table === undefined) return `${name} none`;
        const readers = this.#readersOf(name);
        const whole = readers.some(({ wide }) => wide);
        const columns = [
          (whole || readers.some(({ keyed }) => keyed)) && table.keyed ? "data_hash" : "",
          whole && table.extended ? "x" : "",
        ];
        if (this.spec.kind === "view") return `${name} ${columns}`;
        const windowed = partition !== "*" && table.partitioned;
        const [from, to] = windowed ? [shift(partition, -back), shift(partition, ahead)] : ["", "9"];
        const rows = table.rows.filter(({ d }) => d >= from && d <= to);
        // Rows under another partitioning or key are compared in another way: they count as others.
        const layout = rows.length > 0 && `${table.partitioned} ${table.keyed}`;
        // The hash of a row covers all of it; without one only what is read counts.
        const seen = table.keyed || whole ? rows : rows.map(({ d, k, v }) => ({ d, k, v }));
        return `${name} ${columns} ${layout} ${textOf(seen)}`;
      })
      .join("\n");
  }

  /** The action and those of the views behind it that name a table. */
  #readersOf(table: string): Spec[] {
    const readers: Spec[] = [];
    const visit = (spec: Spec) => {
      if (spec.inputs.some(({ name }) => name === table)) readers.push(spec);
      for (const { name } of spec.inputs) {
        const view = this.specs.get(name);
        if (view?.kind === "view") visit(view);
      }
    };
    visit(this.spec);
    return readers;
  }

  #output(partition: string, live: ReadonlyMap<string, LiveTable>): string {
    const table = live.get(this.spec.name);
    if (this.spec.kind === "assertion") return "";
    if (this.spec.kind === "view") return table?.definition ?? "";
    return `${table?.keyed} ${textOf((table?.rows ?? []).filter(({ d }) => partition === "*" || d === partition))}`;
  }
}

/** The assertions on a model, directly or through views. */
function guardsOf(model: string, specs: ReadonlyMap<string, Spec>): string[] {
  const base = (spec: Spec): string => {
    const { name } = spec.inputs[0] as Input;
    const read = specs.get(name);
    return read?.kind === "view" ? base(read) : name;
  };
  const assertions = [...specs.values()].filter(({ kind, disabled }) => kind === "assertion" && !disabled);
  return assertions.filter((spec) => base(spec) === model).map(({ name }) => name);
}

/** The rows behind a name, views followed. */
export function readRows(
  name: string,
  specs: ReadonlyMap<string, Spec>,
  live: ReadonlyMap<string, LiveTable>,
): readonly Row[] {
  const view = specs.get(name);
  if (view?.kind !== "view") return live.get(name)?.rows ?? [];
  return evaluate(
    view,
    view.inputs.map((input) => readRows(input.name, specs, live)),
  );
}

/** Rows as a set, as text. */
export function textOf(rows: readonly Row[]): string {
  return contentOf(rows, ({ unhashed }) => (unhashed ? " without hash" : ""));
}

function contentOf(rows: readonly Row[], further: (row: Row) => string = () => ""): string {
  return rows
    .map((row) => `${row.d} ${row.k} ${row.v}${row.x === undefined ? "" : ` ${row.x}`}${further(row)}`)
    .sort()
    .join(",");
}
