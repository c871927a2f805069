import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "../in-process.js";
import { expectRefusal } from "./expect-refusal.js";
import { Fixture } from "./fixture.js";
import { PLACES } from "./places.js";
import type { PlacedUse } from "./project-files.js";

/** Loaders whose mistake shows once their load has begun. */
const BEGUN: ReadonlySet<string> = new Set(["wrong_type", "twice", "refuses"]);

/** The tests of some kinds of wrong use, through the real binary or in this process. */
export function describePlaces(kinds: readonly (keyof typeof PLACES)[], isBinary: boolean): void {
  let fixture: Fixture;
  let before: string;
  let files: string;
  beforeAll(async () => {
    fixture = await Fixture.made();
    before = fixture.digest();
    files = fixture.digest(fixture.project, false);
  });
  afterAll(() => fixture.remove());

  const used = async ({ args, files: given, prepare, code }: PlacedUse) => {
    const isChanged = given !== undefined || prepare !== undefined;
    // A loader that fails leaves that in the log of loads, and nothing else.
    const isLogged = args[0] === "load" && (code === 1 || BEGUN.has(args[1] ?? ""));
    // What runs side by side needs a warehouse of its own.
    const dir = isChanged || isBinary ? fixture.variant(given ?? {}, prepare) : fixture.project;
    const words = args.map((argument) => argument.replace("ODD", `${fixture.root}/odd`));
    const finished = await (isBinary ? fixture.binary(words, dir) : inProcess(words, dir));
    if (!isChanged) expect(fixture.digest(dir, !isLogged)).toBe(isLogged ? files : before);
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
