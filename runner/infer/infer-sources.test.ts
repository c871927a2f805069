import { describe, expect, it } from "vitest";
import { typeName } from "../port/sql-types.js";
import type { ManifestAction } from "../project/manifest.js";
import { inferSources } from "./infer-sources.js";

const NOTHING = {
  tags: [],
  preOps: [],
  postOps: [],
  operations: [],
  dependencies: [],
  reads: [],
  clusterBy: [],
  uniqueKey: [],
  writes: [],
  changesItself: false,
  fileName: "f",
} as unknown as ManifestAction;

/** `table.column TYPE` of everything that views v1, v2, ... read of others, each reading the ones before. */
function inferred(...queries: readonly string[]): string[] {
  const actions = queries.map((query, i): ManifestAction => ({ ...NOTHING, type: "view", key: `d.v${i + 1}`, query }));
  return inferSources({ actions, homeProject: "p" }, new Map()).flatMap(({ key, columns }) =>
    columns.map(({ name, type }) => `${key}.${name} ${typeName(type.type(name))}`),
  );
}

describe("types of source columns", () => {
  it.each([
    ["a comparison with a text", "SELECT 1 FROM r.t WHERE zz = 'a'", "STRING"],
    ["a comparison with a date", "SELECT 1 FROM r.t WHERE zz >= DATE '2024-01-01'", "DATE"],
    ["a text that is a date", "SELECT 1 FROM r.t WHERE zz >= '2024-01-01'", "DATE"],
    ["a number", "SELECT zz = 3 FROM r.t", "INT64"],
    ["a fraction beside a number", "SELECT zz = 3, zz > 1.5 FROM r.t", "FLOAT64"],
    ["BETWEEN", "SELECT 1 FROM r.t WHERE zz BETWEEN TIMESTAMP '2024-01-01' AND CURRENT_TIMESTAMP()", "TIMESTAMP"],
    ["IN", "SELECT 1 FROM r.t WHERE zz IN ('a', 'b')", "STRING"],
    ["LIKE", "SELECT 1 FROM r.t WHERE zz LIKE 'a%'", "STRING"],
    ["a condition", "SELECT 1 FROM r.t WHERE NOT zz", "BOOL"],
    ["a text function", "SELECT LOWER(zz) FROM r.t", "STRING"],
    ["PARSE_DATE", "SELECT PARSE_DATE('%Y', zz) FROM r.t", "STRING"],
    ["TIMESTAMP_DIFF", "SELECT TIMESTAMP_DIFF(zz, zz, DAY) FROM r.t", "TIMESTAMP"],
    ["DATE_TRUNC", "SELECT DATE_TRUNC(zz, WEEK(MONDAY)) FROM r.t", "DATE"],
    ["TIMESTAMP_MICROS", "SELECT TIMESTAMP_MICROS(zz) FROM r.t", "INT64"],
    ["a cast", "SELECT CAST(zz AS NUMERIC) FROM r.t", "NUMERIC"],
    ["COALESCE", "SELECT COALESCE(zz, 'none') FROM r.t", "STRING"],
    ["CASE", "SELECT CASE zz WHEN 'a' THEN 1 END FROM r.t", "STRING"],
    ["SUM", "SELECT SUM(zz) FROM r.t", "FLOAT64"],
    ["a measure", "SELECT ST_AREA(zz) FROM r.t", "GEOGRAPHY"],
    ["the coordinates of a point", "SELECT ST_GEOGPOINT(zz, 1) FROM r.t", "FLOAT64"],
    ["well-known text", "SELECT ST_GEOGFROMTEXT(zz) FROM r.t", "STRING"],
    ["UNNEST", "SELECT LOWER(a) FROM r.t, UNNEST(zz) AS a", "ARRAY<STRING>"],
    ["an array path", "SELECT a.k + 1, a.n = 'x' FROM r.t AS t, t.zz AS a", "ARRAY<STRUCT<k FLOAT64, n STRING>>"],
    ["a field", "SELECT zz.a.b = 1 FROM r.t", "STRUCT<a STRUCT<b INT64>>"],
    ["JSON read by fields and by paths", "SELECT zz.a.b, JSON_VALUE(zz, '$.a') FROM r.t", "JSON"],
    ["the names of all that it is compared with", "SELECT 1 FROM r.t AS t JOIN r.t AS u ON t.zz > t.zz", "STRING"],
    ["a subquery", "SELECT 1 FROM r.t WHERE zz = (SELECT MAX(DATE '2024-01-01'))", "DATE"],
    ["UNION ALL", "SELECT zz FROM r.t UNION ALL SELECT DATE '2024-01-01'", "DATE"],
    ["a window", "SELECT LAG(zz) OVER (ORDER BY 1) = TRUE FROM r.t", "BOOL"],
    ["a common table", "WITH c AS (SELECT * FROM r.t) SELECT LOWER(zz) FROM c", "STRING"],
    ["QUALIFY", "SELECT 1 FROM r.t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY LOWER(zz)) = 1", "STRING"],
    ["PARTITION BY a number", "SELECT zz * 2, COUNT(*) OVER (PARTITION BY zz) FROM r.t", "NUMERIC"],
    ["PARTITION BY in a WINDOW", "SELECT zz * 2, COUNT(*) OVER w FROM r.t WINDOW w AS (PARTITION BY zz)", "NUMERIC"],
    ["PIVOT", "SELECT * FROM r.t PIVOT (COUNT(*) FOR zz IN ('a', 'b'))", "STRING"],
  ])("come from %s", (_, query, type) => {
    expect(inferred(query)).toEqual([`r.t.zz ${type}`]);
  });

  it("come from names only where nothing else tells", () => {
    expect(inferred("SELECT id, made_at, day, is_new, price, other FROM r.t")).toEqual([
      "r.t.id INT64",
      "r.t.made_at TIMESTAMP",
      "r.t.day DATE",
      "r.t.is_new BOOL",
      "r.t.price FLOAT64",
      "r.t.other STRING",
    ]);
    expect(inferred("SELECT id = 'a', UPPER(made_at) FROM r.t")).toEqual(["r.t.id STRING", "r.t.made_at STRING"]);
  });

  it("meet over joins, models and stars", () => {
    const tables = inferred(
      "SELECT * FROM r.a",
      "SELECT * EXCEPT (gone) FROM d.v1",
      "SELECT v.k, b.zz FROM d.v2 AS v JOIN r.b AS b USING (k) JOIN r.c AS c ON c.k = b.k WHERE c.k = 'x'",
    );
    expect(tables.sort()).toEqual(["r.a.gone STRING", "r.a.k STRING", "r.b.k STRING", "r.b.zz STRING", "r.c.k STRING"]);
  });

  it("give a column without an alias to the table that is known to have it", () => {
    expect(inferred("SELECT zz FROM r.a, r.b", "SELECT b.zz FROM r.b AS b")).toEqual(["r.b.zz STRING"]);
  });

  it("tell a struct that a subquery makes from its first field", () => {
    expect(
      inferred(
        "SELECT (SELECT AS STRUCT s.source AS source, LOWER(s.medium) AS medium) AS s, ARRAY(SELECT AS VALUE n) AS n FROM r.t",
        "SELECT s.source = 'a', n[OFFSET(0)] > 1.5 FROM d.v1",
      ),
    ).toEqual(["r.t.s STRUCT<source STRING, medium STRING>", "r.t.n FLOAT64"]);
  });

  it("are those of the parameters of a function that the project makes", () => {
    const made = "CREATE TEMP FUNCTION Share(a FLOAT64, b ARRAY<STRUCT<k INT64>>, c ANY TYPE) RETURNS BOOL AS (a > 1)";
    const query = "SELECT share(x, y, z) = ok FROM r.t";
    const action: ManifestAction = { ...NOTHING, type: "view", key: "d.v", preOps: [made], query };
    const [table] = inferSources({ actions: [action], homeProject: "p" }, new Map());
    expect(table?.columns.map(({ name, type }) => `${name} ${typeName(type.type(name))}`)).toEqual([
      "x FLOAT64",
      "y ARRAY<STRUCT<k INT64>>",
      "z STRING",
      "ok BOOL",
    ]);
  });

  it("give texts that a CAST with a format reads", () => {
    const query =
      "SELECT CAST(x AS DATE FORMAT 'YYYYMMDD'), CAST(y AS TIMESTAMP FORMAT 'Mon-DD-YYYY HH24:MI:SS.FF3 TZH') FROM r.t";
    const action: ManifestAction = { ...NOTHING, type: "view", key: "d.v", query };
    const [table] = inferSources({ actions: [action], homeProject: "p" }, new Map());
    expect(table?.columns.map(({ type }) => type.literals())).toEqual([["20240101"], ["JAN-01-2024 10:00:00.000 +00"]]);
  });

  it("are asked of every table that a wildcard covers", () => {
    expect(
      inferred(
        "SELECT LOWER(a) FROM `r.e_*`",
        "SELECT b > 1.5 FROM `r.e_late_*`",
        "SELECT a, c = TRUE FROM r.e_20240101",
        "SELECT d FROM r.other",
      ),
    ).toEqual([
      "r.e_*.a STRING",
      "r.e_20240101.a STRING",
      "r.e_20240101.c BOOL",
      "r.e_late_*.b FLOAT64",
      "r.e_late_*.a STRING",
      "r.other.d STRING",
    ]);
  });

  it("do not take aliases, lateral names and parts of dates for columns", () => {
    const query =
      "SELECT LOWER(zz) AS low, DATE_DIFF(day, day, MONTH) AS m, EXTRACT(YEAR FROM day) AS y FROM r.t GROUP BY low, m, y HAVING m > 1 ORDER BY low";
    expect(inferred(query)).toEqual(["r.t.zz STRING", "r.t.day DATE"]);
  });

  it("ends for common tables that read each other", () => {
    expect(inferred("WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT x > 1.5 FROM a) SELECT x FROM r.t")).toEqual([
      "r.t.x STRING",
    ]);
  });

  it("ends for a table that reads itself and for texts that do not parse", () => {
    expect(inferred("WITH RECURSIVE c AS (SELECT zz FROM r.t UNION ALL SELECT zz + 1 FROM c) SELECT * FROM c")).toEqual(
      ["r.t.zz FLOAT64"],
    );
    expect(inferred("SELECT FROM")).toEqual([]);
  });
});
