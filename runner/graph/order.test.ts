import { describe, expect, it } from "vitest";
import { graphProblems } from "../project/graph-problems.js";
import { dependencyOrder, findCycle, type GraphNode } from "./order.js";

/** `{ a: "b c" }`: a depends on b and c. */
function graph(edges: Readonly<Record<string, string>>): GraphNode[] {
  return Object.entries(edges).map(([key, dependencies]) => ({
    key,
    fileName: `${key}.sqlx`,
    dependencies: dependencies.split(" ").filter((name) => name !== ""),
  }));
}

describe("dependencyOrder", () => {
  it("puts every action after its dependencies and keeps the order otherwise", () => {
    const nodes = graph({ d: "b c", c: "a", b: "a", a: "", e: "elsewhere" });
    expect(dependencyOrder(nodes).map(({ key }) => key)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("takes a chain of 50,000 actions", () => {
    const nodes = Array.from({ length: 50_000 }, (_, i) => ({ key: `${i}`, fileName: "", dependencies: [`${i + 1}`] }));
    expect(dependencyOrder(nodes)[0]?.key).toBe("49999");
    expect(findCycle(nodes)).toBeUndefined();
  });
});

describe("findCycle", () => {
  it.each([
    [{ a: "a" }, ["a", "a"]],
    [{ x: "a", a: "b c", c: "", b: "d", d: "a" }, ["a", "b", "d", "a"]],
    [{ a: "b c", b: "d", c: "d", d: "" }, undefined],
  ])("%j", (edges, expected) => {
    expect(findCycle(graph(edges as unknown as Record<string, string>))).toEqual(expected);
  });
});

describe("graphProblems", () => {
  it("reports what one database cannot hold", () => {
    const nodes = [...graph({ "d.a": "d.b", "d.b": "d.a", "d.A": "", "d.c": "" }), ...graph({ "d.c": "" })];
    expect(graphProblems(nodes).map(({ file, message }) => `${file}: ${message}`)).toEqual([
      "d.a.sqlx: cyclic references: d.a -> d.b -> d.a",
      "d.A.sqlx: d.A and d.a (d.a.sqlx) differ only in upper and lower case",
      "d.c.sqlx: d.c is defined twice; also in d.c.sqlx",
    ]);
  });
});
