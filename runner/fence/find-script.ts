import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * A script that is built on its own: beside this file's bundle or beside the bundle's chunk folder; in dist/ of the repository when this
 * runs from its sources.
 *
 * @throws Error when it is not there: the runner was not built
 */
export function findScript(name: string): string {
  for (const place of [`./${name}`, `../${name}`, `../../dist/${name}`]) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return realpathSync(path);
  }
  throw new Error(`${name} is missing beside the runner; run npm run build`);
}
