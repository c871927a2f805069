import { quoteKey } from "../googlesql/quote.js";
import { EngineError } from "../port/engine-error.js";
import type { QueryResult, Warehouse } from "../port/port.js";
import type { Manifest, ManifestAction } from "../project/manifest.js";
import { type CellDifference, compareResults } from "./compare.js";

/** What became of one unit test. */
export interface TestResult {
  readonly name: string;
  readonly fileName: string;
  readonly status: "passed" | "failed" | "error";
  /** Why it did not pass; undefined: it passed. */
  readonly message: string | undefined;
  readonly differences: readonly CellDifference[];
  readonly durationMs: number;
}

/**
 * Creates the persistent functions of the project's operations, which the tested queries may call. A function that needs what is not
 * there is left out: whoever calls it will say so.
 */
export async function createFunctions(
  warehouse: Warehouse,
  { actions, homeProject }: Pick<Manifest, "actions" | "homeProject">,
): Promise<void> {
  const { declaredFunctions } = await import("../googlesql/declared-functions.js");
  const scripts = actions.flatMap(({ operations, preOps, postOps }) => [...operations, ...preOps, ...postOps]);
  let waiting = [
    ...declaredFunctions(
      scripts.filter((sql) => /\bfunction\b/i.test(sql)),
      homeProject,
    ).values(),
  ];
  for (const dataset of new Set(waiting.map((declared) => declared.dataset)))
    await warehouse.script(`CREATE SCHEMA IF NOT EXISTS ${quoteKey(dataset)}`);
  // One may call another that stands behind it.
  for (let before = Number.POSITIVE_INFINITY; waiting.length < before; ) {
    before = waiting.length;
    const failed: typeof waiting = [];
    for (const declared of waiting) {
      try {
        await warehouse.script(declared.text);
      } catch (cause) {
        if (!(cause instanceof EngineError)) throw cause;
        failed.push(declared);
      }
    }
    waiting = failed;
  }
}

/** Runs Dataform unit tests, one after the other, each on its own; a test that cannot run is an `error`, not an exception. */
export async function runUnitTests(warehouse: Warehouse, tests: readonly ManifestAction[]): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of tests) {
    const started = performance.now();
    const outcome = await runTest(warehouse, test);
    results.push({
      name: test.target.name,
      fileName: test.fileName,
      ...outcome,
      durationMs: performance.now() - started,
    });
  }
  return results;
}

type Outcome = Pick<TestResult, "status" | "message" | "differences">;

async function runTest(warehouse: Warehouse, test: ManifestAction): Promise<Outcome> {
  try {
    const actual = await answer(warehouse, test.query ?? "", "the tested query on its inputs");
    const expected = await answer(warehouse, test.expectedQuery ?? "", "the expected rows");
    const comparison = compareResults(actual, expected);
    if (comparison.equal) return { status: "passed", message: undefined, differences: [] };
    return { status: "failed", message: comparison.message, differences: comparison.differences };
  } catch (cause) {
    if (!(cause instanceof TestQueryError)) throw cause;
    return { status: "error", message: cause.message, differences: [] };
  }
}

class TestQueryError extends Error {}

async function answer(warehouse: Warehouse, sql: string, what: string): Promise<QueryResult> {
  try {
    return await warehouse.transaction((transaction) => transaction.query(sql));
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const { line, column, message } = cause;
    if (line === undefined) throw new TestQueryError(`${what}: ${message}`);
    const near = sql.split("\n")[line - 1]?.trim() ?? "";
    throw new TestQueryError(`${what}, line ${line}, column ${column}: ${message}; near: ${near}`);
  }
}
