import type { ResolvedFrom } from "./from.js";
import type { Environment, ScopeColumn, Visible } from "./scope.js";

/** What a full join joins, as DuckDB text. */
export interface FullJoin {
  readonly left: string;
  readonly right: string;
  readonly condition: string;
  readonly visible: Visible;
}

/**
 * A full join within a subquery of an expression, which may be correlated, where DuckDB takes no full join: the rows of the left join, and
 * those of the right side that found nothing.
 */
export function fullJoinAsLeft({ left, right, condition, visible }: FullJoin, env: Environment): ResolvedFrom {
  const rows = env.freshAlias();
  const found = env.freshAlias();
  const renamed = new Map<string, string>();
  const rename = (sql: string): string => {
    const name = renamed.get(sql) ?? `${rows}.c${renamed.size}`;
    renamed.set(sql, name);
    env.lineage?.define(name, env.lineage.of(sql));
    return name;
  };
  const renameColumn = (column: ScopeColumn): ScopeColumn => ({ ...column, sql: rename(column.sql) });
  const ranges = visible.ranges.map(({ name, columns, value }) => ({
    name,
    columns: columns.map(renameColumn),
    value: value && { ...value, sql: rename(value.sql) },
  }));
  const columns = visible.columns.map(renameColumn);
  const list = [...renamed].map(([sql], i) => `${sql} AS c${i}`).join(", ") || "true AS c0";
  const matched = `SELECT ${list} FROM ${left} LEFT JOIN ${right} ON ${condition}`;
  const marked = `(${left} CROSS JOIN (SELECT true AS found) AS ${found})`;
  const others = `SELECT ${list} FROM ${right} LEFT JOIN ${marked} ON ${condition} WHERE ${found}.found IS NULL`;
  return { sql: `(${matched} UNION ALL ${others}) AS ${rows}`, visible: { columns, ranges } };
}
