import { describe, expect, it } from "vitest";
import { findByPath, foldDataset, foldedKey } from "./project-names.js";

const path = (text: string): string[] => text.split(".");

describe("names with a project", () => {
  it.each([
    ["d.t", "d.t"],
    ["home.d.t", "d.t"],
    ["other.d.t", "other.d.t"],
    ["t", "t"],
    ["d.INFORMATION_SCHEMA.TABLES", "d.INFORMATION_SCHEMA.TABLES"],
    ["home.d.INFORMATION_SCHEMA.TABLES", "home.d.INFORMATION_SCHEMA.TABLES"],
    [".d.t", "d.t"],
  ])("%s is %s at home", (name, key) => {
    expect(foldedKey(path(name), "home")).toBe(key);
  });

  it("lose the project where nobody knows which one is home", () => {
    expect(foldedKey(path("p.d.t"), undefined)).toBe("d.t");
    expect(foldDataset(path("p.d"), undefined)).toBe("d");
  });

  it("name datasets", () => {
    expect(["d", "home.d", "other.d"].map((name) => foldDataset(path(name), "home"))).toEqual(["d", "d", "other.d"]);
  });
});

describe("looking a path up", () => {
  const find = (name: string, relations: readonly string[], claimed: readonly string[] = []) =>
    findByPath(path(name), { home: "home", claims: (key) => claimed.includes(key) }, (key) =>
      relations.find((relation) => relation === key),
    );

  it("takes the relation of the project first", () => {
    expect(find("other.d.t", ["d.t", "other.d.t"])).toBe("other.d.t");
    expect(find("home.d.t", ["d.t", "other.d.t"])).toBe("d.t");
    expect(find("d.t", ["other.d.t"])).toBe(undefined);
  });

  it("takes one that was loaded without its project, unless that is the home project's", () => {
    expect(find("other.d.t", ["d.t"])).toBe("d.t");
    expect(find("other.d.t", ["d.t"], ["d.t"])).toBe(undefined);
  });
});
