import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRefusal } from "./expect-refusal.js";
import { Fixture } from "./fixture.js";
import { inProcess } from "./in-process.js";
import { PLACES } from "./places.js";
import type { PlacedUse } from "./project-files.js";

/** The tests of some kinds of wrong use, through the real binary or in this process. */
export function describePlaces(kinds: readonly (keyof typeof PLACES)[], isBinary: boolean): void {
  let fixture: Fixture;
  let before: string;
  beforeAll(async () => {
    fixture = await Fixture.made();
    before = fixture.digest();
  });
  afterAll(() => fixture.remove());

  const used = async ({ args, files, prepare }: PlacedUse) => {
    const isChanged = files !== undefined || prepare !== undefined;
    // What runs side by side needs a warehouse of its own.
    const dir = isChanged || isBinary ? fixture.variant(files ?? {}, prepare) : fixture.project;
    const words = args.map((argument) => argument.replace("ODD", `${fixture.root}/odd`));
    const finished = await (isBinary ? fixture.binary(words, dir) : inProcess(words, dir));
    if (!isChanged) expect(fixture.digest(dir)).toBe(before);
    return finished;
  };

  describe.each(kinds)("%s", (kind) => {
    const test = isBinary ? it.concurrent : it;
    const uses = (PLACES[kind] ?? []).map(
      (use, index) => [`${index}: ${JSON.stringify(use.args).slice(0, 100)}`, use] as const,
    );
    test.each(uses)("%s", async (_name, use) => {
      expectRefusal(await used(use), use);
    });
  });

  describe("afterwards", () => {
    it("the warehouse and the project are as they were", () => {
      expect(fixture.digest()).toBe(before);
    });
  });
}
