import { expect, it } from "vitest";
import { columnsOf } from "./schema.js";

it("reads parameters and collations of columns", () => {
  const { columns, foreign } = columnsOf([
    { name: "a", type: "STRING", collation: "und:ci" },
    { name: "b", type: "STRING", maxLength: "3", collation: "und:ci" },
    { name: "c", type: "STRING", collation: "" },
    { name: "d", type: "STRING", mode: "REPEATED", collation: "und:ci" },
    { name: "e", type: "NUMERIC", precision: "5", scale: "2" },
  ]);
  expect(foreign).toEqual([]);
  expect(columns).toEqual([
    { name: "a", type: "STRING", declared: "STRING COLLATE 'und:ci'" },
    { name: "b", type: "STRING", declared: "STRING(3) COLLATE 'und:ci'" },
    { name: "c", type: "STRING" },
    { name: "d", type: { kind: "array", element: "STRING" } },
    { name: "e", type: "NUMERIC", declared: "NUMERIC(5, 2)" },
  ]);
});
