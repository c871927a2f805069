import { isAbsolute, relative, sep } from "node:path";

/** A path as somebody in the working folder writes it: relative when it lies within, as it is when it does not. */
export function shownPath(path: string, from: string = process.cwd()): string {
  if (!isAbsolute(path)) return path;
  const inner = relative(from, path);
  return inner === "" || inner === ".." || inner.startsWith(`..${sep}`) || isAbsolute(inner) ? path : inner;
}
