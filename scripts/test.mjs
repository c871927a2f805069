// npm test: every test; ends with "N passed, N failed" on a line of its own.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const report = `${root}node_modules/.cache/vitest-report.json`;

makeReady();
const checks = [
  ["node_modules/@biomejs/biome/bin/biome", "check", "."],
  ["node_modules/@typescript/native/bin/tsc", "--noEmit"],
  [
    "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
    "--config",
    ".dependency-cruiser.cjs",
    "runner",
    "ingest",
    "training",
    "bench",
  ],
];
const endings = await Promise.all(checks.map(ended));
const failedChecks = endings.filter((status) => status !== 0).length;
rmSync(report, { force: true });
const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--project=unit",
  "--project=unit-long",
  "--project=e2e",
  "--project=e2e-mocking",
  // Most tests wait for a command, and a command now and then for the disk.
  `--maxWorkers=${availableParallelism() + 1}`,
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
];
const { status } = spawnSync(process.execPath, vitest, { cwd: root, stdio: "inherit" });

const counts = readCounts();
for (const title of counts.skipped) console.log(`skipped  ${title}`);
for (const file of counts.unfinished) console.log(`not ended  ${file}: its process died`);
const failed = counts.failed + failedChecks + (status !== 0 && counts.failed === 0 ? 1 : 0);
console.log(`${counts.passed + checks.length - failedChecks} passed, ${failed} failed`);
process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;

/** @returns the exit code, when the process has ended; what it says comes in one piece, as others say something meanwhile */
async function ended(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  for (const output of [child.stdout, child.stderr]) output.on("data", (part) => said.push(part));
  const [status] = await once(child, "close");
  process.stdout.write(Buffer.concat(said));
  return status;
}

function readCounts() {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    const skipped = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === "skipped");
    return {
      // The reporter counts what is skipped and does not name it. A skipped group is one line.
      skipped: new Set(
        skipped.map(({ ancestorTitles, title }) => ancestorTitles.find((name) => name.includes("skipped")) ?? title),
      ),
      // What no one skipped and what has no end either was in a process that died.
      unfinished: testResults
        .filter(({ assertionResults }) => assertionResults.some(({ status }) => status === "pending"))
        .map(({ name }) => relative(root, name)),
      passed: numPassedTests,
      failed: Math.max(numFailedTests, numFailedTestSuites > 0 && numFailedTests === 0 ? numFailedTestSuites : 0),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: [], unfinished: [] };
  }
}
