import type { GateResult, Verdict } from "../gate/verdict.js";
import { nameOf } from "../googlesql/project-names.js";
import { type Colors, plainLine } from "./text.js";

/** The JSON document of `gate --json`. */
export function gateJson({ date, ready, verdicts }: GateResult, stale: readonly string[], isRetried: boolean): object {
  return {
    date,
    ready,
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
export function gateLines(
  { date, ready, verdicts }: GateResult,
  stale: readonly string[],
  isRetried: boolean,
  colors: Colors,
): string[] {
  const failed = [...verdicts.filter(closes), ...verdicts.filter((verdict) => !verdict.passed && !closes(verdict))];
  const held = verdicts.length - failed.length;
  return [
    ...failed.map((verdict) => verdictLine(verdict, colors)),
    ...(stale.length === 0 ? [] : [`  ${colors.yellow("note")}  not up to date, run it first: ${stale.join(", ")}`]),
    `${date} is ${ready ? colors.green("ready") : colors.red(isRetried ? "not ready after retry" : "not ready")}: ` +
      `${held} of ${verdicts.length} criteria hold`,
  ];
}

function closes({ passed, severity }: Verdict): boolean {
  return !passed && severity === "error";
}

function verdictLine(verdict: Verdict, colors: Colors): string {
  const label = closes(verdict) ? colors.red("FAIL") : colors.yellow("warn");
  const name = nameOf(verdict.name);
  const bounds = [
    verdict.value === undefined ? "" : `found ${verdict.value}`,
    verdict.threshold === undefined ? "" : `needs ${verdict.threshold}`,
  ].filter((part) => part !== "");
  const numbers = bounds.length === 0 ? "" : ` (${bounds.join(", ")})`;
  const advice = verdict.advice === undefined ? "" : `; ${verdict.advice}`;
  return `  ${label}  ${name}: ${plainLine(`${verdict.reason ?? ""}${numbers}${advice}`)}`;
}
