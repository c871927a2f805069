import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { DENY_NETWORK } from "./handshake.js";

export interface FencedOptions {
  /** The script, built; it starts with `enterFence`. */
  readonly script: string;
  readonly cwd: string;
  /** Files, and folders that end in a separator, that may be read besides the script. */
  readonly readable: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Limit of the JavaScript heap. */
  readonly memoryMb: number;
}

/** Buffers are not on the JavaScript heap; a process may hold this much besides it. */
const BESIDES_HEAP_MB = 512;
const WATCH_INTERVAL_MS = 100;

/**
 * Starts the script as a Node process that has nothing: no environment but `env`, no right but to read `readable`, no code from strings
 * in its main realm. Within an `isolated` one the kernel gives it no network, and ends it when its parent dies.
 */
export function startFenced(options: FencedOptions, isolated: boolean): ChildProcessWithoutNullStreams {
  const permission = process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";
  const node = [
    process.execPath,
    permission,
    ...[...options.readable, options.script].map((path) => `--allow-fs-read=${path}`),
    "--disallow-code-generation-from-strings",
    "--no-warnings",
    `--max-old-space-size=${options.memoryMb}`,
    options.script,
  ];
  const [command = "", ...args] = isolated ? [...isolation(), ...node] : [...node, DENY_NETWORK];
  return spawn(command, args, { cwd: options.cwd, env: { ...options.env }, stdio: ["pipe", "pipe", "pipe"] });
}

/** Whether this platform has what `isolated` processes need; the kernel may still refuse, which shows as an exit before `READY`. */
export function canIsolate(): boolean {
  return process.platform === "linux" && TOOLS.every(({ paths }) => toolPath(paths) !== undefined);
}

const TOOLS = [
  { paths: ["/usr/bin/unshare", "/bin/unshare"] },
  { paths: ["/usr/bin/setpriv", "/bin/setpriv"] },
] as const;

function toolPath(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/**
 * Both tools replace themselves by what they start, so that the process id stays. Root needs no user namespace for an empty network,
 * and would lose the right to files of others in one.
 */
function isolation(): string[] {
  const [unshare = "", setpriv = ""] = TOOLS.map(({ paths }) => toolPath(paths));
  const user = process.getuid?.() === 0 ? [] : ["--map-current-user"];
  return [unshare, ...user, "--net", "--", setpriv, "--pdeathsig", "KILL", "--no-new-privs", "--"];
}

/**
 * Calls `exceeded` once when the process holds more memory than its heap limit accounts for. Only Linux tells; elsewhere the heap limit
 * stands alone.
 *
 * @returns what ends the watch
 */
export function watchMemory(pid: number | undefined, memoryMb: number, exceeded: () => void): () => void {
  const limit = (memoryMb + BESIDES_HEAP_MB) * 256;
  const timer = setInterval(() => {
    const pages = residentPages(pid);
    if (pages === undefined || pages > limit) clearInterval(timer);
    if (pages !== undefined && pages > limit) exceeded();
  }, WATCH_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Pages of 4 KiB; undefined: unknown. */
function residentPages(pid: number | undefined): number | undefined {
  try {
    const pages = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 4;
    return Number.isFinite(pages) ? pages : undefined;
  } catch {
    return undefined;
  }
}
