import { bindAs } from "../../print/bind.js";

/** One macro of the `bq` library. Several with the same name and other numbers of parameters are overloads. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly string[];
  /** DuckDB expression over the parameters; other macros are named `bq.name`. */
  readonly body: string;
}

/** Parameters that callers give as literals: DuckDB needs constants there, and repeating a literal costs nothing. */
const LITERALS: ReadonlySet<string> = new Set(["digits", "first", "zone", "pattern", "f"]);

const TOKEN = /'(?:[^']|'')*'|[A-Za-z_]\w*(?!\w*\()/g;

const uses = (name: string, body: string): number => body.match(TOKEN)?.filter((token) => token === name).length ?? 0;

/**
 * DuckDB substitutes the arguments as text, so an argument that a body names five times is there five times, and three such calls nested are
 * 125 copies. Parameters are therefore bound once. `variable` is unique, because an argument for one of LITERALS stands inside the lambda and
 * must not be captured by it.
 */
function bindOnce(variable: string, names: readonly string[], body: string): string {
  if (names.length === 0) return body;
  return bindAs(variable, names, (places) =>
    body.replace(TOKEN, (token) => (names.includes(token) ? (places[names.indexOf(token)] as string) : token)),
  );
}

/**
 * `macro("left(s, n)", "...")`. Each argument is evaluated once, however often the body names it (but for LITERALS). Where one is bound all
 * are: DuckDB does not find a column of an outer query within a lambda.
 */
export function macro(signature: string, body: string): Macro {
  const bindable = (name: string): boolean => !LITERALS.has(name) && uses(name, body) > 0;
  return binding(signature, body, (repeated, all) => (repeated.length === 0 ? [] : all.filter(bindable)));
}

/** The same for macros that others call, whose arguments are bound already: what is named once is not bound again. */
export function innerMacro(signature: string, body: string): Macro {
  return binding(signature, body, (repeated) => repeated);
}

function binding(
  signature: string,
  body: string,
  chosen: (repeated: readonly string[], all: readonly string[]) => readonly string[],
): Macro {
  const { name, parameters, body: text } = unbound(signature, body);
  const repeated = parameters.filter((parameter) => !LITERALS.has(parameter) && uses(parameter, text) > 1);
  const variable = `bq_${name}_${parameters.length}`;
  return { name, parameters, body: bindOnce(variable, chosen(repeated, parameters), text) };
}

/** The same for arguments that may be evaluated as often as the body names them: columns and literals. */
export function unbound(signature: string, body: string): Macro {
  const match = /^(\w+)\(([^)]*)\)$/.exec(signature);
  if (match === null) throw new Error(`macro signature: ${signature}`);
  const parameters = match[2]!.split(",").map((parameter) => parameter.trim());
  return { name: match[1]!, parameters, body: body.replace(/[ \n]+/g, " ").trim() };
}

/**
 * An expression that fails with a message when it is evaluated. A failing CAST and not `error()`: that is volatile, and `TRY` refuses
 * volatile expressions. `message` is a DuckDB expression of type VARCHAR and must not be valid text of the type.
 */
export function failure(type: string, message: string): string {
  return `CAST(${message} AS ${type})`;
}

/** GoogleSQL's NUMERIC in DuckDB. */
export const NUMERIC = "DECIMAL(38,9)";

/** Offsets from UTC that GoogleSQL takes, up to 14 hours: `+5`, `-08`, `+05:30`, `-0800`; after one digit the minutes need the colon. */
export const OFFSET_PATTERN = "[+-]([0-9](:[0-5]?[0-9])?|(0[0-9]|1[0-3])(:?[0-5]?[0-9])?|14(:?00?)?)";

/** A DOUBLE below 10^13, exact to 2^-50, whose fraction is so far from a half that `round` gives what the exact value rounds to. */
export function roundsSafely(x: string): string {
  return `abs(${x}) < 1e13 AND abs(abs(${x} - trunc(${x})) - 0.5) > 0.02`;
}

/** A DOUBLE that counts units of 10^-9 as NUMERIC. */
export function fromNanos(x: string): string {
  return `CAST(CAST(CAST(round(${x}) AS BIGINT) AS DECIMAL(18,0)) * CAST(0.000000001 AS DECIMAL(10,9)) AS ${NUMERIC})`;
}
