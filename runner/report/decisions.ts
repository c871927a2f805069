import type { Evidence, PartitionDecision } from "../graph/decision.js";
import { COLUMNS } from "../plan/moves.js";
import { toldReason } from "../plan/partitions.js";
import { NULL_PARTITION, WHOLE } from "../port/identity.js";
import { plural } from "./text.js";

/** What one action's decisions amount to, for a person: `28 partitions: never built`. */
export function describeDecisions(decisions: readonly PartitionDecision[]): string {
  const running = decisions.filter(({ decision }) => decision === "run");
  const told = running.length > 0 ? running : decisions;
  const alike = new Map<string, PartitionDecision[]>();
  for (const decision of told) {
    const kind = `${toldReason(decision)} ${decision.evidence?.upstream ?? ""}`;
    alike.set(kind, [...(alike.get(kind) ?? []), decision]);
  }
  const reasons = [...alike.values()].map(reasonOf);
  const shown = reasons.slice(0, 2).join("; ") + (reasons.length > 2 ? "; ..." : "");
  if (running.length === 0 || running.length === decisions.length) return shown;
  return `${shown} (${plural(decisions.length - running.length, "partition")} unchanged)`;
}

/** Why partitions of one reason run or are skipped, and who needs them. */
function reasonOf(decisions: readonly PartitionDecision[]): string {
  const [first] = decisions;
  if (first === undefined) return "";
  const texts = new Set(decisions.map(({ evidence }) => because(evidence)));
  const { upstream } = first.evidence ?? {};
  // What moved differs from partition to partition.
  const why = texts.size === 1 || upstream === undefined ? because(first.evidence) : ` in ${upstream}`;
  return `${toldReason(first).replaceAll("_", " ")}${why}${needOf(decisions)}`;
}

function needOf(decisions: readonly PartitionDecision[]): string {
  const needed = decisions.flatMap(({ neededBy }) => neededBy ?? []);
  const [reader, ...others] = new Set(needed);
  if (reader === undefined) return "";
  const share = needed.length === decisions.length ? "" : `${needed.length} of them `;
  return `, ${share}needed by ${reader}${others.length === 0 ? "" : ` and ${plural(others.length, "other")}`}`;
}

/** Which partitions run or are skipped: `2021-10-19..2021-11-15`, empty for an action that is one partition. */
export function describePartitions(decisions: readonly PartitionDecision[]): string {
  const running = decisions.filter(({ decision }) => decision === "run");
  const told = running.length > 0 ? running : decisions;
  if (told.length === 0 || told[0]?.partition === "*") return "";
  return `${told.length} of ${plural(decisions.length, "partition")}`;
}

function placeOf(moved: string | undefined): string {
  if (moved === undefined || moved === WHOLE) return "";
  return moved === NULL_PARTITION ? ", rows without a date" : ` ${moved}`;
}

/** What a decision stands on, in words behind its reason; empty: the reason says it all. */
export function because(evidence: Evidence | undefined): string {
  if (evidence === undefined || evidence.what === "rule") return "";
  if (evidence.moved === COLUMNS) return ` in the columns of ${evidence.upstream}`;
  if (evidence.upstream !== undefined) return ` in ${evidence.upstream}${placeOf(evidence.moved)}`;
  return evidence.note === undefined ? "" : ` (${evidence.note})`;
}
