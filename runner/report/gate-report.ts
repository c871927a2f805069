import type { GateResult, Verdict } from "../gate/verdict.js";
import { nameOf } from "../googlesql/project-names.js";
import { type Colors, plainLine } from "./text.js";

/** What the gate says of a date. */
export interface GateReport {
  readonly gate: GateResult;
  /** Tables that it judges and that a run would build. */
  readonly stale: readonly string[];
  /** The rule of the project by which the date has nothing to be ready; undefined: there is something. */
  readonly nothingDue: string | undefined;
}

/** The JSON document of `gate --json`. */
export function gateJson({ gate, stale, nothingDue }: GateReport, isRetried: boolean): object {
  const { date, ready, verdicts } = gate;
  return {
    date,
    ready,
    nothing_due: nothingDue ?? null,
    retried: isRetried,
    reasons: verdicts.filter(closes).map(({ reason }) => reason),
    criteria: verdicts.map(({ name, description, severity, passed, reason, value, threshold, advice }) => ({
      name,
      description: description ?? null,
      severity,
      passed,
      reason: reason ?? null,
      value: value ?? null,
      threshold: threshold ?? null,
      advice: advice ?? null,
    })),
    stale,
  };
}

/** The verdict for a person: what closes the gate first, then what only should be known. */
export function gateLines({ gate, stale, nothingDue }: GateReport, isRetried: boolean, colors: Colors): string[] {
  const { date, ready, verdicts } = gate;
  if (nothingDue !== undefined)
    return [`${date}: nothing is due, by the rule ${nothingDue} of fastbreak.json; there is nothing to publish`];
  const failed = [...verdicts.filter(closes), ...verdicts.filter((verdict) => !verdict.passed && !closes(verdict))];
  const held = verdicts.length - failed.length;
  return [
    ...verdictLines(failed, colors),
    ...(stale.length === 0 ? [] : [`  ${colors.yellow("note")}  not up to date, run it first: ${someOf(stale)}`]),
    `${date} is ${ready ? colors.green("ready") : colors.red(isRetried ? "not ready after retry" : "not ready")}: ` +
      `${held} of ${verdicts.length} criteria hold`,
  ];
}

function closes({ passed, severity }: Verdict): boolean {
  return !passed && severity === "error";
}

/** Names that a line can hold. */
const FEW = 5;

function someOf(names: readonly string[]): string {
  const more = names.length - FEW;
  return more <= 1 ? names.join(", ") : `${names.slice(0, FEW).join(", ")} and ${more} more`;
}

/** A line for each finding, with the criteria that found it. */
function verdictLines(verdicts: readonly Verdict[], colors: Colors): string[] {
  const byText = new Map<string, string[]>();
  for (const verdict of verdicts) {
    const label = closes(verdict) ? colors.red("FAIL") : colors.yellow("warn");
    const key = `${label}\n${findingOf(verdict)}`;
    byText.set(key, [...(byText.get(key) ?? []), nameOf(verdict.name)]);
  }
  return [...byText].map(([key, names]) => {
    const [label = "", finding = ""] = key.split("\n");
    return `  ${label}  ${names.join(", ")}: ${finding}`;
  });
}

function findingOf(verdict: Verdict): string {
  const bounds = [
    verdict.value === undefined ? "" : `found ${verdict.value}`,
    verdict.threshold === undefined ? "" : `needs ${verdict.threshold}`,
  ].filter((part) => part !== "");
  const numbers = bounds.length === 0 ? "" : ` (${bounds.join(", ")})`;
  const advice = verdict.advice === undefined ? "" : `; ${verdict.advice}`;
  return plainLine(`${verdict.reason ?? ""}${numbers}${advice}`);
}
