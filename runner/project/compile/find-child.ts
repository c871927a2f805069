import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The built compile child: `compile-child.js` beside this file's bundle, or beside the bundle's chunk folder.
 *
 * @throws Error when it is not there: the runner was not built
 */
export function findCompileChild(): string {
  for (const place of ["./compile-child.js", "../compile-child.js"]) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return realpathSync(path);
  }
  throw new Error("compile-child.js is missing beside the runner; run npm run build");
}
