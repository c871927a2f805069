import {
  ANY,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBScalarFunction,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  VARCHAR,
} from "@duckdb/node-api";
import type { SqlType } from "../../../port/sql-types.js";
import { functionScript, lineIn } from "./functions/compile-function.js";
import { callFunction, MEMORY_LIMIT_MB } from "./functions/function-process.js";
import type { CallFailure, Definition, JavaScriptSource } from "./functions/protocol.js";

/** How long the calls for one vector of at most 2,048 rows may take, in milliseconds. */
const TIME_LIMIT_MS = 60_000;

/**
 * Registers what calls the user's JavaScript functions: `bq_js(definition, arguments ..)`, and `bq_js_volatile` for functions that are not
 * declared DETERMINISTIC, which DuckDB must not evaluate once for all rows.
 */
export function registerUserFunctions(connection: DuckDBConnection, timeLimitMs = TIME_LIMIT_MS): void {
  const definitions = new Map<string, Definition>();
  const definitionOf = (text: string) => {
    const definition = definitions.get(text) ?? (JSON.parse(text) as Definition);
    definitions.set(text, definition);
    return definition;
  };
  for (const name of ["bq_js", "bq_js_volatile"]) {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        parameterTypes: [VARCHAR],
        varArgsType: ANY,
        returnType: VARCHAR,
        specialHandling: true,
        volatile: name === "bq_js_volatile",
        mainFunction: (_info, input, output) => {
          if (input.rowCount === 0) return;
          const columns = Array.from({ length: input.columnCount }, (_, i) => input.getColumnVector(i));
          const [definition, ...values] = columns;
          const text = definition?.getItem(0) as string;
          const { name: calledName, parameters } = definitionOf(text);
          const rows = Array.from({ length: input.rowCount }, (_, row) =>
            values.map((column, i) => encode(column.getItem(row), parameters[i]?.type as SqlType)),
          );
          const answer = callFunction({ definition: text, rows: JSON.stringify(rows), timeLimitMs });
          if (!("results" in answer)) throw new Error(failure(answer, calledName, timeLimitMs));
          for (const [row, value] of (JSON.parse(answer.results) as (string | null)[]).entries()) {
            output.setItem(row, value);
          }
          output.flush();
        },
      }),
    );
  }
}

/** What is wrong with the syntax of a function's body, and in which of its lines; undefined: nothing. */
export function compileError(
  source: JavaScriptSource,
): { readonly message: string; readonly line: number } | undefined {
  try {
    functionScript(source);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { message: `SyntaxError: ${error.message}`, line: lineIn(String(error.stack), source.name) ?? 1 };
  }
}

/** The mark lets the message be told from one of DuckDB's. */
function failure(answer: CallFailure, name: string, timeLimitMs: number): string {
  const what = `JavaScript function ${name}`;
  if (answer.failed === "time") return `${what} took longer than ${timeLimitMs / 1000} seconds`;
  if (answer.failed === "memory") return `${what} failed: it needs more than ${MEMORY_LIMIT_MB} MiB of memory`;
  if (answer.failed === "death") return `${what} failed: the process that evaluates it died`;
  const line = lineIn(answer.stack, name);
  const [first] = answer.message.split("\n");
  return `${what} failed${line === undefined ? "" : ` in line ${line} of its body`}: ${first}`;
}

/** A DuckDB value as JSON holds it on its way into the context; the harness makes the JavaScript value of it. */
function encode(value: unknown, type: SqlType): unknown {
  if (value === null || value === undefined) return null;
  if (typeof type === "object") {
    if (type.kind === "array" && value instanceof DuckDBListValue)
      return value.items.map((item) => encode(item, type.element));
    if (type.kind === "struct" && value instanceof DuckDBStructValue) {
      const fields = Object.values(value.entries);
      return type.fields.map((field, i) => encode(fields[i], field.type));
    }
    return null;
  }
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : String(value);
  if (value instanceof DuckDBDateValue) return value.days * 86_400_000;
  if (value instanceof DuckDBTimestampTZValue) return microseconds(value.micros);
  if (value instanceof DuckDBDecimalValue) return decimal(value.value, value.scale);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  return value;
}

function microseconds(micros: bigint): [milliseconds: number, microsecond: number] {
  const fraction = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n);
  return [Math.floor(Number(micros) / 1000), fraction];
}

/** A whole number that a double holds exactly is a Number, any other NUMERIC a String. */
function decimal(unscaled: bigint, scale: number): number | string {
  const divisor = 10n ** BigInt(scale);
  const whole = unscaled / divisor;
  const fraction = unscaled < 0n ? -unscaled % divisor : unscaled % divisor;
  if (fraction === 0n && whole >= -(2n ** 53n) && whole <= 2n ** 53n) return Number(whole);
  const digits = fraction.toString().padStart(scale, "0").replace(/0+$/, "");
  const sign = unscaled < 0n ? "-" : "";
  const head = (whole < 0n ? -whole : whole).toString();
  return digits === "" ? `${sign}${head}` : `${sign}${head}.${digits}`;
}
