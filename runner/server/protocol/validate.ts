import * as v from "valibot";
import { ApiError } from "./errors.js";

/**
 * What a client sent, checked against what the API takes; fields that the API does not have are left out.
 * @throws ApiError that names the first field which is wrong
 */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const first = v.safeParse(schema, value ?? {});
  const result = !first.success && writtenPlainly(first.issues) ? v.safeParse(schema, value) : first;
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "request";
  if (issue.received === "undefined") throw new ApiError("required", `Required parameter is missing: ${path}`, path);
  throw new ApiError("invalid", `Invalid value for ${path}: ${issue.message}`, path);
}

/** Writes plainly what the API takes too: null counts as not said, and one value as a list of it. True: there was some. */
function writtenPlainly(issues: readonly v.BaseIssue<unknown>[]): boolean {
  let isOther = false;
  for (const { received, type, input, path } of issues) {
    const [member] = path?.slice(-1) ?? [];
    if (member?.type !== "object") continue;
    const isOne = type === "array" && ["string", "number", "boolean"].includes(typeof input);
    if (received === "null") Reflect.deleteProperty(member.input, member.key);
    else if (isOne) Reflect.set(member.input, member.key, [input]);
    isOther ||= isOne || received === "null";
  }
  return isOther;
}

/** A number that the API writes as text too. */
export const count = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,18}$/), v.transform(Number))]),
  v.integer(),
  v.minValue(0),
);

/** An int64 of the API, which is text there; clients write it as a number too. */
export const int64 = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.transform(String))]),
  v.regex(/^-?\d{1,19}$/, "must be an integer"),
);

/** A yes or no that the API takes as text too. */
export const flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(["true", "false"]),
    v.transform((text) => text === "true"),
  ),
]);

const MOST_LABELS = 64;
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{M}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{M}\p{N}_-]{0,63}$/u;
const LABEL_RULES =
  "Label keys and values have at most 63 characters, which are lowercase letters, digits, underscores and dashes; " +
  "keys begin with a letter";

/** https://cloud.google.com/bigquery/docs/labels-intro#requirements */
function labelled<V extends string | null>(values: v.GenericSchema<V>) {
  return v.pipe(
    v.record(v.string(), values),
    v.check(
      (labels) => Object.entries(labels).every(([key, value]) => LABEL_KEY.test(key) && LABEL_VALUE.test(value ?? "")),
      ({ input }) => {
        const wrong = Object.entries(input).find(
          ([key, value]) => !LABEL_KEY.test(key) || !LABEL_VALUE.test(value ?? ""),
        );
        return `label ${wrong?.[0]}: ${wrong?.[1]} is not valid. ${LABEL_RULES}`;
      },
    ),
    v.check((labels) => Object.keys(labels).length <= MOST_LABELS, `There are at most ${MOST_LABELS} labels`),
  );
}

/** Labels that a client gives. */
export const labels = labelled(v.string());

/** Labels of which null ones go. */
export const changedLabels = labelled(v.nullable(v.string()));

/** Names and values of tags, which are made elsewhere. */
export const tags = v.record(v.string(), v.string());
