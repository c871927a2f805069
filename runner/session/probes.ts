import { scanScript } from "../googlesql/index.js";
import type { Warehouse } from "../port/port.js";
import type { AccessPolicy, Account, Probe } from "../project/access-policy.js";

/** What came of one probe. */
export interface ProbeResult {
  readonly name: string;
  readonly account: string;
  readonly passed: boolean;
  /** What happened, in a line. */
  readonly found: string;
  /** What should have, in words. */
  readonly expected: string;
}

/**
 * Tries every probe as its account: the policy says whether the account may, the warehouse what comes of it. What the policy refuses
 * is not run.
 * @param date the probes see it as `from_date`
 */
export async function runProbes(
  warehouse: Warehouse,
  policy: AccessPolicy,
  probes: readonly Probe[],
  date: string,
): Promise<readonly ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const probe of probes) {
    const { name, account, expect } = probe;
    results.push({ name, account, expected: inWords(expect), ...(await tried(warehouse, policy, probe, date)) });
  }
  return results;
}

function inWords(expect: Probe["expect"]): string {
  if ("refused" in expect) return `refused ${expect.refused}`;
  return "exactly" in expect ? `exactly ${expect.exactly}` : `at least ${expect.atLeast}`;
}

async function tried(
  warehouse: Warehouse,
  policy: AccessPolicy,
  { account, sql, expect }: Probe,
  date: string,
): Promise<Pick<ProbeResult, "passed" | "found">> {
  const refused = refusedDataset(policy.accounts[account], sql);
  if (refused !== undefined) {
    const isExpected = "refused" in expect && expect.refused === refused.dataset;
    return { passed: isExpected, found: `${account} may not ${refused.does} ${refused.dataset}` };
  }
  if ("refused" in expect) return { passed: false, found: `${account} is not refused ${expect.refused}` };
  let value: number;
  try {
    const { rows } = await warehouse.script(`DECLARE from_date DATE DEFAULT DATE '${date}'; ${sql}`);
    value = Number(rows?.rows[0]?.[0] ?? Number.NaN);
  } catch (cause) {
    return { passed: false, found: cause instanceof Error ? cause.message : String(cause) };
  }
  const passed = "exactly" in expect ? value === expect.exactly : value >= expect.atLeast;
  return { passed, found: `${value}` };
}

/** The first dataset that a script writes or reads and the account may not; undefined: it may do all of it. */
export function refusedDataset(
  account: Account | undefined,
  sql: string,
): { readonly does: "write" | "read"; readonly dataset: string } | undefined {
  const writable = new Set(account?.write);
  const readable = new Set([...writable, ...(account?.read ?? [])]);
  const { tables, writes } = scanScript(sql);
  const datasetOf = (path: readonly string[]) => path.at(-2) ?? "";
  const written = writes.map(({ path }) => datasetOf(path)).find((dataset) => !writable.has(dataset));
  if (written !== undefined) return { does: "write", dataset: written };
  const read = tables.map(datasetOf).find((dataset) => !readable.has(dataset));
  return read === undefined ? undefined : { does: "read", dataset: read };
}
