import { type AggregateOverload, aggregate, aggregateOn, type Family, on, scalar } from "./definition.js";

const DOC = "hll_functions";

/** A sketch of values, which come as a list of whatever tells them apart. */
function init(type: "INT64" | "STRING" | "BYTES", fn: string, value: (arg: string) => string): AggregateOverload {
  return aggregateOn(`(${type}, [INT64]) -> BYTES?`, ([arg = "", precision = "15"], call) => {
    const values = call.of("list", [value(arg)], { filter: `${arg} IS NOT NULL` });
    return `${fn}(${values}, CAST(${precision} AS BIGINT))`;
  });
}

/**
 * HLL_COUNT, with the sketches and estimates of zetasketch.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/hll_functions
 */
export const SKETCH_FUNCTIONS: Family = {
  "HLL_COUNT.INIT": aggregate(
    `${DOC}#hll_countinit`,
    [],
    init("INT64", "bq_hll_of_ints", (arg) => arg),
    init("STRING", "bq_hll_of_bytes", (arg) => `encode(${arg})`),
    init("BYTES", "bq_hll_of_bytes", (arg) => arg),
  ),
  "HLL_COUNT.MERGE": aggregate(
    `${DOC}#hll_countmerge`,
    [],
    aggregateOn("(BYTES) -> INT64!", (args, call) => `bq_hll_merge(${call.of("list", args)})`),
  ),
  "HLL_COUNT.MERGE_PARTIAL": aggregate(
    `${DOC}#hll_countmerge_partial`,
    [],
    aggregateOn("(BYTES) -> BYTES?", (args, call) => `bq_hll_merge_partial(${call.of("list", args)})`),
  ),
  "HLL_COUNT.EXTRACT": scalar(`${DOC}#hll_countextract`, on("(BYTES) -> INT64!", "bq_hll_extract($1)")),
};
