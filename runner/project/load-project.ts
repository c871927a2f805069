import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SqlScanner } from "./build-manifest.js";
import type { ChildLimits } from "./compile/run-child.js";
import { type CompileInputs, findInputs, type InputOptions, isOf, originOf, tracedBy } from "./compile-inputs.js";
import type { CompiledProject } from "./compile-project.js";
import { ProjectError, projectError } from "./errors.js";
import { type ProjectFiles, readProjectFiles } from "./files.js";
import { MANIFEST_FORMAT_VERSION, type Manifest } from "./manifest.js";
import { type ManifestOrigin, readCachedManifest, writeCachedManifest } from "./manifest-cache.js";
import type { RememberingScanner } from "./scan-cache.js";

/** How often a compile is repeated because files changed under it. */
const MAX_ATTEMPTS = 3;

export interface LoadOptions extends InputOptions {
  readonly limits?: Partial<ChildLimits>;
  /** Is given what the project's code prints while it compiles. */
  readonly onLog?: (text: string) => void;
  /** The manifest kept in the warehouse; asked for only when none is on the disk, since asking takes about as long as compiling. */
  readonly warehouseManifest?: () => Promise<Manifest | undefined>;
  /** Is called when another process has begun to compile, for which this one waits. */
  readonly onCompile?: () => void;
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
  let inputs = await findInputs(options, import.meta.url);
  const files = readProjectFiles(inputs.projectDir);
  const fits = (origin: ManifestOrigin) =>
    !origin.compileVolatile && isOf(origin, inputs, files, MANIFEST_FORMAT_VERSION);

  const manifest = await findManifest(inputs.projectDir, fits, options.warehouseManifest);
  if (manifest !== undefined)
    return { manifest, compiled: false, timings: { digestMs: performance.now() - started, compileMs: 0 } };

  const digestMs = performance.now() - started;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if (attempt > 1) inputs = await findInputs(options, import.meta.url);
    const manifest = await makeManifest(options, inputs, attempt === 1 ? files : readProjectFiles(inputs.projectDir));
    if (manifest === undefined) continue;
    writeCachedManifest(inputs.projectDir, manifest);
    return { manifest, compiled: true, timings: { digestMs, compileMs: performance.now() - started - digestMs } };
  }
  throw projectError("the project's files keep changing while they are compiled; try again when they are saved");
}

async function compile(
  { limits, onLog, onCompile }: LoadOptions,
  inputs: CompileInputs,
  files: ProjectFiles,
): Promise<CompiledProject> {
  const [{ compileProject }, { DEFAULT_LIMITS }] = await Promise.all([
    import("./compile-project.js"),
    import("./compile/run-child.js"),
  ]);
  const { projectDir, core, overrides, childPath } = inputs;
  const compiling = compileProject({
    projectDir,
    core,
    overrides,
    filePaths: files.filePaths,
    childPath,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  onCompile?.();
  const compiled = await compiling;
  if (compiled.log !== "") onLog?.(compiled.log);
  return compiled;
}

/** The manifest of the project as it is, where an earlier compile has left it. */
async function findManifest(
  projectDir: string,
  fits: (origin: ManifestOrigin) => boolean,
  warehouseManifest: LoadOptions["warehouseManifest"],
): Promise<Manifest | undefined> {
  const cached = readCachedManifest(projectDir);
  // Nothing has to be looked for in it: its seal covers its text, and its digest the code that wrote it.
  if (cached !== undefined) return fits(cached.origin) ? (JSON.parse(cached.text) as Manifest) : undefined;
  const stored = await warehouseManifest?.();
  if (stored === undefined || !fits(stored)) return undefined;
  writeCachedManifest(projectDir, stored);
  return stored;
}

/** Undefined: a file changed meanwhile. */
async function makeManifest(
  options: LoadOptions,
  inputs: CompileInputs,
  files: ProjectFiles,
): Promise<Manifest | undefined> {
  const [{ graph, outcome }, { buildManifest }, scanner] = await Promise.all([
    compile(options, inputs, files),
    import("./build-manifest.js"),
    openScanner(options, inputs),
  ]);
  const traced = tracedBy(outcome, inputs, files);
  if (traced === undefined) return undefined;
  refuseForgottenAssertions(files, outcome.loadedFiles);
  const manifest = buildManifest({
    givenVars: inputs.overrides.vars ?? {},
    graph,
    outcome,
    ...originOf(inputs, files, traced, MANIFEST_FORMAT_VERSION),
    files: new Map([...files.hashes, ...traced]),
    readSource: (path) => readFileSync(join(inputs.projectDir, path), "utf8"),
    scanner,
  });
  scanner.keep();
  return manifest;
}

async function openScanner(options: LoadOptions, { projectDir, runner }: CompileInputs): Promise<RememberingScanner> {
  const [{ rememberingScanner }, scanner] = await Promise.all([
    import("./scan-cache.js"),
    options.scanner ?? import("../googlesql/index.js"),
  ]);
  return rememberingScanner(scanner, projectDir, runner);
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
