import type { RelationId } from "../../port/port.js";
import type { PolicyChange, RowAccess, RowAccessPolicy } from "../../port/row-access.js";
import { ApiError } from "../protocol/errors.js";
import type { Catalogue } from "./service.js";
import { fullTableName, type TableRef, tableId } from "./tables.js";

/** A policy as it is kept. */
export interface KeptPolicy extends RowAccessPolicy {
  readonly created: number;
  readonly modified: number;
}

/** Policies of tables, by the table's key. */
type Policies = Readonly<Record<string, readonly KeptPolicy[]>>;

/** Where the policies of all tables stand, so that to look whether there are any costs nothing. */
const ALL = "tables";

const policiesOf = ({ store }: Pick<Catalogue, "store">): Policies => store.get("policies", ALL) as Policies;

/** The policies of a table, by name. */
export function listPolicies(catalogue: Pick<Catalogue, "store">, table: string): readonly KeptPolicy[] {
  return policiesOf(catalogue)[table] ?? [];
}

/** Replaces the policies of a table. */
async function keepPolicies({ store }: Catalogue, table: string, policies: readonly KeptPolicy[]): Promise<void> {
  const { [table]: _, ...others } = store.get("policies", ALL) as Policies;
  await store.set("policies", ALL, policies.length === 0 ? others : { ...others, [table]: policies });
}

/** What tables have that go, or get another name, goes with them. */
export async function movePolicies(catalogue: Catalogue, from: string, to: string | undefined): Promise<void> {
  const policies = listPolicies(catalogue, from);
  if (policies.length === 0) return;
  await keepPolicies(catalogue, from, []);
  if (to !== undefined) await keepPolicies(catalogue, to, policies);
}

/** A dataset is gone with its tables. */
export async function dropPoliciesOf(catalogue: Catalogue, dataset: string): Promise<void> {
  for (const table of Object.keys(policiesOf(catalogue)))
    if (table.startsWith(`${dataset}.`)) await keepPolicies(catalogue, table, []);
}

/** What is open to a caller. */
export function accessOf(catalogue: Catalogue, user: string): RowAccess {
  return {
    user,
    condition: ({ dataset, name }) => conditionOf(listPolicies(catalogue, `${dataset}.${name}`), user),
    viewQuery: (view) => viewQuery(catalogue, view),
    change: (change) => changePolicies(catalogue, change),
  };
}

/** The rows of which at least one policy tells that the caller may read them. */
function conditionOf(policies: readonly KeptPolicy[], user: string): string | undefined {
  if (policies.length === 0) return undefined;
  const own = policies.filter(({ grantees }) => grantees.some((grantee) => isMember(user, grantee)));
  if (own.some(({ filter }) => /^\s*TRUE\s*$/i.test(filter))) return undefined;
  return own.length === 0 ? "FALSE" : own.map(({ filter }) => `(\n${filter}\n)`).join(" OR ");
}

/** Groups have members that nobody here knows. */
function isMember(user: string, grantee: string): boolean {
  const [kind = "", name = ""] = grantee.split(":");
  if (grantee === "allUsers" || grantee === "allAuthenticatedUsers") return true;
  const own = user.toLowerCase();
  if (kind === "user" || kind === "serviceAccount") return own === name.toLowerCase();
  return kind === "domain" && own.endsWith(`@${name.toLowerCase()}`);
}

function viewQuery(catalogue: Catalogue, { dataset, name }: RelationId): string | undefined {
  if (Object.keys(policiesOf(catalogue)).length === 0) return undefined;
  const { view, materializedView } = catalogue.store.get("table", `${dataset}.${name}`);
  const text = ((view ?? materializedView) as { readonly query?: string } | undefined)?.query;
  if (text !== undefined) return text;
  throw new Error(
    `Access Denied: Table ${dataset}.${name}: the view was not made by this server, which cannot tell whether it reads tables with row access policies.`,
  );
}

/** As `user:somebody@example.com`. */
const GRANTEE = /^(?:(?:user|group|serviceAccount):[^\s:@]+@[^\s:@]+|domain:[^\s:@]+|allUsers|allAuthenticatedUsers)$/;

async function changePolicies(catalogue: Catalogue, change: PolicyChange) {
  const table = `${change.table.dataset}.${change.table.name}`;
  const policies = listPolicies(catalogue, table);
  if (change.kind === "drop") {
    const left = change.name === undefined ? [] : policies.filter(({ name }) => name !== change.name);
    const isMissing = change.name !== undefined && left.length === policies.length;
    if (isMissing && change.ifMissing === "skip") return "SKIP" as const;
    if (isMissing) throw new Error(`Not found: Row access policy ${table}.${change.name}`);
    await keepPolicies(catalogue, table, left);
    return "DROP" as const;
  }
  const { policy, ifExists } = change;
  for (const grantee of policy.grantees) if (!GRANTEE.test(grantee)) throw new Error(`Invalid grantee: ${grantee}`);
  const known = policies.find(({ name }) => name === policy.name);
  if (known !== undefined && ifExists === "skip") return "SKIP" as const;
  if (known !== undefined && ifExists === "fail")
    throw new Error(`Already Exists: Row access policy ${table}.${policy.name}`);
  const now = catalogue.clock.now();
  const others = policies.filter(({ name }) => name !== policy.name);
  const all = [...others, { ...policy, created: known?.created ?? now, modified: now }];
  await keepPolicies(
    catalogue,
    table,
    all.sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
  return known === undefined ? ("CREATE" as const) : ("REPLACE" as const);
}

/** @throws ApiError for a table of which the caller may not read all rows */
export function requireAllRows(catalogue: Catalogue, ref: TableRef, user: string): void {
  if (conditionOf(listPolicies(catalogue, tableId(ref)), user) === undefined) return;
  throw new ApiError(
    "accessDenied",
    `Access Denied: Table ${fullTableName(ref)}: User does not have permission to read all rows of the table, which has row access policies.`,
  );
}
