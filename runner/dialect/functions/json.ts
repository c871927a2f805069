import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import type { SqlType } from "../../port/sql-types.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { isArray, spanOf, splitArguments, wrongArguments } from "./arguments.js";
import {
  type CallContext,
  type Family,
  type FunctionDefinition,
  on,
  type ScalarOverload,
  scalar,
  special,
  type Template,
} from "./definition.js";
import { jsonScalar, parsedJson, partOf } from "./json-part.js";
import { jsonOf, jsonText } from "./json-text.js";
import { plainJsonQuery, plainJsonQueryArray, plainJsonValue, plainJsonValueArray } from "./plain-json-path.js";

const DOC = "json_functions";
const json = (sql: string): string => `CAST(${sql} AS JSON)`;
const text = (sql: string): string => `CAST(${sql} AS VARCHAR)`;

/** A function of STRING or JSON and a path. */
function extraction(
  anchor: string,
  legacy: boolean,
  build: (json: Typed, path: string, isJson: boolean, literal: string | undefined) => [string, SqlType],
): FunctionDefinition {
  // Where the path may be left out it is the whole value.
  const least = /^json_(query|extract)$/.test(anchor) ? 2 : 1;
  return special(`${DOC}#${anchor}`, (call, context) => {
    const { positional } = splitArguments(call, least, 2);
    const value = context.resolve(positional[0] as Expr);
    const path = positional[1] === undefined ? undefined : context.resolveAs(positional[1], "STRING");
    if (path !== undefined && (path.uses.length > 0 || path.opaque === true))
      throw analysisError("JSONPath must be a string literal or query parameter", path.span);
    if (context.isReference && path !== undefined && /^lax\b/i.test(literalText(path) ?? ""))
      throw analysisError("JSONPath must start with '$'", path.span);
    const source = isNullLiteral(value) ? coerce(value, "STRING") : value;
    if (source.type !== "STRING" && source.type !== "JSON")
      throw wrongArguments(
        call,
        path === undefined ? [value] : [value, path],
        `${call.name}(STRING, [STRING]); ${call.name}(JSON, [STRING])`,
      );
    const isJson = source.type === "JSON";
    const [sql, type] = build(source, `${path?.sql ?? "'$'"}, ${legacy}, ${isJson}`, isJson, literalText(path));
    return derive(sql, type, spanOf(call), path === undefined ? [source] : [source, path], true);
  });
}

const query = (anchor: string, legacy: boolean): FunctionDefinition =>
  extraction(anchor, legacy, (from, path, isJson, literal) => {
    const found = quick(plainJsonQuery, literal, from, (of) => `bq_json_query(${of}, ${path})`);
    return isJson ? [json(found), "JSON"] : [found, "STRING"];
  });

const value = (anchor: string, legacy: boolean): FunctionDefinition =>
  extraction(anchor, legacy, (from, path, _isJson, literal) => {
    const found = quick(plainJsonValue, literal, from, (of) => `bq_json_value(${of}, ${path})`);
    return [found, "STRING"];
  });

/** The quick text for a literal path that has one, else the exact call. */
function quick(
  plain: typeof plainJsonValue,
  path: string | undefined,
  json: Typed,
  slow: (of: string) => string,
): string {
  const part = partOf(json);
  const found =
    path?.startsWith("$") === true
      ? plain(part.of, `${part.path}${path.slice(1)}`, part.source, (of) => slow(part.exact(of)))
      : undefined;
  return found ?? slow(text(json.sql));
}

function literalText(path: Typed | undefined): string | undefined {
  if (path === undefined) return "$";
  return path.literal?.kind === "string" ? path.literal.text : undefined;
}

const queryArray = (anchor: string, legacy: boolean): FunctionDefinition =>
  extraction(anchor, legacy, (from, path, isJson, literal) => {
    const found = quick(plainJsonQueryArray, literal, from, (of) => `bq_json_query_array(${of}, ${path})`);
    return isJson
      ? [`CAST(${found} AS JSON[])`, { kind: "array", element: "JSON" }]
      : [found, { kind: "array", element: "STRING" }];
  });

const valueArray = (anchor: string, legacy: boolean): FunctionDefinition =>
  extraction(anchor, legacy, (from, path, _isJson, literal) => {
    const found = quick(plainJsonValueArray, literal, from, (of) => `bq_json_value_array(${of}, ${path})`);
    return [found, { kind: "array", element: "STRING" }];
  });

const ofJson = (result: string, template: Template): ScalarOverload => on(`(JSON) -> ${result}`, template);

const ofScalar = (result: string, call: Parameters<typeof jsonScalar>[0]): ScalarOverload =>
  ofJson(result, (_, typed) => jsonScalar(call, typed[0] as Typed));

