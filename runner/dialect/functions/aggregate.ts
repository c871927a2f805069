import { analysisError, unsupported } from "../../googlesql/errors.js";
import { COLLATED, typeName } from "../../port/sql-types.js";
import { duckdbType, plainZero } from "../print/sql.js";
import { collationKey } from "../types/collation.js";
import { boundOf, isNullLiteral, mayBeNan, type Typed } from "../types/typed.js";
import {
  type AggregateCall,
  type AggregateModifier,
  type AggregateOverload,
  aggregate,
  aggregateOn,
  type Family,
} from "./definition.js";
import { float64Moments, int64Moments } from "./float-moments.js";
import { float64Mean, float64Sum, ofList } from "./float-sums.js";
import { requireGrouping, requireOrder } from "./requirements.js";

const DOC = "aggregate_functions";
const PLAIN: readonly AggregateModifier[] = ["DISTINCT", "OVER"];

const simple = (signature: string, name: string): AggregateOverload =>
  aggregateOn(signature, (args, call) => call.of(name, args));

/** The empty list that a FILTER leaves is NULL, as GoogleSQL's ARRAY_AGG of no rows. */
const sliced = (list: string, limit: string | undefined): string =>
  limit === undefined ? list : limit === "0" ? `nullif((${list})[1:0], [])` : `(${list})[1:${limit}]`;

/** Sums of INT64 are HUGEINT in DuckDB: the cast restores the type and the overflow error. */
const SUM_INT64 = aggregateOn("(INT64) -> INT64?", (args, call) => `CAST(${call.of("sum", args)} AS BIGINT)`);

/** The months, days or microseconds of the INTERVALs that are aggregated. */
const intervalParts = (value: string, part: string, call: AggregateCall): string =>
  `list_transform(${call.of("list", [value])}, lambda item: bq.interval_${part}(item))`;

/** MIN and MAX of a type that has an order. */
const extreme = (name: string): AggregateOverload =>
  aggregateOn("(T) -> T?", (args, call, typed) => {
    const [value] = typed;
    // Of texts that are equal but for their case always the same one.
    if (value?.type === COLLATED)
      return call.of(`arg_${name}`, [value.sql, `${collationKey(value.sql)} || ' ' || ${value.sql}`], { plain: true });
    for (const arg of typed) requireOrder(name.toUpperCase(), arg);
    if (value === undefined) return call.of(name, args);
    const found = plainZero(call.of(name, args), value.type);
    if (name === "max" || !mayBeNan(value)) return found;
    // A NaN, DuckDB's greatest FLOAT64, is GoogleSQL's minimum.
    const largest = call.of("max", args);
    return `CASE WHEN isnan(${largest}) THEN ${largest} ELSE ${found} END`;
  });

/** A billion of them add up to a NUMERIC, so that their sum needs no check. */
const isSummable = (value: Typed | undefined): boolean => value !== undefined && boundOf(value) <= 1e20;

/**
 * Sums of NUMERIC whose parts may leave 38 digits though the end does not: values from 10^18 on, which are rare, are collected apart, and only
 * where there are any is the result put together from wider parts.
 */
function wideSum(
  value: string,
  call: AggregateCall,
  plain: (sum: string) => string,
  wide: (values: string) => string,
): string {
  if (!call.divisible) return plain(call.of("sum", [value]));
  const range = "BETWEEN -1000000000000000000 AND 1000000000000000000";
  const small = call.of("sum", [value], { filter: `${value} ${range}` });
  const large = call.of("list", [value], { filter: `${value} NOT ${range}` });
  return `CASE WHEN ${large} IS NULL THEN ${plain(small)} ELSE ${wide(`list_append(${large}, ${small})`)} END`;
}

/** MAX_BY and MIN_BY: the value where the key, which has to have an order, is extreme. */
const extremeBy = (which: "max" | "min"): AggregateOverload =>
  aggregateOn("(T, U) -> T?", (args, call, typed) => {
    requireOrder(`${which.toUpperCase()}_BY`, typed[1]);
    return call.of(`arg_${which}_null`, args);
  });

