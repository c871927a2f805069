import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, value } = queriesOnEngine();

const FROM = "FROM UNNEST([INTERVAL 1 DAY, INTERVAL '1 2' DAY TO HOUR, INTERVAL 1 DAY, NULL]) AS x";

it("DISTINCT is of whole values, which may have equal parts", async () => {
  expect(await value("CAST(SUM(DISTINCT x) AS STRING)", FROM)).toBe("0-0 2 2:0:0");
  expect(await value("CAST(AVG(DISTINCT x) AS STRING)", FROM)).toBe("0-0 1 1:0:0");
  expect(await value("CAST(SUM(DISTINCT x) OVER () AS STRING)", FROM)).toBe("0-0 2 2:0:0");
  expect(await value("CAST(AVG(DISTINCT x HAVING MAX x) AS STRING)", FROM)).toBe("0-0 1 2:0:0");
});

it("of no values is NULL", async () => {
  expect(await rows(`SELECT SUM(DISTINCT x), AVG(DISTINCT x) ${FROM} WHERE x IS NULL`)).toEqual([[null, null]]);
});
