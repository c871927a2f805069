import type { Expr, Identifier } from "../../googlesql/ast.js";
import { walk } from "../../googlesql/walk.js";
import type { Catalogue } from "../catalog/service.js";
import type { Kept } from "../metadata/store.js";
import { ApiError, fullName } from "../protocol/errors.js";
import { type Reads, readsOf, type Use } from "./reads-of-text.js";

/** A table that asks for a filter. */
interface Asking {
  readonly id: string;
  /** Of its partitions, as messages list them. */
  readonly partitioning: readonly string[];
  readonly columns: ReadonlySet<string>;
}

/** A text, and the views that it reads, as they read others. */
interface Texts {
  readonly main: Reads;
  readonly views: ReadonlyMap<string, Reads>;
  readonly defaultDataset: string | undefined;
}

/**
 * Refuses a text that reads or changes a table which asks for a filter of its partitions without one: somewhere around the table, or around
 * the common table or view that reads it, a condition must name the column in a way that leaves no other rows.
 * @throws ApiError `invalidQuery`
 */
export async function requirePartitionFilters(
  catalogue: Pick<Catalogue, "store" | "jobs">,
  project: string,
  { sql, defaultDataset }: { readonly sql: string; readonly defaultDataset: string | undefined },
): Promise<void> {
  const { store, jobs } = catalogue;
  const asking = store.entries("table").filter(([, kept]) => asksForFilter(kept));
  if (asking.length === 0) return;
  const main = readsOf(sql);
  const views = await viewsOf(catalogue, main, defaultDataset);
  const texts = { main, views, defaultDataset };
  for (const [id, kept] of asking) {
    const table = await askingTable(jobs, id, kept);
    if (table === undefined || !new FilterCheck(texts, table).isUnfiltered(main)) continue;
    const [dataset = "", name = ""] = id.split(".");
    throw new ApiError(
      "invalidQuery",
      `Cannot query over table '${fullName(project, dataset, name).replace(":", ".")}' without a filter over column(s) '${table.partitioning.join("', '")}' that can be used for partition elimination`,
      "query",
    );
  }
}

/** The API has two places for it, an older one among them. */
function asksForFilter({ requirePartitionFilter, timePartitioning }: Kept): boolean {
  const time = timePartitioning as { readonly requirePartitionFilter?: unknown } | undefined;
  return requirePartitionFilter === true || time?.requirePartitionFilter === true;
}

/** @returns undefined for a table without partitions, which has none to leave out */
async function askingTable(jobs: Catalogue["jobs"], id: string, kept: Kept): Promise<Asking | undefined> {
  const { timePartitioning, rangePartitioning } = kept as Readonly<
    Record<"timePartitioning" | "rangePartitioning", { readonly field?: string } | undefined>
  >;
  const [dataset = "", name = ""] = id.split(".");
  const [relation] = await jobs.relations(dataset, name);
  const field = timePartitioning?.field ?? rangePartitioning?.field ?? relation?.partitionColumn;
  if (field === undefined && relation?.ingestion === undefined) return undefined;
  return {
    id: id.toLowerCase(),
    partitioning: field === undefined ? ["_PARTITION_LOAD_TIME", "_PARTITIONDATE", "_PARTITIONTIME"] : [field],
    columns: new Set(relation?.columns.map((column) => column.name.toLowerCase())),
  };
}

/** The views that a text reads, and those that they read. */
async function viewsOf(
  { store, jobs }: Pick<Catalogue, "store" | "jobs">,
  main: Reads,
  defaultDataset: string | undefined,
): Promise<ReadonlyMap<string, Reads>> {
  const queries = new Map(
    store.entries("table").flatMap(([id, { view }]) => {
      const { query } = (view ?? {}) as { readonly query?: string };
      return query === undefined ? [] : [[id.toLowerCase(), { id, query }] as const];
    }),
  );
  const views = new Map<string, Reads>();
  const waiting = main.uses.map(({ name }) => whole(name, defaultDataset));
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const found = queries.get(id);
    if (found === undefined || views.has(id)) continue;
    const reads = readsOf(found.query);
    const [dataset = "", name = ""] = found.id.split(".");
    const [relation] = await jobs.relations(dataset, name);
    // Names that a list of columns has given: which is which is not known here.
    const listed = (relation?.columns ?? []).map((column) => column.name.toLowerCase());
    const words = new Set(found.query.toLowerCase().match(/[\p{L}\p{N}_-]+/gu));
    const given = listed.filter((name) => !words.has(name)).map((name) => ({ of: ANY_COLUMN, name }));
    views.set(id, { ...reads, aliases: [...reads.aliases, ...given] });
    waiting.push(...reads.uses.map((use) => use.name));
  }
  return views;
}

