import type { RunnableProject } from "../graph/action.js";
import { partitionOfDate } from "../port/identity.js";
import { relationKey, type Transaction } from "../port/port.js";
import type { GateResult, Verdict } from "./verdict.js";

/**
 * Explains criteria that found no rows although the relation is up to date: building it again would change nothing, so what
 * it reads lacks them.
 * @param isStale whether a relation would be built by a run of the date
 */
export async function explainWithoutRows(
  transaction: Transaction,
  project: RunnableProject,
  gate: GateResult,
  isStale: (relation: string) => boolean,
): Promise<GateResult> {
  const explained = new Map<string, string>();
  const verdicts: Verdict[] = [];
  for (const verdict of gate.verdicts) {
    const { lacking } = verdict;
    if (lacking === undefined || isStale(lacking)) {
      verdicts.push(verdict);
      continue;
    }
    const advice = explained.get(lacking) ?? (await adviceFor(transaction, project, lacking, gate.date));
    explained.set(lacking, advice);
    verdicts.push({ ...verdict, advice });
  }
  return { ...gate, verdicts };
}

async function adviceFor(
  transaction: Transaction,
  project: RunnableProject,
  relation: string,
  date: string,
): Promise<string> {
  const { empty, withoutDate } = await sourcesWithout(transaction, project, relation, date);
  if (empty.length > 0) return `it is up to date; sources behind it that hold nothing: ${empty.join(", ")}; load them`;
  if (withoutDate.length > 0) {
    return `it is up to date; sources behind it without rows of ${date}: ${withoutDate.join(", ")}; load what is missing`;
  }
  return "it is up to date: of what its sources hold of the date its query takes nothing";
}

/** The declared sources behind a relation that have no row, and those that have none of a date. */
async function sourcesWithout(
  transaction: Transaction,
  { actions, sources }: RunnableProject,
  relation: string,
  date: string,
): Promise<{ readonly empty: readonly string[]; readonly withoutDate: readonly string[] }> {
  const reads = new Map(actions.map((action) => [action.node.key, action.reads.map(({ key }) => key)]));
  const behind = new Set<string>([relation]);
  for (const key of behind) for (const read of reads.get(key) ?? []) behind.add(read);
  const relations = await transaction.relations();
  const found = [...behind].filter((key) => sources.has(key)).sort();
  const there = found.flatMap((key) => relations.get(key) ?? []);
  const range = { from: date, to: date };
  const all = await transaction.digests(
    there.map((source) => ({ relation: source, columns: [], range: undefined, grain: "relation" })),
  );
  const dated = await transaction.digests(
    there.map((source) => ({ relation: source, columns: [], range, grain: "partition" })),
  );
  const rows = new Map(there.map((source, index) => [source, [...(all[index]?.values() ?? [])]]));
  const isEmpty = (key: string) => {
    const source = relations.get(key);
    return source === undefined || (rows.get(source) ?? []).every((digest) => digest.rows === 0);
  };
  const lacksDate = there.flatMap((source, index) =>
    source.partitionColumn !== undefined && !dated[index]?.has(partitionOfDate(date)) ? [relationKey(source.id)] : [],
  );
  return { empty: found.filter(isEmpty), withoutDate: lacksDate.sort() };
}
