import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeDecisions } from "../../runner/report/decisions.js";
import { ROOT } from "../rig.js";

const dir = mkdtempSync(join(tmpdir(), "fastbreak-reason-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The sources of the runner, changed, as TypeScript sees them. */
function problemsWith(change: (reasons: string) => string): string {
  const isTest = (path: string) => /\.test\.ts$|test-support|\/testing\//.test(path);
  for (const folder of ["runner", "ingest"])
    cpSync(join(ROOT, folder), join(dir, folder), { recursive: true, filter: (path) => !isTest(path) });
  const reasons = join(dir, "runner", "graph", "reasons.ts");
  writeFileSync(reasons, change(readFileSync(reasons, "utf8")));
  const use =
    'import type { SkipReason } from "./graph/reasons.js";\nexport const MADE_UP: SkipReason = "too_late_today";\n';
  writeFileSync(join(dir, "runner", "use.ts"), use);
  const settings = JSON.parse(readFileSync(join(ROOT, "tsconfig.json"), "utf8"));
  writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({ ...settings, include: ["runner"] }));
  writeFileSync(join(dir, "package.json"), readFileSync(join(ROOT, "package.json")));
  return spawnSync(process.execPath, [join(ROOT, "node_modules/@typescript/native/bin/tsc"), "--noEmit", "-p", dir], {
    encoding: "utf8",
  }).stdout;
}

describe("a new reason to skip", () => {
  it("is one row of the table of reasons: nothing else of the runner has to know it", { timeout: 600_000 }, () => {
    symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
    expect(problemsWith((text) => text)).toContain('"too_late_today"');
    const row = '  too_late_today: { decision: "skip" },\n';
    expect(problemsWith((text) => text.replace("  unchanged: {", `${row}  unchanged: {`))).toBe("");
  });

  it("is told in its own words", () => {
    const made = { partition: "*", decision: "skip", reason: "too_late_today" } as unknown;
    expect(describeDecisions([made as Parameters<typeof describeDecisions>[0][number]])).toBe("too late today");
  });
});
