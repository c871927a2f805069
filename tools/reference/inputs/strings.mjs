// STRING and BYTES functions, casts from and to text, JSON escapes, regular expressions.

const unary = (values) => [...values.map((x) => [x]), [null]];
const s = (name, googlesql, duckdb, values) => ({
  name,
  parameters: { s: "STRING" },
  googlesql,
  duckdb,
  rows: unary(values),
});
const fn = (name, parameters, googlesql, duckdb, rows) => ({ name, parameters, googlesql, duckdb, rows });
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const words = [
  "",
  "a",
  "abc",
  "Hello World",
  "añb",
  "日本語",
  "🏀x🏀",
  "e\u0301",
  "a,b,,c",
  ",",
  "  padded  ",
  'O\'Neal "Shaq"',
  "back\\slash",
  "\u00df",
  "İI",
  "ǅ",
];
const numbers = [
  " 5",
  "5 ",
  "\t5\n",
  "\u00a05",
  "5\f",
  "5\u000b",
  "+5",
  "-5",
  "- 5",
  "0x1F",
  "-0x1f",
  "+0X1f",
  "1.0",
  "1e3",
  "1_0",
  "",
  "  ",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "0x7fffffffffffffff",
  "0x8000000000000000",
  "-0x8000000000000000",
  "007",
  "٣",
  ".5",
  "5.",
  "1E+5",
  "1e400",
  "-1e400",
  "1e-400",
  "nan",
  "NaN",
  "inf",
  "+inf",
  "-Infinity",
  "infinity",
  "1e",
  "1d",
  "1.5.5",
  "-0",
  "-.5e-3",
  ".",
  "e5",
  "0.1",
  "123456789.123456789",
  "0.30000000000000004",
  "1e29",
  "99999999999999999999999999999.999999999",
  "99999999999999999999999999999.9999999995",
  "1e28",
  "0.0000000005",
  "-0.0000000005",
  "0.00000000049999",
  "1.1234567895",
  "1e-20",
  "5e-10",
  "4.9e-10",
  "12345678901234567890123e-15",
];
const dates = [
  "2024-02-29",
  "2024-2-9",
  "2023-02-29",
  " 2024-02-28",
  "2024-02-28 ",
  "24-01-01",
  "0001-01-01",
  "9999-12-31",
  "10000-01-01",
  "2024-01-02 03:04:05",
  "20240102",
  "2024/01/02",
  "2024-001-01",
  "+2024-01-01",
  "0000-01-01",
  "2024-13-01",
  "2024-00-10",
  "2024-01-32",
  "",
  "2100-02-29",
  "2000-02-29",
];
const instants = [
  ...dates,
  "2024-2-9 3:4:5",
  "2024-01-02T03:04:05Z",
  "2024-01-02t03:04:05z",
  "2024-01-02 03:04:05.1",
  "2024-01-02 03:04:05.123456",
  "2024-01-02 03:04:05.1234567",
  "2024-01-02 03:04:05+00:00",
  "2024-01-02 03:04:05+5",
  "2024-01-02 03:04:05+05",
  "2024-01-02 03:04:05 +05:30",
  "2024-01-02 03:04:05-0800",
  "2024-01-02 03:04:05-08:00",
  "2024-01-02 03:04:05 America/New_York",
  "2024-03-10 02:30:00 America/New_York",
  "2024-11-03 01:30:00 America/New_York",
  "2024-11-03 02:30:00 America/New_York",
  "2024-01-02 03:04",
  "2024-01-02 03",
  "2024-01-02 24:00:00",
  "2024-01-02 23:59:60",
  "2024-01-02 23:60:00",
  "9999-12-31 23:59:59.999999",
  "9999-12-31 23:59:59.999999-01:00",
  "0001-01-01 00:00:00+01:00",
  "2024-01-02 03:04:05 UTC",
  "2024-01-02+01:00",
  "2024-01-02 03:04:05Z",
  "2024-01-02  03:04:05",
  "2024-01-02 03:04:05.",
  "2024-01-02 03:04:05+14:01",
  "2024-01-02 03:04:05+14:00",
  "2024-01-02 03:04:05-15",
  "2024-01-02 03:04:05+530",
  "2024-01-02 03:04:05+5:30",
  "2024-01-02 03:04:05+013",
  "2024-01-02 UTC",
  "2024-01-02 03:04:05-00:00",
  "2024-01-02 03:04:05+14",
  "2024-01-02 03:04:05+05:75",
  "2024-06-01 12:00:00 Europe/Berlin",
  "2024-06-01 12:00:00 Africa/Brazzaville",
];
const clocks = [
  "3:4:5",
  "03:04:05",
  "23:59:59.999999",
  "24:00:00",
  "03:04",
  "03:04:05.1234567",
  "23:59:60",
  "23:60:59",
  " 03:04:05",
  "03:04:05.",
  "03:04:05.5",
  "",
  "00:00:00",
];

