import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FastbreakError } from "./errors.js";
import { openProject } from "./project.js";
import { planRequest } from "./requests.js";

describe("a window", () => {
  it("is a range of dates", () => {
    expect(planRequest("run", { window: { from: "2024-02-28", to: "2024-02-29" } }).window).toEqual({
      from: "2024-02-28",
      to: "2024-02-29",
    });
  });

  it.each([
    ["x", "2024-01-01", "window.from x is not a calendar date; write it as YYYY-MM-DD"],
    ["2024-01-01", "2024-02-30", "window.to 2024-02-30 is not a calendar date; write it as YYYY-MM-DD"],
    ["2024-1-1", "2024-01-02", "window.from 2024-1-1 is not a calendar date; write it as YYYY-MM-DD"],
    ["0000-12-31", "2024-01-02", "window.from 0000-12-31 is not a calendar date; write it as YYYY-MM-DD"],
    ["2024-01-05", "2024-01-01", "window.from 2024-01-05 is after window.to 2024-01-01"],
  ])("%s to %s is refused", (from, to, problem) => {
    expect(() => planRequest("run", { window: { from, to } })).toThrow(problem);
  });
});

/** What a caller without types gets. */
async function refusal(work: () => Promise<unknown>): Promise<string> {
  const cause = await work().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(FastbreakError);
  const { code, message } = cause as FastbreakError;
  expect([code, message.split("\n").length]).toEqual(["usage", 1]);
  return message;
}

describe("arguments that make no sense", () => {
  const folder = mkdtempSync(join(tmpdir(), "requests-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["x", 'openProject: the options must be an object, not "x"'],
    [null, "openProject: the options must be an object, not null"],
    [{ dir: "x" }, "openProject: dir is no option"],
    [{ projectDir: 7 }, "openProject: projectDir must be a text, not 7"],
    [{ threads: "2" }, 'openProject: threads must be a number, not "2"'],
    [{ overrides: { vars: { a: 1 } } }, "openProject: overrides.vars.a must be a text, not 1"],
    [{ overrides: { suffix: "dev" } }, "openProject: overrides.suffix is no option"],
  ])("of a project are refused by name: %j", async (options, message) => {
    expect(await refusal(() => openProject(options as never))).toContain(message);
  });

  it.each([
    [{ select: "roll" }, 'must be an array of texts, not "roll"', "select"],
    [{ exclude: [7] }, "must be a text, not 7", "exclude.0"],
    [{ selct: ["roll"] }, "is no option", "selct"],
    [{ upstream: "no" }, 'must be true or false, not "no"', "upstream"],
    [{ window: "2024-01-01" }, 'must be an object, not "2024-01-01"', "window"],
    [null, "must be an object, not null", "the options"],
  ])("of a call are refused by name: %j", async (request, message, name) => {
    writeFileSync(join(folder, "dataform.json"), JSON.stringify({ warehouse: "bigquery", defaultSchema: "d" }));
    const project = await openProject({ projectDir: folder });
    for (const call of ["plan", "run", "verify"] as const)
      expect(await refusal(() => project[call](request as never))).toContain(`${call}: ${name} ${message}`);
    expect(await refusal(() => project.plan({ failFast: true } as never))).toContain("plan: failFast is no option");
    expect(await refusal(() => project.transaction("x", "y" as never))).toContain(
      "transaction: work must be a function",
    );
  });
});
