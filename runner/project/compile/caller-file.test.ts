import { expect, it } from "vitest";
import { askingForCallerFile } from "./caller-file.js";

const MESSAGE = '"Unable to find valid caller file; please report this issue."';

it("lets a release that knows only the stack ask for the current file", () => {
  const bundle = `function f(e){let q;if(!q)throw new Error(${MESSAGE});return q}`;
  const f = new Function(`${askingForCallerFile(bundle)};return f`)() as () => string;
  expect(() => f()).toThrow("Unable to find valid caller file");
  const root = globalThis as { __dataform_current_file?: string };
  root.__dataform_current_file = "definitions/a.js";
  expect(f()).toBe("definitions/a.js");
  delete root.__dataform_current_file;
});

it("leaves a release alone that asks by itself", () => {
  const bundle = `if(!t){if(!global.__dataform_current_file)throw new Error(${MESSAGE});t=global.__dataform_current_file}`;
  expect(askingForCallerFile(bundle)).toBe(bundle);
});
