import type { Kept } from "../metadata/store.js";

/** Fields of which a change says only what becomes different. */
const BY_MEMBER = new Set(["labels", "resourceTags", "materializedView"]);

/** A change over what is kept: null takes a field away, and so does null for one of the labels. */
export function merged(kept: Kept, change: Readonly<Record<string, unknown>>): Kept {
  const result: Record<string, unknown> = { ...kept };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (value === null) delete result[name];
    else if (BY_MEMBER.has(name)) result[name] = mergedMembers(result[name], value);
    else result[name] = withoutNulls(value);
  }
  // What says nothing is not told.
  if (result.description === "") delete result.description;
  if (result.labels !== undefined && Object.keys(result.labels as object).length === 0) delete result.labels;
  return result;
}

/** A value as it is kept: what is null within it is not said. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const said = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(said.map(([name, member]) => [name, withoutNulls(member)]));
}

function mergedMembers(kept: unknown, change: unknown): Kept {
  const all = { ...(kept as object | undefined), ...(change as object) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
