import { expect, it } from "vitest";
import type { Catalog } from "../../googlesql/catalog.js";
import { CheckScope, checkQuery, checkScript } from "./check-script.js";

const CATALOG: Catalog = { find: () => undefined, names: () => [] };

const script = (scope: CheckScope, sql: string) =>
  checkScript(sql, CATALOG, scope).errors.map(({ message }) => message);
const query = (scope: CheckScope, sql: string) =>
  checkQuery(sql, CATALOG, new Set(), scope).errors.map(({ message }) => message);

it("tells a wrong initial value, not that the variable is unknown for it", () => {
  const scope = new CheckScope();
  const declared = "DECLARE kind DEFAULT (SELECT ANY_VALUE(table_type) FROM d.INFORMATION_SCHEMA.TABLES);";
  expect(script(scope, `${declared} DECLARE next DEFAULT kind; SET kind = 'a'`)).toEqual([
    expect.stringContaining("INFORMATION_SCHEMA.TABLES is not supported"),
  ]);
  expect(query(scope, "SELECT IF(KIND IS NULL, next, 2) AS n")).toEqual([]);
  expect(query(scope, "SELECT kinds")).toEqual([expect.stringContaining("Unrecognized name: kinds")]);
});

it("tells of a name that only some other script declares", () => {
  const scope = new CheckScope();
  expect(script(scope, "DECLARE n DEFAULT 1")).toEqual([]);
  expect(query(scope, "SELECT n + m AS s")).toEqual([expect.stringContaining("Unrecognized name: m")]);
});
