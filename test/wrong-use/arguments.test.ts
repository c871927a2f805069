import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "../in-process.js";
import { ARGUMENTS } from "./arguments.js";
import { expectRefusal } from "./expect-refusal.js";
import { Fixture } from "./fixture.js";

let fixture: Fixture;
let before: string;
beforeAll(async () => {
  fixture = await Fixture.made();
  before = fixture.digest();
});
afterAll(() => fixture.remove());

describe.each(Object.entries(ARGUMENTS))("%s", (_kind, uses) => {
  it.each(uses.map((use) => [JSON.stringify(use.args).slice(0, 100), use] as const))("%s", async (_name, use) => {
    expectRefusal(await inProcess(use.args, fixture.project), use);
  });
});

describe("afterwards", () => {
  it("the warehouse and the project are as they were", () => {
    expect(fixture.digest()).toBe(before);
  });
});
