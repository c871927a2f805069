import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import { UserError } from "../graph/user-error.js";
import type { Relation, Transaction } from "../port/port.js";
import type { SourceSettings } from "../project/settings-schema.js";
import { sourceSettings } from "../project/source-settings.js";
import { readLastWrites } from "../state/load-log.js";
import type { Verdict } from "./verdict.js";

const HOUR = 3_600_000;

/** How fresh one source is. */
export interface SourceFreshness {
  /** `dataset.name` */
  readonly source: string;
  /** `missing`: it is not in the warehouse; `empty`: it has no row; `unknown`: nobody here knows when it was written. */
  readonly state: "fresh" | "stale" | "missing" | "empty" | "unknown";
  /** What tells: the newest value of its column `loaded_at`, or when it was last written. */
  readonly by: "loaded_at" | "last_write";
  /** The time that tells, ISO 8601 in UTC. */
  readonly newest: string | undefined;
  readonly ageHours: number | undefined;
  readonly maxAgeHours: number;
}

/**
 * How fresh the sources are that are read and for which `sources` of fastbreak.json says `max_age_hours`: hours between now and their
 * newest `loaded_at`, a DATE counted from its end; without such a column, and the last write that is known.
 * @param keys `dataset.name` of what is read
 * @param stateDataset where loads are recorded
 * @throws UserError where a table has no such column
 */
export async function sourceFreshness(
  transaction: Transaction,
  keys: Iterable<string>,
  sources: Readonly<Record<string, SourceSettings>>,
  stateDataset: string,
  now: Date,
): Promise<readonly SourceFreshness[]> {
  const judged = [...new Set(keys)].sort().flatMap((source) => {
    const { max_age_hours: maxAgeHours, loaded_at: column, pattern = "" } = sourceSettings(source, sources) ?? {};
    return maxAgeHours === undefined ? [] : [{ source, maxAgeHours, column, pattern }];
  });
  if (judged.length === 0) return [];
  const relations = await transaction.relations();
  const writes = judged.some(({ column }) => column === undefined)
    ? await readLastWrites(transaction, stateDataset)
    : new Map<string, Date>();
  const found: SourceFreshness[] = [];
  for (const { source, maxAgeHours, column, pattern } of judged) {
    const relation = relations.get(source);
    const by = column === undefined ? ("last_write" as const) : ("loaded_at" as const);
    const nothing = { source, by, maxAgeHours, newest: undefined, ageHours: undefined };
    if (relation === undefined) {
      found.push({ ...nothing, state: "missing" });
      continue;
    }
    const newest =
      column === undefined
        ? writes.get(source.toLowerCase())?.getTime()
        : await newestTime(transaction, source, relation, column, pattern);
    if (newest === undefined) {
      found.push({ ...nothing, state: column === undefined ? "unknown" : "empty" });
      continue;
    }
    const ageHours = Math.max(0, (now.getTime() - newest) / HOUR);
    const state = ageHours <= maxAgeHours ? "fresh" : "stale";
    found.push({ ...nothing, state, newest: new Date(newest).toISOString(), ageHours });
  }
  return found;
}

/** The freshness of sources as criteria of the gate: what is not known to be fresh closes it. */
export function freshnessVerdicts(found: readonly SourceFreshness[]): readonly Verdict[] {
  return found.map((freshness) => {
    const { source, state, ageHours, maxAgeHours } = freshness;
    const passed = state === "fresh";
    return {
      name: source,
      description: undefined,
      severity: "error",
      passed,
      reason: passed ? undefined : freshnessReason(freshness),
      value: ageHours === undefined ? undefined : hours(ageHours),
      threshold: `${maxAgeHours} h`,
      advice: passed ? undefined : adviceFor(freshness),
    };
  });
}

/** How fresh a source is, in words. */
export function freshnessReason({ source, state, by, ageHours }: SourceFreshness): string {
  if (state === "missing") return `${source} is not in the warehouse`;
  if (state === "empty") return `${source} holds nothing`;
  if (state === "unknown") return `nobody knows when ${source} was last written`;
  const age = hours(ageHours ?? 0);
  return by === "loaded_at" ? `the newest row of ${source} is ${age} old` : `${source} was last written ${age} ago`;
}

function adviceFor({ source, state }: SourceFreshness): string {
  return state === "unknown"
    ? `load it with fastbreak load or seed, or name its loaded_at column under "sources" of fastbreak.json`
    : `load ${source} again`;
}

function hours(value: number): string {
  return `${value.toFixed(1)} h`;
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
