import { createContext, Script } from "node:vm";
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
import { USER_FUNCTION_HARNESS } from "./user-function-harness.js";

/** The text of a user's JavaScript function. */
export interface JavaScriptSource {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly code: string;
}

/** What a call carries as its first argument, as JSON. */
interface Definition {
  readonly name: string;
  readonly code: string;
  readonly parameters: readonly { readonly name: string; readonly type: SqlType }[];
  readonly returns: SqlType;
}

/** How long the calls for one vector of at most 2,048 rows may take, in milliseconds. */
const TIME_LIMIT_MS = 60_000;

type Batch = (rows: readonly (readonly unknown[])[]) => readonly (string | null)[];

/**
 * Registers what calls the user's JavaScript functions: `bq_js(definition, arguments ..)`, and `bq_js_volatile` for functions that are not
 * declared DETERMINISTIC, which DuckDB must not evaluate once for all rows.
 */
export function registerUserFunctions(connection: DuckDBConnection, timeLimitMs = TIME_LIMIT_MS): void {
  const batches = new Map<string, { readonly types: readonly SqlType[]; readonly run: Batch }>();
  const batchOf = (text: string) => {
    const known = batches.get(text);
    if (known !== undefined) return known;
    const definition = JSON.parse(text) as Definition;
    const batch = { types: definition.parameters.map(({ type }) => type), run: compile(definition, timeLimitMs) };
    batches.set(text, batch);
    return batch;
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
          const { types, run } = batchOf(definition?.getItem(0) as string);
          const rows = Array.from({ length: input.rowCount }, (_, row) =>
            values.map((column, i) => encode(column.getItem(row), types[i] as SqlType)),
          );
          for (const [row, value] of run(rows).entries()) output.setItem(row, value);
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
    return { message: `SyntaxError: ${error.message}`, line: lineOf(error, source.name) ?? 1 };
  }
}

function functionScript({ name, parameters, code }: JavaScriptSource): Script {
  return new Script(`(function (${parameters.join(", ")}) {\n${code}\n})`, { filename: name, lineOffset: -1 });
}

/**
 * The function in a context of its own, which has the language's globals and nothing of this process: only text goes in and out. That
 * is a fence against mistakes; `node:vm` is no sandbox against attacks.
 */
function compile(definition: Definition, timeLimitMs: number): Batch {
  const { name, code, returns } = definition;
  const source = { name, code, parameters: definition.parameters.map((parameter) => parameter.name) };
  const context = createContext(Object.create(null), { microtaskMode: "afterEvaluate" });
  const data = context as Record<string, unknown>;
  new Script(USER_FUNCTION_HARNESS).runInContext(context);
  data.fastbreakTypes = JSON.stringify({ parameters: definition.parameters.map(({ type }) => type), returns });
  data.fastbreakCall = functionScript(source).runInContext(context);
  const start = new Script("fastbreakStart(fastbreakCall, fastbreakTypes, fastbreakRows)");
  const finish = new Script("fastbreakFinish()");
  return (rows) => {
    data.fastbreakRows = JSON.stringify(rows);
    try {
      start.runInContext(context, { timeout: timeLimitMs });
      // Promises are settled by now: their reactions run at the end of a script.
      return JSON.parse(String(finish.runInContext(context, { timeout: timeLimitMs }))) as (string | null)[];
    } catch (cause) {
      throw new Error(failure(cause, name, timeLimitMs));
    }
  };
}

/** The mark lets the message be told from one of DuckDB's. */
function failure(cause: unknown, name: string, timeLimitMs: number): string {
  const error = cause as { readonly code?: unknown; readonly name?: unknown; readonly message?: unknown };
  if (error?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
    return `JavaScript function ${name} took longer than ${timeLimitMs / 1000} seconds`;
  const isError = typeof cause === "object" && cause !== null && "message" in cause;
  const what = isError ? `${String(error.name)}: ${String(error.message)}` : String(cause);
  const line = lineOf(cause, name);
  const [first] = what.split("\n");
  return `JavaScript function ${name} failed${line === undefined ? "" : ` in line ${line} of its body`}: ${first}`;
}

/** The topmost line of the function's own code in a stack. */
function lineOf(cause: unknown, name: string): number | undefined {
  const stack = String((cause as { stack?: unknown })?.stack ?? "");
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const line = new RegExp(`(?:^|[\\s(])${escaped}:(\\d+)`, "m").exec(stack)?.[1];
  return line === undefined ? undefined : Number(line);
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
