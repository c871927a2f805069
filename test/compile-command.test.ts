// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { mkdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Rig } from "./rig.js";

interface Graph {
  readonly tables: readonly { readonly target: { readonly name: string } }[];
  readonly graphErrors: {
    readonly compilationErrors?: readonly { readonly message: string; readonly stack: string }[];
  };
}

let rig: Rig;
beforeEach(() => {
  rig = Rig.empty();
  mkdirSync(`${rig.dir}/definitions`);
  rig.write("dataform.json", '{"defaultDatabase": "p", "defaultSchema": "d"}');
  rig.write("definitions/good.sqlx", 'config { type: "view" }\nselect 1 as x');
});
afterEach(() => rig.remove());

describe("compile", () => {
  it("prints the graph with its errors as JSON, and fails", async () => {
    rig.write("definitions/bad.sqlx", 'config { type: "view" }\nselect * from ${ref("gone")}');
    const { code, stdout, stderr } = await rig.fastbreak("compile", "--json");
    expect(code).toBe(2);
    const graph = JSON.parse(stdout) as Graph;
    expect(graph.tables.map(({ target }) => target.name).sort()).toEqual(["bad", "good"]);
    const errors = graph.graphErrors.compilationErrors ?? [];
    expect(errors.map(({ message }) => message)).toContain('Could not resolve "gone"');
    for (const { stack } of errors) expect(stack).not.toMatch(/file:|compile-child/);
    expect(stderr).toMatch(/^fastbreak: definitions\/bad\.sqlx:2: refers to "gone", which does not exist[^\n]*\n$/);
  });

  it("prints errors only, for people", async () => {
    rig.write("definitions/bad.js", 'publish("x");\nnope();');
    const { code, stdout, stderr } = await rig.fastbreak("compile");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toBe("fastbreak: definitions/bad.js:2: nope is not defined\n");
  });

  it("prints no graph where settings allow none", async () => {
    rig.write("dataform.json", '{"defaultSchema": "d",\n"gcloudProjectId": "p"}');
    const { code, stdout, stderr } = await rig.fastbreak("compile", "--json");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^fastbreak: dataform\.json:2: "gcloudProjectId" .*delete this line\n$/);
  });
});
