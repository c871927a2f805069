import { expect, it } from "vitest";
import { queriesOnEngine } from "../test-support/queries.js";

const { rows, translated } = queriesOnEngine();

let state = 20240607;
/** A number from 0 to 1, the same ones in each run. */
function next(): number {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state / 2147483648;
}

const between = (least: number, most: number) => (next() < 0.5 ? -1 : 1) * 2 ** (least + (most - least) * next());
const many = (least: number, most: number) => Array.from({ length: 60 }, () => between(least, most));
const shuffled = (values: readonly number[]) =>
  values
    .map((value) => ({ value, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);

/** A FLOAT64 in units of 2^-1074, of which each is a whole number. */
function unitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction + (1n << 52n)) << (exponent - 1n);
  return value < 0 ? -size : size;
}

/** The number closest to units of 2^-1074 divided by `count`, but for the last bits of what is below 2^-1000. */
function nearest(units: bigint, count: bigint): number {
  const size = units < 0n ? -units : units;
  const shift = BigInt(Math.max(0, size.toString(2).length - 120));
  return (Number(((size >> shift) << 60n) / count) / 2 ** 60) * 2 ** (Number(shift) - 1074) * (units < 0n ? -1 : 1);
}

const list = (values: readonly number[]) => `UNNEST([${values.map((value) => value.toExponential(20)).join(", ")}])`;

it.each([
  ["amounts", many(-10, 20)],
  ["shares of one", many(-25, 0)],
  ["counts of microseconds", many(45, 55)],
  ["what is nearly all taken back", many(0, 30).flatMap((value) => [value, -value * (1 + 2 ** -40)])],
  ["what is all taken back", many(-20, 40).flatMap((value) => [value, -value])],
  ["large and small ones", [...many(55, 62), ...many(-5, 5)]],
])("adds up %s exactly in any order", async (_, values) => {
  const units = values.reduce((sum, value) => sum + unitsOf(value), 0n);
  const aggregates = "SUM(x) AS s, AVG(x) AS m";
  const windows = "SUM(x) OVER () AS s, AVG(x) OVER () AS m";
  const found = new Set<string>();
  for (let turn = 0; turn < 4; turn++) {
    const from = list(shuffled(values));
    for (const query of [`SELECT ${aggregates} FROM ${from} AS x`, `SELECT ${windows} FROM ${from} AS x LIMIT 1`])
      found.add(JSON.stringify((await rows(query))[0]));
  }
  expect(found.size).toBe(1);
  const [sum = "", mean = ""] = JSON.parse([...found][0] ?? "") as string[];
  const largest = Math.max(Math.abs(nearest(units, 1n)), 2 ** -74);
  expect(Math.abs(Number(sum) - nearest(units, 1n)) / largest).toBeLessThanOrEqual(2 ** -52);
  const count = BigInt(values.length);
  expect(Math.abs(Number(mean) - nearest(units, count)) / largest).toBeLessThanOrEqual(2 ** -52);
});

it("adds up distinct values in their order", async () => {
  const values = many(-10, 20);
  const found = new Set<string>();
  for (let turn = 0; turn < 4; turn++)
    found.add(
      JSON.stringify(
        await rows(`SELECT SUM(DISTINCT x), AVG(DISTINCT x) FROM ${list(shuffled([...values, ...values]))} AS x`),
      ),
    );
  expect(found.size).toBe(1);
});

it.each([
  "STDDEV(DISTINCT x), VAR_POP(DISTINCT x)",
  "STDDEV(DISTINCT CAST(x * 1e9 AS INT64))",
  "SUM(x HAVING MAX 1), AVG(x HAVING MAX 1)",
  "VAR_SAMP(x HAVING MIN 1)",
  "STDDEV((SELECT MAX(y) FROM UNNEST([x]) AS y)), VARIANCE((SELECT MAX(CAST(y * 1e9 AS INT64)) FROM UNNEST([x]) AS y))",
  "CORR((SELECT MAX(y) FROM UNNEST([x]) AS y), x * 2), COVAR_POP(x, (SELECT MIN(y) FROM UNNEST([x * x]) AS y))",
  "APPROX_TOP_SUM('a', x, 1)",
])("gives %s the same digits in any order", async (calls) => {
  const values = many(-10, 20);
  const found = new Set<string>();
  for (let turn = 0; turn < 6; turn++)
    found.add(JSON.stringify(await rows(`SELECT ${calls} FROM ${list(shuffled(values))} AS x`)));
  expect(found.size).toBe(1);
});

