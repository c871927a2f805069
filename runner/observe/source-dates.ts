import type { RunnableProject } from "../graph/action.js";
import type { Observation } from "../port/port.js";

/**
 * The dates on which the dated relations that no model makes have rows, by `dataset.name`. What a project is built of says which
 * dates there are; what it makes itself follows from that.
 */
export async function readSourceDates(
  transaction: Observation,
  project: RunnableProject,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const relations = await transaction.relations();
  const models = new Set(project.actions.filter(({ node }) => node.kind === "model").map(({ node }) => node.key));
  const read = new Set(project.actions.flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
  const dated = [...read].flatMap((key) => {
    const relation = relations.get(key);
    return models.has(key) || relation?.kind !== "table" || relation.partitionColumn === undefined ? [] : [relation];
  });
  const digests = await transaction.digests(
    dated.map((relation) => ({ relation, columns: [], range: undefined, grain: "partition" as const })),
  );
  return new Map(
    dated.map(({ id }, index) => [
      `${id.dataset}.${id.name}`,
      [...(digests[index]?.keys() ?? [])].filter((partition) => /^\d{4}-/.test(partition)),
    ]),
  );
}