function namedBool(named: ReadonlyMap<string, Expr>, name: string, context: CallContext, otherwise: boolean): Typed {
  const expr = named.get(name);
  if (expr !== undefined) return context.resolveAs(expr, "BOOL");
  return { ...derive(String(otherwise), "BOOL", { start: 0, end: 0 }, []), nullable: false };
}

function jsonArgument(expr: Expr, context: CallContext, call: CallExpr): Typed {
  const typed = context.resolve(expr);
  if (typed.type === "JSON") return typed;
  if (isNullLiteral(typed)) return coerce(typed, "JSON");
  throw wrongArguments(call, [typed], `${call.name}(JSON, ...)`);
}

/** A value as JSON text; a value of SQL type ARRAY is marked by a leading blank. */
function item(typed: Typed, call: CallExpr): string {
  const sql = jsonOf(typed, call, true);
  return isArray(typed.type) && !isNullLiteral(typed) ? `(' ' || ${sql})` : sql;
}

/** `f(json, path, value[, path, value]..)` as JSON, paths and values in one list. */
function edit(
  anchor: string,
  flag: string,
  otherwise: boolean,
  build: (value: string, flag: string, items: string) => string,
) {
  return special(`${DOC}#${anchor}`, (call, context) => {
    const { positional, named } = splitArguments(call, 3, Number.POSITIVE_INFINITY, [flag]);
    if (positional.length % 2 === 0)
      throw wrongArguments(call, undefined, `${call.name}(JSON, STRING, ANY, [STRING, ...], [ANY, ...])`);
    const target = jsonArgument(positional[0] as Expr, context, call);
    const option = namedBool(named, flag, context, otherwise);
    const rest = positional
      .slice(1)
      .map((expr, i) => (i % 2 === 0 ? context.resolveAs(expr, "STRING") : context.resolve(expr)));
    const items = rest.map((typed, i) => (i % 2 === 0 ? typed.sql : item(typed, call)));
    const sql = json(build(text(target.sql), option.sql, `[${items.join(", ")}]`));
    return derive(sql, "JSON", spanOf(call), [target, option, ...rest], true);
  });
}

function toJson(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 1, 1, ["STRINGIFY_WIDE_NUMBERS"]);
  const typed = context.resolve(positional[0] as Expr);
  const wide = namedBool(named, "STRINGIFY_WIDE_NUMBERS", context, false);
  if (wide.sql !== "true" && wide.sql !== "false")
    throw analysisError("TO_JSON expects a literal for stringify_wide_numbers", call);
  const sql = json(`bq_parse_json(${jsonOf(typed, call, wide.sql === "false")}, 'round')`);
  return derive(sql, "JSON", spanOf(call), [typed], false);
}

function toJsonString(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 1, 2, ["PRETTY_PRINT"]);
  const typed = context.resolve(positional[0] as Expr);
  const flag = positional[1] ?? named.get("PRETTY_PRINT");
  const sql = jsonOf(typed, call);
  if (flag === undefined) return derive(sql, "STRING", spanOf(call), [typed], false);
  const pretty = context.resolveAs(flag, "BOOL");
  const printed =
    pretty.sql === "true"
      ? `bq_pretty_json(${sql})`
      : pretty.sql === "false"
        ? sql
        : `CASE WHEN ${pretty.sql} THEN bq_pretty_json(${sql}) WHEN NOT ${pretty.sql} THEN ${sql} END`;
  return derive(printed, "STRING", spanOf(call), [typed, pretty]);
}

function parseJsonCall(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 1, 1, ["WIDE_NUMBER_MODE"]);
  const source = context.resolveAs(positional[0] as Expr, "STRING");
  const modeArgument = named.get("WIDE_NUMBER_MODE");
  const wide = modeArgument === undefined ? undefined : context.resolveAs(modeArgument, "STRING");
  const mode = wide?.sql ?? "'exact'";
  // DuckDB has no lone surrogates in JSON: NULL under SAFE, too.
  const parse = (of: string): string =>
    call.safe ? `TRY_CAST(bq_try_parse_json(${of}, ${mode}) AS JSON)` : json(`bq_parse_json(${of}, ${mode})`);
  const parts = wide === undefined ? [source] : [source, wide];
  const parsed = derive(parse(source.sql), "JSON", spanOf(call), parts, call.safe ? true : undefined);
  return wide === undefined ? parsedJson(parsed, source.sql, (of) => text(parse(of))) : parsed;
}

