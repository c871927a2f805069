import { COLLATED } from "../../port/sql-types.js";
import { quoteName } from "../print/sql.js";
import { keyOf, representative } from "../types/collation.js";
import type { Environment, OutputColumn } from "./scope.js";

/** The rows of a query, those once that are equal under the collations of its columns. */
export function distinctRows(sql: string, columns: readonly OutputColumn[], env: Environment): string {
  return grouped(`(${sql})`, columns, env);
}

/** UNION, INTERSECT and EXCEPT DISTINCT of rows that are compared under collations. Values are those of the first arm that has them. */
export function combinedRows(
  op: "UNION" | "INTERSECT" | "EXCEPT",
  arms: readonly string[],
  columns: readonly OutputColumn[],
  env: Environment,
): string {
  const names = columns.map(({ key }) => quoteName(key)).join(", ");
  const rows = arms.map((arm, i) => `SELECT s.*, ${i} AS arm FROM ${arm} AS s(${names})`).join(" UNION ALL ");
  const having = {
    UNION: "",
    INTERSECT: ` HAVING count(DISTINCT arm) = ${arms.length}`,
    EXCEPT: " HAVING max(arm) = 0",
  }[op];
  const only = op === "UNION" ? "" : " FILTER (WHERE arm = 0)";
  return grouped(`(${rows})`, columns, env, only, having);
}

function grouped(source: string, columns: readonly OutputColumn[], env: Environment, only = "", having = ""): string {
  const alias = env.freshAlias();
  const items = columns.map(({ key, type }) => {
    const value = `${alias}.${quoteName(key)}`;
    return `${type === COLLATED ? `${representative(value)}${only}` : value} AS ${quoteName(key)}`;
  });
  const keys = columns.map(({ key, type }) => keyOf(`${alias}.${quoteName(key)}`, type));
  return `SELECT ${items.join(", ")} FROM ${source} AS ${alias} GROUP BY ${keys.join(", ")}${having}`;
}
