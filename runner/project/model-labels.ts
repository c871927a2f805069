import type { ProjectProblem } from "./errors.js";
import type { ManifestAction } from "./manifest.js";
import { suggestion } from "./settings.js";

type Labels = Readonly<Record<string, string>>;

const ROW_COLUMN_LABELS = { row_created: "created", row_updated: "updated", row_revision: "revision" } as const;

/**
 * What a model tells the runner in its BigQuery labels: `lookback_days`, `lookback_days__TABLE`, `lookahead_days__TABLE`
 * (whole days), `row_created`, `row_updated`, `row_revision` (column names), `row_hash` (the column that says whether a row means
 * something else than before), `history` (`rebuild`: the full query is the truth although the incremental one differs) and
 * `soft_dependency__TABLE` (`true`): the model is built even when that table could not be, with what is there of it.
 *
 * @param tableNames names of all relations of the project, for labels that name one
 * @param report is told of every label with a wrong value
 */
export function readModelLabels(
  labels: Labels,
  tableNames: ReadonlySet<string>,
  report: (label: string, message: string) => void,
): Pick<ManifestAction, "lookback" | "rowColumns" | "rowHash" | "softTables"> {
  const byTable: Record<string, { back?: number; ahead?: number }> = {};
  const rowColumns: Record<string, string> = {};
  const softTables: string[] = [];
  let defaultDays: number | undefined;
  let rowHash: string | undefined;
  for (const [label, value] of Object.entries(labels)) {
    const days = () => {
      if (/^\d{1,5}$/.test(value)) return Number(value);
      report(label, `label "${label}" must be a whole number of days, not "${value}"`);
      return undefined;
    };
    const [, direction, table] = /^(lookback|lookahead)_days(?:__(.+))?$/.exec(label) ?? [];
    const soft = /^soft_dependency__(.+)$/.exec(label)?.[1];
    const named = table ?? soft;
    if (named !== undefined && !tableNames.has(named))
      report(label, `label "${label}" names no table of the project${suggestion(named, [...tableNames])}`);
    if (soft !== undefined) {
      if (value === "true") softTables.push(soft);
      else report(label, `label "${label}" must be "true", not "${value}"`);
    } else if (direction !== undefined && table !== undefined) {
      const side = direction === "lookback" ? "back" : "ahead";
      const value = days();
      if (value !== undefined) byTable[table] = { ...byTable[table], [side]: value };
    } else if (label === "lookback_days") {
      defaultDays = days();
    } else if (direction !== undefined) {
      report(label, `label "${label}" must name a table: lookahead_days__TABLE`);
    } else if (label === "history") {
      if (value !== "rebuild") report(label, `label "${label}" must be "rebuild", not "${value}"`);
    } else if (label === "row_hash") {
      if (isColumnName(value)) rowHash = value;
      else report(label, `label "${label}" must be a column name, not "${value}"`);
    } else if (label in ROW_COLUMN_LABELS) {
      if (isColumnName(value)) rowColumns[ROW_COLUMN_LABELS[label as keyof typeof ROW_COLUMN_LABELS]] = value;
      else report(label, `label "${label}" must be a column name, not "${value}"`);
    }
  }
  return { lookback: { defaultDays, byTable }, rowColumns, rowHash, softTables };
}

function isColumnName(text: string): boolean {
  return /^[a-z_][a-z0-9_]*$/i.test(text);
}

/** The problem of one label, at the line that sets it. */
export function labelProblem(fileName: string, source: string, label: string, message: string): ProjectProblem {
  const lines = source.split("\n");
  const index = lines.findIndex((line) => new RegExp(`(?<!\\w)${label}(?!\\w)`).test(line));
  return { file: fileName, line: index === -1 ? undefined : index + 1, column: undefined, message };
}
