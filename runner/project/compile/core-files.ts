import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../port/digest-text.js";

/** The files of @dataform/core that decide a compile. */
export interface CoreFiles {
  readonly version: string;
  readonly bundle: Buffer;
  /** SHA-256 over the bytes of both files: a patch need not change the version. */
  readonly hash: string;
}

/**
 * Reads @dataform/core.
 *
 * @param coreDir real path of its folder
 * @throws Error when a file is missing or is not what the package has, in words for the user
 */
export function readCore(coreDir: string): CoreFiles {
  const description = read(coreDir, "package.json");
  const bundle = read(coreDir, "bundle.js");
  const version = versionIn(description.toString("utf8"));
  if (version === undefined) throw new Error("its package.json names no version");
  if (bundle.length === 0) throw new Error("its bundle.js is empty");
  const hash = sha256(description, "\0", bundle);
  return { version, bundle, hash };
}

function read(coreDir: string, file: string): Buffer {
  try {
    return readFileSync(join(coreDir, file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? `it has no ${file}` : `its ${file} cannot be read`);
  }
}

function versionIn(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("its package.json is not JSON");
  }
  const version = typeof value === "object" && value !== null ? (value as { version?: unknown }).version : undefined;
  return typeof version === "string" ? version : undefined;
}
