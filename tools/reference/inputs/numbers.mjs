// FLOAT64, NUMERIC and INT64: text, casts, rounding, division.

/** A small deterministic generator (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const next = random(20211115);
const view = new DataView(new ArrayBuffer(8));
function anyDouble() {
  for (;;) {
    view.setUint32(0, Math.floor(next() * 2 ** 32));
    view.setUint32(4, Math.floor(next() * 2 ** 32));
    const x = view.getFloat64(0);
    if (Number.isFinite(x)) return x;
  }
}
const form = (x) => (Object.is(x, -0) ? "-0" : String(x));
const many = (count, make) => Array.from({ length: count }, make);
const unary = (values) => [...values.map((x) => [x]), [null]];

const special = [
  "0",
  "-0",
  "NaN",
  "Infinity",
  "-Infinity",
  "5e-324",
  "2.2250738585072014e-308",
  "1.7976931348623157e308",
];
const exponents = many(24, (_, i) => `1e${i}`).concat(
  many(12, (_, i) => `-1.5e-${i}`),
  "1e100",
  "1e-100",
  "123456789012345680",
  "9007199254740993",
);
const simple = [
  "1",
  "-1",
  "0.1",
  "0.2",
  "0.30000000000000004",
  "3.0",
  "0.3333333333333333",
  "100",
  "25.2",
  "870.765",
  "2.675",
  "1e15",
  "999999999999999",
  "123456.789",
];
const cents = many(40, () => form(Math.round(next() * 1e5) / 100));
const ratios = many(40, () => form(Math.floor(next() * 60) / (1 + Math.floor(next() * 60))));
const ties = many(30, (_, i) => form((2 * i + 1) / 8 - 3)).concat(
  many(20, (_, i) => form((2 * i + 1) / 1024)),
  many(20, (_, i) => form((2 * i - 19) / 16)),
);
const decimalTies = [2, 3, 4, 5, 6, 7].flatMap((digits) =>
  many(12, () => `${Math.floor(next() * 300)}.${String(Math.floor(next() * 10 ** digits)).padStart(digits, "0")}5`),
);
const finite = [...simple, ...cents, ...ratios, ...ties, ...decimalTies];
const doubles = [...special, ...exponents, ...finite, ...many(60, () => form(anyDouble()))];
const moderate = [...finite, "0", "-0", ...many(60, () => form((next() - 0.5) * 10 ** Math.floor(next() * 14 - 4)))];

const f = (name, googlesql, duckdb, rows = unary(doubles)) => ({
  name,
  parameters: { x: "FLOAT64" },
  googlesql,
  duckdb,
  rows,
});
const n = (name, googlesql, duckdb, rows) => ({ name, parameters: { x: "NUMERIC" }, googlesql, duckdb, rows });

const numerics = [
  "0",
  "1",
  "-1",
  "0.5",
  "1.5",
  "2.5",
  "-2.5",
  "0.125",
  "0.135",
  "-0.005",
  "0.004999999",
  "100",
  "1000",
  "1234.5678",
  "0.000000001",
  "-0.000000001",
  "99999999999999999999999999999.999999999",
  "-99999999999999999999999999999.999999999",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "9223372036854775807.4",
  "12345678901234567890.123456789",
  "0.1",
  "25.2",
  "0.333333333",
  "0.666666667",
  "123456789.987654321",
  ...many(40, () => ((next() - 0.5) * 10 ** Math.floor(next() * 12)).toFixed(Math.floor(next() * 10))),
];
const pairs = [
  ["1", "3"],
  ["2", "3"],
  ["-2", "3"],
  ["2", "-3"],
  ["1", "0"],
  ["0", "5"],
  ["0.000000001", "2"],
  ["0.000000001", "3"],
  ["-0.000000001", "2"],
  ["1", "7"],
  ["99999999999999999999", "3"],
  ["12345678901234567890.123456789", "0.5"],
  ["100", "0.000000001"],
  ["5", "100000000000"],
  ["1", "2000000000"],
  ["1", "1999999999"],
  ["99999999999999999999999999999", "0.000000001"],
  ["99999999999999999999999999999", "100000000000000000000"],
  [null, "2"],
  ["2", null],
  ...many(60, () => [
    ((next() - 0.5) * 10 ** Math.floor(next() * 12)).toFixed(Math.floor(next() * 10)),
    String(1 + Math.floor(next() * 400)),
  ]),
  ...many(40, () => [((next() - 0.5) * 1000).toFixed(4), ((next() - 0.4) * 100 + 0.00001).toFixed(5)]),
];
const integers = [
  "0",
  "1",
  "-1",
  "7",
  "-7",
  "42",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740992",
  "-9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
];
const integerPairs = [
  ["7", "2"],
  ["-7", "2"],
  ["7", "-2"],
  ["1", "3"],
  ["0", "5"],
  ["1", "0"],
  ["9223372036854775807", "-1"],
  ["-9223372036854775808", "3"],
  ["9223372036854775807", "10"],
  [null, "1"],
  ["1", null],
  ["-9223372036854775808", "2"],
];
const floatPairs = [
  ["1", "3"],
  ["1", "0"],
  ["-1", "0"],
  ["0", "0"],
  ["1", "-0"],
  ["NaN", "0"],
  ["NaN", "1"],
  ["Infinity", "2"],
  ["1", "Infinity"],
  ["1e308", "1e-10"],
  ["0", "5"],
  ["-0", "5"],
  ["10", "4"],
  [null, "0"],
  ["0", null],
];
const two = (name, type, googlesql, duckdb, rows) => ({
  name,
  parameters: { a: type, b: type },
  googlesql,
  duckdb,
  rows,
});

export const entries = [
  f("float64_to_string", "CAST(x AS STRING)", "bq.float64_to_string(x)"),
  f("float64_to_json", "TO_JSON_STRING(x)", "bq.float64_to_json(x)"),
  f(
    "float64_to_int64",
    "CAST(x AS INT64)",
    "bq.float64_to_int64(x)",
    unary([
      ...moderate,
      "0.49999999999999994",
      "9223372036854774784",
      "9223372036854775808",
      "-9223372036854775808",
      "NaN",
      "Infinity",
    ]),
  ),
  f(
    "float64_to_numeric",
    "CAST(x AS NUMERIC)",
    "bq.float64_to_numeric(x)",
    unary([
      ...moderate,
      ...many(30, (_, i) => form((2 * i - 29) / 1024)),
      "1e28",
      "1e29",
      "NaN",
      "-Infinity",
      "1e-300",
    ]),
  ),
  f("round_float64", "ROUND(x)", "bq.round_float64(x)"),
  ...[0, 1, 2, 3, 4, 5, 6, 7, -1, -2, 20, 400, -400].map((digits) =>
    f(
      `round_float64 ${digits}`,
      `ROUND(x, ${digits})`,
      `bq.round_float64(x, ${digits})`,
      unary([
        ...special.slice(0, -1),
        ...exponents,
        ...moderate,
        ...many(200, () => form(Math.floor(next() * 2 ** 53) / 10 ** Math.floor(next() * 16))),
      ]),
    ),
  ),
  f("round_float64 overflow", "ROUND(x, -308)", "bq.round_float64(x, -308)", unary(["1e308", "1.7e308"])),
  f("trunc_float64", "TRUNC(x)", "bq.trunc_float64(x)"),
  ...[1, 2, 3, 4, 6, -1].map((digits) =>
    f(
      `trunc_float64 ${digits}`,
      `TRUNC(x, ${digits})`,
      `bq.trunc_float64(x, ${digits})`,
      unary([...special, ...exponents, ...moderate]),
    ),
  ),
  ...[0, 1, 2, 3, 4, 6, 10, 20].map((digits) =>
    f(
      `format_fixed_float64 ${digits}`,
      `FORMAT('%.${digits}f', x)`,
      `bq.format_fixed_float64(x, ${digits})`,
      [...doubles].map((x) => [x]),
    ),
  ),
  ...["sqrt", "ln", "log10", "exp"].map((name) =>
    f(
      `float64_${name}`,
      `${name.toUpperCase()}(x)`,
      `bq.float64_${name}(x)`,
      unary([...special, "1", "2", "100", "1000", "-1", "0.5"]),
    ),
  ),
  two("float64_pow", "FLOAT64", "POW(a, b)", "bq.float64_pow(a, b)", [
    ["2", "10"],
    ["-8", "0.5"],
    ["0", "-1"],
    ["10", "400"],
    ["NaN", "1"],
    ["Infinity", "2"],
    ["2", null],
    ["1", "NaN"],
    ["2", "0.5"],
  ]),
  two(
    "float64_log",
    "FLOAT64",
    "LOG(a, b)",
    "bq.float64_log(a, b)",
    ["0", "-1", "0.5", "1", "2", "100", "NaN", "Infinity", "-Infinity", null].flatMap((a) =>
      ["0", "-2", "0.5", "1", "2", "10", "NaN", "Infinity", "-Infinity", null].map((b) => [a, b]),
    ),
  ),
  two("float64_divide", "FLOAT64", "a / b", "bq.float64_divide(a, b)", floatPairs),
  two("safe_divide_float64", "FLOAT64", "SAFE_DIVIDE(a, b)", "bq.safe_divide_float64(a, b)", floatPairs),
  two("ieee_divide", "FLOAT64", "IEEE_DIVIDE(a, b)", "bq.ieee_divide(a, b)", floatPairs),
  two("int64_divide", "INT64", "a / b", "bq.int64_divide(a, b)", integerPairs),
  two("int64_div", "INT64", "DIV(a, b)", "bq.int64_div(a, b)", [...integerPairs, ["-9223372036854775808", "-1"]]),
  two("int64_mod", "INT64", "MOD(a, b)", "bq.int64_mod(a, b)", [...integerPairs, ["-9223372036854775808", "-1"]]),
  two("numeric_div", "NUMERIC", "a / b", "bq.numeric_div(a, b)", pairs),
  two("safe_divide_numeric", "NUMERIC", "SAFE_DIVIDE(a, b)", "bq.safe_divide_numeric(a, b)", pairs),
  two("numeric_int_div", "NUMERIC", "DIV(a, b)", "bq.numeric_int_div(a, b)", pairs),
  two("numeric_mod", "NUMERIC", "MOD(a, b)", "bq.numeric_mod(a, b)", pairs),
  two("numeric_mul", "NUMERIC", "a * b", "bq.numeric_mul(a, b)", pairs),
  n("numeric_round", "ROUND(x)", "bq.numeric_round(x)", unary(numerics)),
  ...[0, 1, 2, 3, 6, 9, 12, -1, -3].map((digits) =>
    n(`numeric_round ${digits}`, `ROUND(x, ${digits})`, `bq.numeric_round(x, ${digits})`, unary(numerics)),
  ),
  n("numeric_trunc", "TRUNC(x)", "bq.numeric_trunc(x)", unary(numerics)),
  ...[1, 2, 9, -1].map((digits) =>
    n(`numeric_trunc ${digits}`, `TRUNC(x, ${digits})`, `bq.numeric_trunc(x, ${digits})`, unary(numerics)),
  ),
  n("numeric_ceil", "CEIL(x)", "bq.numeric_ceil(x)", unary(numerics)),
  n("numeric_floor", "FLOOR(x)", "bq.numeric_floor(x)", unary(numerics)),
  n("numeric_to_string", "CAST(x AS STRING)", "bq.numeric_to_string(x)", unary(numerics)),
  n("numeric_to_int64", "CAST(x AS INT64)", "bq.numeric_to_int64(x)", unary(numerics)),
  n("numeric_to_float64", "CAST(x AS FLOAT64)", "bq.numeric_to_float64(x)", unary(numerics)),
  n("numeric_to_json", "TO_JSON_STRING(x)", "bq.numeric_to_json(x)", unary(numerics)),
  ...[0, 1, 2, 3, 6, 9, 12].map((digits) =>
    n(
      `format_fixed_numeric ${digits}`,
      `FORMAT('%.${digits}f', x)`,
      `bq.format_fixed_numeric(x, ${digits})`,
      numerics.map((x) => [x]),
    ),
  ),
  {
    name: "int64_to_json",
    parameters: { x: "INT64" },
    googlesql: "TO_JSON_STRING(x)",
    duckdb: "bq.int64_to_json(x)",
    rows: unary(integers),
  },
  {
    name: "int64_to_string",
    parameters: { x: "INT64" },
    googlesql: "CAST(x AS STRING)",
    duckdb: "bq.int64_to_string(x)",
    rows: unary(integers),
  },
  {
    name: "int64_to_numeric",
    parameters: { x: "INT64" },
    googlesql: "CAST(x AS NUMERIC)",
    duckdb: "CAST(x AS DECIMAL(38,9))",
    rows: unary(integers),
  },
  {
    name: "int64_to_bool",
    parameters: { x: "INT64" },
    googlesql: "CAST(x AS BOOL)",
    duckdb: "bq.int64_to_bool(x)",
    rows: unary(integers),
  },
  ...["bool_to_int64 INT64", "bool_to_string STRING"].map((spec) => {
    const [name, type] = spec.split(" ");
    return {
      name,
      parameters: { x: "BOOL" },
      googlesql: `CAST(x AS ${type})`,
      duckdb: `bq.${name}(x)`,
      rows: unary([true, false]),
    };
  }),
  {
    name: "bool_to_json",
    parameters: { x: "BOOL" },
    googlesql: "TO_JSON_STRING(x)",
    duckdb: "bq.bool_to_json(x)",
    rows: unary([true, false]),
  },
];
