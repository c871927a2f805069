/**
 * Runs inside the realm of a user's JavaScript function: JSON text to arguments, results to JSON text, by BigQuery's table of types.
 * https://cloud.google.com/bigquery/docs/user-defined-functions#supported-javascript-udf-data-types
 */
export const USER_FUNCTION_HARNESS = `(function () {
  "use strict";
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { isFinite, isInteger } = Number;

  function input(value, type) {
    if (value === null) return null;
    if (type.kind === "array") return value.map((item) => input(item, type.element));
    if (type.kind === "struct") {
      const object = {};
      type.fields.forEach((field, i) => { object[field.name ?? ""] = input(value[i], field.type); });
      return object;
    }
    if (type === "FLOAT64") return Number(value);
    if (type === "DATE") return new Date(value);
    if (type === "JSON") return parse(value);
    if (type !== "TIMESTAMP") return value;
    const date = new Date(value[0]);
    date.microsecond = value[1];
    return date;
  }

  function refuse(value, type) {
    let shown;
    try { shown = stringify(value); } catch { shown = undefined; }
    throw new TypeError("Failed to coerce output value " + (shown ?? String(value)) + " to type " + type);
  }

  function number(value, type) {
    const isText = typeof value === "string" && value.trim() !== "";
    if (typeof value !== "number" && typeof value !== "bigint" && !isText) refuse(value, type);
    const text = String(value).trim();
    if (type === "INT64") {
      if (!/^[+-]?\\d+$/.test(text) && !(typeof value === "number" && isInteger(value))) refuse(value, type);
      return typeof value === "number" ? BigInt(value).toString() : text;
    }
    if (type === "NUMERIC") {
      if (!/^[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?$/i.test(text)) refuse(value, type);
      return text;
    }
    if (Number.isNaN(Number(text)) && text.toLowerCase() !== "nan") refuse(value, type);
    return text;
  }

  function moment(value, type) {
    const date = value instanceof Date ? value : new Date(typeof value === "string" || typeof value === "number" ? value : NaN);
    if (!isFinite(date.getTime())) refuse(value, type);
    const text = date.toISOString();
    if (type === "DATE") return text.slice(0, text.indexOf("T"));
    const micros = date.microsecond;
    const exact = isInteger(micros) && Math.floor(micros / 1000) === ((date.getTime() % 1000) + 1000) % 1000;
    return exact ? text.slice(0, -5) + "." + String(micros).padStart(6, "0") + "Z" : text;
  }

  /** As UTF-8 would be sorted. */
  function byCodePoints(a, b) {
    const [left, right] = [[...a], [...b]];
    const at = left.findIndex((character, i) => character !== right[i]);
    return at < 0 ? left.length - right.length : (left[at].codePointAt(0) - (right[at]?.codePointAt(0) ?? -1));
  }

  /** JSON whose members are sorted by name: an object of JavaScript keeps those that are numbers in an order of its own. */
  function text(value) {
    if (isArray(value)) return "[" + value.map(text).join(",") + "]";
    if (typeof value !== "object" || value === null) return stringify(value);
    return "{" + Object.keys(value).sort(byCodePoints).map((key) => stringify(key) + ":" + text(value[key])).join(",") + "}";
  }

  function json(value, isNested) {
    const written = stringify(value);
    if (written === undefined) return null;
    return isNested ? parse(written) : text(parse(written));
  }

  /** Text for a scalar; for arrays and structs what text makes JSON of. */
  function output(value, type, isNested = true) {
    if (value === null || value === undefined) return null;
    if (type.kind === "array") {
      if (!isArray(value)) refuse(value, "ARRAY");
      return value.map((item) => output(item, type.element));
    }
    if (type.kind === "struct") {
      if (typeof value !== "object") refuse(value, "STRUCT");
      return Object.fromEntries(type.fields.map(({ name, type }) => [name ?? "", output(value[name ?? ""], type)]));
    }
    switch (type) {
      case "BOOL":
        if (typeof value !== "boolean" && (typeof value !== "number" || Number.isNaN(value))) refuse(value, type);
        return String(Boolean(value));
      case "STRING":
      case "BYTES":
        return String(value);
      case "JSON":
        return json(value, isNested);
      case "DATE":
      case "TIMESTAMP":
        return moment(value, type);
      default:
        return number(value, type);
    }
  }

  // Nothing streams here, and both would ask the host.
  delete WebAssembly.compileStreaming;
  delete WebAssembly.instantiateStreaming;

  let results = [];
  let pending = 0;
  let failure;

  /** Text of anything that can be thrown, and its stack, whatever its own code does. */
  function describe(thrown) {
    try {
      const isError = typeof thrown === "object" && thrown !== null && "message" in thrown;
      return stringify([isError ? String(thrown.name) + ": " + String(thrown.message) : String(thrown), String(thrown?.stack ?? "")]);
    } catch {
      return '["it throws an object that cannot be printed",""]';
    }
  }
  /** "" or, when it fails, what describe gives. */
  const guarded = (step) => {
    try {
      return step() ?? "";
    } catch (thrown) {
      return "!" + describe(thrown);
    }
  };

  globalThis.fastbreakStart = (call, typesText, rowsText) => guarded(() => {
    const { parameters } = parse(typesText);
    pending = 0;
    failure = undefined;
    results = parse(rowsText).map((row) => call(...row.map((value, i) => input(value, parameters[i]))));
    results.forEach((result, i) => {
      if (!(result instanceof Promise)) return;
      pending += 1;
      result.then(
        (value) => { results[i] = value; pending -= 1; },
        (error) => { failure ??= { error }; pending -= 1; },
      );
    });
  });
  globalThis.fastbreakFinish = (typesText) => guarded(() => {
    if (failure !== undefined) throw failure.error;
    if (pending > 0) throw new Error("its Promise was never settled");
    const { returns } = parse(typesText);
    const nested = typeof returns === "object";
    return stringify(results.map((result) => {
      const value = output(result, returns, nested);
      return nested && value !== null ? text(value) : value;
    }));
  });
})()`;
