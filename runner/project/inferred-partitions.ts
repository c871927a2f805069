import type { RunnableProject } from "../graph/action.js";
import { isReadAsQuery } from "../graph/read-queries.js";
import type { Manifest, ManifestAction } from "./manifest.js";
import { runnableProject } from "./runnable.js";
import type { SourceSettings } from "./settings-schema.js";
import { sourceSettings } from "./source-settings.js";

/**
 * The columns by which tables that the project does not make must be partitioned, as those say who read them, by `dataset.name`:
 * the one column by which every dated reader is partitioned, where each passes it on as it reads it.
 */
export function inferredPartitions(project: RunnableProject, manifest: Manifest): ReadonlyMap<string, string> {
  const byKey = new Map(manifest.actions.map((action) => [action.key, action]));
  const columns = new Map<string, string | undefined>();
  for (const { node, partitionColumn } of project.actions) {
    const action = byKey.get(node.key);
    if (node.kind !== "model" || !node.partitioned || partitionColumn === undefined || action === undefined) continue;
    const name = partitionColumn.toLowerCase();
    const isPlain = withViews(action, byKey).every(
      ({ computed }) => computed !== undefined && !computed.includes(name),
    );
    for (const { key, window } of node.upstreams) {
      if (window === undefined || isMade(byKey.get(key))) continue;
      const known = columns.has(key) ? columns.get(key) : name;
      columns.set(key, isPlain && known === name ? name : undefined);
    }
  }
  return new Map([...columns].flatMap(([key, name]) => (name === undefined ? [] : [[key, name] as const])));
}

/** The column by which a table is partitioned that the project does not make: as its settings say, or as all its readers agree. */
export function partitionsSaid(
  manifest: Manifest,
  sources: Readonly<Record<string, SourceSettings>>,
): (key: string) => string | undefined {
  const inferred = inferredPartitions(runnableProject(manifest), manifest);
  return (key) => sourceSettings(key, sources)?.partition ?? inferred.get(key);
}

function isMade(action: ManifestAction | undefined): boolean {
  return action !== undefined && action.type !== "declaration";
}

/** An action and every view and assertion that it reads, directly or through another one. */
function withViews(action: ManifestAction, byKey: ReadonlyMap<string, ManifestAction>): readonly ManifestAction[] {
  const found = new Set([action]);
  for (const reader of found) {
    for (const { key } of [...reader.reads, ...(reader.incremental?.reads ?? [])]) {
      const read = byKey.get(key);
      if (read !== undefined && isReadAsQuery(read)) found.add(read);
    }
  }
  return [...found];
}
