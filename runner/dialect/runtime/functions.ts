import { BIGINT, DOUBLE, type DuckDBConnection, DuckDBScalarFunction, VARCHAR } from "@duckdb/node-api";
import { extendedRound } from "./extended-float.js";
import { registerFarmFingerprint } from "./farm-fingerprint/index.js";
import { JS_FUNCTIONS } from "./js/index.js";
import { registerJsFunction } from "./js/js-function.js";
import { registerUserFunctions } from "./js/user-function.js";
import { publicSuffix, registrableDomain } from "./public-suffix.js";

function roundingFunction(name: string, mode: "round" | "trunc"): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [DOUBLE, BIGINT],
    returnType: DOUBLE,
    mainFunction: (_info, input, output) => {
      const values = input.getColumnVector(0);
      const digits = input.getColumnVector(1);
      for (let row = 0; row < input.rowCount; row++) {
        const x = values.getItem(row) as number | null;
        const n = digits.getItem(row) as bigint | null;
        output.setItem(row, x === null || n === null ? null : extendedRound(x, Number(n), mode));
      }
      output.flush();
    },
  });
}

function textFunction(name: string, map: (text: string) => string | null): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [VARCHAR],
    returnType: VARCHAR,
    mainFunction: (_info, input, output) => {
      const values = input.getColumnVector(0);
      for (let row = 0; row < input.rowCount; row++) {
        const text = values.getItem(row) as string | null;
        output.setItem(row, text === null ? null : map(text));
      }
      output.flush();
    },
  });
}

/**
 * Registers the functions that SQL cannot express: `farm_fingerprint`, and those that macros call for the rare rows where only JavaScript
 * gives the answer (about half a million rows a second): 80-bit rounding, upper and lower case beyond ASCII, and the public suffix list.
 *
 * They belong to the database instance, so one connection registers them for all; doing it again is harmless. Call it outside a
 * transaction: two open transactions that both register are a catalog conflict.
 */
export function installFunctions(connection: DuckDBConnection): void {
  registerFarmFingerprint(connection);
  connection.registerScalarFunction(roundingFunction("bq_round_float64", "round"));
  connection.registerScalarFunction(roundingFunction("bq_trunc_float64", "trunc"));
  connection.registerScalarFunction(textFunction("bq_upper", (text) => text.toUpperCase()));
  connection.registerScalarFunction(textFunction("bq_lower", (text) => text.toLowerCase()));
  connection.registerScalarFunction(textFunction("bq_public_suffix", publicSuffix));
  connection.registerScalarFunction(textFunction("bq_registrable_domain", registrableDomain));
  for (const fn of JS_FUNCTIONS) registerJsFunction(connection, fn);
  registerUserFunctions(connection);
}
