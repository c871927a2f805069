import * as v from "valibot";
import { UserError } from "../graph/user-error.js";

const text = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"));
const datasets = v.optional(v.array(text, "must be a list of datasets"), []);

const account = v.strictObject(
  {
    describe: v.optional(text),
    /** Datasets that it may write and read. */
    write: datasets,
    /** Datasets that it may read. */
    read: datasets,
    /** Roles beyond datasets, for whoever grants them. */
    roles: v.optional(v.array(text, "must be a list of roles"), []),
  },
  "must be an object of settings",
);

const expectation = v.union(
  [v.strictObject({ exactly: v.number() }), v.strictObject({ atLeast: v.number() }), v.strictObject({ refused: text })],
  'must be {"exactly": n}, {"atLeast": n} or {"refused": "dataset"}',
);

const probe = v.strictObject({ name: text, account: text, sql: text, expect: expectation }, "must be a probe");

const policy = v.strictObject(
  {
    project: text,
    accounts: v.record(v.string(), account, "must be an object of accounts"),
    probes: v.optional(v.array(probe, "must be a list of probes"), []),
  },
  "must be a policy",
);

/** Which account may write and read which datasets, and what must come of trying. */
export type AccessPolicy = v.InferOutput<typeof policy>;
export type Account = AccessPolicy["accounts"][string];
export type Probe = AccessPolicy["probes"][number];

/**
 * Reads a policy from the text of a file.
 * @throws UserError that names the file and the place
 */
export function readAccessPolicy(file: string, text: string): AccessPolicy {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${file} is not JSON: ${(cause as Error).message}`);
  }
  const result = v.safeParse(policy, parsed);
  if (!result.success) {
    const [issue] = result.issues;
    if (issue.path === undefined) throw new UserError(`${file} ${issue.message}`);
    const at = `${file}: "${issue.path.map(({ key }) => String(key)).join(".")}"`;
    // A key that lacks or that nobody knows has no value to judge: the message is that of the object around it.
    if (issue.expected === "never") throw new UserError(`${at} is not known`);
    throw new UserError(issue.received === "undefined" ? `${at} is missing` : `${at} ${issue.message}`);
  }
  const unknown = result.output.probes.find(({ account: name }) => !Object.hasOwn(result.output.accounts, name));
  if (unknown !== undefined)
    throw new UserError(`${file}: the probe "${unknown.name}" is of no account: ${unknown.account}`);
  return result.output;
}
