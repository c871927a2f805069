import { UserError } from "../graph/user-error.js";
import { projectNames } from "../project/foreign-relations.js";
import type { Manifest, ManifestAction } from "../project/manifest.js";
import type { TestResult } from "../unit-tests/run-tests.js";
import type { Place } from "./place.js";

/**
 * Runs unit tests in a warehouse that is made for them and gone behind them.
 * @param manifest the whole project, whose functions the tests may call
 * @throws UserError when the engine has no such warehouse
 */
export async function runInScratch(
  { engine }: Place,
  manifest: Manifest,
  tests: readonly ManifestAction[],
): Promise<TestResult[]> {
  const { openScratch } = engine;
  if (openScratch === undefined)
    throw new UserError(`--target ${engine.name} has no warehouse of its own for unit tests`);
  const { createFunctions, runUnitTests } = await import("../unit-tests/run-tests.js");
  const warehouse = await openScratch(projectNames(manifest));
  try {
    await createFunctions(warehouse, manifest);
    return await runUnitTests(warehouse, tests);
  } finally {
    await warehouse.close();
  }
}

/** The unit tests of a project that are not disabled. */
export function unitTestsOf(actions: readonly ManifestAction[]): ManifestAction[] {
  return actions.filter(({ type, disabled }) => type === "test" && !disabled);
}
