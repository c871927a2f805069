import { type SqlType, typeName } from "../../port/sql-types.js";
import { coerce, coercionCost, commonType } from "../types/coercion.js";
import { isNullLiteral, type Typed } from "../types/typed.js";

/** A type in a signature: concrete, a variable (`T`), an array of either, or (as a result) a struct of named fields. */
type TypePattern =
  | { readonly kind: "type"; readonly type: SqlType }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "array"; readonly element: TypePattern }
  | { readonly kind: "struct"; readonly fields: readonly { readonly name: string; readonly type: TypePattern }[] };

interface Parameter {
  readonly pattern: TypePattern;
  readonly optional: boolean;
  readonly repeated: boolean;
}

/**
 * `strict`: NULL only where an argument is NULL; `maybe`: may be NULL anyway; `never`: never NULL.
 */
export type ResultNullability = "strict" | "maybe" | "never";

export interface Signature {
  /** As written: `(STRING, [INT64], T...) -> ARRAY<T>?`. */
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly result: TypePattern;
  readonly nullability: ResultNullability;
}

export interface Match {
  readonly args: readonly Typed[];
  readonly type: SqlType;
}

/** A comma that is not within a type. */
const BETWEEN_PARAMETERS = /, (?![^<]*>)/;

/**
 * Reads `(A, [B], C...) -> R`: brackets mean optional, dots repeated (zero or more), capital single letters are type variables;
 * `?` after the result: may be NULL for non-NULL arguments; `!`: never NULL.
 */
export function signature(text: string): Signature {
  const match = /^\((.*)\) -> (.+?)([?!]?)$/.exec(text);
  if (match === null) throw new Error(`Bad signature: ${text}`);
  const [, list = "", result = "", mark] = match;
  const parameters = list === "" ? [] : list.split(BETWEEN_PARAMETERS).map(parameter);
  const nullability = mark === "?" ? "maybe" : mark === "!" ? "never" : "strict";
  return { text, parameters, result: pattern(result), nullability };
}

function parameter(text: string): Parameter {
  const optional = text.startsWith("[");
  const inner = optional ? text.slice(1, -1) : text;
  const repeated = inner.endsWith("...");
  return { pattern: pattern(repeated ? inner.slice(0, -3) : inner), optional, repeated };
}

function pattern(text: string): TypePattern {
  const array = /^ARRAY<(.+)>$/.exec(text);
  if (array !== null) return { kind: "array", element: pattern(array[1] as string) };
  const struct = /^STRUCT<(.+)>$/.exec(text);
  if (struct !== null) {
    const fields = (struct[1] as string).split(", ").map((field) => field.split(" ") as [string, string]);
    return { kind: "struct", fields: fields.map(([name, type]) => ({ name, type: pattern(type) })) };
  }
  return /^[A-Z]$/.test(text) ? { kind: "variable", name: text } : { kind: "type", type: text as SqlType };
}

/** The cheapest signature that the arguments fit, with arguments coerced; undefined: none. */
export function bestMatch<S extends { readonly signature: Signature }>(
  candidates: readonly S[],
  args: readonly Typed[],
): { candidate: S; match: Match } | undefined {
  let best: { candidate: S; types: readonly SqlType[]; result: SqlType; cost: number } | undefined;
  for (const candidate of candidates) {
    const fit = fitSignature(candidate.signature, args);
    if (fit !== undefined && (best === undefined || fit.cost < best.cost)) best = { candidate, ...fit };
  }
  if (best === undefined) return undefined;
  const { candidate, types, result } = best;
  return { candidate, match: { args: args.map((arg, i) => coerce(arg, types[i] as SqlType)), type: result } };
}

function fitSignature(
  { parameters, result }: Signature,
  args: readonly Typed[],
): { types: readonly SqlType[]; result: SqlType; cost: number } | undefined {
  const patterns = patternsFor(parameters, args.length);
  if (patterns === undefined) return undefined;
  const variables = bindVariables(patterns, args);
  if (variables === undefined) return undefined;
  const types: SqlType[] = [];
  let cost = 0;
  for (const [i, arg] of args.entries()) {
    const type = substitute(patterns[i] as TypePattern, variables);
    const step = type === undefined ? undefined : coercionCost(arg, type);
    if (type === undefined || step === undefined) return undefined;
    types.push(type);
    cost += step;
  }
  const resultType = substitute(result, variables);
  return resultType === undefined ? undefined : { types, result: resultType, cost };
}

function patternsFor(parameters: readonly Parameter[], count: number): TypePattern[] | undefined {
  const patterns: TypePattern[] = [];
  for (const parameter of parameters) {
    if (parameter.repeated) while (patterns.length < count) patterns.push(parameter.pattern);
    else if (patterns.length < count) patterns.push(parameter.pattern);
    else if (!parameter.optional) return undefined;
  }
  return patterns.length === count ? patterns : undefined;
}

/** Each variable becomes the common type of the arguments in its places. */
function bindVariables(patterns: readonly TypePattern[], args: readonly Typed[]): Map<string, SqlType> | undefined {
  const members = new Map<string, Typed[]>();
  for (const [i, arg] of args.entries()) {
    let place = patterns[i] as TypePattern;
    let type: SqlType = arg.type;
    let untyped = isNullLiteral(arg);
    while (place.kind === "array") {
      if (typeof type === "object" && type.kind === "array") type = type.element;
      else if (!untyped) return undefined;
      untyped ||= arg.literal?.kind === "emptyArray";
      place = place.element;
    }
    if (place.kind !== "variable") continue;
    const direct = patterns[i]?.kind === "variable";
    const literal = direct ? arg.literal : untyped ? ({ kind: "null" } as const) : undefined;
    const member = { ...arg, type, literal };
    members.set(place.name, [...(members.get(place.name) ?? []), member]);
  }
  const bound = new Map<string, SqlType>();
  for (const [name, parts] of members) {
    const type = commonType(parts);
    if (type === undefined) return undefined;
    bound.set(name, type);
  }
  return bound;
}

function substitute(place: TypePattern, variables: ReadonlyMap<string, SqlType>): SqlType | undefined {
  if (place.kind === "type") return place.type;
  if (place.kind === "variable") return variables.get(place.name);
  if (place.kind === "struct") {
    const fields = place.fields.map(({ name, type }) => ({ name, type: substitute(type, variables) as SqlType }));
    return { kind: "struct", fields };
  }
  const element = substitute(place.element, variables);
  return element === undefined ? undefined : { kind: "array", element };
}

/** BigQuery's words for arguments that fit no signature. */
export function noMatchMessage(
  what: string,
  name: string,
  args: readonly Typed[],
  signatures: readonly Signature[],
): string {
  const types = args.map((arg) => (isNullLiteral(arg) ? "NULL" : typeName(arg.type))).join(", ");
  const shapes = signatures.map(({ text }) => `${name}${text.replace(/ -> .*$/, "")}`).join("; ");
  const given = args.length === 0 ? "with no arguments" : `for argument types: ${types}`;
  return `No matching signature for ${what} ${name} ${given}. Supported signature${signatures.length === 1 ? "" : "s"}: ${shapes}`;
}
