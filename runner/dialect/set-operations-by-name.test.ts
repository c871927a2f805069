import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

it("FULL has the columns of both sides, also where they share none", async () => {
  expect(await rows("SELECT 1 AS a FULL UNION ALL BY NAME SELECT 3 AS c")).toEqual([
    ["1", null],
    [null, "3"],
  ]);
});

it("LEFT needs a column that both sides have", () => {
  const sql = "SELECT 1 AS a LEFT UNION ALL BY NAME SELECT 3 AS c";
  expect(() => translated(sql)).toThrow("There is no shared column");
});
