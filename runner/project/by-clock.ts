import { isClock } from "../googlesql/volatile-names.js";
import { rowColumnNames } from "../port/port.js";
import type { SqlScanner } from "./build-manifest.js";
import type { CompiledTable } from "./compile/graph-shape.js";
import type { ManifestAction } from "./manifest.js";

/**
 * Whether the clock says which rows the query of an incremental table gives, or which of them one row replaces: what it gave yesterday no
 * query gives again. Where a label says of which dates a date is made, it is made of these whatever the clock says.
 */
export function goesByClock(
  { uniqueKey, bigquery: { partitionBy } }: CompiledTable,
  calls: ManifestAction["volatileCalls"],
  { lookback, rowColumns }: Pick<ManifestAction, "lookback" | "rowColumns">,
  isClocked: boolean,
): boolean {
  if (lookback.defaultDays !== undefined) return false;
  const aside = new Set<string | undefined>(rowColumnNames(rowColumns));
  const deciding = new Set(uniqueKey.map((name) => name.toLowerCase()));
  const decides = (column: string | undefined) =>
    column === undefined || deciding.size === 0 || deciding.has(column.toLowerCase()) || column === partitionBy;
  return (
    isClocked ||
    calls.some((call) => isClock(call.functionName) && !aside.has(call.outputColumn) && decides(call.outputColumn))
  );
}

/** Whether pre_operations give a variable a value of the clock. */
export function declaresByClock(preOps: readonly string[], scanner: Pick<SqlScanner, "scanScript">): boolean {
  return preOps.some((text) => {
    try {
      const { declares, volatileCalls } = scanner.scanScript(text);
      return declares && volatileCalls.some(isClock);
    } catch {
      return false;
    }
  });
}

/** Whether the value of a variable is a date, or a time that begins with one: a scheduler gives each run its own. */
export function isDate(value: string | undefined): boolean {
  return value !== undefined && /^(?:19|20)\d\d(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/.test(value);
}
