import type { Command } from "commander";
import { closest } from "fastest-levenshtein";
import type { ManifestAction } from "../project/manifest.js";
import { alignColumns, type Colors, colorsFor, duration, plainLine, plural } from "../report/text.js";
import { findPlace } from "../session/place.js";
import type { TestResult } from "../unit-tests/run-tests.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { overridesOf } from "./selection-options.js";

interface TestOptions extends CommonOptions {
  readonly var?: string[];
  readonly vars?: string[];
  readonly schemaSuffix?: string;
}

/** Cells that are shown of one failing test. */
const SHOWN_DIFFERENCES = 20;

export const command: CommandModule = {
  configure(command: Command): void {
    command
      .argument("[names...]", "tests to run; default: all")
      .option("--var <name=value...>", "a project variable")
      .option("--vars <pairs>", "project variables, a=1,b=2", (text: string) => text.split(","))
      .option("--schema-suffix <suffix>", "append _suffix to every dataset")
      .addHelpText("after", "\nExample:\n  fastbreak test stg_games_test");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<TestOptions>();
    const { projectDir, engine } = findPlace(options);
    const { openScratch } = engine;
    if (openScratch === undefined)
      throw usageError(`--target ${engine.name} has no warehouse of its own for unit tests`);
    const [{ loadProject }, { createFunctions, runUnitTests }] = await Promise.all([
      import("../project/load-project.js"),
      import("../unit-tests/run-tests.js"),
    ]);
    const { manifest } = await loadProject({ projectDir, overrides: overridesOf(options) });
    const tests = selectTests(manifest.actions, command.args);
    const warehouse = await openScratch();
    try {
      await createFunctions(warehouse, manifest.actions);
      const results = await runUnitTests(warehouse, tests);
      process.stdout.write(options.json ? `${JSON.stringify(document(results))}\n` : `${report(results).join("\n")}\n`);
      return results.every(({ status }) => status === "passed") ? EXIT.done : EXIT.failed;
    } finally {
      await warehouse.close();
    }
  },
};

function selectTests(actions: readonly ManifestAction[], names: readonly string[]): ManifestAction[] {
  const tests = actions.filter(({ type, disabled }) => type === "test" && !disabled);
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
