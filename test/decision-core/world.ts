import { planProject } from "../../runner/decide/plan-project.js";
import type { ActionResult } from "../../runner/events/events.js";
import { executePlan } from "../../runner/execute/execute-plan.js";
import type { DateRange, Relation, Warehouse } from "../../runner/port/port.js";
import { type LiveTable, Oracle, type Request, readRows, textOf } from "./oracle.js";
import { type ColumnScan, knownColumns, projectOf } from "./project.js";
import { day, evaluate, type Row, relation, type Spec } from "./spec.js";

export const STATE_DATASET = "world_state";
export const DAYS = 6;

/** The side of a warehouse that the runner does not see: sources are written and results are read here. */
export interface Outside {
  readonly warehouse: Warehouse;
  /** Every table and view of the world. */
  live(): Promise<ReadonlyMap<string, Omit<LiveTable, "definition">>>;
  write(name: string, rows: readonly Row[], layout: Layout): Promise<void>;
  drop(name: string): Promise<void>;
}

export interface Layout extends Pick<Relation, "partitionColumn" | "primaryKey"> {
  /** With the column `x`. */
  readonly extended: boolean;
}

export interface SourceLayout {
  readonly name: string;
  readonly partitioned: boolean;
  readonly keyed: boolean;
}

/** A project, its sources, a warehouse, and the oracle that knows what every run must do. */
export class World {
  readonly specs: Map<string, Spec>;
  readonly #oracle = new Oracle();
  #runs = 0;
  /** Definitions of the views that stand, which only their creator knows in plain words. */
  readonly #definitions = new Map<string, string>();

  constructor(
    readonly outside: Outside,
    readonly sources: readonly SourceLayout[],
    specs: readonly Spec[],
    readonly scan: ColumnScan = knownColumns,
  ) {
    this.specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  async contentOf(name: string): Promise<{ readonly rows: readonly Row[]; readonly extended: boolean }> {
    return (await this.outside.live()).get(name) ?? { rows: [], extended: false };
  }

  async writeSource(source: SourceLayout, rows: readonly Row[], extended = false): Promise<void> {
    await this.outside.write(source.name, rows, {
      partitionColumn: source.partitioned ? "d" : undefined,
      primaryKey: source.keyed ? ["d", "k"] : [],
      extended,
    });
  }

  /** Overwrites a built table as somebody with a SQL prompt would. */
  async tamper(name: string, change: (rows: readonly Row[]) => readonly Row[]): Promise<void> {
    const table = (await this.outside.live()).get(name);
    if (table?.kind !== "table") return;
    await this.outside.write(name, change(table.rows), {
      partitionColumn: table.partitioned ? "d" : undefined,
      primaryKey: table.keyed ? ["d", "k"] : [],
      extended: false,
    });
  }

  /** Runs to the end and compares everything with the oracle. */
  async run(request: Request): Promise<void> {
    const before = await this.#live();
    const { plan, results } = await this.#execute(request);
    const actual = new Map(results.map((result) => [nameOf(result.key), result]));
    const expected = this.#oracle.expect(
      plan.project,
      this.specs,
      before,
      { ...request, window: plan.window },
      (name, partition) => {
        const decision = actual.get(name)?.partitions.find((candidate) => candidate.partition === partition);
        return decision && `${decision.decision} ${decision.reason}`;
      },
    );
    const shown = (result: ActionResult) =>
      `${result.status} ${result.partitions.map(({ partition, decision, reason }) => `${partition}: ${decision} ${reason}`).join(", ")}`;
    for (const [name, { status, decisions }] of expected.results) {
      const got = shown(actual.get(name) as ActionResult);
      const want = `${status} ${decisions.join(", ")}`;
      if (got !== want)
        throw new Error(`${name} did "${got}", the least run does "${want}" ${actual.get(name)?.error ?? ""}`);
    }
    for (const { key, partitions } of results) {
      const planned = new Set(plan.decisions.get(key)?.flatMap((p) => (p.decision === "run" ? [p.partition] : [])));
      const unplanned = partitions.find(({ partition, decision }) => decision === "run" && !planned.has(partition));
      const audited = this.specs.get(nameOf(key))?.kind === "assertion";
      if (unplanned && !audited) throw new Error(`${key} ran ${unplanned.partition}, which the plan had skipped`);
    }
    const after = await this.#live(expected.live);
    for (const [name, table] of expected.live) {
      if (table.kind === "table" && textOf(after.get(name)?.rows ?? []) !== textOf(table.rows))
        throw new Error(`${name} holds ${textOf(after.get(name)?.rows ?? [])}, not ${textOf(table.rows)}`);
    }
    this.#compareWithRebuild(after, actual, request, plan.window);
  }

