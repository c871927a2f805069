import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** In the order in which the stock CLI's sandbox tries them. */
const EXTENSIONS = [".js", ".sql", ".sqlx", ".yaml", ".yml", ".json"] as const;

/** Files and folders that hold secrets by convention: what a project compiles to leaves this machine. */
const SECRETS = /[\\/](?:\.df-credentials[^\\/]*|\.env[^\\/]*|\.git|\.npmrc)(?:[\\/]|$)/i;

interface PackageJson {
  readonly main?: unknown;
  readonly exports?: unknown;
}

/**
 * Node's CommonJS resolution as the stock CLI's sandbox does it: bare names are looked up in `node_modules` first, then from
 * the project's root; nothing outside the allowed folders exists. Every path that was looked at is remembered, because a
 * file that appears there later changes the result.
 */
export class ModuleResolver {
  readonly probed = new Set<string>();
  private readonly cache = new Map<string, string | undefined>();
  /** Whether a path is a folder, and where it really is: every file asks for the same few. */
  private readonly folders = new Map<string, boolean>();
  private readonly realFolders = new Map<string, string>();

  /** @param roots real paths of the folders that modules may come from; the first is the project. */
  constructor(private readonly roots: readonly [string, ...string[]]) {}

  /**
   * Absolute path of the module, or undefined when there is none.
   *
   * @throws Error in words for the user when a package is damaged
   */
  resolve(fromDir: string, id: string): string | undefined {
    if (id.includes("\0")) return undefined;
    const key = `${fromDir}\0${id}`;
    if (this.cache.has(key)) return this.cache.get(key);
    const found = this.find(fromDir, id);
    this.cache.set(key, found);
    return found;
  }

  private find(fromDir: string, id: string): string | undefined {
    if (isAbsolute(id)) return this.fileOrDirectory(id);
    if (/^\.{1,2}\//.test(id)) return this.fileOrDirectory(join(fromDir, id));
    const isDots = /^\.{1,2}$/.test(id);
    for (let dir = fromDir; ; dir = dirname(dir)) {
      if (basename(dir) !== "node_modules") {
        // "." and ".." are bare names to the stock CLI: beside or below a folder of packages, whether that is there or not.
        const nodeModules = join(dir, "node_modules");
        const found = isDots ? this.fileOrDirectory(join(nodeModules, id)) : this.inNodeModules(nodeModules, id);
        if (found !== undefined) return found;
      }
      if (dir === dirname(dir) || dir === this.roots[0]) break;
    }
    return isDots ? undefined : this.fileOrDirectory(join(this.roots[0], id));
  }

  private inNodeModules(nodeModules: string, id: string): string | undefined {
    if (!this.isFolder(nodeModules)) {
      this.probed.add(nodeModules);
      return undefined;
    }
    const [, name, subpath] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(id) ?? [];
    if (name !== undefined) {
      if (subpath !== undefined && !this.isFolder(join(nodeModules, name))) {
        this.probed.add(join(nodeModules, name));
        return undefined;
      }
      const exported = exportedPath(this.readPackage(join(nodeModules, name))?.exports, `.${subpath ?? ""}`);
      if (exported !== undefined) return this.file(join(nodeModules, name, exported));
    }
    return this.fileOrDirectory(join(nodeModules, id));
  }

  private fileOrDirectory(path: string): string | undefined {
    return this.fileWithExtension(path) ?? this.directory(path);
  }

  private fileWithExtension(path: string): string | undefined {
    const exact = this.file(path);
    if (exact !== undefined) return exact;
    for (const extension of EXTENSIONS) {
      const found = this.file(path + extension);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private directory(path: string): string | undefined {
    // A root itself is hidden by the permission model, which shows what is in it.
    if (!this.roots.includes(resolve(path)) && !isDirectory(path)) return undefined;
    const main = this.readPackage(path)?.main;
    if (typeof main === "string") {
      const target = join(path, main);
      const found = this.fileWithExtension(target) ?? this.fileWithExtension(join(target, "index"));
      if (found !== undefined) return found;
    }
    return this.fileWithExtension(join(path, "index"));
  }

  private file(path: string): string | undefined {
    const full = resolve(path);
    // Nothing outside exists, whatever appears there: it is not looked at, and no input.
    if (!this.roots.some((root) => full.startsWith(root + sep))) return undefined;
    this.probed.add(full);
    return isFile(full) && this.isAllowed(full) ? full : undefined;
  }

  private readPackage(dir: string): PackageJson | undefined {
    const path = this.file(join(dir, "package.json"));
    if (path === undefined) return undefined;
    const value = parsed(readFileSync(path, "utf8"));
    if (typeof value === "object" && value !== null) return value as PackageJson;
    throw new Error(`${relative(this.roots[0], path)} is not JSON; install the package again`);
  }

  /** Where the file really is counts, and where it is said to be. */
  private isAllowed(path: string): boolean {
    return [path, this.realPath(path)].every((file) => {
      const root = this.roots.find((candidate) => file.startsWith(candidate + sep));
      return root !== undefined && !SECRETS.test(file.slice(root.length));
    });
  }

  private isFolder(path: string): boolean {
    const known = this.folders.get(path) ?? isDirectory(path);
    this.folders.set(path, known);
    return known;
  }

  private realPath(path: string): string {
    const folder = dirname(path);
    const realFolder = this.realFolders.get(folder) ?? realpathSync(folder);
    this.realFolders.set(folder, realFolder);
    const real = join(realFolder, basename(path));
    return lstatSync(real).isSymbolicLink() ? realpathSync(path) : real;
  }
}

/** The file that a package's `exports` names for a subpath, for the forms in use: a string, conditions, exact subpaths. */
function exportedPath(exports: unknown, subpath: string): string | undefined {
  if (typeof exports === "string") return subpath === "." ? exports : undefined;
  if (typeof exports !== "object" || exports === null) return undefined;
  const entries = exports as Record<string, unknown>;
  if (subpath in entries) return exportedPath(entries[subpath], ".");
  if (subpath !== ".") return undefined;
  for (const [condition, target] of Object.entries(entries)) {
    if (condition !== "node" && condition !== "require" && condition !== "default") continue;
    const found = exportedPath(target, ".");
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined: it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return stat(path)?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return stat(path)?.isDirectory() ?? false;
}

/** Undefined for what is missing and for what the permission model hides. */
function stat(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
