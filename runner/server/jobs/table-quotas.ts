import type { Identifier, PathNode } from "../../googlesql/ast.js";
import { parseScriptText } from "../../googlesql/parser/script.js";
import { walk } from "../../googlesql/walk.js";
import { ApiError } from "../protocol/errors.js";
import type { Job } from "./job.js";

/** What a job does to tables, by `dataset.table`; one that comes twice counts twice. */
interface Touched {
  readonly defines: readonly string[];
  readonly mutates: readonly string[];
}

/** https://cloud.google.com/bigquery/quotas#standard_tables */
const UPDATES = { most: 5, within: 10_000 };
const UPDATES_A_DAY = { most: 1500, within: 86_400_000 };
/** Statements that update, delete or merge: so many run at once on a table, and so many more wait. */
const MOST_RUNNING = 2;
const MOST_WAITING = 20;

/** Statements that make or describe a table. */
const DEFINES = /^(?:create(?:Table|View)|copyTable|alterTable|changeTable|alterOptions)$/;
const MUTATES = /^(?:merge|update|delete|truncate)$/;

/** Counts what is done to each table, and refuses what the service would refuse. */
export class TableQuotas {
  readonly #updates = new Map<string, number[]>();
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param now milliseconds */
  constructor(readonly now: () => number = Date.now) {}

  /**
   * Counts a change of what a table is, or of what is said of it.
   * @throws ApiError `rateLimitExceeded`, `quotaExceeded`
   */
  update(table: string): void {
    const now = this.now();
    const times = (this.#updates.get(table) ?? []).filter((time) => time > now - UPDATES_A_DAY.within);
    this.#updates.set(table, times);
    if (times.length >= UPDATES_A_DAY.most)
      throw new ApiError(
        "quotaExceeded",
        `Quota exceeded: Your table exceeded quota for total number of modifications. Table ${table}`,
      );
    if (times.filter((time) => time > now - UPDATES.within).length >= UPDATES.most)
      throw new ApiError(
        "rateLimitExceeded",
        `Exceeded rate limits: too many table update operations for this table. Table ${table}`,
      );
    times.push(now);
  }

  /**
   * Does the work of a job once its statements may run.
   * @throws ApiError where they may not
   */
  async hold<T>(job: Job, work: () => Promise<T>): Promise<T> {
    const { defines, mutates } = touchedBy(job);
    const mutated = [...new Set(mutates)].sort();
    for (const table of mutated)
      if (this.#waitingFor(table).length >= MOST_WAITING)
        throw new ApiError(
          "resourcesExceeded",
          `Resources exceeded during query execution: Too many DML statements outstanding against table ${table}, limit is ${MOST_WAITING}.`,
        );
    for (const table of defines) this.update(table);
    const held: string[] = [];
    try {
      // All in the same order, so that nobody waits for somebody who waits for him.
      for (const table of mutated) {
        await this.#begin(table);
        held.push(table);
      }
      return await work();
    } finally {
      for (const table of held) this.#end(table);
    }
  }

  async #begin(table: string): Promise<void> {
    const running = this.#running.get(table) ?? 0;
    if (running < MOST_RUNNING) this.#running.set(table, running + 1);
    // Who ends hands its place on.
    else await new Promise<void>((begin) => this.#waitingFor(table).push(begin));
  }

  #end(table: string): void {
    const next = this.#waitingFor(table).shift();
    if (next === undefined) this.#running.set(table, (this.#running.get(table) ?? 1) - 1);
    else next();
  }

  #waitingFor(table: string): (() => void)[] {
    const waiting = this.#waiting.get(table) ?? [];
    this.#waiting.set(table, waiting);
    return waiting;
  }
}

function touchedBy({ configuration: { query, load, copy, dryRun } }: Job): Touched {
  if (dryRun) return { defines: [], mutates: [] };
  const destinations = [query?.destinationTable, load?.destinationTable, copy?.destinationTable];
  const written = destinations.flatMap((table) => (table ? [`${table.datasetId}.${table.tableId}`] : []));
  const { defines, mutates } = touchedByText(query?.query ?? "", query?.defaultDataset?.datasetId);
  return { defines: [...written, ...defines], mutates };
}

function touchedByText(sql: string, defaultDataset: string | undefined): Touched {
  const defines: string[] = [];
  const mutates: string[] = [];
  walk(parsed(sql), (node) => {
    const { kind, path } = node as { readonly kind: string; readonly path?: PathNode };
    if (path?.parts === undefined) return undefined;
    const table = idOf(path.parts, defaultDataset);
    if (table !== undefined && DEFINES.test(kind)) defines.push(table);
    if (table !== undefined && MUTATES.test(kind)) mutates.push(table);
    return undefined;
  });
  return { defines, mutates };
}

/** A table of the script's own has no dataset. */
function idOf(parts: readonly Identifier[], defaultDataset: string | undefined): string | undefined {
  const names = parts.flatMap(({ name }) => name.split(".")).slice(-2);
  const [dataset, name] = names.length === 1 ? [defaultDataset, names[0]] : names;
  return dataset === undefined ? undefined : `${dataset}.${name}`;
}

/** What does not parse does nothing. */
function parsed(sql: string): readonly object[] {
  try {
    return parseScriptText(sql);
  } catch {
    return [];
  }
}
