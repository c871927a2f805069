import { describe, expect, it } from "vitest";
import { EVERYTHING, type Selectable, selectActions } from "./select.js";

const action = (name: string, dependencies: string[], tags: string[] = []): Selectable => ({
  key: `d.${name}`,
  name,
  fileName: `definitions/${tags[0] ?? "other"}/${name}.sqlx`,
  tags,
  dependencies,
  sourceFiles: [`includes/${name}.js`],
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

  it("picks with @ what depends on an action and everything that those need", () => {
    const graph = [...actions, action("f", ["d.b", "d.e"])];
    expect([...(selectActions(graph, { ...EVERYTHING, select: ["@b"] }) ?? [])].sort()).toEqual([
      "d.a",
      "d.b",
      "d.c",
      "d.e",
      "d.f",
    ]);
  });

  it("picks what is stale and what files changed since a git reference, and accepts that nothing is", () => {
    const facts = {
      stale: new Set(["d.b"]),
      changedFiles: new Map([["main", new Set(["includes/c.js", "definitions/phase3/a.sqlx"])]]),
    };
    const pick = (...selectors: string[]) =>
      [...(selectActions(actions, { ...EVERYTHING, select: selectors }, facts) ?? [])].sort();
    expect(pick("state:stale+")).toEqual(["d.b", "d.c"]);
    expect(pick("git:main")).toEqual(["d.a", "d.c"]);
    expect(pick("state:stale,git:main")).toEqual([]);
    expect(() => pick("state:modified")).toThrow(/the state that can be selected is state:stale/);
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
