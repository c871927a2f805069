import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../../tools/conformance/scorer.js";
import { translateQuery } from "./index.js";
import { quoteString } from "./print/sql.js";

/**
 * What has a fast way for common values beside an exact one for all: both must say the same. Random values come from the seed that is
 * printed where a difference is found.
 */
const EMPTY = { find: () => undefined, names: () => [] };
const SAMPLES = Math.round(1500 * Math.min(1, Number(process.env.FASTBREAK_FUZZ_SCALE ?? "1")));

/** Scalars whose values have edges: of INT64 and FLOAT64, of escapes, and of what looks like another type. */
const SCALARS_OF_JSON = [
  "0",
  "-0",
  "-1",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "999999999999999999",
  "1000000000000000000",
  "0.1",
  "-0.5",
  "1.5e300",
  "123456789012345.5",
  "1e-7",
  "1.0",
  "1.50",
  "0.49999999999999994",
  "2.5",
  "-2.5",
  "0.0001",
  "0.00001",
  "1234567.12345678",
  "0.0",
  "-0.0",
  '"2.5"',
  '"007"',
  '"-0.5"',
  '" 5"',
  '"+5"',
  '"5e1"',
  '"nan"',
  '"-Infinity"',
  '"9223372036854775808"',
  '"TRUE"',
  '"False"',
  "true",
  "false",
  '"true"',
  '"1"',
  '""',
  '"é\\n"',
  '"a\\"b"',
  '"x"',
  '"\u2028"',
  "[]",
  "{}",
  "[1]",
];

