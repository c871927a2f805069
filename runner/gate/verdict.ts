import type { QueryResult, SqlValue } from "../port/port.js";
import { valueText } from "../port/value-text.js";

/** What one criterion of the gate says of a date. */
export interface Verdict {
  /** Name of the assertion, `dataset.name`. */
  readonly name: string;
  readonly description: string | undefined;
  /** `error` closes the gate, `warning` only tells. */
  readonly severity: "error" | "warning";
  readonly passed: boolean;
  /** What was found, in a line; undefined when the criterion holds. */
  readonly reason: string | undefined;
  readonly value: string | undefined;
  readonly threshold: string | undefined;
  /** What to do about it. */
  readonly advice: string | undefined;
  /** The relation that has no rows of the date, where that is the reason. */
  readonly lacking?: string;
}

export interface GateResult {
  readonly date: string;
  readonly ready: boolean;
  readonly verdicts: readonly Verdict[];
}

type Criterion = Pick<Verdict, "name" | "description" | "severity">;

/** A date is ready when every criterion that can close the gate holds. */
export function gateResult(date: string, verdicts: readonly Verdict[]): GateResult {
  return { date, ready: verdicts.every(({ passed, severity }) => passed || severity === "warning"), verdicts };
}

/** The verdict when a relation that the criterion is about has no rows of the date. */
export function withoutRows(criterion: Criterion, date: string, relation: string): Verdict {
  return {
    ...criterion,
    passed: false,
    reason: `no data for ${date}: ${relation} has no rows of it`,
    value: "0",
    threshold: undefined,
    advice: `build it: fastbreak run --date ${date}`,
    lacking: relation,
  };
}

/**
 * The verdict on what a criterion found. Columns named `reason`, `actual_value`, `threshold` and `advice` are told as such, where the
 * assertion has them; otherwise the row itself is the reason.
 */
export function verdictOf(criterion: Criterion, found: QueryResult): Verdict {
  const passed: Verdict = {
    ...criterion,
    passed: true,
    reason: undefined,
    value: undefined,
    threshold: undefined,
    advice: undefined,
  };
  const row = found.rows[0];
  if (row === undefined) return passed;
  const value = (name: string) => {
    const index = found.columns.findIndex((column) => column.name === name);
    return index < 0 || row[index] === null ? undefined : valueText(row[index] ?? null);
  };
  return {
    ...passed,
    passed: false,
    reason:
      value("reason") ??
      rowText(
        found.columns.map(({ name }) => name),
        row,
      ),
    value: value("actual_value"),
    threshold: value("threshold"),
    advice: value("advice"),
  };
}

function rowText(names: readonly string[], row: readonly SqlValue[]): string {
  return names
    .slice(0, 8)
    .map((name, index) => `${name}=${valueText(row[index] ?? null)}`)
    .join(", ");
}
