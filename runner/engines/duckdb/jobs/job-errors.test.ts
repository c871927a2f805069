import { expect, it } from "vitest";
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
