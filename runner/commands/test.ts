import { closest } from "fastest-levenshtein";
import type { ManifestAction } from "../project/manifest.js";
import { alignColumns, type Colors, colorsFor, duration, plainLine, plural, writeLines } from "../report/text.js";
import { loadPlace } from "../session/load-place.js";
import { findPlace } from "../session/place.js";
import { runInScratch, unitTestsOf } from "../session/scratch-tests.js";
import type { TestResult } from "../unit-tests/run-tests.js";
import { IDLE_DATAFORM_FLAGS, OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { tellIdleFlags } from "./idle-flags.js";
import { placeOf } from "./selection-options.js";

/** Cells that are shown of one failing test. */
const SHOWN_DIFFERENCES = 20;

export const command = defineCommand({
  positionals: [{ name: "names", describe: "tests to run; default: all", many: true }],
  flags: withCommon({ ...OVERRIDE_FLAGS, credentials: IDLE_DATAFORM_FLAGS.credentials }),
  examples: ["fastbreak test stg_games_test"],

  async execute({ flags: options, words }): Promise<number> {
    const place = findPlace(placeOf(options));
    tellIdleFlags(options, place.engine.name);
    const { manifest } = await loadPlace(place);
    const tests = selectTests(manifest.actions, words);
    const results = await runInScratch(place, manifest, tests);
    if (options.json) process.stdout.write(`${JSON.stringify(document(results))}\n`);
    else writeLines(process.stdout, report(results), 4);
    return results.every(({ status }) => status === "passed") ? EXIT.done : EXIT.failed;
  },
});

function selectTests(actions: readonly ManifestAction[], names: readonly string[]): ManifestAction[] {
  const tests = unitTestsOf(actions);
  const known = tests.map(({ target }) => target.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = known.length === 0 ? "the project has none" : `did you mean ${closest(name, known)}?`;
    throw usageError(`there is no unit test ${name}; ${hint}`);
  }
  return names.length === 0 ? tests : tests.filter(({ target }) => names.includes(target.name));
}

function document(results: readonly TestResult[]) {
  return {
    tests: results.map(({ name, fileName, status, message, differences, durationMs }) => ({
      name,
      file: fileName,
      status,
      message: message ?? null,
      differences,
      duration_ms: Math.round(durationMs),
    })),
    totals: {
      passed: results.filter(({ status }) => status === "passed").length,
      failed: results.filter(({ status }) => status !== "passed").length,
    },
  };
}

function report(results: readonly TestResult[]): string[] {
  const colors = colorsFor(process.stdout);
  const failed = results.filter(({ status }) => status !== "passed").length;
  const total = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return [
    ...results.flatMap((result) => lines(result, colors)),
    `${plural(results.length, "test")}: ${results.length - failed} passed, ${failed} failed | ${duration(total)}`,
  ];
}

function lines({ name, fileName, status, message, differences }: TestResult, colors: Colors): string[] {
  if (status === "passed") return [`${colors.green("passed")}  ${name}`];
  const table = alignColumns([
    ["    row", "column", "expected", "actual"],
    ...differences
      .slice(0, SHOWN_DIFFERENCES)
      .map(({ row, column, expected, actual }) => [`    ${row + 1}`, column, plainLine(expected), plainLine(actual)]),
  ]);
  const more = differences.length - SHOWN_DIFFERENCES;
  return [
    `${colors.red("failed")}  ${name}  (${fileName}): ${plainLine(message ?? "")}`,
    ...(differences.length > 0 ? table : []),
    ...(more > 0 ? [`    and ${plural(more, "more difference")}`] : []),
  ];
}
