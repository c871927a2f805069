import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LoadError } from "../runner/api/loader.js";
import { FixtureDirectory } from "./files/fixture.js";
import { SEASON_SLICE } from "./files/season-slice.js";
import { load } from "./files.js";
import { collect, faults, MemoryStore } from "./testing.js";

const names = Object.keys(SEASON_SLICE);

/**
 * Loads groups of files one after the other, then all of them again. A group that lacks what another brings is refused,
 * changes nothing and is loaded once the others are.
 */
async function loadTwice(directory: FixtureDirectory, groups: readonly (readonly string[])[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const loadGroup = async (group: readonly string[]) =>
    store.load(
      await load(
        group.map((name) => join(directory.path, name)),
        {},
      ),
    );
  let pending = groups;
  while (pending.length > 0) {
    const refused: (readonly string[])[] = [];
    for (const group of pending) {
      try {
        await loadGroup(group);
      } catch (error) {
        if (!(error instanceof LoadError)) throw error;
        expect(error.message).toMatch(/ needs (?:schedule|player_box)/);
        refused.push(group);
      }
    }
    // Groups that need each other come in one load, as the message says.
    pending = refused.length === pending.length ? [refused.flat()] : refused;
  }
  for (const group of groups) await loadGroup(group);
  return store;
}

function shuffledFiles(seed: number): Record<string, string[]> {
  const random = fc.sample(fc.nat(), { seed, numRuns: 200 });
  let at = 0;
  return Object.fromEntries(
    Object.entries(SEASON_SLICE).map(([name, [header = "", ...rows]]) => [
      name,
      [
        header,
        ...rows
          .map((row): [number, string] => [random[at++ % random.length] as number, row])
          .sort(([a], [b]) => a - b)
          .map(([, row]) => row),
      ],
    ]),
  );
}

it("the slice loads without a fault", async () => {
  const directory = new FixtureDirectory().write(SEASON_SLICE);
  expect(faults(await collect(await load([directory.path], {})))).toEqual([]);
  directory.remove();
});

it("files give the same tables in every order of files and rows, together or one by one, once or twice", async () => {
  const plain = new FixtureDirectory().write(SEASON_SLICE);
  const expected = (await loadTwice(plain, [names])).snapshot();
  plain.remove();
  const order = fc.shuffledSubarray(names, { minLength: names.length });
  await fc.assert(
    fc.asyncProperty(order, fc.nat(), fc.integer({ min: 1, max: names.length }), async (files, seed, size) => {
      const directory = new FixtureDirectory().write(shuffledFiles(seed));
      const groups = Array.from({ length: Math.ceil(files.length / size) }, (_, index) =>
        files.slice(index * size, (index + 1) * size),
      );
      try {
        expect((await loadTwice(directory, groups)).snapshot()).toEqual(expected);
      } finally {
        directory.remove();
      }
    }),
    { numRuns: 30 },
  );
});
