import type { Expr, Identifier, PathNode } from "../../googlesql/ast.js";
import { parseScriptText } from "../../googlesql/parser/script.js";
import { walk } from "../../googlesql/walk.js";
import type { Catalogue } from "../catalog/service.js";
import type { Kept } from "../metadata/store.js";
import { ApiError, fullName } from "../protocol/errors.js";

/** A table that is read or changed, in the place where that is written. */
interface Use {
  readonly id: string;
  readonly at: number;
}

/** Conditions, and the part of a text for whose tables they hold. */
interface Filter {
  readonly start: number;
  readonly end: number;
  readonly conditions: readonly (Expr | undefined)[];
}

/**
 * Refuses a text that reads or changes a table which asks for a filter of its partitions without one: somewhere around the table a
 * condition must name the column. Views are not looked into.
 * @throws ApiError `invalidQuery`
 */
export async function requirePartitionFilters(
  { store, jobs }: Pick<Catalogue, "store" | "jobs">,
  project: string,
  { sql, defaultDataset }: { readonly sql: string; readonly defaultDataset: string | undefined },
): Promise<void> {
  const asking = store.entries("table").filter(([, kept]) => kept.requirePartitionFilter === true);
  if (asking.length === 0) return;
  const { uses, filters } = readText(sql, defaultDataset);
  for (const [id, kept] of asking) {
    const own = uses.filter((use) => use.id === id.toLowerCase());
    if (own.length === 0) continue;
    const [dataset = "", name = ""] = id.split(".");
    const columns = await partitionColumns(jobs, dataset, name, kept);
    const isFiltered = ({ at }: Use) =>
      filters.some(({ start, end, conditions }) => start <= at && at < end && mentions(conditions, columns));
    if (own.every(isFiltered)) continue;
    throw new ApiError(
      "invalidQuery",
      `Cannot query over table '${fullName(project, dataset, name).replace(":", ".")}' without a filter over column(s) '${columns.join("', '")}' that can be used for partition elimination`,
      "query",
    );
  }
}

async function partitionColumns(
  jobs: Catalogue["jobs"],
  dataset: string,
  name: string,
  kept: Kept,
): Promise<readonly string[]> {
  const { timePartitioning, rangePartitioning } = kept as Readonly<
    Record<"timePartitioning" | "rangePartitioning", { readonly field?: string } | undefined>
  >;
  const field = timePartitioning?.field ?? rangePartitioning?.field;
  if (field !== undefined) return [field];
  const [relation] = await jobs.relations(dataset, name);
  const column = relation?.partitionColumn;
  return column === undefined ? ["_PARTITIONTIME", "_PARTITIONDATE"] : [column];
}

function readText(sql: string, defaultDataset: string | undefined) {
  const uses: Use[] = [];
  const filters: Filter[] = [];
  const use = (parts: readonly Identifier[], at: number) => {
    const path = parts.flatMap(({ name }) => name.split(".")).slice(-2);
    const [dataset, name] = path.length === 1 ? [defaultDataset, path[0]] : path;
    uses.push({ id: `${dataset}.${name}`.toLowerCase(), at });
  };
  walk(parsed(sql), (node) => note(node as unknown as AnyNode, use, filters));
  return { uses, filters };
}

/** What does not parse has no statements here: whoever runs it says so. */
function parsed(sql: string): readonly object[] {
  try {
    return parseScriptText(sql);
  } catch {
    return [];
  }
}

interface AnyNode extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

function note(node: AnyNode, use: (parts: readonly Identifier[], at: number) => void, filters: Filter[]) {
  const { kind, start, end } = node;
  const { where, on, qualify, clauses = [] } = node as { where?: Expr; on?: Expr; qualify?: Expr; clauses?: Clause[] };
  // They only say what somebody will read later.
  if (/^create(?:View|Function|TableFunction|Procedure)$/.test(kind)) return false;
  if (kind === "table") use(node.path as readonly Identifier[], start);
  // Those of a MERGE name no table.
  const path = node.path as PathNode | undefined;
  if ((kind === "delete" || kind === "update" || kind === "merge") && path !== undefined) use(path.parts, path.start);
  const conditions = [where, on, qualify, ...clauses.map(({ condition }) => condition)];
  if (conditions.some((condition) => condition !== undefined)) filters.push({ start, end, conditions });
  return undefined;
}

interface Clause {
  readonly condition: Expr | undefined;
}

function mentions(conditions: readonly (Expr | undefined)[], columns: readonly string[]): boolean {
  const wanted = new Set(columns.map((name) => name.toLowerCase()));
  let isFound = false;
  for (const condition of conditions) {
    if (condition === undefined) continue;
    walk(condition, (node) => {
      const { kind, parts = [], field } = node as { kind?: string; parts?: Identifier[]; field?: Identifier };
      const names = kind === "path" ? parts : kind === "field" && field !== undefined ? [field] : [];
      if (names.some(({ name }) => wanted.has(name.toLowerCase()))) isFound = true;
      return !isFound;
    });
  }
  return isFound;
}
