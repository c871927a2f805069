import { AGGREGATE_FUNCTIONS } from "./aggregate.js";
import { ARRAY_FUNCTIONS } from "./array.js";
import { CONDITIONAL_FUNCTIONS } from "./conditional.js";
import { DATE_FUNCTIONS } from "./date.js";
import type { FunctionDefinition } from "./definition.js";
import { FORMAT_FUNCTIONS } from "./format.js";
import { GEOGRAPHY_FUNCTIONS } from "./geography.js";
import { HASH_FUNCTIONS } from "./hash.js";
import { INTERVAL_FUNCTIONS } from "./interval.js";
import { JSON_FUNCTIONS } from "./json.js";
import { NET_FUNCTIONS } from "./net.js";
import { NUMERIC_FUNCTIONS } from "./numeric.js";
import { RANGE_FUNCTIONS } from "./range.js";
import { SKETCH_FUNCTIONS } from "./sketch.js";
import { STRING_FUNCTIONS } from "./string.js";
import { TIMESTAMP_FUNCTIONS } from "./timestamp.js";
import { UTILITY_FUNCTIONS } from "./utility.js";
import { VOLATILE_FUNCTIONS } from "./volatile.js";
import { WINDOW_FUNCTIONS } from "./window.js";

const FUNCTIONS = new Map<string, FunctionDefinition>(
  [
    STRING_FUNCTIONS,
    NUMERIC_FUNCTIONS,
    CONDITIONAL_FUNCTIONS,
    DATE_FUNCTIONS,
    TIMESTAMP_FUNCTIONS,
    FORMAT_FUNCTIONS,
    AGGREGATE_FUNCTIONS,
    WINDOW_FUNCTIONS,
    ARRAY_FUNCTIONS,
    JSON_FUNCTIONS,
    HASH_FUNCTIONS,
    NET_FUNCTIONS,
    INTERVAL_FUNCTIONS,
    RANGE_FUNCTIONS,
    SKETCH_FUNCTIONS,
    GEOGRAPHY_FUNCTIONS,
    UTILITY_FUNCTIONS,
    VOLATILE_FUNCTIONS,
  ].flatMap((family) => Object.entries(family)),
);

/** The function of an upper-case dotted name. */
export function functionNamed(name: string): FunctionDefinition | undefined {
  return FUNCTIONS.get(name);
}

export function functionNames(): Iterable<string> {
  return FUNCTIONS.keys();
}