describe("fast ways are exact", () => {
  let engine: Awaited<ReturnType<typeof openEngine>>;
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => engine.close());

  async function rows(sql: string): Promise<unknown[]> {
    return (await engine.connection.runAndReadAll(sql)).getRowsJson();
  }

  /** Rows of a table of one text column for which two DuckDB expressions over `s` differ. */
  async function differences(texts: readonly string[], fast: string, exact: string): Promise<unknown[]> {
    await engine.connection.run(
      `CREATE OR REPLACE TEMP TABLE samples AS SELECT unnest([${texts.map(quoteString).join(", ")}]) AS s`,
    );
    return rows(
      `SELECT * FROM (SELECT s, ${fast} AS f, ${exact} AS e FROM samples) WHERE f IS DISTINCT FROM e LIMIT 5`,
    );
  }

  const digits = (max: number) =>
    fc.array(fc.constantFrom(..."0123456789"), { minLength: 0, maxLength: max }).map((d) => d.join(""));
  const number = fc
    .tuple(
      fc.constantFrom("", "", " ", "\t"),
      fc.constantFrom("", "+", "-"),
      digits(20),
      fc.constantFrom("", ".", "e", "0x", "_"),
      digits(12),
    )
    .map((parts) => parts.join(""));
  const two = (max: number) => fc.nat(max).map((n) => (n % 3 === 0 ? String(n) : String(n).padStart(2, "0")));
  const day = fc
    .tuple(fc.constantFrom("0000", "0001", "1999", "2024", "9999", "24"), two(13), two(32))
    .map((d) => d.join("-"));
  const clock = fc
    .tuple(two(25), two(61), two(61), fc.constantFrom("", "", ".5", ".123456", ".1234567", "."))
    .map(([h, m, s, f]) => `${h}:${m}:${s}${f}`);
  const zone = fc.constantFrom(
    "",
    "",
    "",
    "Z",
    "z",
    "+00",
    "+00:00",
    "-00",
    " UTC",
    "+05:30",
    "-08:00",
    "+13:59",
    "-1:00",
    "+14:00",
    "+05:60",
    "-0330",
    " America/New_York",
    " Nowhere",
    "+15",
  );
  const time = fc
    .tuple(day, fc.constantFrom(" ", "T", "t", ""), clock, zone)
    .chain(([d, t, c, z]) => fc.constantFrom(d, c, `${d}${t}${c}${z}`, `${d}${t}${c}`));
  const word = fc.constantFrom(
    "true",
    "FALSE",
    "t",
    "nan",
    "-inf",
    "Infinity",
    "",
    "x",
    ".",
    "-",
    "0x",
    "-0x1F",
    "9223372036854775808",
    "-9223372036854775808",
    "007",
    "-0",
    "1e400",
    "9999-12-31 23:59:60",
    "+-5",
    "-+5",
    "--5",
    "nan(x)",
    "-nan(ind)",
    "1_0.5",
    "5 ",
    "1.5.2",
    "12abc",
    "1e",
    "- 5",
    "1,5",
  );
  // Bare in TRY, a COALESCE whose operand fails may end the process; the library's functions bind their arguments, as this does.
  const tried = (sql: string): string => `TRY(list_transform([TRUE], lambda again: ${sql})[1])`;
  const sqlText = (texts: readonly string[]) => `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
  const texts = (of: fc.Arbitrary<string>, seed: number): string[] => fc.sample(of, { seed, numRuns: SAMPLES });

  it.each(["int64", "float64", "numeric", "bool", "date", "datetime", "time", "timestamp"])(
    "SAFE_CAST to %s",
    async (type) => {
      const sample = texts(fc.oneof(number, time, word), 7);
      const safely = (call: string): string => `list_transform([s], lambda x: ${tried(call)})[1]`;
      const isQuick = ["int64", "datetime", "time", "timestamp"].includes(type);
      const rest = type === "timestamp" ? ", 'UTC'" : "";
      const exact = safely(`bq.string_to_${type}${isQuick ? "_exact" : ""}(x${rest})`);
      const quick = [`bq.try_string_to_${type}(s)`];
      if (isQuick || type === "float64") quick.push(`bq.try_string_to_${type}_plain(s)`);
      if (isQuick) quick.push(safely(`bq.string_to_${type}(x)`), safely(`bq.string_to_${type}_plain(x)`));
      for (const fast of quick) expect(await differences(sample, fast, exact)).toEqual([]);
    },
  );

  it.each(["UTC", "America/New_York", "+05:30"])("CAST to TIMESTAMP in %s", async (zone) => {
    const sample = texts(fc.oneof(time, time, word), 11);
    const safely = (call: string): string => `list_transform([s], lambda x: ${tried(`bq.${call}(x, '${zone}')`)})[1]`;
    expect(await differences(sample, safely("string_to_timestamp"), safely("string_to_timestamp_exact"))).toEqual([]);
  });

  it.each([
    ["DATE", "%Y-%m-%d", ""],
    ["DATETIME", "%Y-%m-%d %H:%M:%S", ""],
    ["DATETIME", "%FT%H:%M:%E3S", ""],
    ["TIMESTAMP", "%Y-%m-%d %H:%M:%S", ""],
    ["TIMESTAMP", "%Y-%m-%d %H:%M:%S", ", 'America/New_York'"],
    ["TIMESTAMP", "%Y-%m-%dT%R", ", '-08:00'"],
    ["TIMESTAMP", "%FT%H:%M:%E*SZ", ""],
    ["TIMESTAMP", "%F %H:%M:%E6S%Ez", ""],
    ["TIMESTAMP", "%F %T%z", ", 'Asia/Tokyo'"],
  ])("PARSE_%s('%s', text%s), with SAFE and without", async (type, format, place) => {
    const of = (safe: string, pattern: string): string => `${safe}PARSE_${type}(${pattern}, s${place})`;
    const separator = fc.constantFrom(" ", "T");
    const whole = fc
      .tuple(day, separator, clock, zone, fc.boolean())
      .map(([d, t, c, z, short]) => (short ? `${d}${t}${c.split(":").slice(0, 2).join(":")}` : `${d}${t}${c}${z}`));
    const sample = texts(fc.oneof(whole, day, time, word), 13);
    const compared = (safe: string, from: string): string =>
      `SELECT s, CAST(${of(safe, `'${format}'`)} AS STRING) AS f, CAST(${of(safe, `CONCAT('${format}', '')`)} AS STRING) AS e FROM ${from}`;
    const list = sqlText(sample);
    const all = (await rows(translateQuery(compared("SAFE.", `UNNEST(${list}) AS s`), EMPTY).sql)) as string[][];
    expect(all).toHaveLength(SAMPLES);
    expect(all.filter(([, fast, exact]) => fast !== exact).slice(0, 5)).toEqual([]);
    expect(all.some(([, fast]) => fast !== null)).toBe(true);
    const valid = `(SELECT s FROM UNNEST(${list}) AS s WHERE ${of("SAFE.", `CONCAT('${format}', '')`)} IS NOT NULL)`;
    const strictly = (await rows(translateQuery(compared("", valid), EMPTY).sql)) as string[][];
    expect(strictly.filter(([, fast, exact]) => fast !== exact).slice(0, 5)).toEqual([]);
    for (const [text = ""] of all.filter(([, fast]) => fast === null).slice(0, 20)) {
      const { sql } = translateQuery(`SELECT ${of("", `'${format}'`)} FROM UNNEST(${sqlText([text])}) AS s`, EMPTY);
      await expect(rows(sql)).rejects.toThrow(/Failed to parse input string|Out-of-range|out of range|Invalid/);
    }
  });

  const decimal = fc
    .tuple(fc.boolean(), fc.nat(18), fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.nat(9))
    .map(([negative, size, units, zeros]) => {
      const kept = ((units % 10n ** BigInt(size + 1)) / 10n ** BigInt(zeros)) * 10n ** BigInt(zeros);
      const text = kept.toString().padStart(10, "0");
      return `${negative ? "-" : ""}${text.slice(0, -9)}.${text.slice(-9)}`;
    });
  // Their products lie about a half of 10^-9, up to 10^5.
  const small = fc
    .tuple(fc.boolean(), fc.integer({ min: 0, max: 400_000_000_000 }))
    .map(([negative, units]) => `${negative ? "-" : ""}${(units / 1e9).toFixed(9)}`);
  // From the largest of those on, up to where doubles no longer do.
  const unit = fc.integer({ min: 0, max: 1_000_000_000_000 }).map((units) => (units / 1e9).toFixed(9));
  const edges = [
    "0.5",
    "-0.5",
    "0.000000001",
    "-0.000000001",
    "999999.999999999",
    "1000000.000000001",
    "999999999.999999999",
    "1000000000.000000001",
    "0.000000005",
    "31622.776601683",
    "99999.999999999",
    "-100000.000000001",
    "135714.285714285",
    "1.000000001",
  ];

  it.each(["", " IGNORE NULLS"])("ARRAY_AGG(x%s ORDER BY k LIMIT 1)", async (nulls) => {
    const numbers = fc.integer({ min: -9, max: 9 });
    const table = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.option(numbers), fc.option(numbers)), {
      selector: ([group, key]) => `${group} ${key}`,
      maxLength: 12,
    });
    for (const sample of fc.sample(table, { seed: 41, numRuns: 40 }))
      for (const order of ["k", "k DESC", "k NULLS LAST", "k DESC NULLS FIRST"]) {
        const structs = sample.map(([g, k, x]) => `STRUCT(${g} AS g, ${k} AS k, ${x} AS x)`);
        const source = `UNNEST(ARRAY<STRUCT<g INT64, k INT64, x INT64>>[${structs.join(", ")}])`;
        const of = (limit: number) =>
          translateQuery(
            `SELECT g, ARRAY_LENGTH(v) AS n, v[SAFE_OFFSET(0)] AS x FROM (SELECT g, ARRAY_AGG(x${nulls} ORDER BY ${order} LIMIT ${limit}) AS v FROM ${source} GROUP BY g)`,
            EMPTY,
          ).sql;
        expect(of(1)).toMatch(/arg_(min|max)_null\(/);
        const first = await rows(`SELECT g, n, x FROM (${of(1)}) ORDER BY 1`);
        const whole = await rows(`SELECT g, CASE WHEN n > 1 THEN 1 ELSE n END, x FROM (${of(9)}) ORDER BY 1`);
        expect(first).toEqual(whole);
      }
  });

  it("CONTAINS_SUBSTR", async () => {
    const letters = fc.array(fc.constantFrom(..."aAbKzZ éÉßÿŸİıſKÅ①ﬁ'’＇\u0301\u00B5\u00AA\n"), { maxLength: 6 });
    const sample = fc.sample(letters, { seed: 29, numRuns: SAMPLES }).map((chars) => chars.join(""));
    for (const wanted of ["", "a", "É", "e\u0301", "K", "k", "ss", "\u00B5", "ı", "'", "fi", "1"]) {
      const { sql } = translateQuery(
        `SELECT CONTAINS_SUBSTR(s, ${JSON.stringify(wanted)}) AS v FROM (SELECT 'SAMPLE' AS s)`,
        EMPTY,
      );
      const [, fast = ""] = /^SELECT (.*) AS "v" FROM/.exec(sql) ?? [];
      expect(fast).toContain("folds_simply");
      const column = fast.replace(/\bt\d+\$\."s"/g, "s");
      expect(await differences(sample, column, `bq_contains_substr(${quoteString(wanted)}, [s])`)).toEqual([]);
    }
  });

  it.each(["YEAR", "QUARTER", "MONTH"])("DATE_DIFF by %s counts the beginnings between two dates", async (part) => {
    const dates = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
    );
    const written = ([y, m, d]: readonly number[]) =>
      `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
    const sample = fc
      .sample(fc.tuple(dates, dates), { seed: 31, numRuns: SAMPLES })
      .map(([a, b]) => `${written(a)} ${written(b)}`);
    const of = (index: number) => `CAST(split_part(s, ' ', ${index}) AS DATE)`;
    const number = (index: number) =>
      ({
        YEAR: `year(${of(index)})`,
        QUARTER: `year(${of(index)}) * 4 + quarter(${of(index)})`,
        MONTH: `year(${of(index)}) * 12 + month(${of(index)})`,
      })[part];
    expect(
      await differences(
        sample,
        `bq.date_diff_${part.toLowerCase()}(${of(1)}, ${of(2)})`,
        `${number(1)} - (${number(2)})`,
      ),
    ).toEqual([]);
  });

  it("products of NUMERIC", async () => {
    const sample = [
      ...fc.sample(fc.tuple(decimal, decimal), { seed: 17, numRuns: SAMPLES }),
      ...fc.sample(fc.tuple(small, small), { seed: 37, numRuns: SAMPLES }),
      ...fc.sample(fc.tuple(small, unit), { seed: 43, numRuns: SAMPLES }),
      ...edges.flatMap((a) => edges.map((b) => [a, b])),
    ];
    const of = (part: number): string => `CAST(split_part(s, ' ', ${part}) AS DECIMAL(38,9))`;
    const pairs = sample.map((pair) => pair.join(" "));
    const safely = (call: string): string => tried(`bq.${call}(${of(1)}, ${of(2)})`);
    for (const fast of ["numeric_mul", "numeric_mul_plain"])
      expect(await differences(pairs, safely(fast), safely("numeric_mul_exact"))).toEqual([]);
    const units = `CAST(replace(split_part(s, ' ', 1), '.', '') AS HUGEINT)`;
    const full = pairs.filter((pair) => /^-?\d+\.\d{9} /.test(pair));
    expect(await differences(full, `coalesce(bq.numeric_units(${of(1)}), ${units})`, units)).toEqual([]);
  });

  it("NUMERIC to FLOAT64 and back", async () => {
    const sample = [...fc.sample(decimal, { seed: 19, numRuns: SAMPLES }), ...edges];
    const value = "CAST(s AS DECIMAL(38,9))";
    expect(await differences(sample, `bq.numeric_to_float64(${value})`, "CAST(s AS DOUBLE)")).toEqual([]);
    const doubles = fc.sample(
      fc.oneof(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer().map((n) => n / 1024),
        fc.integer().map((n) => n / 1e9 + 5e-10),
      ),
      { seed: 23, numRuns: SAMPLES },
    );
    const exact =
      "CASE WHEN CAST(s AS DOUBLE) * 1024 = trunc(CAST(s AS DOUBLE) * 1024) THEN CAST(printf('%.10f', CAST(s AS DOUBLE)) AS DECIMAL(38,9)) ELSE CAST(printf('%.9f', CAST(s AS DOUBLE)) AS DECIMAL(38,9)) END";
    expect(await differences(doubles.map(String), "bq.float64_to_numeric(CAST(s AS DOUBLE))", exact)).toEqual([]);
  });

  /** Texts that are, or nearly are, JSON. */
  const jsonTexts = (seed: number) => {
    const scalar = fc.constantFrom(
      "1",
      "-0",
      "0",
      "-12",
      "1.0",
      "1.5",
      "-0.5",
      "-0.0",
      "1.50",
      "1.00",
      "10.0",
      "0.0001",
      "0.00001",
      "0.00000012",
      "123456789012.345",
      "0.1234567890123456",
      "1234567890123456.5",
      "0.1e1",
      "1e3",
      "1E-7",
      "123456789012345678901234567890",
      "true",
      "false",
      "null",
      "NaN",
      "-inf",
      "Infinity",
      '"x"',
      '""',
      '"a\\"b"',
      '"\\u00e9é"',
      '"\\ud800"',
      '"nan, -0,}"',
      '"\\u0000"',
      "'x'",
      "01",
      "nul",
    );
    const { json } = fc.letrec<{ json: string; object: string; array: string }>((tie) => ({
      json: fc.oneof({ maxDepth: 3 }, scalar, tie("object"), tie("array")) as fc.Arbitrary<string>,
      object: fc
        .tuple(
          fc.array(fc.tuple(fc.constantFrom("a", "b", "a", "b", "a b", "A", "", "*", "é"), tie("json")), {
            maxLength: 3,
          }),
          fc.constantFrom("", "", "", ",", " "),
        )
        .map(([members, end]) => `{${members.map(([key, value]) => `"${key}" :${value}`).join(", ")}${end}}`),
      array: fc
        .tuple(fc.array(tie("json") as fc.Arbitrary<string>, { maxLength: 3 }), fc.constantFrom("", "", "", ","))
        .map(([items, end]) => `[${items.join(",")}${end}]`),
    }));
    return texts(
      fc.tuple(json, fc.constantFrom("", "", "", " ", "x", "}")).map((parts) => parts.join("")),
      seed,
    );
  };

  it.each(["JSON_VALUE", "JSON_QUERY", "JSON_QUERY_ARRAY", "JSON_VALUE_ARRAY"])(
    "%s along plain paths",
    async (name) => {
      const sample = jsonTexts(29);
      for (const path of ["$", "$.a", "$.b.a", "$[0]", "$.a[1].b", "$.a.a"]) {
        const of = (path: string) =>
          name.endsWith("ARRAY") ? `TO_JSON_STRING(${name}(j, ${path}))` : `${name}(j, ${path})`;
        const sql = `SELECT j, ${of(`'${path}'`)} AS f, ${of(`CONCAT('${path}', '')`)} AS e FROM UNNEST(${sqlText(sample)}) AS j`;
        const differing = (await rows(translateQuery(sql, EMPTY).sql)).filter(
          (row) => JSON.stringify((row as unknown[])[1]) !== JSON.stringify((row as unknown[])[2]),
        );
        expect(differing.slice(0, 5)).toEqual([]);
      }
    },
  );

  const exactly = "wide_number_mode => CONCAT('exact', '')";
  const PARTS: readonly (readonly [steps: string, path: string])[] = [
    [".a", "$.a"],
    [".b.a", "$.b.a"],
    ["[0]", "$[0]"],
    [".a[1].b", "$.a[1].b"],
    ["['a'].A", "$.a.A"],
  ];

  it("parts of parsed JSON, and what PARSE_JSON refuses", async () => {
    const sample = jsonTexts(37);
    const valid = `SELECT j FROM UNNEST(${sqlText(sample)}) AS j WHERE SAFE.PARSE_JSON(j, ${exactly}) IS NOT NULL`;
    for (const [steps, path] of PARTS) {
      const forms = [
        [`TO_JSON_STRING(PARSE_JSON(j)${steps})`, `TO_JSON_STRING(JSON_QUERY(p, CONCAT('${path}', '')))`],
        [`TO_JSON_STRING(p${steps})`, `TO_JSON_STRING(JSON_QUERY(p, CONCAT('${path}', '')))`],
        [`JSON_VALUE(PARSE_JSON(j)${steps})`, `JSON_VALUE(p, CONCAT('${path}', ''))`],
        [`JSON_VALUE(PARSE_JSON(j)${steps}, '$.a')`, `JSON_VALUE(p, CONCAT('${path}', '.a'))`],
        [`JSON_VALUE(PARSE_JSON(j), '${path}')`, `JSON_VALUE(p, CONCAT('${path}', ''))`],
        [
          `TO_JSON_STRING(JSON_QUERY(PARSE_JSON(j), '${path}'))`,
          `TO_JSON_STRING(JSON_QUERY(p, CONCAT('${path}', '')))`,
        ],
        [`TO_JSON_STRING(SAFE.PARSE_JSON(j)${steps})`, `TO_JSON_STRING(JSON_QUERY(p, CONCAT('${path}', '')))`],
        ...["LAX_STRING", "LAX_INT64", "LAX_FLOAT64", "LAX_BOOL", "JSON_TYPE"].flatMap((name) =>
          ["PARSE_JSON(j)", "p"].map((of) => [
            `${name}(${of}${steps})`,
            `${name}(JSON_QUERY(p, CONCAT('${path}', '')))`,
          ]),
        ),
        ...[
          ["string", "STRING"],
          ["boolean", "BOOL"],
          ["number", "FLOAT64"],
        ].map(([kind, name]) => [
          `IF(JSON_TYPE(p${steps}) = '${kind}', ${name}(PARSE_JSON(j)${steps}), NULL)`,
          `IF(JSON_TYPE(p${steps}) = '${kind}', ${name}(JSON_QUERY(p, CONCAT('${path}', ''))), NULL)`,
        ]),
        [`JSON_VALUE(p, '${path}')`, `JSON_VALUE(p, CONCAT('${path}', ''))`],
        [`TO_JSON_STRING(JSON_QUERY(p, '${path}'))`, `TO_JSON_STRING(JSON_QUERY(p, CONCAT('${path}', '')))`],
        ...["JSON_VALUE_ARRAY", "JSON_QUERY_ARRAY"].flatMap((name) =>
          ["PARSE_JSON(j)", "p"].map((of) => [
            `TO_JSON_STRING(${name}(${of}, '${path}'))`,
            `TO_JSON_STRING(${name}(p, CONCAT('${path}', '')))`,
          ]),
        ),
      ] as const;
      for (const [fast, exact] of forms) {
        const sql = `SELECT * FROM (SELECT j, ${fast} AS f, ${exact} AS e
          FROM (SELECT j, PARSE_JSON(j, ${exactly}) AS p FROM (${valid}))) WHERE f IS DISTINCT FROM e LIMIT 5`;
        expect([fast, await rows(translateQuery(sql, EMPTY).sql)]).toEqual([fast, []]);
      }
    }
    const refused = `SELECT j FROM UNNEST(${sqlText(sample)}) AS j WHERE SAFE.PARSE_JSON(j, ${exactly}) IS NULL`;
    const texts = (await rows(translateQuery(refused, EMPTY).sql)) as [string][];
    expect(texts.length).toBeGreaterThan(10);
    const nulls = `SELECT j FROM (${refused}) WHERE STRING(SAFE.PARSE_JSON(j).a) IS NOT NULL OR JSON_VALUE(SAFE.PARSE_JSON(j), '$.a') IS NOT NULL`;
    expect(await rows(translateQuery(nulls, EMPTY).sql)).toEqual([]);
    const taken: string[] = [];
    for (const [text] of texts.slice(0, 100)) {
      const sql = `SELECT JSON_VALUE(PARSE_JSON(j).a) FROM UNNEST(${sqlText([text])}) AS j`;
      const isTaken = await rows(translateQuery(sql, EMPTY).sql).then(
        () => true,
        () => false,
      );
      if (isTaken) taken.push(text);
    }
    expect(taken).toEqual([]);
  });

  it("scalars of JSON", async () => {
    const scalar = `SELECT p FROM (SELECT SAFE.PARSE_JSON(j, ${exactly}) AS p FROM UNNEST(${sqlText(jsonTexts(41))}) AS j)`;
    const literals = `SELECT PARSE_JSON(j) FROM UNNEST(${sqlText(SCALARS_OF_JSON)}) AS j`;
    const types = ["STRING", "INT64", "BOOL", "FLOAT64"].flatMap((type) => [type, `LAX_${type}`]);
    for (const type of [...types, "JSON_TYPE"]) {
      const { sql } = translateQuery(`SELECT ${type}(p) AS v FROM (SELECT JSON '1' AS p)`, EMPTY);
      const [, fast = ""] = /^SELECT (.*) AS "v" FROM/.exec(sql) ?? [];
      const call = `bq_json_${type.replace("JSON_", "").toLowerCase()}`;
      expect(fast).toContain(call);
      const exact = (of: string) => `${call}(CAST(${of} AS VARCHAR)${type === "FLOAT64" ? ", 'round'" : ""})`;
      const values = translateQuery(
        `SELECT DISTINCT TO_JSON_STRING(p) FROM (${scalar} UNION ALL ${literals}) WHERE p IS NOT NULL`,
        EMPTY,
      ).sql;
      let agreed = 0;
      for (const [text] of (await rows(values)) as [string][]) {
        const either = async (value: string) =>
          rows(`SELECT ${value} FROM (SELECT CAST(${quoteString(text)} AS JSON) AS p)`).catch(() => "refused");
        const [one, other] = [await either(fast.replace(/\bt\d+\$\."p"/g, "p")), await either(exact("p"))];
        expect([text, type, one]).toEqual([text, type, other]);
        if (one !== "refused") agreed += 1;
      }
      expect(agreed).toBeGreaterThan(0);
    }
  });

  it("subqueries over the elements of an array", async () => {
    const arrays =
      "SELECT 1 AS k, [1, 2, NULL, 3] AS xs, [STRUCT('a' AS n, 1 AS v), ('b', NULL), ('a', 3)] AS ps UNION ALL SELECT 2, [], [] UNION ALL SELECT 3, NULL, NULL UNION ALL SELECT 4, [2], [STRUCT('b', 2)]";
    const templates = [
      "(SELECT x + k FROM UNNEST(xs) AS x$ WHERE x = k)",
      "(SELECT v FROM UNNEST(ps)$ WHERE n = 'b')",
      "(SELECT p.v FROM UNNEST(t.ps) AS p$ WHERE p.n = 'b' AND k > 0)",
      "(SELECT 1 FROM UNNEST(xs) AS x$ WHERE x > 2)",
      "(SELECT IF(x IS NULL, 'none', 'some') FROM UNNEST(xs) AS x$ WHERE x IS NULL)",
      "(SELECT x FROM UNNEST(xs) AS x$ WHERE x > 1 AND x < 3 LIMIT 1)",
      "EXISTS (SELECT 1 FROM UNNEST(xs) AS x$ WHERE x = k)",
      "EXISTS (SELECT x FROM UNNEST(xs) AS x$)",
      "NOT EXISTS (SELECT NULL FROM UNNEST(ps) AS p$ WHERE p.v > k)",
      "TO_JSON_STRING(ARRAY(SELECT x * 2 FROM UNNEST(xs) AS x$))",
      "TO_JSON_STRING(ARRAY(SELECT v FROM UNNEST(ps)$ WHERE n <> 'b'))",
      "TO_JSON_STRING(ARRAY(SELECT CONCAT(n, CAST(k AS STRING)) FROM UNNEST(ps)$ WHERE v IS NOT NULL))",
    ];
    for (const template of templates) {
      const run = async (offset: string): Promise<unknown[]> =>
        rows(
          translateQuery(`SELECT k, ${template.replace("$", offset)} AS r FROM (${arrays}) AS t ORDER BY k`, EMPTY).sql,
        );
      expect([template, await run("")]).toEqual([template, await run(" WITH OFFSET AS o")]);
    }
    const many = translateQuery(`SELECT (SELECT x FROM UNNEST(xs) AS x) FROM (${arrays}) AS t`, EMPTY).sql;
    await expect(rows(many)).rejects.toThrow("Scalar subquery produced more than one element");
  });
});
