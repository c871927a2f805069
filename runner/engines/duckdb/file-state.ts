import { type BigIntStats, existsSync, statSync } from "node:fs";

/** Younger than this, a file may have been written again within what its file system can tell apart. */
export const CLOCK_DOUBT_MS = 3_000;

/**
 * What tells a database file that nobody has written to since: its place on the disk, its size, and the times at which its bytes and its
 * place last changed, which every writer moves, who restores a backup or puts a copy in its place too.
 * @param clockDoubtMs the age below which its times tell nothing
 * @returns undefined where nobody can tell: no file, a write-ahead log (a writer was killed, or is at work), or written just now
 */
export function fileState(path: string, clockDoubtMs: number): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined || existsSync(`${path}.wal`)) return undefined;
  if (Math.abs(Date.now() - Number(lastChange(stat) / 1_000_000n)) < clockDoubtMs) return undefined;
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(":");
}

/** Tells one file from another of the same name; undefined: there is none. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

/** Whether the file system's clock has moved on since the database file changed: whoever changes it from now on gives it other times. */
export function isTouchedLater(touched: string, database: string): boolean {
  const [own, other] = [touched, database].map((path) => statSync(path, { bigint: true }));
  return own!.dev === other!.dev && own!.ctimeNs > lastChange(other!);
}

function lastChange({ mtimeNs, ctimeNs }: BigIntStats): bigint {
  return mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
}