function jsonArray(call: CallExpr, context: CallContext): Typed {
  const { positional } = splitArguments(call, 0, Number.POSITIVE_INFINITY);
  const items = positional.map((expr) => context.resolve(expr));
  const list =
    items.length === 0 ? "CAST([] AS VARCHAR[])" : `[${items.map((typed) => jsonOf(typed, call, true)).join(", ")}]`;
  return derive(json(`bq_parse_json(bq_json_array(${list}), 'round')`), "JSON", spanOf(call), items, false);
}

function jsonObject(call: CallExpr, context: CallContext): Typed {
  const { positional } = splitArguments(call, 0, Number.POSITIVE_INFINITY);
  const args = positional.map((expr) => context.resolve(expr));
  const [first, second] = args;
  if (args.length === 2 && first !== undefined && second !== undefined && isArray(first.type))
    return jsonObjectOfArrays(call, first, second);
  if (args.length % 2 === 1) throw wrongArguments(call, undefined, "JSON_OBJECT([STRING, ANY, ...])");
  const keys = args.filter((_, i) => i % 2 === 0);
  const bad = keys.find((key) => coercionCost(key, "STRING") === undefined);
  if (bad !== undefined) throw wrongArguments(call, args, "JSON_OBJECT([STRING, ANY, ...])");
  const values = args.filter((_, i) => i % 2 === 1).map((typed) => jsonOf(typed, call, true));
  const list = (items: readonly string[]): string =>
    items.length === 0 ? "CAST([] AS VARCHAR[])" : `[${items.join(", ")}]`;
  const keyList = list(keys.map((key) => coerce(key, "STRING").sql));
  return derive(json(`bq_json_object(${keyList}, ${list(values)})`), "JSON", spanOf(call), args, false);
}

function jsonObjectOfArrays(call: CallExpr, keys: Typed, values: Typed): Typed {
  if (
    typeof keys.type === "string" ||
    keys.type.kind !== "array" ||
    keys.type.element !== "STRING" ||
    typeof values.type === "string" ||
    values.type.kind !== "array"
  )
    throw wrongArguments(call, [keys, values], "JSON_OBJECT(ARRAY<STRING>, ARRAY<ANY>)");
  const items = `list_transform(${values.sql}, lambda j: ${jsonText("j", values.type.element, call, true)})`;
  return derive(json(`bq_json_object(${keys.sql}, ${items})`), "JSON", spanOf(call), [keys, values], false);
}

function jsonRemove(call: CallExpr, context: CallContext): Typed {
  const { positional } = splitArguments(call, 2, Number.POSITIVE_INFINITY);
  const target = jsonArgument(positional[0] as Expr, context, call);
  const paths = positional.slice(1).map((expr) => context.resolveAs(expr, "STRING"));
  const list = `[${paths.map((path) => path.sql).join(", ")}]`;
  return derive(json(`bq_json_remove(${text(target.sql)}, ${list})`), "JSON", spanOf(call), [target, ...paths]);
}

function jsonStripNulls(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 1, 2, ["INCLUDE_ARRAYS", "REMOVE_EMPTY"]);
  const target = jsonArgument(positional[0] as Expr, context, call);
  const path = positional[1] === undefined ? undefined : context.resolveAs(positional[1], "STRING");
  const arrays = namedBool(named, "INCLUDE_ARRAYS", context, true);
  const empty = namedBool(named, "REMOVE_EMPTY", context, false);
  const sql = json(`bq_json_strip_nulls(${text(target.sql)}, ${path?.sql ?? "'$'"}, ${arrays.sql}, ${empty.sql})`);
  return derive(sql, "JSON", spanOf(call), [target, arrays, empty, ...(path === undefined ? [] : [path])]);
}

function jsonFloat64(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 1, 1, ["WIDE_NUMBER_MODE"]);
  const target = jsonArgument(positional[0] as Expr, context, call);
  const mode = named.get("WIDE_NUMBER_MODE");
  const wide = mode === undefined ? undefined : context.resolveAs(mode, "STRING");
  const sql =
    wide === undefined
      ? jsonScalar("bq_json_float64", target, ", 'round'")
      : `bq_json_float64(${text(target.sql)}, ${wide.sql})`;
  return derive(sql, "FLOAT64", spanOf(call), wide === undefined ? [target] : [target, wide], true);
}

function jsonKeys(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 1, 2, ["MODE"]);
  const target = jsonArgument(positional[0] as Expr, context, call);
  const depth = positional[1] === undefined ? undefined : context.resolveAs(positional[1], "INT64");
  const modeArgument = named.get("MODE");
  const mode = modeArgument === undefined ? undefined : context.resolveAs(modeArgument, "STRING");
  const sql = `bq_json_keys(${text(target.sql)}, coalesce(${depth?.sql ?? "NULL"}, 9223372036854775807::BIGINT), ${mode?.sql ?? "'strict'"})`;
  const parts = [target, ...(depth === undefined ? [] : [depth]), ...(mode === undefined ? [] : [mode])];
  return derive(sql, { kind: "array", element: "STRING" }, spanOf(call), parts, true);
}

