import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { histories, live } from "./history.js";
import { memoryOutside } from "./memory-outside.js";
import { active, MUTANTS } from "./mutants.js";

// Each module of the runner as it is, but for the one function that the active mutation replaces.
vi.mock("../../runner/plan/decide.js", (original) => replaced(original, ["decide"]));
vi.mock("../../runner/plan/input-hash.js", (original) => replaced(original, ["inputHashes"]));
vi.mock("../../runner/plan/digest-needs.js", (original) => replaced(original, ["inputRanges"]));
vi.mock("../../runner/plan/whole.js", (original) => replaced(original, ["wholeWhereDatesAreUnknown"]));
vi.mock("../../runner/observe/snapshot.js", (original) => replaced(original, ["readSnapshot"]));
vi.mock("../../runner/execute/compose.js", (original) => replaced(original, ["composeBuild"]));
vi.mock("../../runner/graph/audits.js", (original) => replaced(original, ["auditsByHost"]));
vi.mock("../../runner/execute/build.js", (original) => replaced(original, ["build"]));
vi.mock("../../runner/decide/plan-project.js", (original) => replaced(original, ["planProject"]));
vi.mock("../../runner/state/model-state.js", (original) => replaced(original, ["recordModelStates"]));

type AnyFunction = (...args: unknown[]) => unknown;

const replaced = vi.hoisted(() => async (original: () => Promise<unknown>, names: readonly string[]) => {
  const { active: switchboard } = await import("./mutants.js");
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

const ENOUGH = 6_000;

describe("a planner bug is caught by random histories", () => {
  afterEach(() => {
    active.mutation = {};
  });

  it.each(Object.entries(MUTANTS))("one that %s", async (_name, mutation) => {
    const outcome = await fc.check(
      fc.asyncProperty(histories(true, 12), async (history) => {
        active.mutation = mutation();
        await live(history, memoryOutside());
      }),
      { numRuns: ENOUGH, endOnFailure: true },
    );
    expect(outcome.failed).toBe(true);
  });
});