/** Exact: NUMERIC sum divided by the count, rounded half away from zero to 9 digits. */
const AVG_NUMERIC = aggregateOn("(NUMERIC) -> NUMERIC?", ([value = ""], call, [typed]) => {
  const count = call.of("count", [value]);
  const mean = (sum: string): string => `bq.numeric_div(${sum}, CAST(nullif(${count}, 0) AS DECIMAL(38,9)))`;
  if (isSummable(typed)) return mean(call.of("sum", [value]));
  return wideSum(value, call, mean, (values) => `bq.numeric_wide_average(${values}, ${count})`);
});

/** Variances, deviations, covariances and correlations. */
function deviations(name: string, args: readonly string[], call: AggregateCall, typed: readonly Typed[]): string {
  const isOpaque = typed.some(({ opaque }) => opaque === true);
  const plain = finiteOnly(name, (values) => settled(name, values, call, isOpaque), args, call, typed);
  const otherwise = name === "corr" ? `CASE WHEN ${call.of("regr_count", args)} >= 2 THEN ${plain} END` : plain;
  return isOpaque || !call.additive ? otherwise : float64Moments(name, args, call, otherwise);
}

/** DuckDB's deviation, whose digits go by the order of the rows: of what exact sums cannot be taken of, by that of the values. */
function settled(name: string, values: readonly string[], call: AggregateCall, isOpaque: boolean): string {
  if (call.windowed || !(call.distinct || (isOpaque && call.divisible))) return call.of(name, values);
  const [value = "", other] = values;
  return other === undefined
    ? ofList(name, value, call)
    : call.of(name, [value, `${other} ORDER BY ${value}, ${other}`]);
}

/** Of NaN and infinities these aggregates are NaN; DuckDB fails. */
function finiteOnly(
  name: string,
  compute: (values: readonly string[]) => string,
  args: readonly string[],
  call: AggregateCall,
  typed: readonly Typed[],
): string {
  if (!typed.some(mayBeNan)) return compute(args);
  const [value, ...rest] = args as [string, ...string[]];
  const sum = args.join(" + ");
  const odd = call.of("bool_or", [`NOT isfinite(${sum})`]);
  const least = name.endsWith("samp") || name === "corr" ? 2 : 1;
  const nan = `CASE WHEN ${call.of("count", [sum])} >= ${least} THEN CAST('nan' AS DOUBLE) END`;
  return `CASE WHEN ${odd} THEN ${nan} ELSE ${compute([`CASE WHEN isfinite(${sum}) THEN ${value} END`, ...rest])} END`;
}

/** Below this a product of two whole parts has room for more rows than any table has. */
const SMALL = "100000000000000";

/** Variance or deviation of NUMERIC, exact until the last step: sums of whole parts, of units of 10^-9, and of their products. */
function numericSpread(name: string, value: string, call: AggregateCall): string {
  if (call.distinct) {
    const list = `list_transform(${call.of("list", [value])}, lambda item: bq_bignumeric(CAST(item AS VARCHAR)))`;
    return `bq_bignumeric_spread(${list}, '${name}')`;
  }
  const part = (text: string): string => `CASE WHEN abs(${value}) < ${SMALL} THEN CAST(${text} AS HUGEINT) END`;
  const whole = part(`trunc(${value})`);
  const nanos = part(`${value} % 1 * 1000000000`);
  const products = [whole, nanos, `${whole} * ${whole}`, `${whole} * ${nanos}`, `${nanos} * ${nanos}`];
  const sums = products.map((product) => `CAST(${call.of("sum", [product])} AS VARCHAR)`);
  const exact = `bq_numeric_spread('${name}', ${call.of("count", [value])}, ${sums.join(", ")})`;
  const rough = call.of(name, [`bq.numeric_to_float64(${value})`]);
  return `CASE WHEN ${call.of("max", [`abs(${value})`])} < ${SMALL} THEN ${exact} ELSE ${rough} END`;
}

/** Variances and deviations; those of BIGNUMERIC are exact until the last step. */
function spread(anchor: string, name: string) {
  return aggregate(
    `${DOC}#${anchor}`,
    PLAIN,
    aggregateOn("(INT64) -> FLOAT64?", ([value = ""], call, [typed]) => {
      const isOpaque = typed?.opaque === true;
      const plain = settled(name, [`CAST(${value} AS DOUBLE)`], call, isOpaque);
      return isOpaque || !call.additive ? plain : int64Moments(name, value, call, plain);
    }),
    aggregateOn("(FLOAT64) -> FLOAT64?", (args, call, typed) => deviations(name, args, call, typed)),
    aggregateOn("(NUMERIC) -> FLOAT64?", ([value], call) => numericSpread(name, value as string, call)),
    aggregateOn(
      "(BIGNUMERIC) -> FLOAT64?",
      (args, call) => `bq_bignumeric_spread(${call.of("list", args)}, '${name}')`,
    ),
  );
}

