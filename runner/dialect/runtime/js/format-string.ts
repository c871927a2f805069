import { exponentText, generalText } from "../float-text.js";
import { decimalText, roundDecimal } from "./decimal-format.js";
import { type JsFunction, lenient } from "./js-function.js";
import { parseJson, printJson, printPrettyJson } from "./json-value.js";

/** One directive of a FORMAT string. */
export interface Directive {
  readonly text: string;
  readonly flags: string;
  /** Digits, `*` or nothing. */
  readonly width: string;
  /** Digits, `*`, or undefined without a precision. */
  readonly precision: string | undefined;
  readonly conversion: string;
}

const DIRECTIVE = /^%([-+ #0']*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/;

/**
 * A FORMAT string as plain texts and directives.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_string
 */
export function parseFormat(format: string): (string | Directive)[] {
  const pieces: (string | Directive)[] = [];
  let at = 0;
  while (at < format.length) {
    const next = format.indexOf("%", at);
    if (next === -1) {
      pieces.push(format.slice(at));
      break;
    }
    if (next > at) pieces.push(format.slice(at, next));
    const match = DIRECTIVE.exec(format.slice(next));
    if (match === null) throw new Error(`Invalid FORMAT string: "${format}"`);
    const [text, flags = "", width = "", precision, conversion = ""] = match;
    if (conversion === "%" && text !== "%%") throw new Error(`Invalid FORMAT string: "${format}"`);
    if (!"diuoxXfFeEgGstTpP%".includes(conversion))
      throw new Error(`Invalid format specifier character "${conversion}" in FORMAT string: "${format}"`);
    if (conversion === "%") pieces.push("%");
    else
      pieces.push({ text, flags, width, precision: text.includes(".") ? (precision ?? "0") : undefined, conversion });
    at = next + text.length;
  }
  return pieces;
}

/** What a conversion takes: the kind of type, in BigQuery's words. */
export function expectedKind(conversion: string): "integer" | "floating" | "STRING" | "JSON" | "any" {
  if ("diuoxX".includes(conversion)) return "integer";
  if ("fFeEgG".includes(conversion)) return "floating";
  if (conversion === "s") return "STRING";
  return conversion === "p" || conversion === "P" ? "JSON" : "any";
}

/** Formats the texts of the values; a value of NULL makes the result NULL. */
function formatTexts(format: string, values: readonly (string | null)[]): string | null {
  let used = 0;
  const take = (): string | null => values[used++] ?? null;
  let result = "";
  for (const piece of parseFormat(format)) {
    if (typeof piece === "string") {
      result += piece;
      continue;
    }
    const width = piece.width === "*" ? take() : piece.width;
    const precision = piece.precision === "*" ? take() : piece.precision;
    const value = take();
    if (width === null || precision === null || value === null) return null;
    const left = piece.flags.includes("-") || width.startsWith("-");
    result += pad(
      directiveText(piece, precision === undefined ? undefined : Number(precision), value),
      Math.abs(Number(width)),
      left,
      piece,
    );
  }
  return result;
}

function pad(text: string, width: number, left: boolean, { flags, conversion }: Directive): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (left) return text + " ".repeat(missing);
  const zeros = flags.includes("0") && !"stTpP".includes(conversion) && /\d/.test(text);
  if (!zeros) return " ".repeat(missing) + text;
  const [sign = ""] = /^[-+ ]?(0[xX])?/.exec(text) ?? [];
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function directiveText(directive: Directive, precision: number | undefined, value: string): string {
  const { conversion, flags } = directive;
  switch (expectedKind(conversion)) {
    case "integer":
      return integerText(BigInt(value), conversion, flags, precision);
    case "floating":
      return floatingText(value, conversion, flags, precision ?? 6);
    case "JSON":
      return conversion === "P" ? printPrettyJson(parseJson(value)) : printJson(parseJson(value));
    default:
      return precision === undefined || conversion !== "s" ? value : [...value].slice(0, precision).join("");
  }
}

function integerText(value: bigint, conversion: string, flags: string, precision: number | undefined): string {
  const base = conversion === "o" ? 8 : conversion === "x" || conversion === "X" ? 16 : 10;
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(base);
  if (precision !== undefined) digits = digits.padStart(precision, "0");
  if (flags.includes("'")) digits = grouped(digits, base === 10 ? 3 : 4, base === 10 ? "," : ":");
  if (flags.includes("#") && base === 16) digits = `0x${digits}`;
  if (flags.includes("#") && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  const text = conversion === "X" ? digits.toUpperCase() : digits;
  return signed(text, negative, flags);
}

function signed(text: string, negative: boolean, flags: string): string {
  if (negative) return `-${text}`;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}

function grouped(digits: string, size: number, separator: string): string {
  return digits.replace(new RegExp(`\\B(?=(?:[0-9a-f]{${size}})+$)`, "g"), separator);
}

export function floatingText(value: string, conversion: string, flags: string, precision: number): string {
  if (/\dn$/.test(value)) return decimalDirective(value.slice(0, -1), conversion, flags, precision);
  const number = Number(value === "inf" ? "Infinity" : value === "-inf" ? "-Infinity" : value);
  const lower = conversion.toLowerCase();
  const negative = number < 0 || Object.is(number, -0);
  const magnitude = Math.abs(number);
  let text: string;
  if (!Number.isFinite(number)) text = Number.isNaN(number) ? "nan" : "inf";
  else if (lower === "f") text = roundDecimal(exactDecimal(magnitude), precision, true);
  else if (lower === "e") text = exponential(magnitude, precision);
  else text = generalText(magnitude, precision === 0 ? 1 : precision, flags.includes("#"));
  if (flags.includes("'") && Number.isFinite(number)) text = groupedWhole(text);
  const shown = signed(
    text,
    negative && !Number.isNaN(number),
    Number.isFinite(number) ? flags : flags.replace("#", ""),
  );
  return conversion === lower ? shown : shown.toUpperCase();
}

/** A NUMERIC or BIGNUMERIC, whose text is marked by a final `n` on its way here. */
function decimalDirective(value: string, conversion: string, flags: string, precision: number): string {
  const lower = conversion.toLowerCase() as "f" | "e" | "g";
  const negative = value.startsWith("-");
  const text = decimalText(negative ? value.slice(1) : value, lower, precision, flags.includes("#"));
  const shown = signed(flags.includes("'") ? groupedWhole(text) : text, negative, flags);
  return conversion === lower ? shown : shown.toUpperCase();
}

/** With a comma before each three digits of the whole part. */
function groupedWhole(text: string): string {
  const [whole = ""] = /^\d+/.exec(text) ?? [];
  return grouped(whole, 3, ",") + text.slice(whole.length);
}

/** `d.ddde+NN`. */
function exponential(x: number, precision: number): string {
  const [mantissa = "", power = "0"] = x.toExponential(Math.min(100, precision)).split("e");
  return `${mantissa}${exponentText(Number(power))}`;
}

/** All decimals of a double. */
function exactDecimal(x: number): string {
  if (Number.isInteger(x)) return BigInt(x).toString();
  let fraction = "";
  let rest = x - Math.floor(x);
  const whole = BigInt(Math.floor(x)).toString();
  let scaled = 0n;
  let bits = 0n;
  while (rest !== 0) {
    rest *= 2;
    scaled = scaled * 2n + BigInt(Math.floor(rest));
    rest -= Math.floor(rest);
    bits += 1n;
  }
  fraction = ((scaled * 10n ** bits) / 2n ** bits).toString().padStart(Number(bits), "0");
  return `${whole}.${fraction}`;
}

/** Directives against the types of the values, of a format that is known only now. */
function checkTypes(format: string, types: readonly string[]): void {
  const kinds = parseFormat(format).flatMap((piece) => {
    if (typeof piece === "string") return [];
    const stars = [piece.width, piece.precision].filter((part) => part === "*").map(() => "integer" as const);
    if ("T".includes(piece.conversion))
      throw new Error("FORMAT with %T in a computed format is not supported by the embedded engine");
    return [...stars, expectedKind(piece.conversion)];
  });
  if (kinds.length > types.length)
    throw new Error(
      `Too few arguments to FORMAT for pattern "${format}"; Expected ${kinds.length + 1}; Got ${types.length + 1}`,
    );
  if (kinds.length < types.length)
    throw new Error(
      `Too many arguments to FORMAT for pattern "${format}"; Expected ${kinds.length + 1}; Got ${types.length + 1}`,
    );
  for (const [i, kind] of kinds.entries()) {
    const type = types[i] as string;
    const fits =
      kind === "any" ||
      (kind === "integer"
        ? type === "INT64"
        : kind === "floating"
          ? type === "FLOAT64" || type === "NUMERIC" || type === "BIGNUMERIC"
          : type === kind);
    if (!fits) throw new Error(`Invalid type for argument ${i + 2} to FORMAT; Expected ${kind}; Got ${type}`);
    if (kind === "any" && type !== "STRING" && type !== "INT64")
      throw new Error(`FORMAT with %t of ${type} in a computed format is not supported by the embedded engine`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v",
};

function quotedLiteral(text: string, bytes: boolean): string {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
  const body = Array.from(text, (char) => {
    if (char === quote) return `\\${char}`;
    const code = char.codePointAt(0) as number;
    const hex = `\\x${code.toString(16).padStart(2, "0")}`;
    if (bytes && (code < 32 || code > 126))
      return char === "\n" || char === "\r" || char === "\t" ? (ESCAPES[char] as string) : hex;
    return ESCAPES[char] ?? (code < 32 || code === 127 ? hex : char);
  }).join("");
  return `${bytes ? "b" : ""}${quote}${body}${quote}`;
}

export const FORMAT_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_format", ["STRING", "STRINGS"], "STRING", (format, values) =>
    format === null || values === null ? null : formatTexts(format, values),
  ),
  lenient("bq_format_checked", ["STRING", "STRINGS", "STRING"], "STRING", (format, values, types) => {
    if (format === null || values === null || types === null) return null;
    checkTypes(format, types === "" ? [] : types.split(","));
    return formatTexts(format, values);
  }),
  lenient("bq_json_literal", ["STRING"], "STRING", (text) => (text === null ? null : quotedLiteral(text, false))),
  lenient("bq_string_literal", ["STRING"], "STRING", (text) => (text === null ? "NULL" : quotedLiteral(text, false))),
  lenient("bq_bytes_literal", ["BYTES"], "STRING", (bytes) =>
    bytes === null ? "NULL" : quotedLiteral(Buffer.from(bytes).toString("latin1"), true),
  ),
  lenient("bq_bytes_text", ["BYTES"], "STRING", (bytes) =>
    bytes === null ? "NULL" : quotedLiteral(Buffer.from(bytes).toString("latin1"), true).slice(2, -1),
  ),
];
