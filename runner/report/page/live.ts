import * as v from "valibot";
import type { RunEvent } from "../../events/events.js";
import { EVERYTHING } from "../../plan/select.js";
import { sha256 } from "../../port/digest-text.js";
import type { DateRange, Warehouse } from "../../port/port.js";
import { carryOut } from "../../session/carry-out.js";
import { columnsOf } from "../../session/column-graph.js";
import type { Place } from "../../session/place.js";
import { type PlanRequest, planSession } from "../../session/plan-request.js";
import { newRunId } from "../../session/run-id.js";
import { sessionOver } from "../../session/session.js";
import { writeRunArtifact } from "../run-artifact.js";
import { collectPage } from "./collect.js";
import type { PageData, PageRows } from "./page-data.js";
import { pageRows } from "./rows.js";

/** What pages are told while they are open. */
export type LiveMessage =
  | { readonly kind: "event"; readonly event: RunEvent }
  /** A run could not begin, or ended in the middle. */
  | { readonly kind: "failed"; readonly message: string }
  /** Something has changed: ask for the page again. */
  | { readonly kind: "changed" };

interface Listener {
  tell(message: LiveMessage): void;
  /** Nothing more will be told. */
  end(): void;
}

const date = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/, "must be a date, YYYY-MM-DD"));

/** What a page may ask to be run: what `fastbreak run` takes. */
export const RUN_REQUEST = v.strictObject({
  select: v.array(v.pipe(v.string(), v.maxLength(1000))),
  window: v.nullable(v.strictObject({ from: date, to: date })),
  fullRefresh: v.boolean(),
});

export type LiveRunRequest = v.InferOutput<typeof RUN_REQUEST>;

const MOST_RUNS = 50;
const MOST_ROWS = 1000;

/** The pages of one project over its open warehouse. */
export class LivePages {
  readonly #listeners = new Set<Listener>();
  /** What the run that goes on has told, for pages that are opened meanwhile. */
  #told: RunEvent[] = [];
  #isRunning = false;
  /** The columns of the project when they were last found out, and what they were found out from. */
  #columns: { readonly from: string; readonly found: ReturnType<typeof columnsOf> } | undefined;

  constructor(
    readonly place: Place,
    readonly warehouse: Warehouse,
  ) {}

  /** The data of the pages, as they are now. */
  async page(window: DateRange | undefined): Promise<PageData> {
    const session = await sessionOver(this.place, this.warehouse);
    return collectPage(session, {
      request: requestOf([], window, false),
      runs: MOST_RUNS,
      withoutReports: false,
      columns: this.#columnsOnce,
    });
  }

  /** Resolving every query takes longest, and gives the same until the project or a relation's columns are others. */
  readonly #columnsOnce: typeof columnsOf = (place, manifest, around) => {
    const from = sha256(JSON.stringify([manifest, [...around.relations], [...around.routines]]));
    if (this.#columns?.from !== from) this.#columns = { from, found: columnsOf(place, manifest, around) };
    return this.#columns.found;
  };

  /** Rows of a query, as `fastbreak query` gives them. */
  async query(sql: string): Promise<{ readonly rows: PageRows | null; readonly changed: number | null }> {
    const { rows, rowsChanged } = await this.warehouse.script(sql);
    if (rowsChanged !== undefined) this.#tell({ kind: "changed" });
    return { rows: rows === undefined ? null : pageRows(rows, MOST_ROWS), changed: rowsChanged ?? null };
  }

  /** Begins a run; false: another one goes on. */
  run(request: LiveRunRequest): boolean {
    if (this.#isRunning) return false;
    this.#isRunning = true;
    this.#told = [];
    void this.#carryOut(request)
      .catch((cause: unknown) => {
        this.#tell({ kind: "failed", message: cause instanceof Error ? cause.message : String(cause) });
      })
      .finally(() => {
        this.#isRunning = false;
        this.#tell({ kind: "changed" });
      });
    return true;
  }

  /** Is told what happens, beginning with what the run that goes on has told; gives what ends that. */
  listen(listener: Listener): () => void {
    if (this.#isRunning) for (const event of this.#told) listener.tell({ kind: "event", event });
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #carryOut({ select, window, fullRefresh }: LiveRunRequest): Promise<void> {
    const startedAt = new Date();
    const session = await sessionOver(this.place, this.warehouse);
    const plan = await planSession(session, requestOf(select, window ?? undefined, fullRefresh));
    const events = await carryOut(session, plan, {
      runId: newRunId(startedAt),
      startedAt,
      failFast: false,
      force: fullRefresh,
      emit: (event) => {
        this.#told.push(event);
        this.#tell({ kind: "event", event });
      },
    });
    writeRunArtifact(session.projectDir, events);
  }

  /** Lets go of whoever listens. */
  close(): void {
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
  }

  #tell(message: LiveMessage): void {
    for (const listener of this.#listeners) listener.tell(message);
  }
}

function requestOf(select: readonly string[], window: DateRange | undefined, force: boolean): PlanRequest {
  return { window, selection: { ...EVERYTHING, select }, force, upstream: true };
}
