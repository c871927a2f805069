import { UserError } from "../graph/user-error.js";
import type { Observation, Relation, Transaction, Warehouse } from "../port/port.js";
import { withPlainlyLoaded } from "../project/foreign-relations.js";
import type { Manifest } from "../project/manifest.js";
import type { RunnerSettings } from "../project/settings.js";
import { type FoundSettings, sourceSettings } from "../project/source-settings.js";

/**
 * A warehouse whose tables without a layout of their own are partitioned as `sources` of fastbreak.json says: tables that other tools
 * make are compared by partition too. Tables of other projects that were loaded without the project are there under its name too.
 * @throws UserError when it is used, where a table that is named in full has no such DATE column
 */
export function withSourceLayouts(
  warehouse: Warehouse,
  sources: RunnerSettings["sources"],
  manifest: Manifest,
): Warehouse {
  const relationsOf = async (observation: Observation) => {
    const laid = [...(await observation.relations())].map(
      ([key, relation]) => [key, laidOut(key, relation, sources)] as const,
    );
    return withPlainlyLoaded(new Map(laid), manifest);
  };
  const seen = <O extends Observation>(observation: O): O =>
    overlaid<Observation>(observation, { relations: () => relationsOf(observation) }) as O;
  return overlaid(warehouse, {
    observe: <T>(work: (observation: Observation) => Promise<T>) =>
      warehouse.observe((observation) => work(seen(observation))),
    transaction: <T>(work: (transaction: Transaction) => Promise<T>) =>
      warehouse.transaction((transaction) => work(seen(transaction))),
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

function laidOut(key: string, relation: Relation, sources: RunnerSettings["sources"]): Relation {
  if (relation.kind !== "table" || relation.partitionColumn !== undefined) return relation;
  const found = sourceSettings(key, sources);
  const partitionColumn = found && dateColumn(key, relation, found);
  return partitionColumn === undefined ? relation : { ...relation, partitionColumn };
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
