import { describe, expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure, warehouse } = scriptsOn("CREATE SCHEMA d");

describe("GEOGRAPHY in tables", () => {
  it("is kept in columns, arrays and structs, with all digits of its coordinates", async () => {
    await warehouse().script(`
      CREATE TABLE d.places (id INT64, spot GEOGRAPHY, many ARRAY<GEOGRAPHY>, s STRUCT<around GEOGRAPHY>);
      INSERT d.places VALUES
        (1, ST_GEOGPOINT(-122.4194155123456789, 37.8), [ST_GEOGPOINT(1, 2)], STRUCT(ST_GEOGFROMTEXT('POLYGON((0 0, 0 4, 4 4, 0 0))'))),
        (2, NULL, NULL, NULL);
      UPDATE d.places SET spot = ST_GEOGPOINT(5, 6) WHERE id = 2`);
    expect(await rows("SELECT spot, many, s FROM d.places ORDER BY id")).toEqual([
      ["POINT(-122.419415512346 37.8)", ["POINT(1 2)"], { around: "POLYGON((4 4, 0 4, 0 0, 4 4))" }],
      ["POINT(5 6)", [], null],
    ]);
    expect(await rows("SELECT ST_X(spot) = -122.4194155123456789 FROM d.places WHERE id = 1")).toEqual([[true]]);
  });

  it("runs in views, variables, functions and MERGE", async () => {
    await warehouse().script(`
      CREATE OR REPLACE TABLE d.t (k INT64, g GEOGRAPHY);
      MERGE d.t USING (SELECT 1 AS k) ON FALSE WHEN NOT MATCHED THEN INSERT (k, g) VALUES (1, ST_GEOGPOINT(3, 4));
      CREATE OR REPLACE VIEW d.v AS SELECT k, ST_DISTANCE(g, ST_GEOGPOINT(3, 5)) AS meters FROM d.t;
      CREATE OR REPLACE FUNCTION d.shift(g GEOGRAPHY, east FLOAT64) RETURNS GEOGRAPHY AS (ST_GEOGPOINT(ST_X(g) + east, ST_Y(g)))`);
    expect(await rows("SELECT ROUND(meters) FROM d.v")).toEqual([[111195]]);
    expect(await rows("DECLARE g GEOGRAPHY DEFAULT ST_GEOGPOINT(1, 2); SELECT d.shift(g, 2)")).toEqual([
      ["POINT(3 2)"],
    ]);
  });

  it.each([
    ["SELECT g FROM d.one ORDER BY g", "ORDER BY does not support expressions of type GEOGRAPHY"],
    ["SELECT DISTINCT g FROM d.one", "cannot be used in SELECT DISTINCT"],
    [
      "SELECT COUNT(DISTINCT g) FROM d.one",
      "Aggregate functions with DISTINCT cannot be used with arguments of type GEOGRAPHY",
    ],
    ["SELECT g FROM d.one GROUP BY g", "Grouping by expressions of type GEOGRAPHY is not allowed"],
    ["SELECT g = g FROM d.one", "No matching signature for operator ="],
    ["SELECT MAX(g) FROM d.one", "MAX is not defined for arguments of type GEOGRAPHY"],
    ["SELECT CAST('POINT(1 2)' AS GEOGRAPHY)", "Invalid cast from STRING to GEOGRAPHY"],
    ["SELECT TO_JSON_STRING(g) FROM d.one", "JSON of GEOGRAPHY is not supported"],
    ["SELECT ST_DISTANCE(g, g, TRUE) FROM d.one", "ST_DISTANCE with use_spheroid is not supported"],
    ["SELECT ST_DISTANCE(g, g, use_spheroid => TRUE) FROM d.one", "ST_DISTANCE with use_spheroid is not supported"],
    ["SELECT ST_X(1)", "No matching signature for function ST_X for argument types: INT64"],
    ["SELECT ST_GEOGPOINT(0, 91)", "Latitude must be between -90 and 90 degrees"],
    ["SELECT ST_X(ST_GEOGFROMTEXT('LINESTRING(0 0, 1 1)'))", "the input must be a single point"],
    ["SELECT ST_GEOGFROMTEXT('POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))')", "Edge 0 crosses edge 2"],
    ["SELECT ST_GEOGFROMTEXT('POLYGON((0 0, 1 1, 1 0))')", "the first and the last point must be the same"],
    ["SELECT ST_GEOGFROMTEXT('POINT(1 2 3)')", "Invalid WKT"],
    ["SELECT ST_BUFFER(g, 1) FROM d.one", "Function ST_BUFFER (GEOGRAPHY) is not supported"],
  ])("%s fails", async (sql, message) => {
    await warehouse().script("CREATE OR REPLACE TABLE d.one AS SELECT ST_GEOGPOINT(1, 2) AS g");
    expect(await failure(sql)).toContain(message);
  });

  it("makes SAFE NULL of what the service fails for, and of nothing that the engine cannot answer", async () => {
    const safe =
      "SELECT SAFE.ST_GEOGFROMTEXT('nothing'), SAFE.ST_GEOGPOINT(1, 91), SAFE.ST_X(ST_GEOGFROMTEXT('POINT EMPTY'))";
    expect(await rows(safe)).toEqual([[null, null, null]]);
    expect(await failure("SELECT SAFE.ST_GEOGFROMTEXT('POLYGON((0 0, 4 0, 4 4, 2 0, 0 0))')")).toContain(
      "A polygon loop that touches itself is not supported by the embedded engine",
    );
  });

  it("has NULL for NULL, and aggregates that leave NULL out", async () => {
    expect(
      await rows("SELECT ST_AREA(NULL), ST_UNION_AGG(g), ST_EXTENT(g) FROM UNNEST([CAST(NULL AS GEOGRAPHY)]) AS g"),
    ).toEqual([[null, null, null]]);
    const some = "FROM UNNEST([ST_GEOGPOINT(0, 0), NULL, ST_GEOGPOINT(0, 2)]) AS g";
    expect(await rows(`SELECT ST_CENTROID_AGG(g), ST_UNION_AGG(g) ${some}`)).toEqual([
      ["POINT(0 1)", "MULTIPOINT(0 0, 0 2)"],
    ]);
  });
});
