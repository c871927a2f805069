import type { ScriptScan } from "../googlesql/contract.js";
import { isSystemTable } from "../googlesql/system-tables.js";
import type { ManifestAction } from "./manifest.js";

/**
 * Whether the rows that an incremental table has by then say which rows its one query gives, as where it leaves out what is there: what
 * it gave before it gives no more. INFORMATION_SCHEMA may tell of them, too, and of what else is another day. Statements before it that
 * change rows of the table make room among rows that stay. Not where a label says of which dates a date is made.
 */
export function goesByOwnRows(
  { key, target, preOps, reads, lookback }: Pick<ManifestAction, "key" | "target" | "preOps" | "lookback" | "reads">,
  readKey: (path: readonly string[]) => string,
  scanRun: (sql: string) => readonly ScriptScan[],
): boolean {
  if (lookback.defaultDays !== undefined) return false;
  const tells = (read: string) => read === key || isSystemTable(read);
  const mayNameThem = (text: string) => text.includes(target.name);
  const concernsThem = (text: string): boolean => {
    try {
      const run = scanRun(text);
      const changes = run.some(({ writes }) =>
        writes.some(({ path, does }) => does === "changes" && readKey(path) === key),
      );
      const temporary = run.flatMap(({ routines }) => routines.filter((routine) => routine.temporary));
      const known = [...run, ...temporary].flatMap(({ tables }) => tables.map(readKey));
      // What a procedure declares nobody sees but itself.
      const declares = run[0]?.declares === true;
      const dynamic = run.some((scan) => scan.dynamic);
      return (declares && known.some(tells)) || changes || (dynamic && mayNameThem(text));
    } catch {
      return mayNameThem(text);
    }
  };
  return reads.some((read) => tells(read.key)) || preOps.some(concernsThem);
}
