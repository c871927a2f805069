import type { SandboxFacts, SandboxHost } from "./host.js";

/**
 * Runs inside the project's realm (its source text is evaluated there): what the stock CLI's sandbox has of Node's globals, no more; no
 * environment, no file system, no network.
 */
export function nodeGlobals(host: SandboxHost, facts: SandboxFacts, note: (kind: string, what: string) => void): void {
  // biome-ignore lint/suspicious/noExplicitAny: this function speaks about untyped globals.
  const root = globalThis as any;
  const stringify = JSON.stringify;
  const observed = (what: string, kind: string, value: () => unknown) => () => {
    note(kind, what);
    return value();
  };
  const noop = () => undefined;
  const hrtime = (previous?: [number, number]) => {
    note("clock", "process.hrtime()");
    const now = host.hrtime();
    const seconds = Math.floor(now / 1e9);
    const pair: [number, number] = [seconds, now - seconds * 1e9];
    return previous === undefined ? pair : [pair[0] - previous[0], pair[1] - previous[1]];
  };
  const { version, arch, platform } = facts;
  root.global = root;
  root.process = {
    argv: [],
    title: "node",
    version,
    versions: { node: version.slice(1) },
    arch,
    platform,
    env: {},
    features: {},
    nextTick: noop,
    hrtime,
    uptime: observed("process.uptime()", "clock", () => host.hrtime() / 1e9),
    cwd: () => facts.projectDir,
    umask: () => 18,
    addListener: noop,
    on: noop,
    once: noop,
    listeners: () => [],
    removeListener: noop,
  };
  Object.defineProperty(root.process, "pid", {
    enumerable: true,
    get: observed("process.pid", "process", () => facts.pid),
  });

  const unknownEncoding = (encoding: unknown) => new TypeError(`Unknown encoding: ${encoding}`);
  /** The part of Node's Buffer that text processing needs, made of this realm's own objects. */
  class Buffer extends Uint8Array {
    // biome-ignore lint/suspicious/noExplicitAny: the overloads of Node's function in one.
    static override from(value: any, encoding?: any): Buffer {
      if (typeof value !== "string") return new Buffer(value);
      const bytes = host.encodeText(value, String(encoding ?? "utf8"));
      if (bytes === undefined) throw unknownEncoding(encoding);
      const buffer = new Buffer(bytes.length);
      for (let i = 0; i < bytes.length; i++) buffer[i] = bytes.charCodeAt(i);
      return buffer;
    }
    static alloc(size: number): Buffer {
      return new Buffer(size);
    }
    static isBuffer(value: unknown): boolean {
      return value instanceof Buffer;
    }
    static byteLength(value: string, encoding?: string): number {
      return Buffer.from(value, encoding).length;
    }
    static concat(parts: readonly Uint8Array[]): Buffer {
      return Buffer.from(parts.flatMap((part) => [...part]));
    }
    override toString(encoding?: string): string {
      let bytes = "";
      for (const byte of this) bytes += String.fromCharCode(byte);
      const text = host.decodeBytes(bytes, String(encoding ?? "utf8"));
      if (text === undefined) throw unknownEncoding(encoding);
      return text;
    }
  }
  root.Buffer = Buffer;

  // A compile is over before any timer could fire; the stock CLI's worker is stopped then, too.
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) root[name] = () => ({});
  for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) root[name] = noop;

  const shown = (value: unknown): string => {
    if (typeof value === "string") return value;
    try {
      return stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  };
  const print = (...values: unknown[]) => host.print(values.map(shown).join(" "));
  root.console = { time: noop, timeEnd: noop };
  for (const name of ["debug", "log", "info", "warn", "error", "dir", "trace"]) root.console[name] = print;
}
