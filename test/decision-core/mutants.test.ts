import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunnableAction } from "../../runner/graph/action.js";
import { histories } from "./history.js";
import { manyOf } from "./many.js";
import { memoryOutside } from "./memory-outside.js";
import { active, MUTANTS } from "./mutants.js";
import { live } from "./player.js";
import { examplesOf } from "./shown-by.js";

// Each module of the runner as it is, but for the functions that the active mutation replaces.
vi.mock("../../runner/plan/decide.js", (original) => replaced(original, ["decide", "outputVersion"]));
vi.mock("../../runner/plan/input-hash.js", (original) => replaced(original, ["inputHashes"]));
vi.mock("../../runner/plan/input-ranges.js", (original) => replaced(original, ["inputRanges"]));
vi.mock("../../runner/plan/needs.js", (original) => replaced(original, ["needsOf"]));
vi.mock("../../runner/plan/coverage.js", (original) => replaced(original, ["stretchesOf", "partitionsIn", "setOf"]));
vi.mock("../../runner/observe/inputs.js", (original) => replaced(original, ["digestedColumns", "columnsDigest"]));
vi.mock("../../runner/observe/snapshot.js", (original) => replaced(original, ["readSnapshot"]));
vi.mock("../../runner/execute/compose.js", (original) => replaced(original, ["composeBuild"]));
vi.mock("../../runner/execute/plan-events.js", (original) => replaced(original, ["standingOf"]));
vi.mock("../../runner/graph/audits.js", (original) => replaced(original, ["auditsByHost"]));
vi.mock("../../runner/execute/build.js", (original) => replaced(original, ["build"]));
vi.mock("../../runner/decide/plan-project.js", (original) => replaced(original, ["planProject"]));
vi.mock("../../runner/project/link-reads.js", (original) => replaced(original, ["linkReads"]));
vi.mock("../../runner/state/model-state.js", (original) => replaced(original, ["recordModelStates"]));
vi.mock("../../runner/execute/run-changes.js", async (original) => {
  const { active: switchboard } = await import("./mutants.js");
  const real = await original<typeof import("../../runner/execute/run-changes.js")>();
  class RunChanges extends real.RunChanges {
    override mayBeDecidedOtherwise(action: RunnableAction): boolean {
      const known = (one: RunnableAction) => super.mayBeDecidedOtherwise(one);
      return switchboard.mutation.mayBeDecidedOtherwise?.(known, action, this) ?? known(action);
    }
  }
  return { ...real, RunChanges };
});

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

describe("a planner bug is caught by random histories", () => {
  afterEach(() => {
    active.mutation = {};
  });

  it.each(Object.entries(MUTANTS))("one that %s", async (name, mutation) => {
    const outcome = await fc.check(
      fc.asyncProperty(histories("memory", 12), async (history) => {
        active.mutation = mutation();
        await live(history, memoryOutside());
      }),
      { ...manyOf(process.env.FASTBREAK_MUTANT_HISTORIES, 4_000), endOnFailure: true, examples: examplesOf(name) },
    );
    expect(outcome.failed).toBe(true);
  });
});
