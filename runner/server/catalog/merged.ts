import type { Kept } from "../metadata/store.js";

/** A change over what is kept: null takes a field away, and so does null for one of the labels. */
export function merged(kept: Kept, change: Readonly<Record<string, unknown>>): Kept {
  const result: Record<string, unknown> = { ...kept };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (value === null) delete result[name];
    else if (name === "labels" || name === "resourceTags") result[name] = mergedLabels(result[name], value);
    else result[name] = value;
  }
  return result;
}

function mergedLabels(kept: unknown, change: unknown): Kept {
  const all = { ...(kept as object | undefined), ...(change as object) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