/** CORR and the covariances. */
const paired = (name: string) =>
  aggregate(
    `${DOC}#${name}`,
    ["OVER"],
    aggregateOn("(FLOAT64, FLOAT64) -> FLOAT64?", (args, call, typed) => deviations(name, args, call, typed)),
  );

function requireLiteral(separator: Typed | undefined): void {
  if (separator !== undefined && isNullLiteral(separator))
    throw analysisError("Argument 2 to STRING_AGG must be non-NULL", separator.span);
  if (separator !== undefined && separator.literal === undefined)
    throw analysisError("Argument 2 to STRING_AGG must be a literal or query parameter", separator.span);
}

/** APPROX_TOP_SUM: the values with the largest sums of a weight. In HAVING, DuckDB takes `t$.l` without parentheses for a column. */
const topSums = (weight: "INT64" | "NUMERIC" | "BIGNUMERIC" | "FLOAT64"): AggregateOverload =>
  aggregateOn(
    `(T, ${weight}, INT64) -> ARRAY<STRUCT<value T, sum ${weight}>>?`,
    ([value, amount, number], call, typed) => {
      const most = typed[2]?.literal;
      if (most?.kind !== "integer" || most.value < 1n)
        throw analysisError("Argument 3 to APPROX_TOP_SUM must be at least 1", (typed[2] as Typed).span);
      requireGrouping("APPROX_TOP_SUM", typed[0]);
      const isBig = weight === "BIGNUMERIC";
      const pairs = call.of("list", [`{'v': ${value}, 'w': ${amount}}`]);
      const parts = `list_transform(list_filter((t$).l, lambda p$: (p$).v IS NOT DISTINCT FROM (e$).v), lambda p$: (p$).w)`;
      const weights = weight === "FLOAT64" ? `list_sort(${parts})` : parts;
      const negative = (sum: string): string => (isBig ? `bq_bignumeric_change(${sum}, '-')` : `-${sum}`);
      const least = negative(`${isBig ? "bq_bignumeric_sum" : "list_sum"}(${weights})`);
      const sums = `list_transform(list_distinct(list_transform((t$).l, lambda p$: {'v': (p$).v})), lambda e$: {'n': ${least}, 'v': (e$).v})`;
      const sum = isBig ? negative("(e$).n") : `CAST(${negative("(e$).n")} AS ${duckdbType(weight)})`;
      const top = `list_transform(list_sort(${sums})[1:${number}], lambda e$: {'value': (e$).v, 'sum': ${sum}})`;
      return `list_transform([{'l': ${pairs}}], lambda t$: ${top})[1]`;
    },
  );

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate_functions */
export const AGGREGATE_FUNCTIONS: Family = {
  COUNT: aggregate(
    `${DOC}#count`,
    PLAIN,
    aggregateOn("() -> INT64!", (_, call) => call.of("count", ["*"])),
    simple("(T) -> INT64!", "count"),
  ),
  COUNTIF: aggregate(
    `${DOC}#countif`,
    PLAIN,
    aggregateOn("(BOOL) -> INT64!", ([condition], call) => call.of("count", [`CASE WHEN ${condition} THEN true END`])),
  ),
  SUM: aggregate(
    `${DOC}#sum`,
    PLAIN,
    SUM_INT64,
    aggregateOn("(FLOAT64) -> FLOAT64?", ([value = ""], call, [typed]) =>
      float64Sum(value, call, typed?.opaque === true),
    ),
    aggregateOn("(NUMERIC) -> NUMERIC?", ([value = ""], call, [typed]) => {
      if (isSummable(typed)) return call.of("sum", [value]);
      const within = (sum: string): string => `bq.numeric_in_range(${sum})`;
      return wideSum(value, call, within, (values) => `bq.numeric_wide_sum(${values})`);
    }),
    aggregateOn("(BIGNUMERIC) -> BIGNUMERIC?", (args, call) => `bq_bignumeric_sum(${call.of("list", args)})`),
    aggregateOn("(INTERVAL) -> INTERVAL?", ([value], call) => {
      // DISTINCT is of the whole values, not of their parts.
      const sum = (part: string): string =>
        call.distinct
          ? `list_sum(${intervalParts(value as string, part, call)})`
          : call.of("sum", [`bq.interval_${part}(${value})`]);
      return `bq.interval_of(${sum("months")}, ${sum("days")}, ${sum("micros")})`;
    }),
  ),
  AVG: aggregate(
    `${DOC}#avg`,
    PLAIN,
    aggregateOn("(INT64) -> FLOAT64?", (args, call) => call.of("avg", args)),
    aggregateOn("(FLOAT64) -> FLOAT64?", ([value = ""], call, [typed]) =>
      float64Mean(value, call, typed?.opaque === true),
    ),
    AVG_NUMERIC,
    aggregateOn("(BIGNUMERIC) -> BIGNUMERIC?", (args, call) => `bq_bignumeric_avg(${call.of("list", args)})`),
    aggregateOn("(INTERVAL) -> INTERVAL?", ([value], call) => {
      const list = (part: string): string =>
        call.distinct ? intervalParts(value as string, part, call) : call.of("list", [`bq.interval_${part}(${value})`]);
      return `bq.interval_from_text(bq_interval_average(${list("months")}, ${list("days")}, ${list("micros")}))`;
    }),
  ),
  MIN: aggregate(`${DOC}#min`, PLAIN, extreme("min")),
  MAX: aggregate(`${DOC}#max`, PLAIN, extreme("max")),
  ANY_VALUE: aggregate(`${DOC}#any_value`, ["OVER"], simple("(T) -> T?", "any_value")),
  LOGICAL_AND: aggregate(`${DOC}#logical_and`, PLAIN, simple("(BOOL) -> BOOL?", "bool_and")),
  LOGICAL_OR: aggregate(`${DOC}#logical_or`, PLAIN, simple("(BOOL) -> BOOL?", "bool_or")),
  BIT_AND: aggregate(`${DOC}#bit_and`, PLAIN, simple("(INT64) -> INT64?", "bit_and")),
  BIT_OR: aggregate(`${DOC}#bit_or`, PLAIN, simple("(INT64) -> INT64?", "bit_or")),
  BIT_XOR: aggregate(`${DOC}#bit_xor`, PLAIN, simple("(INT64) -> INT64?", "bit_xor")),
  STRING_AGG: aggregate(
    `${DOC}#string_agg`,
    ["DISTINCT", "ORDER", "LIMIT", "OVER"],
    aggregateOn("(STRING, [STRING]) -> STRING?", ([value, separator = "','"], call, typed) => {
      requireLiteral(typed[1]);
      if (call.limit === undefined) return call.of("string_agg", [value as string, separator]);
      const list = call.of("list", [value as string], { filter: `${value} IS NOT NULL` });
      return `array_to_string(${sliced(list, call.limit)}, ${separator})`;
    }),
    aggregateOn("(BYTES, [BYTES]) -> BYTES?", ([value, separator], call, typed) => {
      requireLiteral(typed[1]);
      const text = `bq_latin1_text(${value})`;
      const list = call.of("list", [text], { filter: `${value} IS NOT NULL`, distinctBy: text });
      const between = separator === undefined ? "','" : `bq_latin1_text(${separator})`;
      return `bq_latin1_bytes(bq_join(${sliced(list, call.limit)}, ${between}, ''))`;
    }),
  ),
  ARRAY_AGG: aggregate(
    `${DOC}#array_agg`,
    ["DISTINCT", "ORDER", "LIMIT", "NULLS", "OVER"],
    aggregateOn("(T) -> ARRAY<T>?", ([value], call, [typed]) => {
      if (typeof typed?.type === "object" && typed.type.kind === "array")
        throw analysisError(
          `The argument to ARRAY_AGG must not be an array type but was ${typeName(typed.type)}`,
          typed.span,
        );
      const options = call.ignoreNulls ? { filter: `${value} IS NOT NULL` } : {};
      const first = call.limit === "1" ? call.firstOf(value as string, options) : undefined;
      return first ?? sliced(call.of("list", [value as string], options), call.limit);
    }),
  ),
  ARRAY_CONCAT_AGG: aggregate(
    `${DOC}#array_concat_agg`,
    ["ORDER", "LIMIT"],
    aggregateOn("(ARRAY<T>) -> ARRAY<T>?", ([value], call) => {
      const lists = call.of("list", [value as string], { filter: `${value} IS NOT NULL` });
      return `flatten(${sliced(lists, call.limit)})`;
    }),
  ),
  STDDEV: spread("stddev", "stddev_samp"),
  STDDEV_SAMP: spread("stddev_samp", "stddev_samp"),
  STDDEV_POP: spread("stddev_pop", "stddev_pop"),
  VARIANCE: spread("variance", "var_samp"),
  VAR_SAMP: spread("var_samp", "var_samp"),
  VAR_POP: spread("var_pop", "var_pop"),
  // One pair has no correlation; DuckDB calls it NaN.
  CORR: paired("corr"),
  COVAR_POP: paired("covar_pop"),
  COVAR_SAMP: paired("covar_samp"),
  MAX_BY: aggregate(`${DOC}#max_by`, [], extremeBy("max")),
  MIN_BY: aggregate(`${DOC}#min_by`, [], extremeBy("min")),
  // The exact count is within every error bound of the approximate one.
  APPROX_COUNT_DISTINCT: aggregate(
    "approximate_aggregate_functions#approx_count_distinct",
    ["OVER"],
    aggregateOn("(T) -> INT64!", ([value], call, typed) => {
      requireGrouping("APPROX_COUNT_DISTINCT", typed[0]);
      return call.of("count", [`DISTINCT ${value}`]);
    }),
  ),
  APPROX_QUANTILES: aggregate(
    "approximate_aggregate_functions#approx_quantiles",
    ["DISTINCT", "NULLS"],
    aggregateOn("(T, INT64) -> ARRAY<T>?", ([given = ""], call, typed) => {
      const value = plainZero(given, (typed[0] as Typed).type);
      const count = typed[1]?.literal;
      const span = typed[1]?.span ?? { start: 0, end: 0 };
      if (count?.kind !== "integer" || count.value < 1n || count.value > 1000n) {
        throw unsupported("APPROX_QUANTILES with a number that is not a literal from 1 to 1000", span);
      }
      const steps = Number(count.value);
      const positions = Array.from({ length: steps + 1 }, (_, i) => `${i / steps}`).join(", ");
      if (!call.respectNulls) return call.of("quantile_disc", [value, `[${positions}]`]);
      // NULLs come first.
      const quantiles = call.of("quantile_disc", [`{'n': ${value} IS NOT NULL, 'v': ${value}}`, `[${positions}]`]);
      return `CASE WHEN ${call.of("count", [value])} > 0 THEN list_transform(${quantiles}, lambda e$: (e$).v) END`;
    }),
  ),
  APPROX_TOP_COUNT: aggregate(
    "approximate_aggregate_functions#approx_top_count",
    [],
    aggregateOn("(T, INT64) -> ARRAY<STRUCT<value T, count INT64>>?", ([value, number], call, typed) => {
      const most = typed[1]?.literal;
      if (most?.kind !== "integer" || most.value < 1n)
        throw analysisError("Argument 2 to APPROX_TOP_COUNT must be at least 1", (typed[1] as Typed).span);
      requireGrouping("APPROX_TOP_COUNT", typed[0]);
      // NULLs are counted too, as a field of a struct; ties go by value.
      const counts = call.of("histogram", [`{'v': ${value}}`]);
      const sorted = `list_sort(list_transform(map_entries(${counts}), lambda e$: {'n': -CAST((e$).value AS BIGINT), 'v': (e$).key.v}))`;
      return `list_transform(${sorted}[1:${number}], lambda e$: {'value': (e$).v, 'count': -(e$).n})`;
    }),
  ),
  APPROX_TOP_SUM: aggregate(
    "approximate_aggregate_functions#approx_top_sum",
    [],
    ...(["INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64"] as const).map(topSums),
  ),
  GROUPING: aggregate(
    `${DOC}#grouping`,
    [],
    aggregateOn("(T) -> INT64!", (args, call) => `CAST(${call.of("grouping", args)} AS BIGINT)`),
  ),
};
