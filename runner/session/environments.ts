import { quoteKey } from "../googlesql/quote.js";
import { UserError } from "../graph/user-error.js";
import type { Transaction } from "../port/port.js";
import { runnableProject } from "../project/runnable.js";
import { suggestion } from "../project/settings.js";
import type { ProjectSession } from "./session.js";

/** A schema suffix under which relations of the project stand. */
export interface StandingEnvironment {
  readonly suffix: string;
  /** Relations of the environment that the project makes, `dataset.name`. */
  readonly relations: readonly { readonly name: string; readonly kind: "table" | "view" }[];
}

/** What the project makes, by the dataset as its files name it. */
function madeBy({
  loaded: { manifest },
  settings,
  overrides,
}: ProjectSession): ReadonlyMap<string, ReadonlySet<string>> {
  const own = overrides.schemaSuffix === undefined ? "" : `_${overrides.schemaSuffix}`;
  const made = new Map<string, Set<string>>();
  for (const { node, target } of runnableProject(manifest, settings.failedAssertions).actions) {
    if (node.kind === "assertion") continue;
    const dataset = own !== "" && target.dataset.endsWith(own) ? target.dataset.slice(0, -own.length) : target.dataset;
    made.set(dataset, (made.get(dataset) ?? new Set()).add(target.name));
  }
  return made;
}

/** The environments of the project that stand in its warehouse, by their schema suffix. */
export async function environments(session: ProjectSession): Promise<readonly StandingEnvironment[]> {
  return session.warehouse.observe(async (observation) => {
    const made = madeBy(session);
    const found = new Map<string, { name: string; kind: "table" | "view" }[]>();
    for (const { id, kind } of (await observation.relations()).values()) {
      for (const [dataset, names] of made) {
        // A dataset of the project may itself look like an environment of another one.
        if (!id.dataset.startsWith(`${dataset}_`) || made.has(id.dataset) || !names.has(id.name)) continue;
        const suffix = id.dataset.slice(dataset.length + 1);
        found.set(suffix, [...(found.get(suffix) ?? []), { name: `${id.dataset}.${id.name}`, kind }]);
      }
    }
    return [...found]
      .map(([suffix, relations]) => ({ suffix, relations: relations.sort((a, b) => (a.name < b.name ? -1 : 1)) }))
      .sort((a, b) => (a.suffix < b.suffix ? -1 : 1));
  });
}

/**
 * The environment of a suffix.
 * @throws UserError when nothing of the project stands under it
 */
export async function environmentOf(session: ProjectSession, suffix: string): Promise<StandingEnvironment> {
  const standing = await environments(session);
  const found = standing.find((environment) => environment.suffix === suffix);
  if (found !== undefined) return found;
  const known = standing.map((environment) => environment.suffix);
  throw new UserError(
    `no environment stands under the suffix ${suffix}${known.length === 0 ? "" : suggestion(suffix, known)}`,
  );
}

/** Drops what the project has made in an environment, and its datasets where nothing else is in them. */
export async function dropEnvironment(session: ProjectSession, { relations }: StandingEnvironment): Promise<void> {
  await session.warehouse.transaction(async (transaction) => {
    // Views first: they read the tables.
    for (const { name, kind } of [...relations].sort((a, b) => (a.kind < b.kind ? 1 : -1)))
      await transaction.execute(`DROP ${kind === "view" ? "VIEW" : "TABLE"} ${quoteKey(name)}`);
    await dropEmpty(transaction, new Set(relations.map(({ name }) => name.slice(0, name.lastIndexOf(".")))));
  });
}

async function dropEmpty(transaction: Transaction, datasets: ReadonlySet<string>): Promise<void> {
  const left = new Set([...(await transaction.relations()).values()].map(({ id }) => id.dataset));
  const routines = [...(await transaction.routines()).keys()].map((key) => key.slice(0, key.lastIndexOf(".")));
  for (const dataset of datasets)
    if (!left.has(dataset) && !routines.includes(dataset))
      await transaction.execute(`DROP SCHEMA ${quoteKey(dataset)}`);
}
