import { describe, expect, it } from "vitest";
import { recompiled } from "./recompile.js";

const SOURCE = 'config { type: "table" }\nSELECT a, ${when(true, "b")}\nFROM ${ref("x")} AS x\n';
const QUERY = "SELECT a, b\nFROM `p.d.x` AS x";
const refer = (path: readonly string[]) => (path.join(".") === "y" ? "`p.d.y`" : undefined);
const edit = (from: string, to: string) =>
  recompiled({ source: SOURCE, query: QUERY }, SOURCE.replace(from, to), refer);

describe("recompiled", () => {
  it("puts the edited text around what each interpolation gave", () => {
    expect(edit("SELECT a", "SELECT a + 1")).toBe("SELECT a + 1, b\nFROM `p.d.x` AS x");
    expect(edit('FROM ${ref("x")} AS x', 'FROM ${ref("x")} AS x JOIN ${ref("x")} AS z USING (a)')).toBe(
      "SELECT a, b\nFROM `p.d.x` AS x JOIN `p.d.x` AS z USING (a)",
    );
  });

  it("knows what a new plain reference gives, and that of nobody does not", () => {
    expect(edit('FROM ${ref("x")}', "FROM ${ref('y')}")).toBe("SELECT a, b\nFROM `p.d.y` AS x");
    expect(edit('FROM ${ref("x")}', 'FROM ${ref("z")}')).toBeUndefined();
  });

  it.each([
    ["another interpolation", "true", "false"],
    ["another config", '"table"', '"view"'],
    ["a block that was not there", "SELECT a", "js { const a = 1; }\nSELECT a"],
    ["a second statement", "FROM", "\n---\nFROM"],
  ])("leaves %s to the compiler", (_what, from, to) => {
    expect(edit(from, to)).toBeUndefined();
  });

  it("knows a text whose last interpolation gave nothing, so that the blanks before it are gone", () => {
    const source = 'config { type: "incremental" }\nSELECT a FROM x\nWHERE a > 1 ${when(incremental(), "AND b")}\n';
    const now = source.replace("a > 1", "a > 2");
    expect(recompiled({ source, query: "SELECT a FROM x\nWHERE a > 1" }, now, refer)).toBe(
      "SELECT a FROM x\nWHERE a > 2",
    );
    expect(recompiled({ source, query: "SELECT a FROM x\nWHERE a > 1 AND b" }, now, refer)).toBe(
      "SELECT a FROM x\nWHERE a > 2 AND b",
    );
  });

  it("trusts no query that is not made of the file", () => {
    expect(recompiled({ source: SOURCE, query: "SELECT 1" }, SOURCE, refer)).toBeUndefined();
  });
});