const control = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
const jsonTexts = [
  ...control,
  ...words,
  "\u0000",
  "\u2028x\u2029",
  "/path/<b>&'",
  'mixed "q" \\ \n \u001f end',
  "\u0007\ud83c\udfc0\u0301",
  "\ufeff",
  "LAL",
  '{"a": 1}',
];

const positions = ["0", "1", "2", "3", "10", "-1", "-2", "-3", "-4", "-10"];
const texts = ["abc", "", "日本語テキスト", "🏀x"];
const starts = texts
  .flatMap((text) => positions.map((p) => [text, p]))
  .concat([
    [null, "1"],
    ["a", null],
  ]);
const slices = starts
  .flatMap(([text, p]) => ["0", "1", "2", "100", "-1"].map((n) => [text, p, n]))
  .concat([["abc", "1", null]]);
const counts = texts
  .flatMap((text) => ["0", "1", "2", "5", "-1"].map((n) => [text, n]))
  .concat([
    [null, "1"],
    ["a", null],
  ]);
const pads = counts.flatMap(([text, n]) => [" ", "xy", "語", ""].map((p) => [text, n, p]));
const blanks = ["  a b  ", "\t\na\r\n", "\u00a0a\u3000", "xxaxx", "", "   ", "\u200ba", "\u0085a\u2028", "áxá"];
const sides = ["trim", "ltrim", "rtrim"];
const pairs = words
  .flatMap((word) => ["", "a", "b", ",", "本", "l", "World", " "].map((part) => [word, part]))
  .concat([
    [null, "a"],
    ["a", null],
  ]);
const patterns = [
  "a",
  "(b)",
  "a(?:b)c",
  "(?i)HELLO (w)",
  "[(]",
  "\\(",
  "^",
  "x*",
  "(\\d+)-",
  "[[:upper:]]",
  "(?P<name>o)",
  "本.",
  "(z)?b",
  ".",
  "$",
  "c|$",
  "(x)*",
  "b|",
  "\\b",
];
/** Patterns that can match the empty string: REGEXP_EXTRACT_ALL is refused for them. */
const MATCHES_NOTHING = new Set(["^", "x*", "$", "c|$", "(x)*", "b|", "\\b"]);
const subjects = ["", "abc", "Hello World", "a(b", "12-34-56", "日本語", "aaa", "xab\nb"];
const matches = patterns.map((pattern) => ({ pattern, rows: subjects.map((x) => [x]).concat([[null]]) }));
const quoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const duckdbText = (text) => `'${text.replaceAll("'", "''")}'`;

const bytes = [base64([]), base64([0]), base64([0, 255, 16]), base64("abc"), base64("日本")];

