import { expect, it } from "vitest";
import { ScriptError } from "../../../dialect/script/errors.js";
import { EngineError } from "../../../port/engine-error.js";
import { jobError } from "./job-errors.js";

it.each([
  ["Not found: Dataset p:d", ["p", "d"]],
  ["Not found: Dataset d", ["d"]],
  ["Not found: Table p.d.t", ["p", "d", "t"]],
])("tells the parts of a name apart: %s", (message, path) => {
  const error = jobError(new EngineError("sql", message), new AbortController().signal, false);
  expect(error).toMatchObject({ object: { path } });
});

it("tells a name apart from the places that led to the error", () => {
  const error = new ScriptError("Table not found: nope", 3, 1, 40, "", " [in procedure d.p at 2:15]");
  expect(jobError(error, new AbortController().signal, true)).toMatchObject({
    message: "Table not found: nope [in procedure d.p at 2:15]",
    object: { kind: "Table", path: ["nope"] },
  });
});
