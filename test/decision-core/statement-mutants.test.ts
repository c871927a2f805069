import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import * as scanner from "../../runner/googlesql/index.js";
import { duckDbOutsides } from "./duckdb-outside.js";
import { histories } from "./history.js";
import { live } from "./player.js";
import { examplesOf } from "./shown-by.js";
import { active, STATEMENT_MUTANTS } from "./statement-mutants.js";

// Each module of the runner as it is, but for the functions that the active mutation replaces.
vi.mock("../../runner/plan/decide.js", (original) => replaced(original, ["decide"]));
vi.mock("../../runner/decide/plan-project.js", (original) => replaced(original, ["planProject"]));
vi.mock("../../runner/project/user-functions.js", (original) => replaced(original, ["linkFunctions"]));
vi.mock("../../runner/engines/duckdb/exact-values.js", (original) => replaced(original, ["hashOfRow"]));

type AnyFunction = (...args: unknown[]) => unknown;

const replaced = vi.hoisted(() => async (original: () => Promise<unknown>, names: readonly string[]) => {
  const { active: switchboard } = await import("./statement-mutants.js");
  const real = (await original()) as Record<string, unknown>;
  const wrapped = names.map((name) => {
    const wrapper: AnyFunction = (...args) => {
      const mutant = (switchboard.mutation as Record<string, AnyFunction | undefined>)[name];
      return mutant === undefined ? (real[name] as AnyFunction)(...args) : mutant(real[name], ...args);
    };
    return [name, wrapper];
  });
  return { ...real, ...Object.fromEntries(wrapped) };
});

const ENOUGH = 400;

const outsides = await duckDbOutsides();
afterAll(() => outsides.remove());

describe("a bug that only an engine shows is caught by random histories", () => {
  afterEach(() => {
    active.mutation = {};
  });

  it.each(Object.entries(STATEMENT_MUTANTS))("one that %s", { timeout: 600_000 }, async (name, mutation) => {
    const outcome = await fc.check(
      fc.asyncProperty(histories("engine", 8), async (history) => {
        active.mutation = mutation;
        const outside = await outsides.open();
        try {
          await live(history, outside, scanner);
        } finally {
          await outside.close();
        }
      }),
      { numRuns: ENOUGH, endOnFailure: true, examples: examplesOf(name) },
    );
    expect(outcome.failed).toBe(true);
  });
});
