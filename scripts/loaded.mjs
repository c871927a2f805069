// Remembers what npm start has loaded into which warehouse, so that the next one does not load it again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * Everything that decides what a load brings, as one text.
 * @param {string} loader the module that loads
 * @param {string | undefined} folder the files that it loads; undefined: it makes its rows itself
 */
export function loadedFrom(loader, folder) {
  const hash = createHash("sha256").update(readFileSync(loader));
  for (const file of folder === undefined ? [] : filesOf(folder)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`\0${relative(folder, file)}\0${size}\0${mtimeMs}`);
  }
  return hash.digest("hex");
}

/** Whether a note says that this very warehouse holds it. */
export function isLoaded(note, warehouse, source) {
  try {
    const said = JSON.parse(readFileSync(note, "utf8"));
    return said.source === source && said.warehouse === identityOf(warehouse);
  } catch {
    return false;
  }
}

/** Notes what a warehouse holds now; of one that settings have put elsewhere nothing is known. */
export function rememberLoaded(note, warehouse, source) {
  if (!existsSync(warehouse)) return;
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, JSON.stringify({ source, warehouse: identityOf(warehouse) }));
}

/** A file that was made anew under the same name is another one. */
function identityOf(file) {
  const { ino, birthtimeMs } = statSync(file);
  return `${ino} ${birthtimeMs}`;
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
