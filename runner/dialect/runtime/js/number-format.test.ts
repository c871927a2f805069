import { describe, expect, it } from "vitest";
import { NUMBER_FORMAT_JS_FUNCTIONS } from "./number-format.js";

const call = NUMBER_FORMAT_JS_FUNCTIONS[0]?.call as unknown as (value: string, format: string) => string;

/** Value, and what becomes of it by which format; exact numbers end with `n`. */
const TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "12n": {
    "000": " 012",
    "999": "  12",
    "999.999": "  12.000",
    "99V99": " 1200",
    "9V99": " ###",
    S999: " +12",
    "999S": " 12+",
    "999MI": " 12 ",
    "999PR": "  12 ",
    S$9999: "  +$12",
    "999.FM": "12.",
  },
  "-12n": {
    "000.000": "-012.000",
    $999: " -$12",
    L999: " -$12",
    C999: " -USD12",
    c999: " -usd12",
    C9999PR: "  <USD12>",
    "9999MI": "  12-",
    FM99999PR: "<12>",
  },
  "1n": { "909": "  01", "90909": "  0001" },
  "0n": {
    "999": "   0",
    "999.999": "    .000",
    "99.": "  0.",
    "0.00EEEE": " 0.00E+00",
    ".99EEEE": " .00E+00",
    "B99.99EEEE": "         ",
    "FM$99.99": "$0.",
    "FM$99.99EEEE": "$0.E+00",
    S99: "  0",
  },
  "1234.56n": { "9,9g9,9g.99": " 1,2,3,4,.56", "999,999.999": "   1,234.560", "9,9,9,9,9,9.999": "     1,2,3,4.560" },
  "-1234567.89n": { "999,999.999": "-###,###.###" },
  "23.5n": { S000V00: "+02350" },
  "123n": { "090999.99EEEE": " 1.23E+02", "999.99eeee": " 1.23e+02", "9999EEEE": " 1E+02", ".99EEEE": " .######" },
  "-123456n": { "9.999EEEE": "-1.235E+05" },
  "9223372036854775807n": { "9.999999999999999999eeee": " 9.223372036854775807e+18" },
  "9.99": { "9.9": " #.#", "9": " #", "9eeee": " 1e+01" },
  "0.999": { ".9": " .#" },
  "1e+123": { "9.9EEEE": " 1.0E+123" },
  "-0.1": {
    "99.99": "  -.10",
    "00.99": "-00.10",
    "B99.99": "      ",
    "BC9,99.99": "           ",
    "B99.99EEEE": "-1.00E-01",
  },
  "0.1": { V99: " 10", "9V99": "  10", "0V99": " 010", B9V99: "    ", FM0V99: "01", FM9V99: "1", FMBL9V99PR: "" },
  "0.123": { "FM99999.999999": ".123" },
  "1.23456789012345e+308": { "9.999999999999999999eeee": " 1.234567890123449956e+308" },
  "43981n": { XXXX: " ABCD", xXxX: " aBcD", "0X0x": " ABcd", "00xX": " abcD", x000: " aBCD", "0000000X": " 0000ABCD" },
  "-123n": { XXXX: "  -7B", XXXXPR: "  <7B>", FMSXXXX: "-7B" },
  "123.567": { XXXX: "   7C" },
  "18446744073709551616n": { XXXXXXXXXXXXXXXX: " ################" },
  "2021n": { RN: "          MMXXI", FMrn: "mmxxi" },
  "4000n": { RN: "###############" },
  nan: {
    "99,99.99": "   NAN   ",
    "9,9V9": " NAN ",
    "C9999.99": "  USDNAN   ",
    "9,9.9S": "NAN   ",
    "9.99eeee": "      NAN",
    "9.99EEEEPR": "      NAN ",
    "9,.9": " #,.#",
    "FM9.99EEEE": "NAN",
  },
  "-inf": { "9,9.9S": "INF  -", "9,9.9PR": "<INF  >", "9.99EEEE": "     -INF", "99": "-##" },
};

/** Formats that are none, and what is wrong with them. */
const PROBLEMS: Readonly<Record<string, string>> = {
  "99a": "Invalid format element 'a'",
  "": "Format string must contain at least one of 'X', '0' or '9'",
  seeee: "Format string must contain at least one of 'X', '0' or '9'",
  "9tme": "'TM', 'TM9' or 'TME' cannot be combined with other format elements",
  RN9: "'RN' cannot appear together with '9'",
  "0,0X": "'X' cannot appear together with ',' or 'G'",
  X$: "'X' cannot appear together with '$'",
  "0000000000000000X": "Max number of 'X' is 16",
  "9.9V9": "There can be at most one of '.', 'D', or 'V'",
  "C$9.99": "There can be at most one of '$', 'C' or 'L'",
  s99mi: "There can be at most one of 'S', 'MI', or 'PR'",
  "9S9": "'S' can only appear before or after all digits and 'EEEE'",
  PR99: "'PR' can only appear after all digits and 'EEEE'",
  "B9.99B": "There can be at most one 'B'",
  "9.9EEEE0": "'0' cannot appear after 'EEEE'",
  "9,9.9,9": "',' or 'G' cannot appear after '.', 'D' or 'V'",
  "999EEEE,": "',' or 'G' cannot appear together with 'EEEE'",
  ",999": "Unexpected format element ','",
};

describe("a number by a format of CAST", () => {
  for (const [value, texts] of Object.entries(TEXTS))
    it(`writes ${value}`, () => {
      const written = Object.fromEntries(Object.keys(texts).map((format) => [format, call(value, format)]));
      expect(written).toEqual(texts);
    });

  it("says what is wrong with a format", () => {
    const problemOf = (format: string): string => {
      try {
        return `none: '${call("1n", format)}'`;
      } catch (cause) {
        return (cause as Error).message;
      }
    };
    expect(Object.fromEntries(Object.keys(PROBLEMS).map((format) => [format, problemOf(format)]))).toEqual(PROBLEMS);
  });
});