/** `INT64_ARRAY` and `LAX_INT64_ARRAY` and their like: the elements of a JSON array, one by one as `INT64` and `LAX_INT64` have them. */
function arrays(type: string, anchor: string, strict: (value: string) => string): Family {
  const of = (isLax: boolean, each: string): ScalarOverload =>
    ofJson(
      `ARRAY<${type}>?`,
      `list_transform(bq_json_elements(CAST($1 AS VARCHAR), ${isLax}), lambda element: ${each})`,
    );
  return {
    [`${type}_ARRAY`]: scalar(`${DOC}#${anchor}_array_for_json`, of(false, strict("element"))),
    [`LAX_${type}_ARRAY`]: scalar(`${DOC}#lax_${anchor}_array`, of(true, `bq_json_lax_${type.toLowerCase()}(element)`)),
  };
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions */
export const JSON_FUNCTIONS: Family = {
  TO_JSON_STRING: special(`${DOC}#to_json_string`, toJsonString),
  TO_JSON: special(`${DOC}#to_json`, toJson),
  PARSE_JSON: special(`${DOC}#parse_json`, parseJsonCall, { ownSafe: true }),
  JSON_QUERY: query("json_query", false),
  JSON_EXTRACT: query("json_extract", true),
  JSON_VALUE: value("json_value", false),
  JSON_EXTRACT_SCALAR: value("json_extract_scalar", true),
  JSON_QUERY_ARRAY: queryArray("json_query_array", false),
  JSON_EXTRACT_ARRAY: queryArray("json_extract_array", true),
  JSON_VALUE_ARRAY: valueArray("json_value_array", false),
  JSON_EXTRACT_STRING_ARRAY: valueArray("json_extract_string_array", true),
  JSON_TYPE: scalar(`${DOC}#json_type`, ofScalar("STRING", "bq_json_type")),
  JSON_FLATTEN: scalar(
    `${DOC}#json_flatten`,
    ofJson("ARRAY<JSON>", "CAST(bq_json_flatten(CAST($1 AS VARCHAR)) AS JSON[])"),
  ),
  JSON_KEYS: special(`${DOC}#json_keys`, jsonKeys),
  JSON_ARRAY: special(`${DOC}#json_array`, jsonArray),
  JSON_OBJECT: special(`${DOC}#json_object`, jsonObject),
  JSON_SET: edit(
    "json_set",
    "CREATE_IF_MISSING",
    true,
    (target, flag, items) => `bq_json_set(${target}, ${flag}, ${items})`,
  ),
  JSON_ARRAY_APPEND: edit(
    "json_array_append",
    "APPEND_EACH_ELEMENT",
    true,
    (target, flag, items) => `bq_json_array_edit(${target}, 'append', ${flag}, ${items})`,
  ),
  JSON_ARRAY_INSERT: edit(
    "json_array_insert",
    "INSERT_EACH_ELEMENT",
    true,
    (target, flag, items) => `bq_json_array_edit(${target}, 'insert', ${flag}, ${items})`,
  ),
  JSON_REMOVE: special(`${DOC}#json_remove`, jsonRemove),
  JSON_STRIP_NULLS: special(`${DOC}#json_strip_nulls`, jsonStripNulls),
  INT64: scalar(`${DOC}#int64_for_json`, ofScalar("INT64", "bq_json_int64")),
  FLOAT64: special(`${DOC}#double_for_json`, jsonFloat64),
  BOOL: scalar(`${DOC}#bool_for_json`, ofScalar("BOOL", "bq_json_bool")),
  ...arrays("INT64", "int64", (value) => `bq_json_int64(${value})`),
  ...arrays("FLOAT64", "double", (value) => `bq_json_float64(${value}, 'round')`),
  ...arrays("BOOL", "bool", (value) => `bq_json_bool(${value})`),
  ...arrays("STRING", "string", (value) => `bq_json_string(${value})`),
  LAX_INT64: scalar(`${DOC}#lax_int64`, ofScalar("INT64?", "bq_json_lax_int64")),
  LAX_FLOAT64: scalar(`${DOC}#lax_double`, ofScalar("FLOAT64?", "bq_json_lax_float64")),
  LAX_BOOL: scalar(`${DOC}#lax_bool`, ofScalar("BOOL?", "bq_json_lax_bool")),
  LAX_STRING: scalar(`${DOC}#lax_string`, ofScalar("STRING?", "bq_json_lax_string")),
};
