import type { ColumnSettings, WantedRelation } from "../../port/relation-settings.js";
import type { Field, Table } from "./protocol.js";

/** What has to be changed of a table so that it is as it is wanted. */
export interface TablePatch {
  /** As `tables.patch` takes it. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/patch */
  readonly body: Readonly<Record<string, unknown>>;
  /** What it changes, in words. */
  readonly what: readonly string[];
  /** It, or its partitions, expire and nobody wants that: it must be known whether every table of the dataset does. */
  readonly asksForDefault: boolean;
}

/** After how many milliseconds tables of a dataset, and their partitions, expire of which nobody says so; undefined: never. */
export interface DatasetDefaults {
  readonly partitionMs: number | undefined;
  readonly tableMs: number | undefined;
}

/** Options that a project names under `additionalOptions`, by what the API calls them. One that is taken away is told by it alone. */
const OPTIONS = {
  friendly_name: "friendlyName",
  max_staleness: "maxStaleness",
  default_rounding_mode: "defaultRoundingMode",
} as const;

const MS_PER_DAY = 86_400_000;

/**
 * Compares a table with what is wanted of it; what others have said of it is a difference only where it must be exactly as wanted.
 * @param defaults of the dataset; `unknown`: nobody has asked
 */
export function tablePatch(
  table: Table,
  wanted: Pick<WantedRelation, "settings" | "isExact">,
  defaults: DatasetDefaults | "unknown",
): TablePatch {
  const { settings, isExact } = wanted;
  const body: Record<string, unknown> = {};
  const what: string[] = [];
  // Options say what they like; what they say is set when the table is made.
  const isOurs = (option: string) => isExact && !Object.keys(settings.options).some((name) => name === option);
  const { description } = settings;
  if (description !== undefined ? description !== table.description : isOurs("description") && table.description) {
    body.description = description ?? null;
    what.push("description");
  }
  const labels = labelChanges(table.labels, settings.labels, isOurs("labels"));
  if (labels !== undefined) {
    body.labels = labels;
    what.push("labels");
  }
  const columns = describedFields(table.schema.fields, settings.columns, isExact, []);
  if (columns.changed.size > 0) {
    body.schema = { fields: columns.fields };
    what.push(...columns.changed);
  }
  const expiration = expirationChange(table, settings.partitionExpirationDays, isExact, defaults);
  if (expiration.change !== undefined) {
    body.timePartitioning = { ...table.timePartitioning, expirationMs: expiration.change };
    what.push("expiration of partitions");
  }
  const clusters = clusterChange(table, settings.clusterBy, isExact);
  if (clusters !== undefined) {
    body.clustering = clusters;
    what.push("clustering");
  }
  const { requiresPartitionFilter } = settings;
  const isFilterWrong = requiresPartitionFilter !== table.requirePartitionFilter;
  if (isFilterWrong && (requiresPartitionFilter || isOurs("require_partition_filter"))) {
    body.requirePartitionFilter = requiresPartitionFilter || null;
    what.push("filter of partitions");
  }
  for (const [option, name] of Object.entries(OPTIONS)) {
    if (!isOurs(option) || !table[name]) continue;
    body[name] = null;
    what.push(`no ${option}`);
  }
  const expires = table.expirationTime !== undefined && isOurs("expiration_timestamp");
  if (expires && defaults !== "unknown" && defaults.tableMs === undefined) {
    body.expirationTime = null;
    what.push("no expiration_timestamp");
  }
  return { body, what, asksForDefault: expiration.asksForDefault || (expires && defaults === "unknown") };
}

/** Null takes the clusters away; undefined: they are as wanted. Those of a materialized view belong to its definition. */
function clusterChange(
  { type, clustering }: Table,
  wanted: readonly string[],
  isExact: boolean,
): { readonly fields: readonly string[] } | null | undefined {
  const live = clustering?.fields ?? [];
  if (type !== "TABLE" || live.join().toLowerCase() === wanted.join().toLowerCase()) return undefined;
  if (wanted.length > 0) return { fields: wanted };
  return isExact ? null : undefined;
}

/** Null takes a label away; undefined: they are as wanted. */
function labelChanges(
  live: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  isExact: boolean,
): Readonly<Record<string, string | null>> | undefined {
  const set = Object.entries(wanted).filter(([name, value]) => live[name] !== value);
  const gone = isExact ? Object.keys(live).filter((name) => wanted[name] === undefined) : [];
  if (set.length + gone.length === 0) return undefined;
  return Object.fromEntries([...set, ...gone.map((name) => [name, null] as const)]);
}

/** All fields, because a schema is only ever replaced whole. */
function describedFields(
  fields: readonly Field[],
  wanted: readonly ColumnSettings[],
  isExact: boolean,
  outer: readonly string[],
): { readonly fields: readonly Field[]; readonly changed: ReadonlySet<string> } {
  const changed = new Set<string>();
  const described = fields.map((field): Field => {
    const path = [...outer, field.name];
    const own = wanted.find((column) => column.path.length === path.length && column.path.join() === path.join());
    const { description, policyTags, fields: inner, ...rest } = field;
    const next: { -readonly [name in keyof Field]: Field[name] } = { ...rest };
    const text = own?.description ?? (isExact ? undefined : description);
    if (text !== undefined) next.description = text;
    if (text !== (description || undefined)) changed.add("descriptions of columns");
    const [tags, live] = [own?.policyTags ?? [], policyTags?.names ?? []];
    const names = tags.length > 0 || isExact ? tags : live;
    // An empty list takes them away.
    if (names.length > 0 || live.length > 0) next.policyTags = { names };
    if ([...names].sort().join() !== [...live].sort().join()) changed.add("policy tags");
    if (inner !== undefined) {
      const within = describedFields(inner, wanted, isExact, path);
      next.fields = within.fields;
      for (const name of within.changed) changed.add(name);
    }
    return next;
  });
  return { fields: described, changed };
}

function expirationChange(
  { timePartitioning }: Table,
  days: number | undefined,
  isExact: boolean,
  defaults: DatasetDefaults | "unknown",
): { readonly change: string | null | undefined; readonly asksForDefault: boolean } {
  const live = timePartitioning?.expirationMs;
  const none = { change: undefined, asksForDefault: false };
  if (timePartitioning === undefined) return none;
  if (days !== undefined) {
    const wanted = Math.round(days * MS_PER_DAY);
    return wanted === live ? none : { change: String(wanted), asksForDefault: false };
  }
  if (!isExact || live === undefined) return none;
  if (defaults === "unknown") return { change: undefined, asksForDefault: true };
  const { partitionMs } = defaults;
  if (live === partitionMs) return none;
  return { change: partitionMs === undefined ? null : String(partitionMs), asksForDefault: false };
}
