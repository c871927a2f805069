import { createTwoFilesPatch } from "diff";
import type { Manifest } from "./manifest.js";
import { runnableProject } from "./runnable.js";

/** How the code of an action differs between two compiles of its project. */
export interface CodeChange {
  /** Files that decide the action and whose text differs, with what happened to them. */
  readonly files: readonly string[];
  /** A unified diff of the compiled SQL; empty when it is the same. */
  readonly sqlDiff: string;
}

/**
 * The difference of one action's code between the manifest whose code hash a build recorded and today's.
 * @param key the action, `dataset.name`
 * @param codeHash the recorded code hash, views included
 * @param earlier manifests of earlier compiles, newest first
 * @returns undefined when none of them is the recorded one
 */
export function codeChange(
  key: string,
  codeHash: string,
  earlier: readonly Manifest[],
  today: Manifest,
): CodeChange | undefined {
  const actionOf = (manifest: Manifest) => runnableProject(manifest).actions.find(({ node }) => node.key === key);
  for (const manifest of earlier) {
    const before = actionOf(manifest);
    if (before?.node.codeHash !== codeHash) continue;
    const now = actionOf(today);
    const paths = [...new Set([...before.sourceFiles, ...(now?.sourceFiles ?? [])])].sort();
    const files = paths.flatMap((path) => {
      const [old, current] = [manifest.fileHashes[path], today.fileHashes[path]];
      if (old === current) return [];
      return [`${path} (${old === undefined ? "new" : current === undefined ? "removed" : "changed"})`];
    });
    if (manifest.coreHash !== today.coreHash) files.push("@dataform/core (changed)");
    const [oldSql, newSql] = [before.query, now?.query ?? ""];
    const patch = createTwoFilesPatch("built", "now", `${oldSql}\n`, `${newSql}\n`, "", "", { context: 2 });
    return { files, sqlDiff: oldSql === newSql ? "" : patch.split("\n").slice(1).join("\n").trimEnd() };
  }
  return undefined;
}
