import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig } from "./rig.js";

/** What a way out would let code say: that the process behind it can do something. */
const LOOK = `(make) => { try { const p = make("return process")(); return p.kill ?? p.binding ?? p.getBuiltinModule ? "ESCAPED " + p.ppid : "fenced"; } catch { return "fenced"; } }`;

describe("code of a project", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    rig.write("package.json", "{}");
    for (const folder of ["definitions", ".fastbreak"]) mkdirSync(join(rig.dir, folder));
    await rig.sql("CREATE SCHEMA d");
  });
  afterAll(() => rig.remove());

  it("does not get the process that compiles it", async () => {
    rig.write(
      "definitions/x.js",
      `const look = ${LOOK};
let overflow = "fenced";
const deep = () => { try { Buffer.from("x", "no encoding"); } catch (e) { overflow = look(e.constructor.constructor); } deep(); };
try { deep(); } catch (e) { overflow += look(e.constructor.constructor); }
const ways = [globalThis.constructor.constructor, console.log.constructor, require.constructor, process.on.constructor].map(look);
publish("x").query("SELECT '" + [...ways, overflow].join() + "' AS x");`,
    );
    const { stdout, code } = await rig.fastbreak("compile", "--json");
    expect(code).toBe(0);
    const tables = (JSON.parse(stdout) as { tables: { query: string }[] }).tables;
    expect(tables[0]?.query).toMatch(/^SELECT '(fenced,?)+' AS x$/);
  });

  it("does not get the runner from a function in SQL", async () => {
    const { stdout, stderr } = await rig.fastbreak(
      "query",
      "--csv",
      `CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js AS r'''
const look = ${LOOK};
return import("fs").then(() => "ESCAPED", (e) => [look(e.constructor.constructor), look(Function)].join());
'''; SELECT f() AS f`,
    );
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n").at(-1)).toBe('"fenced,fenced"');
  });

  it("calls a function for a hundred thousand rows", async () => {
    const { stdout } = await rig.fastbreak(
      "query",
      "--csv",
      `CREATE TEMP FUNCTION f(x FLOAT64, s STRING) RETURNS STRING LANGUAGE js AS "return s === null ? null : s + x * 2";
SELECT COUNT(DISTINCT f(i, CAST(i AS STRING))) AS n, COUNTIF(f(i, NULL) IS NULL) AS missing FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS i`,
    );
    expect(stdout.trim().split("\n").at(-1)).toBe("100000,100000");
  });

  it("ends with one line when a function needs too much memory, and leaves the warehouse as it was", async () => {
    const { stderr, stdout, code } = await rig.fastbreak(
      "query",
      `CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js AS "const a = []; for (;;) a.push(new Array(1000).fill(1.5));"; SELECT f()`,
    );
    expect(stderr).toMatch(/^fastbreak: JavaScript function f failed: it needs more than 1024 MiB of memory[^\n]*\n$/);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(await rig.sql("SELECT 1")).toEqual([["1"]]);
  });

  it.each([
    ["throws null", "throw null;", "definitions/x.js: the code throws null instead of an Error"],
    ["is UTF-16", "\ufffe\u0000x", "definitions/x.js: is not UTF-8 text; save it as UTF-8"],
  ])("is refused in one line when it %s", async (_name, text, message) => {
    rig.write("definitions/x.js", text);
    const { stdout, stderr, code } = await rig.fastbreak("run");
    expect({ stdout, stderr, code }).toEqual({ stdout: "", stderr: `fastbreak: ${message}\n`, code: 2 });
  });
});
