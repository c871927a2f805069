import { float64JsonText } from "../float-text.js";

/** A JSON value. Numbers keep their text, objects the order and repetition of their members. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

export class JsonNumber {
  constructor(readonly text: string) {}
}

export class JsonObject {
  constructor(readonly members: readonly (readonly [name: string, value: JsonValue])[]) {}

  get(name: string): JsonValue | undefined {
    return this.members.find(([key]) => key === name)?.[1];
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
/** A string that needs no decoding. */
const PLAIN_STRING = /"[ !#-[\]-\uffff]*"/y;

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/**
 * Parses JSON text; throws an Error that says what is wrong and where.
 * @param unfinished takes, instead of an error, the arrays and objects that a fault cut off; what stands before it is there
 */
export function parseJson(text: string, unfinished?: Set<JsonValue>): JsonValue {
  let at = 0;
  let broken = false;
  let depth = 0;
  const skip = (): void => {
    while (isBlank(text.charCodeAt(at))) at += 1;
  };
  const fail = (): Error =>
    new Error(
      at >= text.length
        ? "syntax error while parsing value - unexpected end of input"
        : `syntax error while parsing value - invalid literal at offset ${at}: '${text.slice(at, at + 12)}'`,
    );
  const word = <T extends JsonValue>(name: string, value: T): T => {
    if (!text.startsWith(name, at)) throw fail();
    at += name.length;
    return value;
  };
  const string = (): string => {
    PLAIN_STRING.lastIndex = at;
    if (PLAIN_STRING.test(text)) {
      const start = at + 1;
      at = PLAIN_STRING.lastIndex;
      return text.slice(start, at - 1);
    }
    STRING.lastIndex = at;
    const match = STRING.exec(text);
    if (match === null) throw fail();
    try {
      // Refuses control characters, which a string must not hold as they are.
      const decoded = JSON.parse(match[0]) as string;
      at = STRING.lastIndex;
      return decoded;
    } catch {
      throw fail();
    }
  };
  const value = (): JsonValue => {
    skip();
    switch (text[at]) {
      case "{":
        return object();
      case "[":
        return array();
      case '"':
        return string();
      case "t":
        return word("true", true);
      case "f":
        return word("false", false);
      case "n":
        return word("null", null);
      default: {
        NUMBER.lastIndex = at;
        const match = NUMBER.exec(text);
        if (match === null) throw fail();
        at = NUMBER.lastIndex;
        return new JsonNumber(match[0]);
      }
    }
  };
  const nested = <T>(work: () => T): T => {
    depth += 1;
    if (depth > 500) throw new Error("Max nesting of 500 has been exceeded while parsing JSON document");
    at += 1;
    const result = work();
    depth -= 1;
    return result;
  };
  const isEnd = (close: string): boolean => {
    skip();
    if (text[at] !== close) return false;
    at += 1;
    return true;
  };
  const list = (close: string, item: () => void): void => {
    if (isEnd(close)) return;
    for (;;) {
      item();
      if (broken) return;
      skip();
      const end = text[at];
      if (end !== "," && end !== close) throw fail();
      at += 1;
      if (end === close) return;
      // A comma may end the members of an object in JSON that is a text.
      if (unfinished !== undefined && close === "}" && isEnd(close)) return;
    }
  };
  /** Reads the parts of an array or object; what a fault cuts off is unfinished, and so is everything around it. */
  const parts = <T extends JsonValue>(container: T, close: string, item: () => void): T => {
    try {
      list(close, item);
    } catch (error) {
      if (unfinished === undefined) throw error;
      broken = true;
    }
    if (broken) unfinished?.add(container);
    return container;
  };
  const array = (): JsonValue =>
    nested(() => {
      const items: JsonValue[] = [];
      return parts(items, "]", () => items.push(value()));
    });
  const object = (): JsonValue =>
    nested(() => {
      const members: [string, JsonValue][] = [];
      return parts(new JsonObject(members), "}", () => {
        skip();
        if (text[at] !== '"') throw fail();
        const name = string();
        skip();
        if (text[at] !== ":") throw fail();
        at += 1;
        members.push([name, value()]);
      });
    });
  const result = value();
  skip();
  if (at < text.length && unfinished === undefined) throw fail();
  return result;
}