export const entries = [
  s("string_to_int64", "CAST(s AS INT64)", "bq.string_to_int64(s)", numbers),
  s(
    "string_to_float64",
    "CAST(s AS FLOAT64)",
    "bq.string_to_float64(s)",
    numbers.filter((x) => !/x/i.test(x)),
  ),
  s("string_to_numeric", "CAST(s AS NUMERIC)", "bq.string_to_numeric(s)", numbers),
  s("string_to_bool", "CAST(s AS BOOL)", "bq.string_to_bool(s)", [
    "true",
    "TRUE",
    "False",
    " true",
    "t",
    "1",
    "yes",
    "",
    "ſalse",
  ]),
  s("string_to_bytes", "CAST(s AS BYTES)", "bq.string_to_bytes(s)", words),
  s("string_to_date", "CAST(s AS DATE)", "bq.string_to_date(s)", dates),
  s("string_to_timestamp", "CAST(s AS TIMESTAMP)", "bq.string_to_timestamp(s)", instants),
  s(
    "string_to_timestamp zone",
    "TIMESTAMP(s, 'America/Los_Angeles')",
    "bq.string_to_timestamp(s, 'America/Los_Angeles')",
    ["2024-02-29", "2024-07-01 12:00:00", "2024-11-03 01:30:00", "2024-03-10 02:30:00"],
  ),
  s("string_to_datetime", "CAST(s AS DATETIME)", "bq.string_to_datetime(s)", instants),
  s("string_to_time", "CAST(s AS TIME)", "bq.string_to_time(s)", clocks),
  s("json_quote", "TO_JSON_STRING(s)", "bq.json_quote(s)", jsonTexts),
  fn("bytes_to_json", { b: "BYTES" }, "TO_JSON_STRING(b)", "bq.bytes_to_json(b)", unary(bytes)),
  fn(
    "bytes_to_string",
    { b: "BYTES" },
    "CAST(b AS STRING)",
    "bq.bytes_to_string(b)",
    unary([...bytes.filter((_, i) => i !== 2), base64([0xc3, 0x28]), base64([0xed, 0xa0, 0x80])]),
  ),
  fn("substr", { s: "STRING", p: "INT64" }, "SUBSTR(s, p)", "bq.substr(s, p)", starts),
  fn("substr length", { s: "STRING", p: "INT64", n: "INT64" }, "SUBSTR(s, p, n)", "bq.substr(s, p, n)", slices),
  fn("left", { s: "STRING", n: "INT64" }, "LEFT(s, n)", "bq.left(s, n)", counts),
  fn("right", { s: "STRING", n: "INT64" }, "RIGHT(s, n)", "bq.right(s, n)", counts),
  fn("repeat", { s: "STRING", n: "INT64" }, "REPEAT(s, n)", "bq.repeat(s, n)", counts),
  ...["lpad", "rpad"].flatMap((name) => [
    fn(name, { s: "STRING", n: "INT64" }, `${name.toUpperCase()}(s, n)`, `bq.${name}(s, n)`, counts),
    fn(
      `${name} pattern`,
      { s: "STRING", n: "INT64", p: "STRING" },
      `${name.toUpperCase()}(s, n, p)`,
      `bq.${name}(s, n, p)`,
      pads,
    ),
  ]),
  ...sides.flatMap((name) => [
    s(name, `${name.toUpperCase()}(s)`, `bq.${name}(s)`, blanks),
    s(`${name} characters`, `${name.toUpperCase()}(s, ' xá')`, `bq.${name}(s, ' xá')`, blanks),
  ]),
  s("initcap", "INITCAP(s)", "bq.initcap(s)", [
    ...words,
    "hello wORLD",
    "o'neal-smith jr.",
    "x_y z:a",
    "tab\tnew\nline",
    "1st 2ND",
  ]),
  s("upper", "UPPER(s)", "bq.upper(s)", [...words, "ŉ", "ﬁ", "Dončić", "ΑΣ", "ς", "ı"]),
  s("lower", "LOWER(s)", "bq.lower(s)", [...words, "ŉ", "Dončić", "ΑΣ", "ΑΣΑ", "Σ"]),
  s("split", "SPLIT(s)", "bq.split(s)", words),
  fn("split delimiter", { s: "STRING", d: "STRING" }, "SPLIT(s, d)", "bq.split(s, d)", pairs),
  fn(
    "replace",
    { s: "STRING", f: "STRING", t: "STRING" },
    "REPLACE(s, f, t)",
    "bq.replace(s, f, t)",
    pairs
      .map((pair) => [...pair, "_"])
      .concat([
        ["a", "a", null],
        ["a", "", null],
      ]),
  ),
  fn("strpos", { s: "STRING", f: "STRING" }, "STRPOS(s, f)", "bq.strpos(s, f)", pairs),
  fn("starts_with", { s: "STRING", f: "STRING" }, "STARTS_WITH(s, f)", "bq.starts_with(s, f)", pairs),
  fn("ends_with", { s: "STRING", f: "STRING" }, "ENDS_WITH(s, f)", "bq.ends_with(s, f)", pairs),
  s("char_length", "CHAR_LENGTH(s)", "bq.char_length(s)", words),
  s("byte_length", "BYTE_LENGTH(s)", "bq.byte_length(s)", words),
  ...matches.flatMap(({ pattern, rows }) => [
    fn(
      `regexp_contains ${pattern}`,
      { s: "STRING" },
      `REGEXP_CONTAINS(s, ${quoted(pattern)})`,
      `bq.regexp_contains(s, ${duckdbText(pattern)})`,
      rows,
    ),
    fn(
      `regexp_extract ${pattern}`,
      { s: "STRING" },
      `REGEXP_EXTRACT(s, ${quoted(pattern)})`,
      `bq.regexp_extract(s, ${duckdbText(pattern)})`,
      rows,
    ),
    ...(MATCHES_NOTHING.has(pattern)
      ? []
      : [
          fn(
            `regexp_extract_all ${pattern}`,
            { s: "STRING" },
            `REGEXP_EXTRACT_ALL(s, ${quoted(pattern)})`,
            `bq.regexp_extract_all(s, ${duckdbText(pattern)})`,
            rows,
          ),
        ]),
    fn(
      `regexp_replace ${pattern}`,
      { s: "STRING" },
      `REGEXP_REPLACE(s, ${quoted(pattern)}, '<\\\\0>')`,
      `bq.regexp_replace(s, ${duckdbText(pattern)}, '<\\0>')`,
      rows,
    ),
  ]),
  ...["to_hex STRING", "to_base64 STRING", "md5 BYTES", "sha1 BYTES", "sha256 BYTES"].map((spec) => {
    const [name] = spec.split(" ");
    return fn(name, { b: "BYTES" }, `${name.toUpperCase()}(b)`, `bq.${name}(b)`, unary(bytes));
  }),
  ...["md5", "sha1", "sha256"].map((name) =>
    s(`${name}_string`, `${name.toUpperCase()}(s)`, `bq.${name}_string(s)`, words),
  ),
  s("sha256_hex", "TO_HEX(SHA256(s))", "bq.sha256_hex(s)", words),
  s("from_hex", "FROM_HEX(s)", "bq.from_hex(s)", ["", "00", "fF10", "abc", "zz", "0"]),
  s("from_base64", "FROM_BASE64(s)", "bq.from_base64(s)", ["", "YWJj", "YQ==", "/+8="]),
  fn("byte_length_bytes", { b: "BYTES" }, "BYTE_LENGTH(b)", "bq.byte_length_bytes(b)", unary(bytes)),
  fn(
    "substr_bytes",
    { b: "BYTES", p: "INT64" },
    "SUBSTR(b, p)",
    "bq.substr_bytes(b, p)",
    bytes.flatMap((b) => positions.map((p) => [b, p])).concat([[null, "1"]]),
  ),
  fn(
    "substr_bytes length",
    { b: "BYTES", p: "INT64", n: "INT64" },
    "SUBSTR(b, p, n)",
    "bq.substr_bytes(b, p, n)",
    bytes.flatMap((b) => positions.flatMap((p) => ["0", "1", "2", "9", "-1"].map((n) => [b, p, n]))),
  ),
];
