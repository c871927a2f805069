import * as v from "valibot";
import { UserError } from "../graph/user-error.js";

/** A text that is not empty. */
export const optionText = v.pipe(v.string("must be a text"), v.minLength(1, "must not be empty"));

/** The message of a strict object: what is none, and what it does not have. */
export const strictly = ({ expected }: { readonly expected: string | null }): string =>
  expected === "never" ? "is no option" : "must be an object";

/**
 * Looks at options that come from JavaScript, which no compiler has looked at.
 * @param call how the function is named to its callers
 * @throws UserError that names the option which is wrong
 */
export function requireOptions(schema: v.GenericSchema, call: string, given: unknown): void {
  const { success, issues } = v.safeParse(schema, given);
  if (success) return;
  const [issue] = issues;
  const name = v.getDotPath(issue) ?? "the options";
  throw new UserError(`${call}: ${name} ${issue.message}, not ${shown(issue.input)}`);
}

/** A value in an error message, which is no place for long ones. */
function shown(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  if (typeof value === "function") return "a function";
  return (asJson(value) ?? String(value)).slice(0, 60);
}

/** Undefined for what JSON does not have, a circle for one. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
