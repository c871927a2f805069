import { expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure } = scriptsOn(`CREATE SCHEMA d;
  CREATE TABLE d.t AS SELECT n FROM UNNEST([1, 2, 3, 4]) AS n;
  CREATE TABLE FUNCTION d.greatest(most INT64) AS SELECT n FROM d.t ORDER BY n DESC LIMIT most`);

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#limit_and_offset_clause */
it.each([
  ["SELECT n FROM d.t ORDER BY n LIMIT 1 + 1 OFFSET CAST('1' AS INT64)", [[2n], [3n]]],
  ["DECLARE k INT64 DEFAULT 1; SELECT n FROM d.t ORDER BY n LIMIT k + 1 OFFSET k", [[2n], [3n]]],
  ["DECLARE k INT64 DEFAULT 1; FROM d.t |> ORDER BY n DESC |> LIMIT k", [[4n]]],
  ["DECLARE k INT64 DEFAULT 2; SELECT ARRAY(SELECT n FROM d.t ORDER BY n LIMIT k)", [[[1n, 2n]]]],
  // A column of the query is no constant, whatever it is called.
  ["DECLARE n INT64 DEFAULT 1; SELECT n FROM d.t ORDER BY n DESC LIMIT n", [[4n]]],
  ["SELECT n FROM d.greatest(1 + 1)", [[4n], [3n]]],
])("%s", async (query, expected) => {
  expect(await rows(query)).toEqual(expected);
});

it.each([
  ["SELECT n FROM d.t LIMIT -1", "LIMIT expects a non-negative integer literal or parameter [at 1:25]"],
  ["SELECT n FROM d.t LIMIT 1.5", "LIMIT expects a non-negative integer literal or parameter [at 1:25]"],
  ["SELECT n FROM d.t LIMIT NULL", "LIMIT expects a non-negative integer literal or parameter [at 1:25]"],
  ["SELECT n FROM d.t LIMIT n", "Unrecognized name: n [at 1:25]"],
  ["SELECT (SELECT s.n FROM d.t AS s LIMIT t.n) FROM d.t", "Unrecognized name: t [at 1:40]"],
  [
    "SELECT n FROM d.t LIMIT CAST(RAND() AS INT64)",
    "LIMIT expects a non-negative integer literal or parameter [at 1:25]",
  ],
  ["DECLARE k INT64; SELECT n FROM d.t LIMIT k", "LIMIT must not be negative or NULL [at 1:18]"],
  ["SELECT n FROM d.t LIMIT 1 OFFSET 1 - 2", "OFFSET must not be negative or NULL [at 1:1]"],
])("%s fails", async (query, message) => {
  expect(await failure(query)).toBe(message);
});
