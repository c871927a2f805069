import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canIsolate, startFenced } from "./fenced-process.js";
import { READY } from "./handshake.js";

const here = fileURLToPath(new URL(".", import.meta.url));
let folder: string;
let port: number;
const server = createServer((socket) => socket.end("hello"));

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "fastbreak-fence-")));
  mkdirSync(join(folder, "open"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs code as a fenced child does and gives what it writes: the code is the host's, which has more than any code of a project. */
async function run(code: string, isolated: boolean) {
  const script = join(folder, `script-${isolated}.mjs`);
  buildSync({
    stdin: { contents: code, resolveDir: here, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
    logLevel: "silent",
  });
  const open = `${join(folder, "open")}${sep}`;
  const child = startFenced({ script, cwd: folder, readable: [open], env: { TZ: "UTC" }, memoryMb: 256 }, isolated);
  child.stdin.end();
  let [out, log] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    log += text;
  });
  const code_ = await new Promise((resolve) => child.on("close", resolve));
  return { out, log, code: code_ };
}

const PRELUDE = `import { writeSync, readFileSync, writeFileSync } from "node:fs";
const say = (text) => writeSync(1, text + "\\n");
const attempt = (name, f) => { try { say(name + ": " + f()); } catch (e) { say(name + ": refused"); } };
`;

/** Where the kernel refuses what it needs, such as in a container, `isolated` processes do not start. */
const isolates = canIsolate() && (await probe());
async function probe(): Promise<boolean> {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "fastbreak-fence-")));
  const { out } = await run(`${PRELUDE} say("ok")`, true);
  rmSync(folder, { recursive: true, force: true });
  return out === "ok\n";
}

describe("a fenced process", () => {
  it("may read what it was given and nothing else, and has no environment", async () => {
    const { out } = await run(
      `${PRELUDE}
import { spawnSync } from "node:child_process"; import { Worker } from "node:worker_threads"; import inspector from "node:inspector";
say(Object.keys(process.env).join());
attempt("read", () => readFileSync("/etc/passwd", "utf8"));
attempt("write", () => writeFileSync(${JSON.stringify("x")}, ""));
attempt("spawn", () => spawnSync("true").status);
attempt("worker", () => new Worker("1", { eval: true }));
attempt("code", () => Function("return 1")());
attempt("binding", () => process.binding("tcp_wrap"));
process.exit(0);`,
      false,
    );
    expect(out.split("\n").slice(0, -1)).toEqual([
      "TZ",
      ...["read", "write", "spawn", "worker", "code", "binding"].map((name) => `${name}: refused`),
    ]);
  });

  it("has a main realm that is worth nothing once the fence stands", async () => {
    const { out, code } = await run(
      `${PRELUDE}
import { enterFence } from "./enter.js"; import { createRealm } from "./realm.js"; import { REACH } from "./test-support/reach.js"; import vm from "node:vm";
const reach = vm.runInThisContext("(" + REACH + ")");
const leaks = [new Error("x"), Promise.resolve(1), {}, [], () => 1, async () => 1, function* () {}, new Map(), JSON, Intl];
const exit = await enterFence(createRealm("x"));
say("reached: " + reach(...leaks));
say(["process", "Buffer", "fetch", "URL", "setTimeout", "console", "WebSocket", "require", "performance", "queueMicrotask"].filter((name) => name in globalThis).join());
attempt("change", () => { Object.prototype.polluted = 1; return "changed"; });
attempt("change", () => { Array.prototype.push = 1; return "changed"; });
exit(3);`,
      false,
    );
    expect(out).toBe(`${READY}reached: \n\nchange: refused\nchange: refused\n`);
    expect(code).toBe(3);
  });

  const NETWORK = `${PRELUDE}
import net from "node:net"; import http from "node:http"; import tls from "node:tls"; import http2 from "node:http2"; import dgram from "node:dgram"; import dns from "node:dns";
import { denyNetwork } from "./no-network.js";
if (process.argv.includes("--deny-network")) await denyNetwork();
const port = PORT;
const ways = {
  net: () => new Promise((ok, no) => net.connect(port, "127.0.0.1").on("data", ok).on("error", no)),
  socket: () => new Promise((ok, no) => new net.Socket().connect(port, "127.0.0.1").on("data", ok).on("error", no)),
  http: () => new Promise((ok, no) => http.get({ port, host: "127.0.0.1" }, ok).on("error", no)),
  tls: () => new Promise((ok, no) => tls.connect(port, "127.0.0.1").on("secureConnect", ok).on("error", no)),
  http2: () => new Promise((ok, no) => http2.connect("http://127.0.0.1:" + port).on("connect", ok).on("error", no)),
  fetch: () => fetch("http://127.0.0.1:" + port),
  dns: () => new Promise((ok, no) => dns.resolve("example.com", (e, a) => (e ? no(e) : ok(a)))),
  promises: () => dns.promises.resolve("example.com"),
};
for (const [name, way] of Object.entries(ways)) {
  try { await Promise.race([way(), new Promise((_, no) => setTimeout(no, 3000))]); say(name + " reached"); } catch { say(name + " refused"); }
}
process.exit(0);`;
  const refused = ["net", "socket", "http", "tls", "http2", "fetch", "dns", "promises"].map((way) => `${way} refused`);

  it.runIf(isolates)("gets an empty network from the kernel", async () => {
    const { out } = await run(NETWORK.replace("PORT", String(port)), true);
    expect(out.split("\n").slice(0, -1)).toEqual(refused);
  });

  it("has no socket of Node's where the kernel gives it no empty network", async () => {
    const { out } = await run(NETWORK.replace("PORT", String(port)), false);
    expect(out.split("\n").slice(0, -1)).toEqual(refused);
  });
});
