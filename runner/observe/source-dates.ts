import type { RunnableProject } from "../graph/action.js";
import type { Observation, Relation } from "../port/port.js";

/**
 * The dates on which the dated relations that no model makes have rows, by `dataset.name`. What a project is built of says which
 * dates there are; what it makes itself follows from that.
 */
export async function readSourceDates(
  transaction: Observation,
  project: RunnableProject,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const models = modelsOf(project);
  const read = new Set(project.actions.flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
  return readDates(transaction, new Set([...read].filter((key) => !models.has(key))));
}

/** The dates on which the tables of dated models have rows, by `dataset.name`: rows of earlier code and inputs among them. */
export async function readModelDates(
  transaction: Observation,
  project: RunnableProject,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return readDates(transaction, modelsOf(project));
}

function modelsOf(project: RunnableProject): ReadonlySet<string> {
  return new Set(project.actions.filter(({ node }) => node.kind === "model").map(({ node }) => node.key));
}

async function readDates(
  transaction: Observation,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const relations = await transaction.relations();
  const isDated = (relation: Relation | undefined): relation is Relation =>
    relation?.kind === "table" && relation.partitionColumn !== undefined;
  const dated = [...keys].flatMap((key) => {
    const relation = relations.get(key);
    return isDated(relation) ? [{ key, relation }] : [];
  });
  const digests = await transaction.digests(
    dated.map(({ relation }) => ({ relation, columns: [], range: undefined, grain: "partition" as const })),
  );
  return new Map(
    dated.map(({ key }, index) => [
      key,
      [...(digests[index]?.keys() ?? [])].filter((partition) => /^\d{4}-/.test(partition)),
    ]),
  );
}
