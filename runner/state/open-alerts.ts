import type { Observation } from "../port/port.js";
import { relationKey } from "../port/port.js";
import { isoTimeOf, textOf } from "./codec.js";

/** One alert that nothing has settled yet, as operators see it. */
export interface OpenAlert {
  readonly name: string;
  readonly severity: string;
  readonly message: string;
  /** The date that it is about; empty: none. */
  readonly date: string;
  readonly createdAt: string;
}

const TABLE = "alerts_log";
const COLUMNS = ["alert_id", "alert_name", "severity", "message", "analysis_date", "created_at"];
const RESOLVED = "resolved_at";

/** The alerts of the log that are open, newest first; none where no log is kept. */
export async function readOpenAlerts(observation: Observation, dataset: string): Promise<readonly OpenAlert[]> {
  const log = (await observation.relations()).get(relationKey({ dataset, name: TABLE }));
  const names = new Set(log?.columns.map(({ name }) => name));
  if (COLUMNS.some((name) => !names.has(name))) return [];
  const rows = await observation.latestRows({
    table: { dataset, name: TABLE },
    columns: names.has(RESOLVED) ? [...COLUMNS, RESOLVED] : COLUMNS,
    key: ["alert_id"],
    newestBy: ["created_at"],
  });
  return rows
    .filter((row) => (row[RESOLVED] ?? null) === null)
    .map((row) => ({
      name: textOf(row.alert_name),
      severity: textOf(row.severity),
      message: textOf(row.message),
      date: textOf(row.analysis_date),
      createdAt: isoTimeOf(row.created_at) ?? "",
    }))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}
