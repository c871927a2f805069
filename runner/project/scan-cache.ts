import * as v from "valibot";
import type { QueryScan, ScriptScan } from "../googlesql/contract.js";
import { digestText } from "../port/digest-text.js";
import type { SqlScanner } from "./build-manifest.js";
import { readSealed, writeSealed } from "./sealed-file.js";

const SCANS_FILE = "scans";

/** What was found in texts that could be read, by the digest of each. */
interface Found {
  readonly queries: Record<string, QueryScan>;
  readonly scripts: Record<string, ScriptScan>;
  readonly canonical: Record<string, string>;
}

/** A scanner that can keep what it has found. */
export interface RememberingScanner extends SqlScanner {
  /** Keeps what was found in the texts that were asked about, and nothing else. */
  keep(): void;
}

/**
 * A scanner that looks at a text once, and not at one that an earlier compile has looked at: what it finds depends on nothing but the
 * text. Where one of a thousand models was edited, looking at all of them would take as long as all else that is made of a compile.
 * @param runner hash of the code that scans: what other code has found does not count
 */
export function rememberingScanner(scanner: SqlScanner, projectDir: string, runner: string): RememberingScanner {
  const sealed = readSealed(projectDir, SCANS_FILE, v.object({ runner: v.string() }));
  const kept = sealed?.origin.runner === runner ? sealed.text : undefined;
  // It is sealed, and by this very code.
  const before = kept === undefined ? nothing() : (JSON.parse(kept) as Found);
  const found = nothing();
  const remembering =
    <T>(look: (sql: string) => T, known: Readonly<Record<string, T>>, seen: Record<string, T>) =>
    (sql: string): T => {
      const digest = digestText(sql);
      const result = seen[digest] ?? known[digest] ?? look(sql);
      seen[digest] = result;
      return result;
    };
  return {
    scanQuery: remembering((sql) => scanner.scanQuery(sql), before.queries, found.queries),
    scanScript: remembering((sql) => scanner.scanScript(sql), before.scripts, found.scripts),
    canonicalText: remembering((sql) => scanner.canonicalText(sql), before.canonical, found.canonical),
    keep() {
      const text = JSON.stringify(found);
      if (kept !== text) writeSealed(projectDir, SCANS_FILE, { origin: { runner }, text });
    },
  };
}

function nothing(): Found {
  return { queries: {}, scripts: {}, canonical: {} };
}