it("adds up sums of groups in any order", async () => {
  const values = many(-10, 20);
  const found = new Set<string>();
  for (let turn = 0; turn < 6; turn++) {
    const calls = "SUM(SUM(x)) OVER (), AVG(AVG(x) + 0.1) OVER (), STDDEV(SUM(x)) OVER ()";
    found.add(JSON.stringify(await rows(`SELECT ${calls} FROM ${list(shuffled(values))} AS x GROUP BY x LIMIT 1`)));
  }
  expect(found.size).toBe(1);
});

it("adds up the distinct values of a window in any order, without a list of them for each row", async () => {
  const found = new Set<string>();
  for (const order of ["x", "FARM_FINGERPRINT(CAST(x AS STRING))"]) {
    const values = `UNNEST(ARRAY(SELECT x / 7 FROM UNNEST(GENERATE_ARRAY(1, 30000)) AS x ORDER BY ${order}))`;
    const windows = `SELECT SUM(DISTINCT x) OVER () AS s, AVG(DISTINCT x) OVER () AS a FROM ${values} AS x`;
    found.add(JSON.stringify(await rows(`SELECT DISTINCT s, a FROM (${windows})`)));
  }
  expect(found).toEqual(new Set([JSON.stringify([[64287857.142857142, 2142.9285714285716]])]));
});

it("calls a sum and a mean of what nearly cancels what they are", async () => {
  const values =
    "UNNEST(ARRAY_CONCAT(ARRAY(SELECT 0.6 FROM UNNEST(GENERATE_ARRAY(1, 1000))), ARRAY(SELECT -0.2 FROM UNNEST(GENERATE_ARRAY(1, 3000)))))";
  const [row] = await rows(`SELECT SUM(x), AVG(x) FROM ${values} AS x`);
  // 0.6 is 2.22e-17 less, and 0.2 is 1.11e-17 more than written.
  const exact = unitsOf(0.6) * 1000n - unitsOf(0.2) * 3000n;
  expect((row as unknown[]).map(Number)).toEqual([nearest(exact, 1n), nearest(exact, 4000n)]);
});

it("has no correlation of what is all the same", async () => {
  const [row] = await rows(
    "SELECT CAST(CORR(x, y) AS STRING), CAST(COVAR_POP(x, y) AS STRING) FROM UNNEST([STRUCT(1234.567 AS x, 0.1 AS y), (1234.567, 0.7)])",
  );
  expect(row).toEqual(["nan", "0"]);
});

it.each([
  ["one small value", "[1e-6]", ["1e-06", "1e-06"]],
  ["the smallest", "[5e-324, 5e-324]", ["9.88131291682493e-324", "4.94065645841247e-324"]],
  ["values without a common scale", "[1e16, 1.0, -1e16]", ["1", "0.33333333333333331"]],
  ["nothing but zeros", "[0.0, -0.0]", ["0", "0"]],
  ["NULLs", "[CAST(NULL AS FLOAT64), NULL]", [null, null]],
  ["NULLs among values", "[NULL, 1.5, NULL]", ["1.5", "1.5"]],
  ["infinities", "[CAST('inf' AS FLOAT64), 1.0]", ["inf", "inf"]],
  ["opposite infinities", "[CAST('inf' AS FLOAT64), CAST('-inf' AS FLOAT64)]", ["nan", "nan"]],
  ["NaN", "[1.0, CAST('nan' AS FLOAT64)]", ["nan", "nan"]],
])("adds up %s", async (_, values, expected) => {
  const [row] = await rows(`SELECT CAST(SUM(x) AS STRING), CAST(AVG(x) AS STRING) FROM UNNEST(${values}) AS x`);
  expect(row).toEqual(expected);
});

