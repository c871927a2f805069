import type { CompileOutcome } from "./compile/graph-shape.js";
import type { NondeterministicRead } from "./compile/protocol.js";
import type { ManifestAction } from "./manifest.js";

type Trace = Pick<CompileOutcome["actionTraces"][number], "files" | "vars" | "nondeterministic">;

/**
 * Everything that decided one action: its own file, the file that defines it, what core read on its behalf, and whatever those
 * files read while they were loaded, and so on.
 */
export function sourcesOf(
  fileName: string,
  trace: (Trace & { definedIn?: string | undefined }) | undefined,
  fileTraces: Readonly<Record<string, Trace>>,
): ManifestAction["sources"] {
  const files = new Set<string>();
  const vars = new Set(trace?.vars);
  const nondeterministic = new Map<string, NondeterministicRead>();
  const addReads = (reads: Trace) => {
    for (const name of reads.vars) vars.add(name);
    for (const read of reads.nondeterministic) {
      nondeterministic.set(`${read.what} ${read.file}:${read.line}`, { ...read, file: read.file, line: read.line });
    }
  };
  if (trace !== undefined) addReads(trace);
  const pending = [fileName, trace?.definedIn, ...(trace?.files ?? [])].filter(
    (path) => path !== undefined && path !== "",
  );
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    const own = fileTraces[path];
    if (own === undefined) continue;
    addReads(own);
    pending.push(...own.files);
  }
  return { files: [...files].sort(), vars: [...vars].sort(), nondeterministic: [...nondeterministic.values()] };
}
