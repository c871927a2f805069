/** What an element of a format of numbers is for. */
export type ElementKind = "digit" | "hex" | "point" | "group" | "exponent" | "sign" | "currency" | "flag" | "whole";

/** An element of a format of numbers, in capital letters, and how it is written there. */
export interface NumberElement {
  readonly name: string;
  readonly text: string;
  readonly kind: ElementKind;
}

const KINDS: readonly (readonly [name: string, kind: ElementKind])[] = [
  ["TM9", "whole"],
  ["TME", "whole"],
  ["TM", "whole"],
  ["RN", "whole"],
  ["EEEE", "exponent"],
  ["FM", "flag"],
  ["B", "flag"],
  ["MI", "sign"],
  ["PR", "sign"],
  ["S", "sign"],
  ["$", "currency"],
  ["C", "currency"],
  ["L", "currency"],
  [".", "point"],
  ["D", "point"],
  ["V", "point"],
  [",", "group"],
  ["G", "group"],
  ["0", "digit"],
  ["9", "digit"],
  ["X", "hex"],
];
const MOST_HEX_DIGITS = 16;

/**
 * The elements of a format of numbers.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_numeric_type_as_string
 * @throws Error for what is no format, as GoogleSQL says it
 */
export function numberElements(format: string): readonly NumberElement[] {
  const upper = format.toUpperCase();
  const elements: NumberElement[] = [];
  for (let at = 0; at < format.length; ) {
    const [name, kind] = KINDS.find(([element]) => upper.startsWith(element, at)) ?? [];
    if (name === undefined || kind === undefined) throw new Error(`Invalid format element '${format[at]}'`);
    elements.push({ name, kind, text: format.slice(at, at + name.length) });
    at += name.length;
  }
  check(elements);
  return elements;
}

function check(elements: readonly NumberElement[]): void {
  const names = elements.map(({ name }) => name);
  if (names.some((name) => name.startsWith("TM"))) {
    if (names.length > 1) throw new Error("'TM', 'TM9' or 'TME' cannot be combined with other format elements");
    throw new Error("Text minimal output is not supported yet");
  }
  if (names.includes("RN")) checkAlone(elements);
  else checkParts(elements);
}

/** Each part of a number at most once, and where it may stand. */
function checkParts(elements: readonly NumberElement[]): void {
  const of = (kind: ElementKind) => elements.filter((element) => element.kind === kind);
  atMostOne(of("currency"), "There can be at most one of '$', 'C' or 'L'");
  atMostOne(
    elements.filter(({ name }) => name === "B"),
    "There can be at most one 'B'",
  );
  atMostOne(of("sign"), "There can be at most one of 'S', 'MI', or 'PR'");
  if (of("hex").length > 0) checkHex(elements);
  if (of("hex").length + of("digit").length === 0)
    throw new Error("Format string must contain at least one of 'X', '0' or '9'");
  checkOrder(elements);
}

/** Roman numerals go together with FM only. */
function checkAlone(elements: readonly NumberElement[]): void {
  const others = elements.filter(({ name }) => name !== "FM");
  const other = others.find(({ name }) => name !== "RN");
  if (other !== undefined) throw new Error(`'RN' cannot appear together with '${other.name}'`);
  atMostOne(others, "There can be at most one 'RN'");
}

function checkHex(elements: readonly NumberElement[]): void {
  const isFit = ({ name, kind }: NumberElement) => kind === "hex" || kind === "sign" || name === "0" || name === "FM";
  const other = elements.find((element) => !isFit(element));
  if (other !== undefined)
    throw new Error(`'X' cannot appear together with ${other.kind === "group" ? "',' or 'G'" : `'${other.name}'`}`);
  if (elements.filter(({ name }) => name === "X" || name === "0").length > MOST_HEX_DIGITS)
    throw new Error(`Max number of 'X' is ${MOST_HEX_DIGITS}`);
}

function checkOrder(elements: readonly NumberElement[]): void {
  const isDigit = ({ kind }: NumberElement) => kind === "digit" || kind === "hex";
  const exponent = elements.findIndex(({ kind }) => kind === "exponent");
  const point = elements.findIndex(({ kind }) => kind === "point");
  atMostOne(
    elements.filter(({ kind }) => kind === "point"),
    "There can be at most one of '.', 'D', or 'V'",
  );
  for (const [at, { kind, name }] of elements.entries()) {
    if (exponent !== -1 && at > exponent && ["digit", "exponent", "point"].includes(kind))
      throw new Error(`'${name}' cannot appear after 'EEEE'`);
    if (kind === "group") {
      if (exponent !== -1) throw new Error("',' or 'G' cannot appear together with 'EEEE'");
      if (point !== -1 && at > point) throw new Error("',' or 'G' cannot appear after '.', 'D' or 'V'");
      if (!elements.slice(0, at).some(isDigit) || elements[at - 1]?.kind === "sign")
        throw new Error(`Unexpected format element '${name}'`);
    }
    if (name === "V" && exponent !== -1) throw new Error("'V' cannot appear together with 'EEEE'");
    if (kind !== "sign") continue;
    const isNumber = (element: NumberElement) => isDigit(element) || element.kind === "exponent";
    const [before, after] = [elements.slice(0, at).some(isNumber), elements.slice(at + 1).some(isNumber)];
    if (name === "S" && before && after) throw new Error("'S' can only appear before or after all digits and 'EEEE'");
    if (name !== "S" && after) throw new Error(`'${name}' can only appear after all digits and 'EEEE'`);
  }
}

function atMostOne(elements: readonly NumberElement[], problem: string): void {
  if (elements.length > 1) throw new Error(problem);
}
