import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import { UserError } from "../graph/user-error.js";
import type { Relation, Transaction } from "../port/port.js";
import type { SourceSettings } from "../project/settings-schema.js";
import { sourceSettings } from "../project/source-settings.js";
import type { Verdict } from "./verdict.js";

const HOUR = 3_600_000;

/**
 * Whether the sources that are read are as fresh as `sources` of fastbreak.json wants them: hours between their newest `loaded_at` and
 * now, a DATE counted from its end.
 * @param keys `dataset.name` of what is read
 * @throws UserError where a table has no such column
 */
export async function judgeFreshness(
  transaction: Transaction,
  keys: Iterable<string>,
  sources: Readonly<Record<string, SourceSettings>>,
  now: Date,
): Promise<readonly Verdict[]> {
  const relations = await transaction.relations();
  const verdicts: Verdict[] = [];
  for (const key of [...new Set(keys)].sort()) {
    const { max_age_hours: most, loaded_at: column, pattern = "" } = sourceSettings(key, sources) ?? {};
    if (most === undefined || column === undefined) continue;
    const relation = relations.get(key);
    const newest = relation && (await newestTime(transaction, key, relation, column, pattern));
    verdicts.push(verdict(key, relation === undefined ? undefined : newest, most, now));
  }
  return verdicts;
}

async function newestTime(
  transaction: Transaction,
  key: string,
  { columns }: Relation,
  name: string,
  pattern: string,
): Promise<number | undefined> {
  const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  const type = column?.type;
  if (column === undefined || (type !== "TIMESTAMP" && type !== "DATETIME" && type !== "DATE")) {
    const what = column === undefined ? "which it does not have" : "which is no TIMESTAMP, DATETIME or DATE";
    throw new UserError(`fastbreak.json: sources."${pattern}".loaded_at of ${key} is ${name}, ${what}`);
  }
  const newest = `MAX(${quoteIdentifier(column.name)})`;
  const value = type === "DATE" ? `DATE_ADD(${newest}, INTERVAL 1 DAY)` : newest;
  const { rows } = await transaction.query(`SELECT UNIX_MILLIS(TIMESTAMP(${value})) FROM ${quoteKey(key)}`);
  const millis = rows[0]?.[0];
  return millis === null || millis === undefined ? undefined : Number(millis);
}

function verdict(key: string, newest: number | undefined, most: number, now: Date): Verdict {
  const age = newest === undefined ? undefined : Math.max(0, (now.getTime() - newest) / HOUR);
  const passed = age !== undefined && age <= most;
  const shown = age === undefined ? undefined : `${age.toFixed(1)} h`;
  const reason = shown === undefined ? `${key} holds nothing` : `the newest row of ${key} is ${shown} old`;
  return {
    name: key,
    description: undefined,
    severity: "error",
    passed,
    reason: passed ? undefined : reason,
    value: shown,
    threshold: `${most} h`,
    advice: passed ? undefined : `load ${key} again`,
  };
}
