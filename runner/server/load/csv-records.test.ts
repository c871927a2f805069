import { describe, expect, it } from "vitest";
import { CsvSplitter } from "./csv-records.js";

const split = (text: string, { size = 1_000, delimiter = ",", quote = '"', allowsQuotedNewlines = false } = {}) => {
  const splitter = new CsvSplitter({
    delimiter,
    quote,
    allowsQuotedNewlines,
    bytesOf: (part) => Buffer.byteLength(part),
  });
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
  const records = [...pieces.flatMap((piece) => [...splitter.records(piece, false)]), ...splitter.records("", true)];
  return records.map(({ line, position, values, problem }) => [
    line,
    position,
    problem ?? values.map((value) => (value.isQuoted ? `'${value.text}'` : value.text)).join(" "),
  ]);
};

/** A text is read the same however it comes. */
const everyWay = (text: string, form: object = {}) => {
  const whole = split(text, form);
  for (const size of [1, 2, 3, 7]) expect(split(text, { ...form, size })).toEqual(whole);
  return whole;
};

describe("records of CSV", () => {
  it("end where lines end, of whatever kind", () => {
    expect(everyWay("a,b\r\nc,\n\n,d\re")).toEqual([
      [1, 0, "a b"],
      [2, 5, "c "],
      [4, 9, " d"],
      [5, 12, "e"],
    ]);
    expect(everyWay("é|b\n1|", { delimiter: "|" })).toEqual([
      [1, 0, "é b"],
      [2, 5, "1 "],
    ]);
  });

  it("have values in quotes", () => {
    expect(everyWay('"a ""b"", c","",d"e\n"""",x')).toEqual([
      [1, 0, `'a "b", c' '' d"e`],
      [2, 20, `'"' x`],
    ]);
    expect(everyWay("\"a\",'b,c'\n", { quote: "'" })).toEqual([[1, 0, `"a" 'b,c'`]]);
    expect(everyWay('"a,b\n', { quote: "" })).toEqual([[1, 0, '"a b']]);
  });

  it("hold newlines only where that is said", () => {
    const text = '1,"x\r\ny"\n2,z\n';
    expect(everyWay(text, { allowsQuotedNewlines: true })).toEqual([
      [2, 0, "1 'x\r\ny'"],
      [3, 9, "2 z"],
    ]);
    const missing = 'Missing close quote character (").';
    expect(everyWay(text)).toEqual([
      [1, 0, missing],
      [2, 6, 'y"'],
      [3, 9, "2 z"],
    ]);
    expect(everyWay('1,"x', { allowsQuotedNewlines: true })).toEqual([[1, 0, missing]]);
  });

  it("are told of where something stands behind a quote", () => {
    expect(everyWay('1,"x"y,2\n2,x')).toEqual([
      [1, 0, 'Data between close quote character (") and field separator.'],
      [2, 9, "2 x"],
    ]);
  });
});
