import * as v from "valibot";
import { UserError } from "../graph/user-error.js";
import { FaultPlan } from "../server/faults/rules.js";
import { optionText, requireOptions, strictly } from "./checked-options.js";

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
    seed: v.optional(optionText),
    database: v.optional(optionText),
    port: v.optional(wholeNumber(0, 65_535)),
    storagePort: v.optional(wholeNumber(0, 65_535)),
    project: v.optional(optionText),
    location: v.optional(optionText),
    token: v.optional(optionText),
    timeTravelHours: v.optional(number(0, 168)),
    streamingBufferSeconds: v.optional(number(0, 86_400)),
    faults: v.optional(v.unknown()),
    buckets: v.optional(optionText),
  },
  strictly,
);

/** @throws UserError that names the option which is wrong */
export function requireServerOptions(given: unknown): void {
  requireOptions(options, "startServer", given);
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
