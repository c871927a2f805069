import type { QueryResult, SqlValue, Warehouse } from "../port/port.js";
import type { AlertRule } from "../project/alert-settings.js";
import { SEVERITIES, type Severity } from "../state/alerts-log.js";
import { builtInQuery } from "./built-in.js";
import type { Finding } from "./settle.js";

/** What rules are asked with. */
export interface AlertQuestion {
  readonly stateDataset: string;
  /** The dates that they are asked about, inclusive. */
  readonly from: string;
  readonly to: string;
  /** The time that counts as now, ISO 8601 in UTC. */
  readonly now: string;
  /** Seconds from which on a model is too slow, by its key: the labels `alert_seconds`. */
  readonly slowAfter: ReadonlyMap<string, number>;
  /** The text of a rule's file. */
  readonly textOf: (rule: AlertRule & { readonly sql: string }) => string;
}

/**
 * Asks one rule. Its query sees the dates as `from_date` and `to_date` and the time as `evaluated_at`; each row is an alert.
 * @throws EngineError when its query is wrong or what it reads is not there
 */
export async function findAlerts(
  warehouse: Warehouse,
  name: string,
  rule: AlertRule,
  question: AlertQuestion,
): Promise<readonly Finding[]> {
  const text = rule.sql === undefined ? builtInQuery(rule, question) : question.textOf({ ...rule, sql: rule.sql });
  if (text === undefined) return [];
  const { rows } = await warehouse.script(`${variables(question)} ${text}`);
  return rows === undefined ? [] : findingsOf(name, rule, rows);
}

/** On the first line of the script, so that its own lines keep their numbers. */
function variables({ from, to, now }: AlertQuestion): string {
  return (
    `DECLARE from_date DATE DEFAULT DATE '${from}'; DECLARE to_date DATE DEFAULT DATE '${to}'; ` +
    `DECLARE evaluated_at TIMESTAMP DEFAULT TIMESTAMP '${now}';`
  );
}

/**
 * The alerts that rows stand for. Columns that count: `message`, which must be there, `alert` (instead of the rule's name), `subject`,
 * `severity`, `level`, `channel`, `value`, `informational`; the date is that of `alert_date`, or of the first DATE column.
 */
export function findingsOf(rule: string, settings: AlertRule, { columns, rows }: QueryResult): readonly Finding[] {
  const at = new Map(columns.map(({ name }, index) => [name.toLowerCase(), index]));
  if (!at.has("message")) throw new Error("the query has no column message, the text of the alert");
  const dated = at.get("alert_date") ?? columns.findIndex(({ type }) => type === "DATE");
  return rows.map((row) => {
    const cell = (name: string): SqlValue => row[at.get(name) ?? -1] ?? null;
    const text = (name: string) => {
      const value = cell(name);
      return value === null || value === "" ? undefined : String(value);
    };
    const alert = text("alert") ?? rule;
    const subject = text("subject");
    const date = dated === -1 ? null : (row[dated] ?? null);
    const value = cell("value");
    return {
      rule,
      name: subject === undefined ? alert : `${alert}:${subject}`,
      subject,
      severity: severityOf(text("severity") ?? settings.severity),
      level: text("level"),
      channel: text("channel") ?? settings.channel,
      message: text("message") ?? alert,
      date: date === null ? undefined : String(date),
      value: value === null ? undefined : Number(value),
      informational: cell("informational") === true,
    };
  });
}

/** @throws Error for a severity that nobody knows */
function severityOf(text: string): Severity {
  const known = SEVERITIES.find((severity) => severity === text);
  if (known === undefined) throw new Error(`severity ${text} is not one of ${SEVERITIES.join(", ")}`);
  return known;
}