it.each(["(SELECT MAX(y) FROM UNNEST([x, 1.5]) AS y WHERE y < 1e300)", "RAND()"])(
  "computes %s once for each row",
  (value) => {
    const { sql } = translated(`SELECT SUM(${value}), AVG(${value}) FROM UNNEST([1.0, 2.0]) AS x`);
    expect(sql.match(/max\(|random\(/g)).toHaveLength(2);
  },
);

/** Of whole numbers in units of 2^-1074: n^2 times the covariance. */
const apart = (xs: readonly bigint[], ys: readonly bigint[]): bigint =>
  BigInt(xs.length) * xs.reduce((sum, x, at) => sum + x * (ys[at] ?? 0n), 0n) -
  xs.reduce((sum, x) => sum + x, 0n) * ys.reduce((sum, y) => sum + y, 0n);

/** The quotient of two large integers. */
const ratio = (a: bigint, b: bigint): number => Number((a << 1200n) / b / (1n << 1100n)) / 2 ** 100;

it.each([
  ["amounts", many(-10, 20)],
  ["returns", many(-14, -4)],
  ["billions", many(25, 40)],
  ["neighbours far from zero", many(0, 10).map((value) => 1e12 + value)],
  ["millionths", many(-23, -18)],
  ["values that hardly differ", many(-30, -10).map((value) => 1e6 + value)],
  ["moments of a day", many(10, 36).map((value) => 1.7e9 + Math.abs(value) / 2 ** 20)],
])("tells how %s differ from their mean, in any order", async (_, values) => {
  const pairs = values.map((value) => ({ x: value, y: value * 0.75 + between(-3, 3) }));
  const found = new Set<string>();
  for (let turn = 0; turn < 4; turn++) {
    const order = pairs.map((pair) => ({ pair, at: next() })).sort((a, b) => a.at - b.at);
    const structs = order.map(
      ({ pair: { x, y } }) => `STRUCT(${x.toExponential(20)} AS x, ${y.toExponential(20)} AS y)`,
    );
    const from = `UNNEST([${[...structs, "STRUCT(1.0, NULL)", "(NULL, 1.0)"].join(", ")}])`;
    const calls = [
      "CORR(x, y)",
      "COVAR_POP(x, y)",
      "COVAR_SAMP(x, y)",
      "VAR_SAMP(IF(y IS NULL, NULL, x))",
      "STDDEV_POP(y - y + x)",
    ];
    found.add(JSON.stringify((await rows(`SELECT ${calls.join(", ")} FROM ${from}`))[0]));
    const windows = calls.map((call) => `${call} OVER ()`).join(", ");
    found.add(JSON.stringify((await rows(`SELECT ${windows} FROM ${from} LIMIT 1`))[0]));
  }
  expect(found.size).toBe(1);
  const [corr, covariance, sample, variance, deviation] = (JSON.parse([...found][0] ?? "") as string[]).map(Number);
  const [xs, ys] = [pairs.map(({ x }) => unitsOf(x)), pairs.map(({ y }) => unitsOf(y))];
  const [xx, xy, yy] = [apart(xs, xs), apart(xs, ys), apart(ys, ys)];
  const n = BigInt(pairs.length);
  /** Units of 2^-2148 into a number. */
  const scaled = (units: bigint, divisor: bigint) => ratio(units, divisor << 2148n);
  const close = (value: number | undefined, expected: number) =>
    expect(Math.abs((value ?? 0) / expected - 1)).toBeLessThan(1e-12);
  close(covariance, scaled(xy, n * n));
  close(sample, scaled(xy, n * (n - 1n)));
  close(variance, scaled(xx, n * (n - 1n)));
  close(deviation, Math.sqrt(scaled(xx, n * n)));
  close(corr, scaled(xy, n * n) / Math.sqrt(scaled(xx, n * n) * scaled(yy, n * n)));
});

it.each([
  ["[1e150, 3e150]", "1.414213562373095e+150", "9.999999999999999e+299"],
  ["[1e-200, 3e-200]", "0", "0"],
  ["[1.0, CAST('nan' AS FLOAT64)]", "nan", "nan"],
  ["[1.5]", null, "0"],
  ["[1.5, 1.5, 1.5]", "0", "0"],
  ["[1234.567, 1234.567, 1234.567]", "0", "0"],
  ["[1234.5678]", null, "0"],
  ["[CAST(NULL AS FLOAT64)]", null, null],
  ["[1700000000000000, 1700000000000000, 1700000000000000]", "0", "0"],
])("keeps the deviation of %s", async (values, deviation, variance) => {
  const [row] = await rows(`SELECT CAST(STDDEV(x) AS STRING), CAST(VAR_POP(x) AS STRING) FROM UNNEST(${values}) AS x`);
  expect(row).toEqual([deviation, variance]);
});

it.each([
  ["small numbers", [3, 1, 4, 1, 5, 9, 2, 6].map(BigInt)],
  ["microseconds of a day", [5, 11, 2, 86399999999, 17].map((value) => 1_700_000_000_000_000n + BigInt(value))],
  ["neighbours far from zero", [0, 1, 3].map((value) => 4_000_000_000_000_000n + BigInt(value))],
  ["numbers whose squares are beyond a HUGEINT's sum", [1n << 62n, -(1n << 62n), 0n]],
])("tells how %s differ from their mean", async (_, values) => {
  const units = values.map((value) => value << 1074n);
  const n = BigInt(values.length);
  const expected = ratio(apart(units, units), (n * (n - 1n)) << 2148n);
  for (const over of ["", " OVER ()"]) {
    const query = `SELECT VARIANCE(x)${over}, STDDEV(x)${over} FROM UNNEST([${values.join(", ")}]) AS x LIMIT 1`;
    const [variance, deviation] = ((await rows(query))[0] as unknown[]).map(Number);
    expect(Math.abs((variance ?? 0) / expected - 1)).toBeLessThan(1e-15);
    expect(Math.abs((deviation ?? 0) / Math.sqrt(expected) - 1)).toBeLessThan(1e-15);
  }
});
