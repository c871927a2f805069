import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SqlScanner } from "./build-manifest.js";
import { findCompileChild } from "./compile/find-child.js";
import type { ProjectOverrides } from "./compile/protocol.js";
import type { ChildLimits } from "./compile/run-child.js";
import type { CompiledProject } from "./compile-project.js";
import type { OnFetch } from "./core-cache.js";
import { type CorePackage, findCore } from "./core-package.js";
import { ProjectError, projectError } from "./errors.js";
import {
  type FileHashes,
  hashFile,
  hashTracedFiles,
  inputsDigest,
  isDefaultInput,
  type ProjectFiles,
  readProjectFiles,
} from "./files.js";
import { MANIFEST_FORMAT_VERSION, type Manifest } from "./manifest.js";
import { readCachedManifest, writeCachedManifest } from "./manifest-cache.js";
import { findProject } from "./settings.js";

/** How often a compile is repeated because files changed under it. */
const MAX_ATTEMPTS = 3;

export interface LoadOptions {
  readonly projectDir: string;
  readonly overrides?: ProjectOverrides;
  readonly limits?: Partial<ChildLimits>;
  /** Is given what the project's code prints while it compiles. */
  readonly onLog?: (text: string) => void;
  /** Is given a line before a release of core is fetched. */
  readonly onFetch?: OnFetch;
  /** Instead of the built one beside the runner, for tests. */
  readonly childPath?: string;
  /** The manifest kept in the warehouse; asked for only when the cached one on disk does not fit. */
  readonly warehouseManifest?: () => Promise<Manifest | undefined>;
  /** Instead of the dialect's own, for tests. */
  readonly scanner?: SqlScanner;
}

export interface LoadedProject {
  readonly manifest: Manifest;
  /** False: a stored manifest was used, and neither core nor the SQL parser was loaded. */
  readonly compiled: boolean;
  readonly timings: { readonly digestMs: number; readonly compileMs: number };
}

/**
 * The manifest of a project: the stored one when nothing that a compile can read has changed, otherwise a new one, which is
 * cached. A manifest whose compile read the clock or randomness is never reused.
 *
 * @throws ProjectError when the project cannot be read or compiled
 */
export async function loadProject(options: LoadOptions): Promise<LoadedProject> {
  const started = performance.now();
  let inputs = await findInputs(options);
  const files = readProjectFiles(inputs.projectDir);
  const fits = (manifest: Manifest | undefined): manifest is Manifest =>
    manifest !== undefined &&
    !manifest.compileVolatile &&
    manifest.inputsDigest === digestOf(inputs, files, hashTracedFiles(inputs.projectDir, manifest.tracedFiles));
  const reuse = (manifest: Manifest): LoadedProject => {
    return { manifest, compiled: false, timings: { digestMs: performance.now() - started, compileMs: 0 } };
  };

  const cached = readCachedManifest(inputs.projectDir);
  if (fits(cached)) return reuse(cached);
  const stored = await options.warehouseManifest?.();
  if (fits(stored)) {
    writeCachedManifest(inputs.projectDir, stored);
    return reuse(stored);
  }

  const digestMs = performance.now() - started;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if (attempt > 1) inputs = await findInputs(options);
    const manifest = await makeManifest(options, inputs, attempt === 1 ? files : readProjectFiles(inputs.projectDir));
    if (manifest === undefined) continue;
    writeCachedManifest(inputs.projectDir, manifest);
    return { manifest, compiled: true, timings: { digestMs, compileMs: performance.now() - started - digestMs } };
  }
  throw projectError("the project's files keep changing while they are compiled; try again when they are saved");
}

/** What a compile needs besides the project's files. */
interface CompileInputs {
  readonly projectDir: string;
  readonly core: CorePackage;
  readonly overrides: ProjectOverrides;
  readonly childPath: string;
  readonly runner: string;
}

async function findInputs({
  projectDir,
  overrides = {},
  childPath = findCompileChild(),
  onFetch,
}: LoadOptions): Promise<CompileInputs> {
  const found = findProject(projectDir);
  // The bundle's chunks are named by their content, so that the hash of this one covers those that it imports.
  const runner = [fileURLToPath(import.meta.url), childPath].map(hashFile).join(" ");
  return { projectDir: found, core: await findCore(found, onFetch), overrides, childPath, runner };
}

async function compile(
  { limits, onLog }: LoadOptions,
  inputs: CompileInputs,
  files: ProjectFiles,
): Promise<CompiledProject> {
  const [{ compileProject }, { DEFAULT_LIMITS }] = await Promise.all([
    import("./compile-project.js"),
    import("./compile/run-child.js"),
  ]);
  const { projectDir, core, overrides, childPath } = inputs;
  const compiled = await compileProject({
    projectDir,
    core,
    overrides,
    filePaths: files.filePaths,
    childPath,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  if (compiled.log !== "") onLog?.(compiled.log);
  return compiled;
}

/** Undefined: a file changed between hashing and compiling, so that the digest would describe another project. */
async function makeManifest(
  options: LoadOptions,
  inputs: CompileInputs,
  files: ProjectFiles,
): Promise<Manifest | undefined> {
  const [{ graph, outcome }, { buildManifest }, scanner] = await Promise.all([
    compile(options, inputs, files),
    import("./build-manifest.js"),
    options.scanner ?? import("../googlesql/index.js"),
  ]);
  const { projectDir } = inputs;
  const tracedFiles = outcome.probedFiles.filter((path) => !isDefaultInput(path));
  const tracedHashes = hashTracedFiles(projectDir, tracedFiles);
  const hashes = new Map([...files.hashes, ...tracedHashes]);
  if (outcome.coreHash !== inputs.core.hash) return undefined;
  if (Object.entries(outcome.loadedFiles).some(([path, sha256]) => hashes.get(path) !== sha256)) return undefined;
  refuseForgottenAssertions(files, outcome.loadedFiles);
  return buildManifest({
    graph,
    outcome,
    inputsDigest: digestOf(inputs, files, tracedHashes),
    files: hashes,
    tracedFiles,
    readSource: (path) => readFileSync(join(projectDir, path), "utf8"),
    scanner,
  });
}

/** Dataform compiles definitions/ only: a gate in assertions/ that nothing requires would never be checked. */
function refuseForgottenAssertions(files: ProjectFiles, loadedFiles: Readonly<Record<string, string>>): void {
  const forgotten = files.filePaths.filter(
    (path) => path.startsWith("assertions/") && path.endsWith(".sqlx") && loadedFiles[path] === undefined,
  );
  const message = "nothing compiles this file; require it in a JavaScript file in definitions/";
  if (forgotten.length === 0) return;
  throw new ProjectError(forgotten.map((file) => ({ file, line: undefined, column: undefined, message })));
}

function digestOf(inputs: CompileInputs, files: ProjectFiles, tracedFiles: FileHashes): string {
  const { core, overrides, runner } = inputs;
  const formatVersion = MANIFEST_FORMAT_VERSION;
  return inputsDigest({
    formatVersion,
    coreHash: core.hash,
    runner,
    overrides,
    files: files.hashes,
    tracedFiles,
  });
}
