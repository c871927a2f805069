import type { GateResult } from "../gate/verdict.js";
import type { ProjectSession } from "./session.js";
import { askSkipRules } from "./skip-rules.js";

/**
 * The rule of the project by which a date has nothing to be ready: all that closes its gate is that rows are missing, and the rule
 * leaves out what they would be made of. Undefined: the date is due.
 */
export async function nothingDue(
  session: ProjectSession,
  { date, ready, verdicts }: GateResult,
  note: (line: string) => void,
): Promise<string | undefined> {
  const closing = verdicts.filter(({ passed, severity }) => !passed && severity === "error");
  const lacking = closing.flatMap(({ lacking: relation }) => relation ?? []);
  if (ready || lacking.length < closing.length) return undefined;
  const ruled = await askSkipRules(session, { window: { from: date, to: date }, source: undefined }, note);
  if (ruled.isNothing) return undefined;
  const rules = lacking.map((relation) => behind(session, relation).flatMap((key) => ruled.wholeOf(key) ?? [])[0]);
  return rules.includes(undefined) ? undefined : rules[0];
}

/** A relation and everything that it is made of. */
function behind({ project }: ProjectSession, relation: string): string[] {
  const reads = new Map(project.actions.map(({ node, reads: read }) => [node.key, read.map(({ key }) => key)]));
  const found = new Set([relation]);
  for (const key of found) for (const read of reads.get(key) ?? []) found.add(read);
  return [...found];
}
