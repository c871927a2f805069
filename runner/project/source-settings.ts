import type { SourceSettings } from "./settings-schema.js";

/** What the settings say of a relation. */
export interface FoundSettings extends SourceSettings {
  /** The name or pattern that they stand under. */
  readonly pattern: string;
}

/**
 * What `sources` of fastbreak.json says of a relation: the first entry that fits, names without case.
 * @param key `dataset.name`
 */
export function sourceSettings(
  key: string,
  sources: Readonly<Record<string, SourceSettings>>,
): FoundSettings | undefined {
  for (const [pattern, settings] of Object.entries(sources)) if (fits(pattern, key)) return { ...settings, pattern };
  return undefined;
}

function fits(pattern: string, key: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "i").test(key);
}
