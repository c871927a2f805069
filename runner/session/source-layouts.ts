import type { RunnableProject } from "../graph/action.js";
import { UserError } from "../graph/user-error.js";
import type { Observation, Relation, Transaction, Warehouse, WorkPurpose } from "../port/port.js";
import { withPlainlyLoaded } from "../project/foreign-relations.js";
import { inferredPartitions } from "../project/inferred-partitions.js";
import type { Manifest } from "../project/manifest.js";
import type { RunnerSettings } from "../project/settings.js";
import { type FoundSettings, sourceSettings } from "../project/source-settings.js";
import { readLayouts } from "../state/source-layouts.js";

/**
 * A warehouse whose tables without a layout of their own are partitioned as `sources` of fastbreak.json says, as all their readers agree,
 * or as they were when a run last saw them: tables that other tools make are compared by partition too. Tables of other projects that
 * were loaded without the project are there under its name too.
 * @throws UserError when it is used, where a table that is named in full has no such DATE column
 */
export function withSourceLayouts(
  warehouse: Warehouse,
  { sources, stateDataset }: Pick<RunnerSettings, "sources" | "stateDataset">,
  manifest: Manifest,
  project: RunnableProject,
): Warehouse {
  const inferred = inferredPartitions(project, manifest);
  const made = new Set(project.actions.filter(({ node }) => node.kind === "model").map(({ node }) => node.key));
  let layouts: ReadonlyMap<string, string> | undefined;
  const keptIn = async (observation: Observation): Promise<ReadonlyMap<string, string>> => {
    layouts ??= await readLayouts(observation, stateDataset);
    return layouts;
  };
  // A transaction has the same relations until something changes them, and asks often.
  const known = new WeakMap<ReadonlyMap<string, Relation>, ReadonlyMap<string, Relation>>();
  const relationsOf = async (observation: Observation) => {
    const said = { sources, inferred, made, kept: await keptIn(observation) };
    const relations = await observation.relations();
    const found = known.get(relations) ?? withPlainlyLoaded(withLayouts(relations, said), manifest);
    known.set(relations, found);
    return found;
  };
  const seen = <O extends Observation>(observation: O): O =>
    overlaid<Observation>(observation, { relations: () => relationsOf(observation) }) as O;
  return overlaid(warehouse, {
    observe: <T>(work: (observation: Observation) => Promise<T>, about?: WorkPurpose) =>
      warehouse.observe((observation) => work(seen(observation)), about),
    transaction: <T>(work: (transaction: Transaction) => Promise<T>, about?: WorkPurpose) =>
      warehouse.transaction((transaction) => work(seen(transaction)), about),
  });
}

/** The object with other methods; the rest are its own, called on itself because they may use private fields. */
function overlaid<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

/** Everything that says how tables of others are laid out, besides the tables themselves. */
interface Said {
  readonly sources: RunnerSettings["sources"];
  /** The DATE column on which all readers agree, in lower case. */
  readonly inferred: ReadonlyMap<string, string>;
  /** What earlier runs saw. */
  readonly kept: ReadonlyMap<string, string>;
  /** Keys of the project's models, whose layout is their own. */
  readonly made: ReadonlySet<string>;
}

function withLayouts(relations: ReadonlyMap<string, Relation>, said: Said): ReadonlyMap<string, Relation> {
  if (Object.keys(said.sources).length === 0 && said.inferred.size === 0 && said.kept.size === 0) return relations;
  return new Map([...relations].map(([key, relation]) => [key, laidOut(key, relation, said)] as const));
}

function laidOut(key: string, relation: Relation, { sources, inferred, kept, made }: Said): Relation {
  if (relation.kind !== "table" || made.has(key)) return relation;
  const found = sourceSettings(key, sources);
  const described = found === undefined ? relation : withRowHash(key, relation, found);
  // Looked at before, so that a wrong name is told of a table, too, that has a layout of its own.
  const said = found && dateColumn(key, relation, found);
  if (relation.partitionColumn !== undefined) return described;
  const dated = (name: string | undefined) =>
    described.columns.find((column) => column.type === "DATE" && column.name.toLowerCase() === name?.toLowerCase());
  const partitionColumn = said ?? (dated(inferred.get(key)) ?? dated(kept.get(key)))?.name;
  if (partitionColumn !== undefined) return { ...described, partitionColumn };
  const lost = kept.get(key);
  return lost === undefined ? described : { ...described, lostPartition: lost };
}

/** What the settings say of the rows of a table. */
function withRowHash(key: string, relation: Relation, found: FoundSettings): Relation {
  const keyColumns = typeof found.key === "string" ? [found.key] : (found.key ?? []);
  const named = keyColumns.map((name) => namedColumn(key, relation, found, "key", name));
  const primaryKey = named.flatMap((name) => name ?? []);
  const isKeyed = primaryKey.length > 0 && primaryKey.length === keyColumns.length;
  const column = found.rowHash && namedColumn(key, relation, found, "rowHash", found.rowHash);
  const without = found.loaded_at === undefined ? [] : [found.loaded_at];
  return {
    ...relation,
    ...(isKeyed ? { primaryKey } : {}),
    ...(column === undefined ? {} : { rowHash: { column, without } }),
  };
}

/** A pattern may fit tables without the column; a name in full is meant. */
function namedColumn(
  key: string,
  { columns }: Relation,
  { pattern }: FoundSettings,
  setting: "key" | "rowHash",
  wanted: string,
): string | undefined {
  const column = columns.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (column !== undefined || pattern.includes("*")) return column?.name;
  throw new UserError(`fastbreak.json: sources."${pattern}".${setting} of ${key} is ${wanted}, which it does not have`);
}

/** A pattern may fit tables without the column; a name in full is meant. */
function dateColumn(key: string, { columns }: Relation, { partition, pattern }: FoundSettings): string | undefined {
  if (partition === undefined) return undefined;
  const column = columns.find(({ name }) => name.toLowerCase() === partition.toLowerCase());
  if (column?.type === "DATE") return column.name;
  if (pattern.includes("*")) return undefined;
  const what = column === undefined ? "which it does not have" : "which is no DATE";
  throw new UserError(`fastbreak.json: sources."${pattern}".partition of ${key} is ${partition}, ${what}`);
}
