import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

it.each([
  "SELECT MIN(x), MAX(x), MIN(x) - MAX(x) FROM V",
  "SELECT MIN(x) OVER (), MAX(x) OVER () FROM V LIMIT 1",
  "SELECT MAX(x HAVING MAX 1) FROM V",
  "SELECT x, COUNT(*) FROM V GROUP BY x",
  "SELECT x * 2, GROUPING(x) FROM V GROUP BY ROLLUP (x)",
  "SELECT DISTINCT x FROM V ORDER BY x",
  "SELECT x FROM V UNION DISTINCT SELECT x FROM V",
  "SELECT x FROM V INTERSECT DISTINCT SELECT x FROM V",
  "SELECT * FROM (SELECT x, 'a' AS k FROM V) PIVOT (COUNT(*) FOR k IN ('a'))",
  "SELECT APPROX_QUANTILES(x, 1) FROM V",
  "SELECT PERCENTILE_DISC(x, 0) OVER (), PERCENTILE_CONT(x, 0) OVER () FROM V LIMIT 1",
  "FROM V |> AGGREGATE MIN(x) AS m GROUP BY x",
])("%s is the same whichever zero comes first", async (query) => {
  const [one, other] = ["[-0.0, 0.0, -0.0]", "[0.0, -0.0, 0.0]"].map((values) =>
    rows(query.replaceAll(" V", ` UNNEST(${values}) AS x`).replace("FROM  ", "FROM ")),
  );
  expect(await one).toEqual(await other);
});
