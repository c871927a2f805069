import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

/** A STRUCT of every name that an alias of a translated query could have, each with a field of the name that the outer query asks for. */
const NAMES = ["s", "u", "l", "r", ...Array.from({ length: 9 }, (_, index) => `t${index + 1}`)];
const INNER = `(SELECT 1 AS id, ${NAMES.map((name) => `STRUCT(9 AS id, 9 AS v) AS ${name}`).join(", ")})`;
const OUTER = "(SELECT 1 AS id, 5 AS v UNION ALL SELECT 2, 6) AS outside";

it.each([
  ["EXISTS", `SELECT v FROM ${OUTER} WHERE EXISTS (SELECT 1 FROM ${INNER} AS b WHERE b.id = outside.id)`],
  ["a scalar", `SELECT v FROM ${OUTER} WHERE (SELECT MAX(b.id + outside.id) FROM ${INNER} AS b) = 2`],
  ["IN", `SELECT v FROM ${OUTER} WHERE 10 - outside.v IN (SELECT b.t1.id - 4 * outside.id FROM ${INNER} AS b)`],
  ["a join", `SELECT outside.v FROM ${OUTER} JOIN ${INNER} AS b ON b.id = outside.id`],
])("a name of the outer query is no field of an inner column: %s", async (_, sql) => {
  expect((await rows(sql)).map(String)).toEqual(["5"]);
});
