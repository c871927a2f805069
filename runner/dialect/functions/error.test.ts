import { expect, it } from "vitest";
import { queriesOnEngine } from "../test-support/queries.js";

const { rows, value } = queriesOnEngine();

it("fails with its message, and where that is NULL, too", async () => {
  await expect(rows("SELECT ERROR('because')")).rejects.toThrow("because");
  await expect(rows("SELECT ERROR(NULL)")).rejects.toThrow("ERROR function called with NULL value");
  await expect(
    rows("SELECT IF(x > 1, 'a', ERROR(s)) FROM UNNEST([STRUCT(1 AS x, '' AS s), (0, NULL)])"),
  ).rejects.toThrow();
});

it("is NULL of any type behind SAFE", async () => {
  expect(await rows("SELECT SAFE.ERROR('x'), COALESCE(SAFE.ERROR('x'), 'y')")).toEqual([[null, "y"]]);
});

it("what cannot fail is the same behind SAFE", async () => {
  expect(await value("SAFE.RAND() < 1 AND LENGTH(SAFE.GENERATE_UUID()) = 36")).toBe(true);
  expect(await value("SAFE.CURRENT_DATE() = CURRENT_DATE()")).toBe(true);
  expect(await value("SAFE.CURRENT_DATE('nowhere')")).toBeNull();
});
