import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answers, openAnswers } from "./functions/test-support/answers.js";

let answers: Answers;
beforeAll(async () => {
  answers = await openAnswers();
});
afterAll(() => answers.close());

const NO_KEY = "GROUPING must have an argument that exists within the group-by expression list";

it.each([
  ["GROUPING(y) FROM (SELECT 1 AS x, 2 AS y) GROUP BY x", NO_KEY],
  ["GROUPING(x) FROM UNNEST([1]) AS x", NO_KEY],
  ["IFNULL(x, 0) AS x, GROUPING(x) FROM UNNEST([1]) AS x GROUP BY GROUPING SETS ((x), ())", NO_KEY],
  ["CAST(1e30 AS INT64)", "int64 out of range: 1e+30"],
  [
    "CAST(CAST('nan' AS FLOAT64) AS INT64)",
    "Illegal conversion of non-finite floating point number to an integer: nan",
  ],
  ["CAST(NUMERIC '1e20' AS INT64)", "int64 out of range: 100000000000000000000"],
  ["CAST('99999999999999999999' AS INT64)", "Bad int64 value: 99999999999999999999"],
  ["CAST(1e308 AS NUMERIC)", "numeric out of range: 1e+308"],
  ["CAST('1e40' AS NUMERIC)", "Invalid NUMERIC value: 1e40"],
  ["CAST(CAST('inf' AS FLOAT64) AS NUMERIC)", "Illegal conversion of non-finite floating point number to numeric: inf"],
  ["CAST('12:60:00' AS TIME)", 'Invalid time string "12:60:00"'],
  ["CAST('2020-13-01' AS DATE)", "Invalid date: '2020-13-01'"],
  ["CAST('2020-01-01 12:60:00' AS DATETIME)", 'Invalid datetime string "2020-01-01 12:60:00"'],
  ["DATE '2024-01-01' + 99999999999", "int32 out of range: 99999999999"],
  ["DATE_FROM_UNIX_DATE(99999999999)", "DATE_FROM_UNIX_DATE range is -719162 to 2932896 but saw 99999999999"],
  ["SUM(x) FROM UNNEST([9223372036854775807, 1]) AS x", "int64 overflow"],
  ["ABS(x) FROM UNNEST([-9223372036854775808]) AS x", "int64 overflow: --9223372036854775808"],
  ["-x FROM UNNEST([-9223372036854775808]) AS x", "int64 overflow: --9223372036854775808"],
  ["PERCENTILE_CONT(x, NULL) OVER () FROM UNNEST([1]) AS x", "Argument 2 to PERCENTILE_CONT must be non-NULL"],
  [
    "PERCENTILE_DISC(x, -0.5) OVER () FROM UNNEST([1]) AS x",
    "The second argument to the function PERCENTILE_DISC must be in the range [0, 1]",
  ],
])("SELECT %s fails in the words of GoogleSQL", async (call, message) => {
  expect(await answers.of(`SELECT ${call}`)).toContain(message);
});
