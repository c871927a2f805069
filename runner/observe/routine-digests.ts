import { nameOf } from "../googlesql/project-names.js";
import type { RunnableAction } from "../graph/action.js";
import { isRoutineKey } from "../graph/routine-key.js";
import { digestText } from "../port/digest-text.js";
import { type Fingerprint, WHOLE } from "../port/identity.js";
import type { Observation, PartitionDigests } from "../port/port.js";

/** Digests of the functions that some actions call or create, as they stand in the warehouse; one that is not there has none. */
export async function readRoutineDigests(
  transaction: Pick<Observation, "routines">,
  actions: readonly RunnableAction[],
): Promise<ReadonlyMap<string, PartitionDigests>> {
  const called = actions.flatMap(({ node }) => node.upstreams.map(({ key }) => key)).filter(isRoutineKey);
  const keys = new Set([...called, ...actions.flatMap(watchedRoutines)]);
  if (keys.size === 0) return new Map();
  const texts = new Map([...(await transaction.routines())].map(([name, text]) => [name.toUpperCase(), text]));
  return new Map([...keys].map((key) => [key, routineDigest(key.slice(0, -2).toUpperCase(), texts)]));
}

/** The functions that must be as the action left them for a skip: one that runs in any case makes them anew. */
export function watchedRoutines({ node, createdRoutines }: RunnableAction): readonly string[] {
  return node.volatile === undefined ? createdRoutines : [];
}

/** Digest of a function's text and of every function that it may call: those whose name stands somewhere in the text. */
function routineDigest(name: string, texts: ReadonlyMap<string, string>): PartitionDigests {
  if (!texts.has(name)) return new Map();
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const words = new Set((texts.get(next) ?? "").toUpperCase().match(/\w+/g));
    for (const other of texts.keys()) if (words.has(nameOf(other))) open.push(other);
  }
  const content = [...seen].sort().map((key) => [key, texts.get(key)]);
  const digest = digestText(JSON.stringify(content)) as Fingerprint;
  return new Map([[WHOLE, { rows: 0, digest }]]);
}
