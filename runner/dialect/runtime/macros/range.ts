import { failure, type Macro, macro } from "./macro.js";

const start = (r: string) => `struct_extract(${r}, '_range_start')`;
const end = (r: string) => `struct_extract(${r}, '_range_end')`;
const range = (from: string, to: string) => `{'_range_start': ${from}, '_range_end': ${to}}`;

/**
 * RANGE as its two ends, of which an unbounded one is infinite.
 * Sources: https://cloud.google.com/bigquery/docs/reference/standard-sql/range-functions and GoogleSQL's range_value.cc.
 *
 * @param name the element as the library's macros spell it
 * @param type the same as DuckDB's type
 */
function rangeMacros(name: "date" | "datetime" | "timestamp", type: string): readonly Macro[] {
  const bound = (text: string) =>
    `CASE WHEN upper(${text}) IN ('UNBOUNDED', 'NULL') THEN NULL ELSE bq.string_to_${name}(${text}) END`;
  const text = (value: string) => `CASE WHEN isinf(${value}) THEN 'UNBOUNDED' ELSE bq.${name}_to_string(${value}) END`;
  const json = (value: string) => `CASE WHEN isinf(${value}) THEN 'null' ELSE bq.${name}_to_json(${value}) END`;
  const fails = (message: string) => `CAST(concat(${failure("BIGINT", message)}, '') AS ${type})`;
  return [
    macro(
      `range_of_${name}(a, b)`,
      `CASE WHEN coalesce(a, CAST('-infinity' AS ${type})) < coalesce(b, CAST('infinity' AS ${type}))
        THEN ${range(`coalesce(a, CAST('-infinity' AS ${type}))`, `coalesce(b, CAST('infinity' AS ${type}))`)}
        ELSE ${range(
          fails(
            `concat('Range start element must be smaller than range end element: [', bq.${name}_to_string(a), ', ', bq.${name}_to_string(b), ')')`,
          ),
          `CAST(NULL AS ${type})`,
        )} END`,
    ),
    macro(
      `string_to_range_${name}(s)`,
      `CASE WHEN regexp_full_match(s, '[[][^,]*, [^,]*[)]')
        THEN bq.range_of_${name}(${bound("regexp_extract(s, '^.(.*), ', 1)")}, ${bound("regexp_extract(s, ', (.*).$', 1)")})
        WHEN s IS NULL THEN NULL
        ELSE ${range(fails("concat('Invalid RANGE value: ', s)"), `CAST(NULL AS ${type})`)} END`,
    ),
    macro(
      `range_${name}_to_string(r)`,
      `CASE WHEN r IS NULL THEN NULL ELSE concat('[', ${text(start("r"))}, ', ', ${text(end("r"))}, ')') END`,
    ),
    macro(
      `range_${name}_to_json(r)`,
      `CASE WHEN r IS NULL THEN 'null'
        ELSE concat('{"start":', ${json(start("r"))}, ',"end":', ${json(end("r"))}, '}') END`,
    ),
    macro(
      `range_${name}_intersect(r, s)`,
      `CASE WHEN r IS NULL OR s IS NULL THEN NULL WHEN ${start("r")} < ${end("s")} AND ${start("s")} < ${end("r")}
        THEN ${range(`greatest(${start("r")}, ${start("s")})`, `least(${end("r")}, ${end("s")})`)}
        ELSE ${range(
          fails(
            `concat('Provided RANGE inputs: ', bq.range_${name}_to_string(r), ' and ', bq.range_${name}_to_string(s), ' do not overlap')`,
          ),
          `CAST(NULL AS ${type})`,
        )} END`,
    ),
    // Every piece is counted from the start, so that steps of months keep its day; `whole`: leave out a last piece that is shorter.
    macro(
      `generate_range_${name}_array(r, i, whole)`,
      `CASE WHEN r IS NULL OR i IS NULL OR whole IS NULL THEN NULL
        WHEN isinf(${start("r")}) OR isinf(${end("r")})
          THEN [${range(fails("'GENERATE_RANGE_ARRAY does not support ranges with unbounded ends'"), `CAST(NULL AS ${type})`)}]
        WHEN ${steps("i", type)} <= 0
          THEN [${range(fails("'GENERATE_RANGE_ARRAY needs a step of one part that is greater than zero'"), `CAST(NULL AS ${type})`)}]
        ELSE list_transform(
          list_filter(
            range(0, (epoch_us(${end("r")}) - epoch_us(${start("r")})) // ${steps("i", type)} + 2),
            lambda k: CASE WHEN whole THEN ${stepped("k + 1", type)} <= ${end("r")} ELSE ${stepped("k", type)} < ${end("r")} END),
          lambda k: ${range(stepped("k", type), `least(${stepped("k + 1", type)}, ${end("r")})`)}) END`,
    ),
  ];
}

/** Microseconds of a step at least; 0 or less where it is none. A month has 28 days and more. */
function steps(i: string, type: string): string {
  const months = type === "TIMESTAMPTZ" ? `CASE WHEN bq.interval_months(${i}) <> 0 THEN NULL ELSE 0 END` : "0";
  const clock = type === "DATE" ? `CASE WHEN bq.interval_micros(${i}) <> 0 THEN NULL ELSE 0 END` : "0";
  const parts = `CAST(bq.interval_months(${i}) <> 0 AS INTEGER) + CAST(bq.interval_days(${i}) <> 0 OR bq.interval_micros(${i}) <> 0 AS INTEGER)`;
  return `(CASE WHEN coalesce(${months} + ${clock}, 1) <> 0 OR ${parts} <> 1 THEN 0
    ELSE (bq.interval_months(${i}) * 28 + bq.interval_days(${i})) * 86400000000 + bq.interval_micros(${i}) END)`;
}

/** The start and `k` steps. */
function stepped(k: string, type: string): string {
  const moved = `CAST(${start("r")} AS ${type === "TIMESTAMPTZ" ? "TIMESTAMPTZ" : "TIMESTAMP"})
    + to_months(CAST(bq.interval_months(i) * (${k}) AS INTEGER))
    + to_microseconds(CAST((bq.interval_days(i) * 86400000000 + bq.interval_micros(i)) * (${k}) AS BIGINT))`;
  return `CAST(${moved} AS ${type})`;
}

export const RANGE_MACROS: readonly Macro[] = [
  ...rangeMacros("date", "DATE"),
  ...rangeMacros("datetime", "TIMESTAMP"),
  ...rangeMacros("timestamp", "TIMESTAMPTZ"),
  macro("range_start(r)", `CASE WHEN isinf(${start("r")}) THEN NULL ELSE ${start("r")} END`),
  macro("range_end(r)", `CASE WHEN isinf(${end("r")}) THEN NULL ELSE ${end("r")} END`),
  macro("range_holds(r, x)", `${start("r")} <= x AND x < ${end("r")}`),
  macro("range_covers(r, s)", `${start("r")} <= ${start("s")} AND ${end("s")} <= ${end("r")}`),
  macro("range_overlaps(r, s)", `${start("r")} < ${end("s")} AND ${start("s")} < ${end("r")}`),
];
