import type { UserFunction } from "../../googlesql/catalog.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import type { FunctionBody } from "../../googlesql/script-ast.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { duckdbType, quoteString } from "../print/sql.js";
import { compileError } from "../runtime/js/user-function.js";
import type { Typed } from "../types/typed.js";
import { typeOf } from "./type-node.js";

type JavaScriptBody = Extract<FunctionBody, { language: "js" }>;

/** Types that cross into JavaScript. https://cloud.google.com/bigquery/docs/user-defined-functions#supported-javascript-udf-data-types */
const CROSSING: ReadonlySet<string> = new Set([
  "BOOL",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "STRING",
  "BYTES",
  "DATE",
  "TIMESTAMP",
  "JSON",
]);

/** DuckDB text of a call: the whole definition travels as a constant, so that a stored view needs nothing besides it. */
export function javaScriptCall(
  body: JavaScriptBody & { readonly name: string; readonly parameters: readonly string[] },
  args: readonly Typed[],
  returns: SqlType,
): string {
  const given = args.map(({ sql, type }) => ({ sql: integersAsText(sql, type), type: withTextForIntegers(type) }));
  const definition = JSON.stringify({
    name: body.name,
    code: body.code,
    parameters: body.parameters.map((name, i) => ({ name, type: given[i]?.type })),
    returns,
  });
  const call = `${body.deterministic ? "bq_js" : "bq_js_volatile"}(${[quoteString(definition), ...given.map(({ sql }) => sql)].join(", ")})`;
  if (returns === "STRING") return call;
  if (returns === "BYTES") return `from_base64(${call})`;
  if (typeof returns === "string") return `CAST(${call} AS ${duckdbType(returns)})`;
  return `CAST(CAST(${call} AS JSON) AS ${duckdbType(returns)})`;
}

/** INT64 goes into JavaScript as a String, as the service does it: a Number would lose digits. `x + 1` of 41 is 411. */
function withTextForIntegers(type: SqlType): SqlType {
  if (typeof type === "string") return type === "INT64" ? "STRING" : type;
  if (type.kind === "array") return { kind: "array", element: withTextForIntegers(type.element) };
  return {
    kind: "struct",
    fields: type.fields.map(({ name, type: own }) => ({ name, type: withTextForIntegers(own) })),
  };
}

function integersAsText(sql: string, type: SqlType): string {
  const text = withTextForIntegers(type);
  return typeName(text) === typeName(type) ? sql : `CAST(${sql} AS ${duckdbType(text)})`;
}

/** What BigQuery says of a JavaScript function when it is created. */
export function checkJavaScript(routine: Extract<UserFunction, { kind: "createFunction" }>): void {
  const { body, parameters, returns, path } = routine;
  if (body.language !== "js") return;
  for (const { name, type } of parameters) {
    if (type === undefined) throw analysisError("Functions with templated arguments must be SQL functions", name);
    const refused = refusedType(typeOf(type), CROSSING);
    if (refused !== undefined) throw unsupported(`${refused} as a parameter of a JavaScript function`, type);
  }
  if (returns === undefined) throw analysisError("Non-SQL functions must specify a return type", path);
  const result = typeOf(returns);
  const refused = refusedType(result, CROSSING);
  if (refused !== undefined) throw unsupported(`${refused} as the result of a JavaScript function`, returns);
  if (typeof result === "object" && refusedType(result, NESTED) !== undefined)
    throw unsupported(`${typeName(result)} as the result of a JavaScript function`, returns);
  const names = parameters.map(({ name }) => name.name);
  const wrong = compileError({
    name: path.parts.map((part) => part.name).join("."),
    code: body.code,
    parameters: names,
  });
  if (wrong === undefined) return;
  const start = lineStart(body, wrong.line);
  throw analysisError(wrong.message, { start, end: body.codeSpan.end });
}

/** BYTES inside arrays and structs would need a conversion element by element. */
const NESTED: ReadonlySet<string> = new Set([...CROSSING].filter((type) => type !== "BYTES"));

/** Offset of a line of the code in the statement, for a literal that is written over several lines. */
function lineStart({ code, codeSpan }: JavaScriptBody, line: number): number {
  const quotes = codeSpan.end - codeSpan.start - code.length;
  // An escaped literal has other lines than the statement.
  if (line <= 1 || quotes > 7) return codeSpan.start;
  const before = code.split("\n").slice(0, line - 1);
  const opening = quotes - (quotes > 2 ? 3 : 1);
  return codeSpan.start + opening + before.reduce((sum, text) => sum + text.length + 1, 0);
}

/** The first type within that may not cross; undefined: all may. */
function refusedType(type: SqlType, allowed: ReadonlySet<string>): string | undefined {
  if (typeof type === "string") return allowed.has(type) ? undefined : type;
  if (type.kind === "array") return refusedType(type.element, allowed);
  for (const field of type.fields) {
    if (field.name === undefined) return "A STRUCT with an unnamed field";
    const refused = refusedType(field.type, allowed);
    if (refused !== undefined) return refused;
  }
  return undefined;
}
