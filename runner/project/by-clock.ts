import type { ScriptScan } from "../googlesql/contract.js";
import { isClock } from "../googlesql/volatile-names.js";
import { rowColumnNames } from "../port/port.js";
import type { CompiledTable } from "./compile/graph-shape.js";
import type { ManifestAction } from "./manifest.js";

/** What is known of an incremental table besides its configuration. */
export interface ClockReads extends Pick<ManifestAction, "lookback" | "rowColumns" | "volatileCalls"> {
  /** What its JavaScript read while compiling. */
  readonly sources: Pick<ManifestAction["sources"], "vars" | "nondeterministic">;
  /** Variables that are given for this run, by flags or an environment. */
  readonly givenVars: Readonly<Record<string, string>>;
  readonly scanScript: (sql: string) => ScriptScan;
}

/**
 * Whether the clock, or a date that the run is given, says which rows the query of an incremental table gives, or which of them one row
 * replaces: what it gave yesterday no query gives again. Where a label says of which dates a date is made, it is made of these whatever
 * the clock says.
 */
export function goesByClock(
  { uniqueKey, preOps, bigquery: { partitionBy } }: CompiledTable,
  { lookback, rowColumns, volatileCalls, sources, givenVars, scanScript }: ClockReads,
): boolean {
  if (lookback.defaultDays !== undefined) return false;
  const aside = new Set<string | undefined>(rowColumnNames(rowColumns));
  const deciding = new Set(uniqueKey.map((name) => name.toLowerCase()));
  const decides = (column: string | undefined) =>
    column === undefined || deciding.size === 0 || deciding.has(column.toLowerCase()) || column === partitionBy;
  return (
    sources.nondeterministic.some(({ kind }) => kind === "clock") ||
    sources.vars.some((name) => beginsWithDate(givenVars[name] ?? "")) ||
    volatileCalls.some(
      ({ functionName, outputColumn }) => isClock(functionName) && !aside.has(outputColumn) && decides(outputColumn),
    ) ||
    preOps.some((text) => declaresByClock(text, scanScript))
  );
}

/** Whether statements give a variable a value of the clock. */
function declaresByClock(text: string, scanScript: ClockReads["scanScript"]): boolean {
  try {
    const { declares, volatileCalls } = scanScript(text);
    return declares && volatileCalls.some(isClock);
  } catch {
    return false;
  }
}

/** A date, or a time: a scheduler gives each run its own. */
function beginsWithDate(value: string): boolean {
  return /^(?:19|20)\d\d(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/.test(value);
}