  /** A run that is killed or disturbed on its way: what it leaves is for the next one to mend. */
  async disturbedRun(request: Request, isExpected: (error: unknown) => boolean): Promise<void> {
    let window: DateRange | undefined;
    try {
      ({
        plan: { window },
      } = await this.#execute(request));
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
    this.#oracle.doubt(this.specs, window ?? request.window ?? { from: day(-9), to: day(DAYS + 9) });
    for (const { name, kind } of this.specs.values()) if (kind === "view") this.#definitions.delete(name);
  }

  async #execute(request: Request) {
    const { warehouse } = this.outside;
    const project = projectOf(
      this.specs,
      this.sources.map(({ name }) => name),
      this.scan,
    );
    const selected = request.selected && new Set([...request.selected].map(relation));
    const plan = await warehouse.transaction((transaction) =>
      planProject(transaction, project, STATE_DATASET, { ...request, selected }),
    );
    this.#runs += 1;
    const results = await executePlan(warehouse, plan, {
      stateDataset: STATE_DATASET,
      runId: `run${String(this.#runs).padStart(4, "0")}`,
      startedAt: new Date(Date.UTC(2024, 5, 1) + this.#runs),
      compiledManifest: undefined,
      command: "run",
      concurrency: 2,
      failFast: false,
      force: request.force,
      emit: () => {},
      locate: (action) => action.fileName,
    });
    return { plan, results };
  }

  /** Every selected partition that did not fail holds what its query gives on what its inputs hold now; without a window, all. */
  #compareWithRebuild(
    live: ReadonlyMap<string, LiveTable>,
    results: ReadonlyMap<string, ActionResult>,
    request: Request,
    window: DateRange | undefined,
  ): void {
    for (const spec of this.specs.values()) {
      const result = results.get(spec.name);
      if (spec.kind === "view" || spec.kind === "assertion" || spec.disabled) continue;
      if (result === undefined || ["failed", "blocked"].includes(result.status)) continue;
      if (result.partitions.every(({ reason }) => reason === "not_selected")) continue;
      const whole =
        spec.kind === "table" || window === undefined || (request.window === undefined && !this.#isDated(spec));
      const inside = ({ d }: Row) => whole || (d >= window.from && d <= window.to);
      const rebuilt = evaluate(
        spec,
        spec.inputs.map(({ name }) => readRows(name, this.specs, live)),
      );
      const [has, should] = [live.get(spec.name)?.rows ?? [], rebuilt].map((rows) => textOf(rows.filter(inside)));
      if (has !== should) throw new Error(`${spec.name} holds ${has}, a rebuild gives ${should}`);
    }
  }

  /** Whether the dates of a model follow from what it reads. */
  #isDated(spec: Spec): boolean {
    return spec.inputs.some(({ name }) => {
      const read = this.specs.get(name);
      if (read === undefined) return this.sources.some((source) => source.name === name && source.partitioned);
      return read.kind !== "table" && this.#isDated(read);
    });
  }

  async #live(expected?: ReadonlyMap<string, LiveTable>): Promise<ReadonlyMap<string, LiveTable>> {
    for (const [name, table] of expected ?? [])
      if (table.kind === "view") this.#definitions.set(name, table.definition);
    const live = await this.outside.live();
    return new Map(
      [...live].map(([name, table]) => [name, { ...table, definition: this.#definitions.get(name) ?? "" }]),
    );
  }
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(".") + 1);
}
