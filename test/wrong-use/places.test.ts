import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRefusal } from "./expect-refusal.js";
import { Fixture } from "./fixture.js";
import { inProcess } from "./in-process.js";
import { PLACES, type PlacedUse } from "./places.js";

/** Kinds that go through the real binary: loaders run foreign code, and an engine keeps what it failed to open. */
const BINARY = new Set(["databases", "loaders"]);

let fixture: Fixture;
let before: string;
beforeAll(async () => {
  fixture = await Fixture.made();
  before = fixture.digest();
});
afterAll(() => fixture.remove());

async function used({ args, files, prepare }: PlacedUse, isBinary: boolean) {
  const isChanged = files !== undefined || prepare !== undefined;
  // What runs side by side needs a warehouse of its own.
  const dir = isChanged || isBinary ? fixture.variant(files ?? {}, prepare) : fixture.project;
  const words = args.map((argument) => argument.replace("ODD", `${fixture.root}/odd`));
  const finished = await (isBinary ? fixture.binary(words, dir) : inProcess(words, dir));
  if (!isChanged) expect(fixture.digest(dir)).toBe(before);
  return finished;
}

describe.each(Object.entries(PLACES))("%s", (kind, uses) => {
  const isBinary = BINARY.has(kind);
  const test = isBinary ? it.concurrent : it;
  test.each(uses.map((use, index) => [`${index}: ${JSON.stringify(use.args).slice(0, 100)}`, use] as const))(
    "%s",
    async (_name, use) => {
      expectRefusal(await used(use, isBinary), use);
    },
  );
});

describe("afterwards", () => {
  it("the warehouse and the project are as they were", () => {
    expect(fixture.digest()).toBe(before);
  });
});
