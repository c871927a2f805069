import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectError } from "./errors.js";
import type { PinnedCore } from "./pinned-core.js";

/** Is given a line for the user before npm is asked, because that takes a while. */
export type OnFetch = (line: string) => void;

const FETCH_TIMEOUT_MS = 120_000;

/** Only this package, none of its scripts, and an answer within seconds where the registry cannot be reached. */
const NPM_ARGUMENTS = [
  "install",
  "--global=false",
  "--ignore-scripts",
  "--no-save",
  "--no-package-lock",
  "--no-audit",
  "--no-fund",
  "--omit=dev",
  "--omit=peer",
  "--omit=optional",
  "--prefer-offline",
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=500",
  "--loglevel=error",
];

/**
 * The folder of a release of @dataform/core in the user's cache; what is not there yet is fetched with the user's npm. Several
 * processes may do that at once: a package appears whole or not at all.
 *
 * @param cacheDir where fetched releases are kept
 * @param onFetch is told before something is fetched
 * @throws ProjectError when npm cannot fetch it, with what to do
 */
export async function cachedCore(
  pinned: PinnedCore,
  cacheDir = coreCacheDir(),
  onFetch: OnFetch = () => undefined,
): Promise<string> {
  const kept = join(cacheDir, pinned.version);
  if (existsSync(kept)) return kept;
  let staging: string | undefined;
  try {
    mkdirSync(cacheDir, { recursive: true });
    staging = mkdtempSync(join(cacheDir, ".fetching-"));
    onFetch(`fetching @dataform/core ${pinned.version} with npm; it is kept in ${cacheDir}`);
    await fetchInto(staging, pinned);
    keep(join(staging, "node_modules", "@dataform", "core"), kept);
  } catch (error) {
    throw projectError(whyNot(error, pinned, cacheDir), pinned.file, pinned.line);
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
  return kept;
}

/** Where releases of core are kept between runs: the platform's folder for caches, which XDG_CACHE_HOME replaces everywhere. */
export function coreCacheDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const own = join("fastbreak", "core");
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, own);
  if (platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, own);
  return join(homedir(), platform === "darwin" ? join("Library", "Caches") : ".cache", own);
}

/** The project's own .npmrc plays no part: it could send the user's environment elsewhere. */
async function fetchInto(staging: string, { version }: PinnedCore): Promise<void> {
  const args = [...NPM_ARGUMENTS, "--prefix", staging, `@dataform/core@${version}`];
  // On Windows npm is a script, which only a shell starts.
  const shell = process.platform === "win32";
  await promisify(execFile)("npm", shell ? args.map((arg) => `"${arg}"`) : args, {
    cwd: staging,
    shell,
    timeout: FETCH_TIMEOUT_MS,
    maxBuffer: 1 << 24,
  });
}

/** Whoever comes second finds the folder taken, by the same package. */
function keep(fetched: string, kept: string): void {
  try {
    renameSync(fetched, kept);
  } catch (error) {
    if (!existsSync(kept)) throw error;
  }
}

function whyNot(error: unknown, { version }: PinnedCore, cacheDir: string): string {
  const { code, syscall, stderr, killed } = error as NodeJS.ErrnoException & { stderr?: string; killed?: boolean };
  const asked = `@dataform/core ${version} is asked for here`;
  if (code === "ENOENT" && syscall?.startsWith("spawn") === true)
    return `${asked} and npm, which fetches it, is not on the PATH; install npm`;
  if (typeof stderr !== "string") return `${asked} and cannot be kept in ${cacheDir} (${code}); see to that folder`;
  const reason =
    /npm (?:error|ERR!) code (\w+)/.exec(stderr)?.[1] ?? (killed === true ? "it takes too long" : String(code));
  if (reason === "ETARGET" || reason === "E404") return `${asked} and npm finds no such release; name another one`;
  const remedy = "run the command once where npm reaches its registry; the package is kept from then on";
  return `${asked} and npm cannot fetch it (${reason}); ${remedy}`;
}
