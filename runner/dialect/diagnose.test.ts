import { describe, expect, it } from "vitest";
import type { Catalog } from "../googlesql/catalog.js";
import { diagnoseQuery } from "./diagnose.js";
import { checkQuery } from "./script/check-script.js";

const CATALOG: Catalog = {
  find: (path) =>
    path.at(-1) === "orders"
      ? {
          path: ["d", "orders"],
          columns: [
            { name: "id", type: "INT64" },
            { name: "customer", type: "STRING" },
            { name: "day", type: "DATE" },
          ],
        }
      : undefined,
  names: () => ["d.orders"],
};

function found(sql: string): string[] {
  return diagnoseQuery(sql, CATALOG).errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe("diagnoseQuery", () => {
  it("finds nothing in a correct query and gives its columns", () => {
    const { errors, columns } = diagnoseQuery("SELECT id, UPPER(customer) AS c FROM d.orders", CATALOG);
    expect(errors).toEqual([]);
    expect(columns).toEqual([
      { name: "id", type: "INT64" },
      { name: "c", type: "STRING" },
    ]);
  });

  it("finds every wrong column of a SELECT list and every wrong condition", () => {
    const sql =
      "SELECT idd, UPPER(id) AS u, FOO(id) AS f, day + 'x' AS y\nFROM d.orders\nWHERE custmer = 'a' AND day = 5 AND id = 1";
    expect(
      found(sql)
        .map((error) => error.split(" ")[0])
        .sort(),
    ).toEqual(["1:13", "1:29", "1:43", "1:8", "3:25", "3:7"]);
  });

  it("keeps the columns known where their names are", () => {
    const { columns, suspects } = diagnoseQuery("SELECT FOO(id) AS f, day FROM d.orders", CATALOG);
    expect(columns?.map(({ name }) => name)).toEqual(["f", "day"]);
    expect(suspects).toEqual(new Set(["f"]));
  });

  it("does not report what only follows from an earlier error", () => {
    const sql = "WITH a AS (SELECT FOO(id) AS x, day FROM d.orders) SELECT CONCAT(x, 'a'), x || 'b', dayy FROM a";
    expect(found(sql)).toEqual(["1:19 Function not found: FOO", "1:85 Unrecognized name: dayy; Did you mean day?"]);
  });

  it("looks at common table expressions that do not read a broken one", () => {
    const sql = "WITH a AS (SELECT 1 AS x FROM d.nowhere_at_all), b AS (SELECT idd FROM d.orders) SELECT * FROM a, b";
    expect(found(sql)).toEqual([
      "1:31 Table not found: d.nowhere_at_all",
      "1:63 Unrecognized name: idd; Did you mean id?",
    ]);
  });

  it("goes on behind a table whose name is misspelt", () => {
    expect(found("SELECT o.idd FROM d.order AS o")).toEqual([
      "1:19 Table not found: d.order; Did you mean d.orders?",
      "1:10 Name idd not found inside o; Did you mean id?",
    ]);
  });

  it("stops at a syntax error", () => {
    expect(found("SELECT id FROM d.orders WHERE id = = 1")).toEqual(['1:36 Syntax error: Unexpected "="']);
  });

  it("knows the system variables that a query stands behind, and no parameter", () => {
    const check = (sql: string) => checkQuery(sql, CATALOG, new Set());
    const { errors, columns } = check("SELECT @@project_id AS project, @@row_count AS n");
    expect(errors).toEqual([]);
    expect(columns).toEqual([
      { name: "project", type: "STRING" },
      { name: "n", type: "INT64" },
    ]);
    expect(check("SELECT @day AS day").errors.map(({ message }) => message)).toEqual([
      "Query parameter 'day' not found",
    ]);
    expect(check("SELECT @@nothing AS n").errors.map(({ kind }) => kind)).toEqual(["unsupported"]);
  });
});
