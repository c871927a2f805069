import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import type { Transaction } from "../port/port.js";
import type { SourceSettings } from "../project/settings-schema.js";
import { sourceSettings } from "../project/source-settings.js";
import type { Verdict } from "./verdict.js";

/**
 * Whether the keys that `sources` of fastbreak.json says tell the rows of the sources apart that are read.
 * @param keys `dataset.name` of what is read
 */
export async function judgeSourceKeys(
  transaction: Transaction,
  keys: Iterable<string>,
  sources: Readonly<Record<string, SourceSettings>>,
): Promise<readonly Verdict[]> {
  const relations = await transaction.relations();
  const verdicts: Verdict[] = [];
  for (const key of [...new Set(keys)].sort()) {
    const relation = relations.get(key);
    if (relation === undefined || sourceSettings(key, sources)?.key === undefined) continue;
    const columns = relation.primaryKey.map(quoteIdentifier).join(", ");
    // A pattern may fit tables that do not have the columns.
    if (columns === "") continue;
    const { rows } = await transaction.query(
      `SELECT ${columns}, COUNT(*) AS count_ FROM ${quoteKey(key)} GROUP BY ${columns} HAVING COUNT(*) > 1 LIMIT 1`,
    );
    const found = rows[0];
    const example = found && relation.primaryKey.map((name, index) => `${name} ${String(found[index])}`).join(", ");
    verdicts.push({
      name: key,
      description: undefined,
      severity: "error",
      passed: found === undefined,
      reason: found && `${key} has ${String(found.at(-1))} rows of one key: ${example}`,
      value: undefined,
      threshold: undefined,
      advice: found && `mend ${key}, or correct its key in fastbreak.json`,
    });
  }
  return verdicts;
}
