import * as v from "valibot";
import { ERROR_REASONS, type ErrorReason } from "../protocol/errors.js";
import { type CallOnItsWay, type ChosenFault, FAULTS, STALLS } from "./faults.js";

const share = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1);
const times = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)));

const callRule = v.strictObject({
  fault: v.picklist([...FAULTS, ...STALLS]),
  /** How often, from 0 to 1. */
  share,
  /** How many times at most. */
  times,
  method: v.optional(v.string()),
  /** A regular expression. */
  path: v.optional(v.string()),
  body: v.optional(v.string()),
  /** How late a delayed answer comes, in milliseconds. */
  ms: v.optional(v.pipe(v.number(), v.minValue(0))),
});
const jobRule = v.strictObject({
  /** A reason of the API, as `backendError`. */
  jobError: v.picklist(ERROR_REASONS),
  share,
  times,
  /** A regular expression on the job's text or configuration. */
  job: v.optional(v.string()),
});

/** Which calls, or jobs, fail and how. Of the rules that fit, the first one holds. */
const rule = v.lazy((given): typeof callRule | typeof jobRule =>
  typeof given === "object" && given !== null && "jobError" in given ? jobRule : callRule,
);

const rules = v.strictObject({ seed: v.optional(v.pipe(v.number(), v.integer()), 1), rules: v.array(rule) });

export type FaultRules = v.InferInput<typeof rules>;
type Rule = v.InferOutput<typeof rule>;

/** Faults on request: rules, and how often each of them has held. */
export class FaultPlan {
  #rules: readonly { readonly rule: Rule; count: number }[] = [];
  #random: () => number = () => 0;

  /** @throws Error that says what is wrong with the rules */
  constructor(given: unknown) {
    this.replace(given);
  }

  /** Takes other rules, and begins to count anew. */
  replace(given: unknown): void {
    const checked = v.safeParse(rules, given);
    if (!checked.success) {
      const [issue] = checked.issues;
      throw new Error(`${v.getDotPath(issue) ?? "the document"}: ${issue.message}`);
    }
    for (const text of checked.output.rules.flatMap(patternsOf)) new RegExp(text);
    this.#rules = checked.output.rules.map((each) => ({ rule: each, count: 0 }));
    this.#random = randomFrom(checked.output.seed);
  }

  /** The rules with how often each has held. */
  get counts(): readonly object[] {
    return this.#rules.map(({ rule: each, count }) => ({ ...each, count }));
  }

  /** What happens to a call; undefined: nothing. */
  ofCall({ method, path, body }: CallOnItsWay): ChosenFault | undefined {
    const found = this.#first(
      (each) =>
        "fault" in each &&
        (each.method === undefined || each.method.toUpperCase() === method) &&
        fits(each.path, path) &&
        fits(each.body, body),
    );
    return found !== undefined && "fault" in found ? { fault: found.fault, ms: found.ms } : undefined;
  }

  /** The reason with which a job fails; undefined: it runs. */
  ofJob(text: string): ErrorReason | undefined {
    const found = this.#first((each) => "jobError" in each && fits(each.job, text));
    return found !== undefined && "jobError" in found ? found.jobError : undefined;
  }

  #first(isMeant: (rule: Rule) => boolean): Rule | undefined {
    for (const entry of this.#rules) {
      const { rule: each, count } = entry;
      if (!isMeant(each) || count >= (each.times ?? Number.POSITIVE_INFINITY)) continue;
      if (each.share < 1 && this.#random() >= each.share) continue;
      entry.count += 1;
      return each;
    }
    return undefined;
  }
}

function patternsOf(each: Rule): readonly string[] {
  const patterns = "fault" in each ? [each.path, each.body] : [each.job];
  return patterns.filter((text) => text !== undefined);
}

const fits = (pattern: string | undefined, text: string): boolean =>
  pattern === undefined || new RegExp(pattern).test(text);

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
