import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { type Rig, ROOT } from "./rig.js";
import { projectOf } from "./small-project.js";

const rigs: Rig[] = [];
afterAll(() => rigs.forEach((rig) => void rig.remove()));

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** The sources that the built files hold which a command loads, by its own account of what has run. */
function loadedBy(rig: Rig, ...args: readonly string[]): ReadonlySet<string> {
  const folder = mkdtempSync(join(rig.dir, "coverage-"));
  const { status } = spawnSync(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), ...args], {
    cwd: rig.dir,
    // The one script of Node 20 holds everything, whatever of it runs.
    env: { ...process.env, NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: "1" },
  });
  expect(status).toBe(0);
  const reports = readdirSync(folder).map((report) => readFileSync(join(folder, report), "utf8"));
  const scripts = reports.flatMap((report) => (JSON.parse(report) as Coverage).result);
  const built = scripts.filter(({ url }) => url.startsWith("file:") && url.includes("/dist/"));
  return new Set(
    built.flatMap(({ url }) =>
      [...readFileSync(fileURLToPath(url), "utf8").matchAll(/^\/\/ (runner\/\S+)$/gm)].map(([, source = ""]) => source),
    ),
  );
}

/** What is needed to build something, and most of what there is to load. */
const TO_BUILD = [
  "runner/dialect/script/script.ts",
  "runner/dialect/runtime/functions.ts",
  "runner/execute/compose.ts",
  "runner/googlesql/parser/expression.ts",
];

it("loads neither the dialect nor what builds models for a run that has nothing to do", async () => {
  const totals = 'config { type: "table" }\nSELECT day, SUM(n) AS total FROM ${ref("raw", "numbers")} GROUP BY day';
  const rig = await projectOf({ totals });
  rigs.push(rig);
  const building = loadedBy(rig, "run");
  expect(TO_BUILD.filter((source) => !building.has(source))).toEqual([]);
  const idle = loadedBy(rig, "run");
  expect(idle.size).toBeGreaterThan(50);
  expect([...idle].filter((source) => TO_BUILD.includes(source))).toEqual([]);
});

it("takes what was compiled by whoever runs the same build another way, as one script or as modules", async () => {
  const rig = await projectOf({});
  rigs.push(rig);
  await rig.run([]);
  const { stdout } = await rig.process({ NODE_DISABLE_COMPILE_CACHE: "1" }, "run", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ compiled: false });
});
