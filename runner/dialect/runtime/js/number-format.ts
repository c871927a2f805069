import { floatingText } from "./format-string.js";
import { type JsFunction, strict } from "./js-function.js";
import { type NumberElement, numberElements } from "./number-elements.js";

/** A number as it is to be written: no more digits than its format has. */
interface Shown {
  readonly isNegative: boolean;
  /** Neither negative nor positive. */
  readonly isUnsigned: boolean;
  /** The number before its sign and currency stand there. */
  readonly body: string;
  /** What a format with B leaves blank. */
  readonly isBlank: boolean;
}

const MOST_HEX = 2n ** 64n;
const ROMAN_WIDTH = 15;
const ROMANS: readonly (readonly [value: number, text: string])[] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

/**
 * A number by a format of CAST.
 * @param value text of a FLOAT64, or of an exact number with a final `n`
 */
function numberByFormat(value: string, format: string): string {
  const elements = numberElements(format);
  const isCompact = elements.some(({ name }) => name === "FM");
  const roman = elements.find(({ name }) => name === "RN");
  if (roman !== undefined) return romanText(value, roman, isCompact);
  const shown = elements.some(({ kind }) => kind === "hex")
    ? hexShown(value, elements)
    : decimalShown(value, elements, isCompact);
  const text = signed(shown, elements);
  const isBlank = shown.isBlank && elements.some(({ name }) => name === "B");
  const whole = isBlank ? " ".repeat(text.length) : text;
  return isCompact ? whole.replaceAll(" ", "") : whole;
}

/** Sign and currency stand before the first thing that is written, behind the blanks of the digits that there are not. */
function signed({ isNegative, isUnsigned, body }: Shown, elements: readonly NumberElement[]): string {
  const at = elements.findIndex(({ kind }) => kind === "sign");
  const sign = elements[at]?.name;
  const currency = currencyOf(elements.find(({ kind }) => kind === "currency"));
  const rest = body.trimStart();
  const blanks = " ".repeat(body.length - rest.length);
  const number = `${currency}${rest}`;
  const minus = isNegative ? "-" : " ";
  if (sign === undefined) return `${blanks}${minus}${number}`;
  if (sign === "MI") return `${blanks}${number}${minus}`;
  if (sign === "PR") return isNegative ? `${blanks}<${number}>` : `${blanks} ${number} `;
  const explicit = isUnsigned ? " " : isNegative ? "-" : "+";
  const isFirst = elements.findIndex(({ kind }) => kind === "digit" || kind === "hex") > at;
  return isFirst ? `${blanks}${explicit}${number}` : `${blanks}${number}${explicit}`;
}

function currencyOf(element: NumberElement | undefined): string {
  if (element === undefined) return "";
  if (element.name !== "C") return "$";
  return element.text === "C" ? "USD" : "usd";
}

/** The number itself, not what rounding makes of it. */
const isZero = (value: string): boolean => /^-?[0.]+n?$/.test(value);

/** The text of a number with so many decimals, and its sign. */
function partsOf(text: string) {
  const isNegative = text.startsWith("-");
  const [mantissa = "", exponent = ""] = (isNegative ? text.slice(1) : text).split(/(?=e)/);
  const [whole = "", fraction = ""] = mantissa.split(".");
  return { isNegative, whole: whole.replace(/^0+/, ""), fraction, exponent };
}

function decimalShown(value: string, elements: readonly NumberElement[], isCompact: boolean): Shown {
  const exponent = elements.find(({ kind }) => kind === "exponent");
  const laid = elements.filter(({ kind }) => ["digit", "group", "point", "exponent"].includes(kind));
  const pointAt = laid.findIndex(({ kind }) => kind === "point" || kind === "exponent");
  const before = oneDigitOf(laid.slice(0, pointAt === -1 ? laid.length : pointAt), exponent);
  const after = pointAt === -1 ? [] : laid.slice(pointAt);
  const scale = after.filter(({ kind }) => kind === "digit").length;
  const text = floatingText(value, exponent === undefined ? "f" : "e", "", scale);
  if (/nan|inf/.test(text)) return endlessShown(text, before, after);
  const { isNegative, whole, fraction, exponent: power } = partsOf(text);
  const places = before.filter(({ kind }) => kind === "digit").length;
  const kept = isCompact ? fraction.replace(/0+$/, "") : fraction;
  // A zero before the point is written where nothing else would be.
  const isAlone = whole === "" && (exponent !== undefined || kept === "") && places > 0;
  const digits = isAlone ? "0" : whole;
  const isOver = digits.length > places;
  const tail = after.map(({ kind, name }) => {
    if (kind === "point") return name === "V" ? "" : ".";
    if (kind === "digit") return "";
    return isOver ? "####" : exponent?.text === exponent?.name ? power.toUpperCase() : power;
  });
  const decimals = isOver ? "#".repeat(scale) : kept;
  const [first = "", ...others] = after[0]?.kind === "point" ? tail : ["", ...tail];
  const body = `${laidOut(before, isOver ? "#".repeat(places) : digits)}${first}${decimals}${others.join("")}`;
  return { isNegative, isUnsigned: isZero(value), body, isBlank: whole === "" };
}

