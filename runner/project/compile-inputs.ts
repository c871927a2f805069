import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findCompileChild } from "./compile/find-child.js";
import type { CompileOutcome } from "./compile/graph-shape.js";
import type { ProjectOverrides } from "./compile/protocol.js";
import type { OnFetch } from "./core-cache.js";
import { type CorePackage, findCore } from "./core-package.js";
import {
  type FileHashes,
  hashFile,
  hashTracedFiles,
  inputsDigest,
  isDefaultInput,
  type ProjectFiles,
} from "./files.js";
import { findProject } from "./settings.js";

export interface InputOptions {
  readonly projectDir: string;
  readonly overrides?: ProjectOverrides;
  /** Is given a line before a release of core is fetched. */
  readonly onFetch?: OnFetch | undefined;
  /** Instead of the built one beside the runner, for tests. */
  readonly childPath?: string | undefined;
}

/** What a compile needs besides the project's files. */
export interface CompileInputs {
  readonly projectDir: string;
  readonly core: CorePackage;
  readonly overrides: ProjectOverrides;
  readonly childPath: string;
  readonly runner: string;
}

/** @param maker URL of the module that makes something of the compile: another one makes something else */
export async function findInputs(
  { projectDir, overrides = {}, childPath = findCompileChild(), onFetch }: InputOptions,
  maker: string,
): Promise<CompileInputs> {
  const found = findProject(projectDir);
  // The bundle's chunks are named by their content, so that the hash of one covers those that it imports. The command line's own stands
  // for the library and the one script of Node 20, too: what one of them has compiled the others take.
  const built = fileURLToPath(new URL("./main.js", maker));
  const runner = [existsSync(built) ? built : fileURLToPath(maker), childPath].map(hashFile).join(" ");
  return { projectDir: found, core: await findCore(found, onFetch), overrides, childPath, runner };
}

/** What tells of which project something is that was made of a compile. */
export interface CompileOrigin {
  /** Of everything that decides what a compile gives and what is made of it. */
  readonly inputsDigest: string;
  /** Files that it looked at besides those that every compile reads, found or not. */
  readonly tracedFiles: readonly string[];
}

/** @param formatVersion of what is made of the compile */
export function originOf(
  { core, overrides, runner }: CompileInputs,
  files: ProjectFiles,
  tracedFiles: FileHashes,
  formatVersion: number,
): CompileOrigin {
  const all = { formatVersion, coreHash: core.hash, runner, overrides, files: files.hashes, tracedFiles };
  return { inputsDigest: inputsDigest(all), tracedFiles: [...tracedFiles.keys()] };
}

/** Whether something was made of the project as it is now. */
export function isOf(
  { inputsDigest, tracedFiles }: CompileOrigin,
  inputs: CompileInputs,
  files: ProjectFiles,
  formatVersion: number,
): boolean {
  const now = originOf(inputs, files, hashTracedFiles(inputs.projectDir, tracedFiles), formatVersion);
  return inputsDigest === now.inputsDigest;
}

/**
 * The hashes of the files that a compile looked at besides those that every compile reads.
 * @returns undefined where a file changed between hashing and compiling, so that a digest would describe another project
 */
export function tracedBy(
  outcome: CompileOutcome,
  { projectDir, core }: CompileInputs,
  files: ProjectFiles,
): FileHashes | undefined {
  const probed = outcome.probedFiles.filter((path) => !isDefaultInput(path));
  const tracedFiles = hashTracedFiles(projectDir, probed);
  const hashOf = (path: string) => tracedFiles.get(path) ?? files.hashes.get(path);
  const isSame = Object.entries(outcome.loadedFiles).every(([path, sha256]) => hashOf(path) === sha256);
  return isSame && outcome.coreHash === core.hash ? tracedFiles : undefined;
}

/** Whether a compile has read the clock or randomness: another one may give something else, whatever its inputs. */
export function isVolatile({ fileTraces, actionTraces }: Pick<CompileOutcome, "fileTraces" | "actionTraces">): boolean {
  return [...Object.values(fileTraces), ...actionTraces].some(({ nondeterministic }) => nondeterministic.length > 0);
}
