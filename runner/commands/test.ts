import { nearestName } from "../port/nearest.js";
import type { ManifestAction } from "../project/manifest.js";
import { alignColumns, type Colors, colorsFor, duration, plainLine, plural, writeLines } from "../report/text.js";
import { loadPlace } from "../session/load-place.js";
import { findPlace } from "../session/place.js";
import { runInScratch, unitTestsOf } from "../session/scratch-tests.js";
import { withProject } from "../session/session.js";
import type { TestResult } from "../unit-tests/run-tests.js";
import { onOff, text, wholeNumber } from "./arguments/flags.js";
import { IDLE_DATAFORM_FLAGS, OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { tellIdleFlags } from "./idle-flags.js";
import { type CommonOptions, placeOf } from "./selection-options.js";
import { windowOf } from "./window.js";

/** Rows of a model for which `--from` writes a test. */
const CHOSEN_ROWS = 3;
/** Cells that are shown of one failing test. */
const SHOWN_DIFFERENCES = 20;

export const command = defineCommand({
  positionals: [{ name: "names", describe: "tests to run; default: all", many: true }],
  flags: withCommon({
    from: text("instead write a unit test of this table or view out of rows of the warehouse"),
    rows: wholeNumber(`with --from: rows of it that are chosen; default: ${CHOSEN_ROWS}`, 1, 100),
    date: text("with --from: only rows of this date"),
    write: onOff("with --from: into definitions/tests, and run it"),
    ...OVERRIDE_FLAGS,
    credentials: IDLE_DATAFORM_FLAGS.credentials,
  }),
  examples: ["fastbreak test stg_games_test", "fastbreak test --from stg_games --write"],

  async execute({ flags: options, words }): Promise<number> {
    if (options.from !== undefined) return writeTest(options.from, options, words);
    const needless = options.write ? "--write" : options.rows !== undefined ? "--rows" : options.date && "--date";
    if (needless) throw usageError(`${needless} goes with --from MODEL; give that too`);
    const place = findPlace(placeOf(options));
    tellIdleFlags(options, place.engine);
    const { manifest } = await loadPlace(place);
    const tests = selectTests(manifest.actions, words);
    const results = await runInScratch(place, manifest, tests);
    if (options.json) process.stdout.write(`${JSON.stringify(document(results))}\n`);
    else writeLines(process.stdout, report(results), 4);
    return results.every(({ status }) => status === "passed") ? EXIT.done : EXIT.failed;
  },
});

interface WriteOptions extends CommonOptions {
  readonly rows: number | undefined;
  readonly date: string | undefined;
  readonly write: boolean;
}

/** Prints a new unit test, or writes it into the project and runs it. */
async function writeTest(model: string, options: WriteOptions, words: readonly string[]): Promise<number> {
  if (words.length > 0) throw usageError("test --from takes one model and no names of tests");
  const { saveTest, writtenTest } = await import("../session/write-test.js");
  const window = windowOf({ date: options.date, from: undefined, to: undefined });
  const { written, projectDir } = await withProject(placeOf(options), async (session) => ({
    written: await writtenTest(session, model, { rows: options.rows ?? CHOSEN_ROWS, window }),
    projectDir: session.projectDir,
  }));
  const given = written.inputs.map(({ relation, rows }) => `${plural(rows, "row")} of ${relation}`).join(", ");
  const told = `${written.fileName}: ${plural(written.expected, "row")} expected of ${given || "nothing"}`;
  if (!options.write) {
    if (options.json) process.stdout.write(`${JSON.stringify({ ...written, written: false })}\n`);
    else process.stdout.write(written.text);
    if (!options.json) writeLines(process.stderr, [`note: ${told}; --write puts it there`]);
    return EXIT.done;
  }
  saveTest(projectDir, written);
  const place = findPlace(placeOf(options));
  const { manifest } = await loadPlace(place);
  const tests = unitTestsOf(manifest.actions).filter(({ fileName }) => fileName === written.fileName);
  const results = await runInScratch(place, manifest, tests);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...written, written: true, ...document(results) })}\n`);
  else writeLines(process.stdout, [told, ...report(results)], 4);
  return results.length > 0 && results.every(({ status }) => status === "passed") ? EXIT.done : EXIT.failed;
}

/** Tests that a message can name. */
const FEW = 12;

function selectTests(actions: readonly ManifestAction[], names: readonly string[]): ManifestAction[] {
  const tests = unitTestsOf(actions);
  const known = tests.map(({ target }) => target.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    const list = known.length > FEW ? "fastbreak test runs them all" : `known: ${known.join(", ")}`;
    const hint = near === undefined ? list : `did you mean ${near}?`;
    throw usageError(`there is no unit test ${name}; ${known.length === 0 ? "the project has none" : hint}`);
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
