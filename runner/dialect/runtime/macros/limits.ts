import { failure, type Macro, macro, NUMERIC } from "./macro.js";

/** The largest text that a GoogleSQL string function makes. */
const MAX_BYTES = 1024 * 1024;

const tooLarge = (name: string): string =>
  failure("VARCHAR", failure("BIGINT", `'Output of ${name} exceeds max allowed output size of 1MB'`));

/** Functions that need a bound which the plain ones do not check. */
export const LIMIT_MACROS: readonly Macro[] = [
  macro(
    "repeat_limited(s, n)",
    `CASE WHEN s IS NULL OR n IS NULL THEN NULL WHEN n > 0 AND strlen(s) * n > ${MAX_BYTES} THEN ${tooLarge("REPEAT")} ELSE bq.repeat(s, n) END`,
  ),
  macro("lpad_limited(s, n, p)", `CASE WHEN n > ${MAX_BYTES} THEN ${tooLarge("LPAD")} ELSE bq.lpad(s, n, p) END`),
  macro("rpad_limited(s, n, p)", `CASE WHEN n > ${MAX_BYTES} THEN ${tooLarge("RPAD")} ELSE bq.rpad(s, n, p) END`),
  macro(
    "numeric_in_range(x)",
    `CASE WHEN abs(x) <= CAST('99999999999999999999999999999.999999999' AS ${NUMERIC}) THEN x WHEN x IS NOT NULL THEN ${failure(NUMERIC, "'numeric overflow: SUM'")} END`,
  ),
];
