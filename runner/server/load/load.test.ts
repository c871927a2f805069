import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { splitRelated } from "../routes/multipart.js";
import { exactJsonText } from "../values/exact-json.js";
import { columnName, detectCsv, detectJson, detectText } from "./detect.js";
import { parseLine } from "./json-lines.js";

describe("columns that are told from the values", () => {
  it.each([
    ["1", "INTEGER"],
    ["-1.5", "FLOAT"],
    ["99999999999999999999", "FLOAT"],
    ["TRUE", "BOOLEAN"],
    ["t", "STRING"],
    ["2020-01-01", "DATE"],
    ["2020-01-01 10:00:00", "TIMESTAMP"],
    ["2020-01-01T10:00:00Z", "TIMESTAMP"],
    ["10:00:00", "TIME"],
    ["2020-13-01", "STRING"],
    ["", "STRING"],
  ])("%j is %s", (text, type) => {
    expect(detectText(text)).toBe(type);
  });

  const columns = (rows: readonly (readonly (string | undefined)[])[], headerKnown = false) => {
    const { fields, hasHeader } = detectCsv(rows, headerKnown);
    return [hasHeader, fields.map(({ name, type }) => `${name} ${type}`).join(", ")];
  };

  it("knows a header by what stands below it", () => {
    expect(
      columns([
        ["id", "name"],
        ["1", "a"],
        ["2", "b"],
      ]),
    ).toEqual([true, "id INTEGER, name STRING"]);
    expect(
      columns([
        ["1", "a"],
        ["2", "b"],
      ]),
    ).toEqual([false, "integer_field_0 INTEGER, string_field_1 STRING"]);
    expect(
      columns([
        ["a", "b"],
        ["c", "d"],
      ]),
    ).toEqual([false, "string_field_0 STRING, string_field_1 STRING"]);
    expect(
      columns(
        [
          ["a", "b"],
          ["c", "d"],
        ],
        true,
      ),
    ).toEqual([true, "a STRING, b STRING"]);
    expect(columns([["n"], ["1"], ["1.5"], [undefined]])).toEqual([true, "n FLOAT"]);
  });

  it("makes names of headers", () => {
    expect(["a b", "2nd", "Größe (m)"].map(columnName)).toEqual(["a_b", "_2nd", "Größe_m_"]);
  });

  it("lists the fields of JSON the last one first, as the service does", () => {
    const fields = detectJson([
      { id: 1, place: { a: 1, b: "x" } },
      { id: 1.5, tags: [1, 2], place: { c: null } },
    ]);
    expect(fields).toEqual([
      { name: "tags", type: "INTEGER", mode: "REPEATED" },
      {
        name: "place",
        type: "RECORD",
        mode: "NULLABLE",
        fields: [
          { name: "c", type: "STRING", mode: "NULLABLE" },
          { name: "b", type: "STRING", mode: "NULLABLE" },
          { name: "a", type: "INTEGER", mode: "NULLABLE" },
        ],
      },
      { name: "id", type: "FLOAT", mode: "NULLABLE" },
    ]);
  });

  it("keeps numbers as they are", () => {
    const line = '{"a":9007199254740993,"b":"12345678901234567890","c":1.5,"d":[-9007199254740993,1.0,1e3]}';
    const { value } = parseLine(line);
    expect(value).toMatchObject({ b: "12345678901234567890", c: 1.5 });
    expect(exactJsonText(value)).toBe(line);
  });
});

describe("lines that are no objects", () => {
  it.each([
    ["[1]", "Start of array encountered without start of object."],
    ["1", "Value encountered without start of object."],
    ["{", "Parser terminated before end of string"],
    ['{"a":1', "Parser terminated before end of string"],
    ["{a:1}", "Expected key"],
    ['{"a" 1}', "Expected : between key:value pair"],
    ['{"a":1 "b":2}', "Expected , or } after key:value pair"],
    ['{"a":[1 2]}', "Expected , or ] after array value"],
    ['{"a":"x}', "Closing quote expected in string"],
    ['{"a":nil}', "Unexpected token"],
    ['{"a":1} x', "Unexpected token"],
  ])("%s is told as the service tells it", (text, problem) => {
    expect(parseLine(text)).toEqual({ problem });
  });
});

it.each([
  [`{'a':'x', "b":"it's"}`, { a: "x", b: "it's" }],
  [String.raw`{"a":'{"sum": 2}', "b":'it\'s'}`, { a: '{"sum": 2}', b: "it's" }],
])("a line may have strings in single quotes: %s", (text, value) => {
  expect(parseLine(text)).toEqual({ value });
});

describe("an upload in two parts", () => {
  const split = (body: string, type = 'multipart/related; boundary="=x="') =>
    splitRelated(Readable.from([Buffer.from(body)]), type);
  const part = (type: string, content: string, end: string) =>
    `--=x=${end}Content-Type: ${type}${end}${end}${content}${end}`;

  it.each(["\n", "\r\n"])("is read with lines that end in %j", async (end) => {
    const body = `${part("application/json", '{"a":1}', end)}${part("text/csv", "1,--=x\n2,b\n", end)}--=x=--${end}`;
    const { metadata, media } = await split(body);
    expect([metadata, media.toString()]).toEqual([{ a: 1 }, "1,--=x\n2,b\n"]);
  });

  it("is refused in any other form", async () => {
    const one = part("application/json", "{}", "\n");
    await expect(split(`${one}--=x=--`)).rejects.toThrow("has two parts, but 1 came");
    await expect(split(`${one}${one}${one}--=x=--`)).rejects.toThrow("has two parts, but 3 came");
    await expect(split(`${one}${one}`)).rejects.toThrow("without its closing boundary");
    await expect(split(`${part("application/json", "{", "\n")}${one}--=x=--`)).rejects.toThrow("Parse Error");
    await expect(split(one, "multipart/related")).rejects.toThrow("Missing boundary");
  });
});
