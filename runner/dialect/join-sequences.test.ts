import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

const [A, B, C] = ["(SELECT 1 AS a) x", "(SELECT 2 AS b) y", "(SELECT 3 AS c) z"];

it.each([
  ["a JOIN sees what stands before a comma", `${A}, ${B} JOIN ${C} ON x.a < z.c`, [["1", "2", "3"]]],
  ["as USING does", `${A}, ${B} JOIN (SELECT 1 AS a, 3 AS c) z USING (a)`, [["1", "2", "3"]]],
  ["a LEFT JOIN keeps the rows of all", `${A}, ${B} LEFT JOIN ${C} ON x.a > z.c`, [["1", "2", null]]],
  ["arrays are elements", "(SELECT [5] AS l) x, x.l y LEFT JOIN UNNEST([3]) z ON l[0] < z", [[["5"], "5", null]]],
  ["conditions may follow each other", `${A} LEFT JOIN ${B} JOIN ${C} ON b > c ON a < b`, [["1", null, null]]],
  [
    "each closes the last open JOIN",
    `${A} JOIN ${B} JOIN ${C} JOIN (SELECT 4 AS d) w ON c < d ON b < c ON a < b`,
    [["1", "2", "3", "4"]],
  ],
  ["over a CROSS JOIN, too", `${A} LEFT JOIN ${B} CROSS JOIN ${C} ON a > c`, [["1", null, null]]],
])("%s", async (_, from, expected) => {
  expect(await rows(`SELECT * FROM ${from}`)).toEqual(expected);
});

it.each([
  [`${A}, ${B} RIGHT JOIN ${C} ON TRUE`, "RIGHT JOIN must be parenthesized when following a comma join"],
  [`${A}, ${B} JOIN ${C} ON TRUE FULL JOIN ${C} ON TRUE`, "FULL JOIN must be parenthesized"],
  [`${A}, ${B} JOIN ${C} ON TRUE ON TRUE`, "Unexpected keyword ON"],
  [`${A} CROSS JOIN ${B} ON TRUE`, "ON clause cannot be used with CROSS JOIN"],
  [`${A} JOIN ${B} JOIN ${C} ON TRUE`, "INNER JOIN must have an immediately following ON or USING clause"],
])("refuses %s", (from, message) => {
  expect(() => translated(`SELECT * FROM ${from}`)).toThrow(message);
});

it("takes a FULL JOIN in parentheses after a comma", async () => {
  expect(await rows(`SELECT a, b, c FROM ${A}, (${B} FULL JOIN ${C} ON b = c) ORDER BY b`)).toEqual([
    ["1", null, "3"],
    ["1", "2", null],
  ]);
});
