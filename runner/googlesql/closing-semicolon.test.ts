import { expect, it } from "vitest";
import { openQuery } from "./closing-semicolon.js";

it("cuts a query off where a semicolon closes it", () => {
  expect(openQuery(" SELECT 1; -- one\n")).toBe("SELECT 1");
  expect(openQuery("SELECT 1 -- one\n;;/* two; */")).toBe("SELECT 1 -- one");
  expect(openQuery("SELECT 1 AS x;")).toBe("SELECT 1 AS x");
});

it("leaves what is closed by no semicolon", () => {
  for (const sql of [
    "SELECT ';' AS x",
    "SELECT 1 -- one;",
    "SELECT 1; SELECT 2",
    "SELECT 'open;",
    "DECLARE x INT64; SELECT x",
  ])
    expect(openQuery(sql)).toBe(sql);
});
