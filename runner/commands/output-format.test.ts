import { expect, it } from "vitest";
import { repeatedFlagsOf } from "./output-format.js";

it.each([
  [{}, ""],
  [{ date: "2024-01-01" }, " --date 2024-01-01"],
  [{ from: "2024-01-01", to: "2024-01-02", defer: false }, " --from 2024-01-01 --to 2024-01-02"],
  [{ schemaSuffix: "dev", defer: true, vars: "a=1" }, " --schema-suffix dev --vars a=1 --defer"],
  [{ environment: "prod", var: ["a=1", "b=x y"] }, ' --environment prod --var a=1 --var "b=x y"'],
])("writes %j as flags again", (options, flags) => {
  expect(repeatedFlagsOf(options)).toBe(flags);
});
