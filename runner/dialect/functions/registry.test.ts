import { expect, it } from "vitest";
import { googleSqlFunctions } from "../../googlesql/function-names.js";
import { functionNames } from "./registry.js";

it("defines every function that scanning takes for GoogleSQL's, and no other", () => {
  expect([...functionNames()].sort()).toEqual([...googleSqlFunctions()]);
});
