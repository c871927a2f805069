import { afterEach, expect, it, vi } from "vitest";
import { EXIT } from "./exit.js";
import { reportError } from "./report-error.js";

let told = "";
vi.spyOn(process.stderr, "write").mockImplementation((text) => {
  told += String(text);
  return true;
});
afterEach(() => {
  told = "";
});

/** What `import()` of a file that is not there ends with. */
function notFound(url: string): Error {
  return Object.assign(new Error("Cannot find module"), { code: "ERR_MODULE_NOT_FOUND", url });
}

it("tells in one line that parts of the program have been replaced under it", () => {
  expect(reportError(notFound(new URL("./alerts-0000.js", import.meta.url).href), "/")).toBe(EXIT.bug);
  expect(told).toMatch(/^fastbreak: files of fastbreak itself are gone: it was upgraded .*; run it again, .*\n$/);
});

it("keeps the whole trace of any other missing module", () => {
  reportError(notFound("file:///somewhere/else.js"), "/");
  expect(told).toMatch(/internal error, please report it:\nError: Cannot find module\n {4}at /);
});