/** Stands for every column. */
const ANY_COLUMN = {};

const whole = (name: string, dataset: string | undefined): string =>
  name.includes(".") || dataset === undefined ? name : `${dataset.toLowerCase()}.${name}`;

/** Looks for reads of one table without a filter. */
class FilterCheck {
  readonly #texts: Texts;
  readonly #table: Asking;
  /** Names of the column, also those that queries give it. */
  readonly #names: ReadonlySet<string>;

  constructor(texts: Texts, table: Asking) {
    this.#texts = texts;
    this.#table = table;
    this.#names = namesOf(table, texts);
  }

  isUnfiltered(reads: Reads, within: ReadonlySet<Reads> = new Set()): boolean {
    if (within.has(reads)) return false;
    const { main, views, defaultDataset } = this.#texts;
    return reads.uses.some((use) => {
      const id = whole(use.name, reads === main ? defaultDataset : undefined);
      const view = views.get(id);
      const isRead =
        id === this.#table.id || (view !== undefined && this.isUnfiltered(view, new Set([...within, reads])));
      return isRead && !this.#isFiltered(use, reads, new Set());
    });
  }

  #isFiltered(use: Use, reads: Reads, seen: ReadonlySet<Use>): boolean {
    const { filters, commonTables, uses } = reads;
    if (
      seen.has(use) ||
      filters.some((filter) => holds(filter, use) && filter.conditions.some((one) => this.#prunes(one)))
    )
      return true;
    const around = commonTables.filter((common) => holds(common, use));
    // Of a common table every use must have one.
    return around.some((common) => {
      const own = uses.filter(({ name, at }) => name === common.name && !holds(common, { at }));
      return own.every((one) => this.#isFiltered(one, reads, new Set([...seen, use])));
    });
  }

  /** Whether rows for which a condition holds can be looked for in some partitions alone. */
  #prunes(expr: Expr, isNegated = false): boolean {
    if (expr.kind === "unary" && expr.op === "NOT") return this.#prunes(expr.operand, !isNegated);
    const isBoth = expr.kind === "binary" && (expr.op === "AND" || expr.op === "OR");
    if (!isBoth) return mentions(expr, this.#names);
    const sides = [expr.left, expr.right].map((side) => ({ side, prunes: this.#prunes(side, isNegated) }));
    if ((expr.op === "AND") !== isNegated) return sides.some(({ prunes }) => prunes);
    // What says nothing of the table may be known before it is read.
    return (
      sides.some(({ prunes }) => prunes) &&
      sides.every(({ side, prunes }) => prunes || !mentions(side, this.#table.columns))
    );
  }
}

const holds = ({ start, end }: { readonly start: number; readonly end: number }, { at }: Pick<Use, "at">): boolean =>
  start <= at && at < end;

function namesOf({ partitioning }: Asking, { main, views }: Texts): ReadonlySet<string> {
  const names = new Set(partitioning.map((name) => name.toLowerCase()));
  const aliases = [main, ...views.values()].flatMap((reads) => reads.aliases);
  for (let before = 0; before < names.size; ) {
    before = names.size;
    for (const { of, name } of aliases) if (of === ANY_COLUMN || mentions(of, names)) names.add(name);
  }
  return names;
}

function mentions(expr: object, wanted: ReadonlySet<string>): boolean {
  let isFound = false;
  walk(expr, (node) => {
    const { kind, parts = [], field } = node as { kind?: string; parts?: Identifier[]; field?: Identifier };
    const names = kind === "path" ? parts : kind === "field" && field !== undefined ? [field] : [];
    if (names.some(({ name }) => wanted.has(name.toLowerCase()))) isFound = true;
    return !isFound;
  });
  return isFound;
}
