import { describe, expect, it } from "vitest";
import { sourcePosition } from "./source-position.js";

/** Position of `needle` of the compiled text in the source. */
function place(source: string, text: string, needle: string, kind: "sql" | "post_operations" = "sql", isSqlx = true) {
  const offset = text.indexOf(needle);
  expect(offset).toBeGreaterThanOrEqual(0);
  const { line, column } = sourcePosition(source, { kind, text }, offset, isSqlx);
  return `${line}:${column}`;
}

describe("sourcePosition", () => {
  const source = [
    'config { type: "table", description: "{ not ${sql} }" }',
    "js { const f = (x) => `{${x}}`; }",
    "-- a ${comment} stays",
    'SELECT a, ${cols("b")}, c FROM ${ref("t")} AS t WHERE d = 1',
    "post_operations {",
    "  DELETE FROM ${self()} WHERE e = 1",
    "}",
    "AND g = 2",
  ].join("\n");
  const compiled = "-- a ${comment} stays\nSELECT a, b1,\n  b2, c FROM `p.d.t` AS t WHERE d = 1\n\nAND g = 2";

  it.each([
    ["a, b1", "4:8"],
    ["c FROM", "4:25"],
    ["d = 1", "4:55"],
    ["g = 2", "8:5"],
    // What an interpolation made stands at its `${`.
    ["b2", "4:11"],
    ["p.d.t", "4:32"],
    ["comment", "3:8"],
  ])("finds %s", (needle, position) => {
    expect(place(source, compiled, needle)).toBe(position);
  });

  it("finds a place in a block of operations", () => {
    expect(place(source, "DELETE FROM `p.d.x` WHERE e = 1", "e = 1", "post_operations")).toBe("6:31");
  });

  it("tells statements between three dashes apart", () => {
    const operations = 'config { type: "operations" }\nSELECT 1\n---\nSELECT ${x} + y\n';
    expect(place(operations, "SELECT 5 + y", "y")).toBe("4:15");
  });

  it("begins with an interpolation", () => {
    expect(place('config { type: "view" }\n${head()} SELECT q', "WITH z AS (SELECT 1) SELECT q", "q")).toBe("2:18");
  });

  it("finds a line of a JavaScript definition", () => {
    const js = 'publish("a").query(ctx => `\n  SELECT one AS x\n  FROM ${ctx.ref("b")}\n`);';
    expect(place(js, "SELECT one AS x\n  FROM `p.d.b`", "one", "sql", false)).toBe("2:10");
  });

  const models = [
    "// `not a template`",
    "const t = 'x';",
    "publish('a').query((ctx) => `SELECT id, v FROM ${ctx.ref('t')}`);",
    "publish('b').query((ctx) => `SELECT id, v FROM ${ctx.ref('t')} WHERE v > 1`);",
    "parts.map((part) => publish(part).query((ctx) => `WITH c AS (SELECT ${list(`q.${part}`)}, \\`k\\` AS v FROM x)",
    "  SELECT ${part}, v FROM c`));",
    'operate("o", "DELETE FROM x WHERE v = 1");',
  ].join("\n");

  it.each([
    ["SELECT id, v FROM `p.d.t` WHERE v > 1", "v > 1", "4:70"],
    ["SELECT id, v FROM `p.d.t` WHERE v > 1", "v FROM", "4:41"],
    ["SELECT id, v FROM `p.d.t`", "v FROM", "3:41"],
    ["WITH c AS (SELECT q.one, `k` AS v FROM x)\n  SELECT one, v FROM c", "v FROM c", "6:19"],
    ["WITH c AS (SELECT q.one, `k` AS v FROM x)\n  SELECT one, v FROM c", "v FROM x", "5:100"],
    ["WITH c AS (SELECT q.one, `k` AS v FROM x)\n  SELECT one, v FROM c", "q.one", "5:69"],
    ["DELETE FROM x WHERE v = 1", "v = 1", "7:35"],
    // No text of the file, and a word that it has several times: another model's place would mislead.
    ["SELECT v, COUNT(1) FROM b GROUP BY v", "v,", "undefined:undefined"],
    ["SELECT parts FROM b", "parts", "5:1"],
  ])("finds the one model of a JavaScript file that made %s", (text, needle, position) => {
    expect(place(models, text, needle, "sql", false)).toBe(position);
    expect(place(models.replaceAll("\n", "\r\n"), text, needle, "sql", false)).toBe(position);
  });

  it("finds nothing where two models of a JavaScript file have one text", () => {
    const twice = "publish('a').query(`SELECT v FROM ${t}`);\npublish('b').query(`SELECT v FROM ${u}`);";
    expect(place(twice, "SELECT v FROM x", "v FROM", "sql", false)).toBe("undefined:undefined");
  });

  it("looks what is in no block up by its name", () => {
    const config = 'config { type: "table", assertions: { nonNull: ["amount"] } }\nSELECT 1 AS x';
    expect(place(config, "SELECT * FROM t WHERE NOT (amount IS NOT NULL)", "amount")).toBe("1:50");
  });
});
