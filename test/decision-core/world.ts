import { planProject } from "../../runner/decide/plan-project.js";
import type { RunEvent } from "../../runner/events/events.js";
import { executePlan } from "../../runner/execute/execute-plan.js";
import type { SqlScanner } from "../../runner/project/build-manifest.js";
import type { Content } from "./content.js";
import { Oracle } from "./oracle.js";
import { type Outside, STATE_DATASET } from "./outside.js";
import { projectOf } from "./project.js";
import { checkAsked, checkPromise } from "./promise.js";
import { type FinishedRun, nameOf, type Request } from "./run.js";
import { relation, type Spec } from "./spec.js";

export interface SourceLayout {
  readonly name: string;
  readonly partitioned: boolean;
}

/** A project, its sources, a warehouse, and an oracle that remembers what every build saw. */
export class World {
  readonly specs: Map<string, Spec>;
  readonly #oracle = new Oracle();
  #runs = 0;
  #engine = 1;
  readonly #functions = new Map<string, number>();

  constructor(
    readonly outside: Outside,
    readonly sources: readonly SourceLayout[],
    specs: readonly Spec[],
    readonly scanner?: SqlScanner,
  ) {
    this.specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  async contentOf(name: string): Promise<Content | undefined> {
    return (await this.outside.live()).get(name)?.shown;
  }

  async writeSource({ name, partitioned }: SourceLayout, content: Content): Promise<void> {
    await this.outside.write(name, content, partitioned);
  }

  /** Overwrites a built table as somebody with a SQL prompt would. */
  async tamper(name: string, change: (content: Content) => Content): Promise<void> {
    const table = (await this.outside.live()).get(name);
    if (table?.kind !== "table" || table.shown === undefined) return;
    await this.outside.write(name, change(table.shown), table.partitioned);
  }

  /** Another version of everything between SQL and its result. */
  upgrade(): void {
    this.#engine += 1;
  }

  /** Runs to the end; @throws Error when a promise is broken */
  async run(request: Request): Promise<FinishedRun> {
    const before = await this.outside.live();
    const { plan, told } = await this.#execute(request);
    const finished = told.flatMap((event) => (event.event === "action_finished" ? [event.result] : []));
    for (const { key, status } of finished) {
      const spec = this.specs.get(nameOf(key));
      if (spec?.kind === "function" && status === "success") this.#functions.set(spec.name, spec.version);
    }
    const byName = new Map(finished.map((result) => [nameOf(result.key), result]));
    const run: FinishedRun = {
      request,
      specs: this.specs,
      engine: this.#engineVersion,
      functions: new Map(this.#functions),
      plan,
      told,
      results: new Map(
        plan.project.actions.flatMap(({ target }) => {
          const result = byName.get(target.name);
          return result === undefined ? [] : [[target.name, result]];
        }),
      ),
      before,
      after: await this.outside.live(),
    };
    if (run.results.size !== this.specs.size) throw new Error("an action has no result");
    this.#oracle.check(run);
    checkAsked(run);
    checkPromise(run);
    return run;
  }

  /** A run that is killed or disturbed on its way: what it leaves is for the next one to mend. */
  async disturbedRun(request: Request, isExpected: (error: unknown) => boolean): Promise<void> {
    try {
      await this.#execute(request);
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
    this.#oracle.doubt(this.specs);
  }

  get #engineVersion(): string {
    return `engine ${this.#engine}`;
  }

  async #execute(request: Request) {
    const { warehouse } = this.outside;
    const sources = this.sources.map(({ name }) => name);
    const project = projectOf(this.specs, sources, this.scanner);
    const selected = request.selected && new Set([...request.selected].map(relation));
    const plan = await warehouse.observe((observation) =>
      planProject(observation, project, STATE_DATASET, this.#engineVersion, { ...request, selected }),
    );
    this.#runs += 1;
    const told: RunEvent[] = [];
    await executePlan(warehouse, plan, {
      stateDataset: STATE_DATASET,
      runId: `run${String(this.#runs).padStart(4, "0")}`,
      startedAt: new Date(Date.UTC(2024, 5, 1) + this.#runs),
      compiledManifest: undefined,
      command: "run",
      concurrency: 2,
      failFast: false,
      history: [],
      force: request.force,
      emit: (event) => told.push(event),
      locate: (action) => action.fileName,
    });
    return { plan, told };
  }
}
