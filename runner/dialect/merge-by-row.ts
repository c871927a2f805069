import type { MergeClause } from "../googlesql/script-ast.js";
import { computedFirst } from "./dml.js";
import { actionText, type Clause, earlierThan, type Sides, valuesOf } from "./merge-clauses.js";

/** DuckDB takes no subquery in the condition of a MERGE, nor in its clauses. */
export function hasQueries(on: string, clauses: readonly Clause[]): boolean {
  const texts = clauses.flatMap(({ condition, action }) => [
    condition ?? "",
    ...valuesOf(action).map(({ sql }) => sql),
  ]);
  return [on, ...texts].some((text) => /\bSELECT\b/i.test(text));
}

/** MERGE over rows of which a query has said before which clause takes them, and with which values. */
export function mergeByRow(sides: Sides, clauses: readonly Clause[]): string {
  const { target } = sides;
  const columns = [...new Set(clauses.flatMap(({ action }) => valuesOf(action).map(({ column }) => column)))];
  const place = (column: string) => `"v${columns.indexOf(column)}$"`;
  const taken = clauses.map(({ when, condition, action }, index) => {
    const values = columns.map((column) => {
      const given = valuesOf(action).find((value) => value.column === column)?.sql;
      return `${given === undefined || given === "DEFAULT" ? "NULL" : given} AS ${place(column)}`;
    });
    const row = when === "NOT MATCHED BY TARGET" ? "NULL" : `${target.alias}.rowid`;
    const tests = [...earlierThan(clauses, index), condition ?? "true"].map((test) => ` AND (${test})`).join("");
    return `SELECT ${[`${index} AS "clause$"`, `${row} AS "row$"`, ...values].join(", ")} FROM ${rowsOf(when, sides)}${tests}`;
  });
  const texts = clauses.map(({ when, action }, index) => {
    const kind = when === "NOT MATCHED BY TARGET" ? when : "MATCHED";
    return `WHEN ${kind} AND m$."clause$" = ${index} THEN ${actionText(action, ({ column }) => `m$.${place(column)}`)}`;
  });
  const rows = computedFirst(`(${taken.join(" UNION ALL ")}) AS m$`);
  return [`MERGE INTO ${target.text} USING ${rows} ON ${target.alias}.rowid = m$."row$"`, ...texts].join(" ");
}

/** FROM and WHERE of the rows that clauses of a kind take. */
function rowsOf(when: MergeClause["when"], { target, source, on }: Sides): string {
  switch (when) {
    case "MATCHED":
      return `${target.text}, ${source} WHERE (${on})`;
    case "NOT MATCHED BY TARGET":
      return `${source} WHERE NOT EXISTS (SELECT 1 FROM ${target.text} WHERE ${on})`;
    case "NOT MATCHED BY SOURCE":
      return `${target.text} WHERE NOT EXISTS (SELECT 1 FROM ${source} WHERE ${on})`;
  }
}