/** Where the exponent is written, one digit stands before the point. */
function oneDigitOf(before: readonly NumberElement[], exponent: NumberElement | undefined): readonly NumberElement[] {
  return exponent === undefined ? before : before.slice(0, 1);
}

/** NaN and infinity stand where the digits before the point would, or, where there is an exponent, at the end of all. */
function endlessShown(text: string, before: readonly NumberElement[], after: readonly NumberElement[]): Shown {
  const isNegative = text.startsWith("-");
  const word = (isNegative ? text.slice(1) : text).toUpperCase();
  const isUnsigned = word === "NAN";
  const widthOf = ({ name, kind }: NumberElement) => (name === "V" ? 0 : kind === "exponent" ? 4 : 1);
  const rest = after.reduce((sum, element) => sum + widthOf(element), 0);
  const isScientific = after.some(({ kind }) => kind === "exponent");
  const [room, blanks] = isScientific ? [before.length + rest, 0] : [before.length, rest];
  if (room >= word.length) {
    const body = `${word.padStart(room)}${" ".repeat(blanks)}`;
    return { isNegative, isUnsigned, body, isBlank: false };
  }
  const masked = after.map((element) =>
    element.kind === "point" ? ".".repeat(widthOf(element)) : "#".repeat(widthOf(element)),
  );
  const body = `${before.map(({ kind }) => (kind === "group" ? "," : "#")).join("")}${masked.join("")}`;
  return { isNegative, isUnsigned, body, isBlank: false };
}

/** Digits in their places from the last one: zeros before them from the first place that asks for one, else blanks. */
function laidOut(places: readonly NumberElement[], digits: string): string {
  let left = places.filter(({ kind }) => kind !== "group").length;
  let isWritten = false;
  const texts = places.map(({ kind, name }) => {
    if (kind === "group") return isWritten ? "," : " ";
    const digit = digits.at(-left);
    left -= 1;
    isWritten ||= name === "0" || left < digits.length;
    return left < digits.length ? digit : isWritten ? "0" : " ";
  });
  return texts.join("");
}

function hexShown(value: string, elements: readonly NumberElement[]): Shown {
  const places = elements.filter(({ name }) => name === "X" || name === "0");
  const text = floatingText(value, "f", "", 0);
  if (/nan|inf/.test(text)) return endlessShown(text, places, []);
  const isNegative = text.startsWith("-");
  const whole = BigInt(isNegative ? text.slice(1) : text);
  const digits = whole.toString(16).toUpperCase();
  const isOver = digits.length > places.length || whole >= MOST_HEX;
  const body = laidOut(places, isOver ? "#".repeat(places.length) : digits);
  // A letter is as large as the next X.
  const cased = [...body].map((digit, at) => {
    const next = places.slice(at).find(({ name }) => name === "X");
    return next?.text === "x" ? digit.toLowerCase() : digit;
  });
  return { isNegative, isUnsigned: isZero(value), body: cased.join(""), isBlank: false };
}

function romanText(value: string, element: NumberElement, isCompact: boolean): string {
  const text = floatingText(value, "f", "", 0);
  let rest = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  let numeral = "";
  if (rest < 1 || rest > 3999) numeral = "#".repeat(ROMAN_WIDTH);
  else for (const [worth, letters] of ROMANS) for (; rest >= worth; rest -= worth) numeral += letters;
  const cased = element.text === "rn" ? numeral.toLowerCase() : numeral;
  return isCompact ? cased : cased.padStart(ROMAN_WIDTH);
}

/** CAST(.. AS STRING FORMAT ..) of numbers. */
export const NUMBER_FORMAT_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_cast_number_to_string", ["STRING", "STRING"], "STRING", numberByFormat),
];
