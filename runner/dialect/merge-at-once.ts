import type { MergeClause } from "../googlesql/script-ast.js";
import type { Target } from "./dml.js";
import { actionText, type Clause, earlierThan, hidesRowid, type Sides } from "./merge-clauses.js";

/** MERGE as it stands. */
export function mergeAtOnce({ target, source, on }: Sides, clauses: readonly Clause[]): string {
  const texts = clauses.map(({ when, condition, action }, index) => {
    const guarded = guardOf([...sideOf(when, on, target), ...earlierThan(clauses, index), condition]);
    const test = condition === undefined ? "" : ` AND ${condition}`;
    return `WHEN ${when}${test} THEN ${actionText(action, ({ sql }) => guarded(sql))}`;
  });
  return [`MERGE INTO ${target.text} USING ${source} ON ${on}`, ...texts].join(" ");
}

/** Computes a value for some rows alone. */
type Guard = (sql: string) => string;

/** DuckDB computes the values of every clause for every row, also for those that other clauses take: they could fail there. */
function guardOf(conditions: readonly (string | undefined)[]): Guard {
  // What would be another value when it is asked twice says nothing; with fewer conditions more is computed, never less.
  const all = conditions.filter((condition) => condition !== undefined && !/random|uuid/i.test(condition));
  if (all.length === 0) return (sql) => sql;
  const guard = all.map((condition) => `(${condition})`).join(" AND ");
  return (sql) => (sql.includes("(") ? `CASE WHEN ${guard} THEN ${sql} END` : sql);
}

/** What tells the rows of a kind of clause: only where both sides are there may a value ask for both. */
function sideOf(when: MergeClause["when"], on: string, target: Target): readonly string[] {
  if (when === "NOT MATCHED BY TARGET") return [];
  const isThere = hidesRowid(target) ? [] : [`${target.alias}.rowid IS NOT NULL`];
  return when === "MATCHED" ? [...isThere, on] : isThere;
}