export type WideNumbers = "exact" | "round";

/**
 * The value as BigQuery stores it: members sorted by name, the first of equal names kept, numbers as INT64, UINT64 or FLOAT64. With `exact` a
 * number that none of them holds is an error. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#json_type
 */
export function normalizeJson(value: JsonValue, wide: WideNumbers = "exact"): JsonValue {
  if (value instanceof JsonNumber) return new JsonNumber(normalNumber(value.text, wide));
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => normalizeJson(item, wide));
  if (!(value instanceof JsonObject)) return value;
  if (inOrder(value)) return new JsonObject(value.members.map(([name, member]) => [name, normalizeJson(member, wide)]));
  const members = new Map<string, JsonValue>();
  for (const [name, member] of value.members) if (!members.has(name)) members.set(name, normalizeJson(member, wide));
  return new JsonObject([...members].sort(([a], [b]) => compareUtf8(a, b)));
}

const SURROGATE = /[\ud800-\udfff]/;

/** Whether each name is certainly greater than the one before it: code units stand in the order of UTF-8 but for surrogates. */
function inOrder({ members }: JsonObject): boolean {
  return members.every(
    ([name], i) => !SURROGATE.test(name) && (i === 0 || (members[i - 1] as readonly [string, JsonValue])[0] < name),
  );
}

function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 ? -1 : 1;
}

/** Numbers that are written just so: of 15 digits at most, a point only before digits that count, and no need of an exponent. */
const SETTLED = /^-?(?:[1-9]\d{0,14}|(?:[1-9]\d{0,6}\.\d{0,7}|0\.\d{0,3})[1-9])$|^0$/;

/** Such numbers with zeros behind the digits that count; a whole number keeps one of them. */
const PADDED = /^(?:(-?[1-9]\d{0,6}|0)\.0+|((?:-?[1-9]\d{0,6}\.\d{0,7}|-?0\.\d{0,3})[1-9])0+)$/;

function normalNumber(text: string, wide: WideNumbers): string {
  if (SETTLED.test(text)) return text;
  const [, whole, settled] = PADDED.exec(text) ?? [];
  if (whole !== undefined) return `${whole}.0`;
  if (settled !== undefined) return settled;
  if (/^-?\d+$/.test(text) && text !== "-0") {
    const value = BigInt(text);
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return String(value);
  }
  const value = Number(text);
  const normal = Number.isFinite(value) ? float64JsonText(value) : undefined;
  if (normal === undefined || (wide === "exact" && !sameDecimal(text, normal))) {
    throw new Error(`Input number: ${text} cannot round-trip through string representation`);
  }
  return normal;
}

/** True where two decimal texts are one number. */
function sameDecimal(a: string, b: string): boolean {
  return canonicalDecimal(a) === canonicalDecimal(b);
}

function canonicalDecimal(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") return "0";
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

/** Compact JSON text. */
export function printJson(value: JsonValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quoteJson(value);
  if (value instanceof JsonNumber) return value.text;
  let text = "";
  if (value instanceof JsonObject) {
    for (const [name, member] of value.members)
      text += `${text === "" ? "" : ","}${quoteJson(name)}:${printJson(member)}`;
    return `{${text}}`;
  }
  for (const item of value) text += `${text === "" ? "" : ","}${printJson(item)}`;
  return `[${text}]`;
}

/** JSON text over several lines, two blanks a level. */
export function printPrettyJson(value: JsonValue, indent = ""): string {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    const items = (value as readonly JsonValue[]).map((item) => inner + printPrettyJson(item, inner));
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (value instanceof JsonObject && value.members.length > 0) {
    const members = value.members.map(
      ([name, member]) => `${inner}${quoteJson(name)}: ${printPrettyJson(member, inner)}`,
    );
    return `{\n${members.join(",\n")}\n${indent}}`;
  }
  return printJson(value);
}

const UNESCAPED = /^[ !#-[\]-~]*$/;

/** GoogleSQL escapes the line separators too. */
function quoteJson(text: string): string {
  if (UNESCAPED.test(text)) return `"${text}"`;
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
