import { describe, expect, it } from "vitest";
import { EVERYTHING, type Selectable, selectActions } from "./select.js";

const action = (name: string, dependencies: string[], tags: string[] = []): Selectable => ({
  key: `d.${name}`,
  name,
  fileName: `definitions/${tags[0] ?? "other"}/${name}.sqlx`,
  tags,
  dependencies,
});

const actions = [
  action("a", ["raw.x"], ["phase3"]),
  action("b", ["d.a"], ["phase4"]),
  action("c", ["d.b"], ["phase4"]),
  action("e", ["raw.y"]),
];
const select = (...selectors: string[]) =>
  [...(selectActions(actions, { ...EVERYTHING, select: selectors }) ?? [])].sort();

describe("selectActions", () => {
  it("picks everything when nothing is asked for", () => {
    expect(selectActions(actions, EVERYTHING)).toBeUndefined();
  });

  it.each([
    [["b"], ["d.b"]],
    [["d.b"], ["d.b"]],
    [["+c"], ["d.a", "d.b", "d.c"]],
    [["b+"], ["d.b", "d.c"]],
    [["+b+"], ["d.a", "d.b", "d.c"]],
    [["tag:phase4"], ["d.b", "d.c"]],
    [["path:definitions/phase3"], ["d.a"]],
    [["tag:phase4,b"], ["d.b"]],
    [
      ["a", "e"],
      ["d.a", "d.e"],
    ],
  ])("%j picks %j", (selectors, expected) => {
    expect(select(...selectors)).toEqual(expected);
  });

  it("subtracts what is excluded", () => {
    expect([...(selectActions(actions, { ...EVERYTHING, exclude: ["a+"] }) ?? [])]).toEqual(["d.e"]);
  });

  it("keeps the Dataform CLI's flags", () => {
    const keys = selectActions(actions, {
      ...EVERYTHING,
      actions: ["b"],
      includeDependencies: true,
      includeDependents: true,
    });
    expect([...(keys ?? [])].sort()).toEqual(["d.a", "d.b", "d.c"]);
  });

  it.each([
    [["bb"], /no action is named bb; did you mean b\?/],
    [["tag:phase5"], /no action has the tag phase5; did you mean phase[34]\?/],
    [["path:nowhere"], /no action is defined under nowhere/],
    [["a,e"], /no action in common/],
    [["+"], /names nothing/],
  ])("refuses %j", (selectors, message) => {
    expect(() => select(...selectors)).toThrow(message);
  });
});
