// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { action, load, problemsOf, project, useProjects } from "../test-support/load.js";

useProjects();

describe("the sandbox", () => {
  const probe = (expression: string) => ({
    "definitions/a.js": `publish("a").query(() => "select '" + (${expression}) + "'");`,
  });

  it.each([
    ["the environment", "JSON.stringify(process.env)", "{}"],
    [
      "a URL or fetch",
      "[typeof fetch, typeof URL, typeof WebSocket, typeof XMLHttpRequest]",
      "undefined,undefined,undefined,undefined",
    ],
    [
      "more of the process",
      "[typeof process.binding, typeof process.mainModule, typeof process.getBuiltinModule]",
      "undefined,undefined,undefined",
    ],
  ])("does not offer %s", async (_name, expression, expected) => {
    const { manifest } = await load(project(probe(expression)));
    expect(action(manifest, "d.a").query).toBe(`select '${expected}'`);
  });

  it.each(["fs", "node:fs", "net", "http", "child_process", "os", "crypto"])(
    "does not offer the module %s",
    async (name) => {
      const problems = await problemsOf({ "definitions/a.js": `require("${name}");` });
      expect(problems).toEqual([`definitions/a.js:1: Cannot find module '${name}'`]);
    },
  );

  it.each([".df-credentials.json", ".env.json", ".git/config.json", "alias.json"])(
    "does not offer %s, which holds secrets",
    async (name) => {
      const secret = project({ "definitions/a.js": `require("../${name}");`, ".df-credentials.json": "{}" });
      if (name === "alias.json") symlinkSync(".df-credentials.json", join(secret.dir, name));
      else secret.write({ [name]: "{}" });
      await expect(load(secret)).rejects.toThrow(`definitions/a.js:1: Cannot find module '../${name}'`);
    },
  );

  it("hands out no object of another realm", async () => {
    const walk = `(() => {
      const seen = new Set(), leaks = [];
      const visit = (value, path) => {
        if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
        seen.add(value);
        const top = (object) => { for (let o = object; ; o = p) { var p = Object.getPrototypeOf(o); if (p === null) return o; } };
        if (top(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) leaks.push(path);
        for (const key of Reflect.ownKeys(value)) {
          const d = Object.getOwnPropertyDescriptor(value, key);
          for (const part of ["value", "get", "set"]) visit(d[part], path + "." + String(key));
        }
        visit(Object.getPrototypeOf(value), path + ".__proto__");
      };
      visit(globalThis, "global"); visit(require, "require"); visit(module, "module"); visit(require("path"), "path");
      visit(require("path").parse("/a/b"), "parsed");
      for (const id of ["./gone", "../lib/bad"]) try { require(id); } catch (e) { visit(e, id); }
      return leaks.join();
    })()`;
    const { manifest } = await load(project({ "lib/bad.js": "const a = ;", ...probe(walk) }));
    expect(action(manifest, "d.a").query).toBe("select ''");
  });

  it("has Node's Buffer for text", async () => {
    const { manifest } = await load(
      project(probe('Buffer.from("h\u00e9").toString("base64") + Buffer.byteLength("h\u00e9")')),
    );
    expect(action(manifest, "d.a").query).toBe("select 'aMOp3'");
  });

  it("keeps the project's prints out of the graph", async () => {
    let log = "";
    await load(
      project({ "definitions/a.js": 'console.log("hello", { a: 1 }); publish("a").query("select 1");' }),
      {},
      {
        onLog: (text) => {
          log += text;
        },
      },
    );
    expect(log).toBe('hello {"a":1}\n');
  });
});
