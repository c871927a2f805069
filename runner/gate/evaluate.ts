import { locating } from "../execute/located.js";
import type { RunnableAction } from "../graph/action.js";
import { GATE, isAdvisory } from "../graph/audits.js";
import type { Locate } from "../graph/locate.js";
import { readQueries } from "../graph/read-queries.js";
import { EngineError } from "../port/engine-error.js";
import { partitionOfDate } from "../port/identity.js";
import { type Relation, relationKey, type Transaction } from "../port/port.js";
import { type GateResult, gateResult, type Verdict, verdictOf, withoutRows } from "./verdict.js";

/** The criteria of a project: its assertions with the tag `gate`. */
export function criteriaOf(actions: readonly RunnableAction[]): readonly RunnableAction[] {
  return actions.filter(({ node, tags }) => node.kind === "assertion" && !node.disabled && tags.includes(GATE));
}

/**
 * Asks every criterion about one date. A criterion is about the date that its first DATE column says; without such a column what
 * it finds is about every date. One that can close the gate wants rows of the date in each dated model it reads by name:
 * nothing found because nothing was built is no pass.
 */
export async function evaluateGate(
  transaction: Transaction,
  actions: readonly RunnableAction[],
  date: string,
  locate: Locate,
): Promise<GateResult> {
  // Every run asks whether there is a gate, and hardly any asks the gate.
  const { composeFound } = await import("../execute/compose.js");
  const { requireRightViews } = await import("../execute/right-views.js");
  const relations = await transaction.relations();
  const views = readQueries(actions);
  const models = new Set(actions.filter(({ node }) => node.kind === "model").map(({ node }) => node.key));
  const verdicts: Verdict[] = [];
  for (const assertion of criteriaOf(actions)) {
    const criterion = {
      name: assertion.node.key,
      description: assertion.description,
      severity: isAdvisory(assertion) ? ("warning" as const) : ("error" as const),
    };
    const read = [...new Set(assertion.reads.map(({ key }) => key))].filter((key) => models.has(key));
    const missing = read.find((key) => !relations.has(key));
    if (missing !== undefined) {
      verdicts.push(withoutRows(criterion, date, missing));
      continue;
    }
    const empty = isAdvisory(assertion) ? undefined : await firstWithout(transaction, read, relations, date);
    if (empty !== undefined) {
      verdicts.push(withoutRows(criterion, date, empty));
      continue;
    }
    await requireRightViews(transaction, assertion.reads, { views, locate, rightViews: new Set() });
    const ask = (before: string, behind: string) =>
      locating(composeFound(assertion, { before, behind }, { views, relations }), locate, (sql) =>
        transaction.query(sql),
      );
    const { columns } = await ask("SELECT *", "WHERE FALSE");
    const dated = columns.find(({ type }) => type === "DATE")?.name;
    const found = await ask(
      "SELECT *",
      dated === undefined ? "LIMIT 1" : `WHERE found.\`${dated}\` = DATE '${date}' LIMIT 1`,
    );
    verdicts.push(verdictOf(criterion, found));
  }
  return gateResult(date, verdicts);
}

/** The first of some dated relations that has no rows of a date. */
async function firstWithout(
  transaction: Transaction,
  keys: readonly string[],
  relations: ReadonlyMap<string, Relation>,
  date: string,
): Promise<string | undefined> {
  const dated = keys.flatMap((key) => {
    const relation = relations.get(key);
    if (relation === undefined) throw new EngineError("missing", `${key} is not in the warehouse`);
    return relation.partitionColumn === undefined ? [] : [relation];
  });
  const range = { from: date, to: date };
  const digests = await transaction.digests(
    dated.map((relation) => ({ relation, columns: [], range, grain: "partition" })),
  );
  const empty = dated.find((_, index) => !digests[index]?.has(partitionOfDate(date)));
  return empty && relationKey(empty.id);
}
