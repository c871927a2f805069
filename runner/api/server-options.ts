import * as v from "valibot";
import { UserError } from "../graph/user-error.js";
import { FaultPlan } from "../server/faults/rules.js";

const text = v.pipe(v.string("must be a text"), v.minLength(1, "must not be empty"));

function number(least: number, most: number) {
  const says = `must be a number from ${least} to ${most}`;
  return v.pipe(v.number(says), v.minValue(least, says), v.maxValue(most, says));
}

function wholeNumber(least: number, most: number) {
  const says = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(says), v.integer(says), v.minValue(least, says), v.maxValue(most, says));
}

/** What the options of a server may be; those of the command line have the same bounds. */
const options = v.strictObject(
  {
    seed: v.optional(text),
    database: v.optional(text),
    port: v.optional(wholeNumber(0, 65_535)),
    storagePort: v.optional(wholeNumber(0, 65_535)),
    project: v.optional(text),
    location: v.optional(text),
    token: v.optional(text),
    timeTravelHours: v.optional(number(0, 168)),
    streamingBufferSeconds: v.optional(number(0, 86_400)),
    faults: v.optional(v.unknown()),
    buckets: v.optional(text),
  },
  ({ expected }) => (expected === "never" ? "is no option" : "must be an object"),
);

/** @throws UserError that names the option which is wrong */
export function requireServerOptions(given: unknown): void {
  const { success, issues } = v.safeParse(options, given);
  if (success) return;
  const [issue] = issues;
  const name = v.getDotPath(issue) ?? "the options";
  throw new UserError(`startServer: ${name} ${issue.message}, not ${shown(issue.input)}`);
}

/**
 * The faults that a server is given.
 * @throws UserError that says what is wrong with the rules
 */
export function faultPlan(given: unknown): FaultPlan | undefined {
  if (given === undefined) return undefined;
  try {
    return new FaultPlan(given);
  } catch (cause) {
    throw new UserError(`startServer: faults: ${(cause as Error).message}`);
  }
}

/** A value in an error message, which is no place for long ones. */
function shown(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
