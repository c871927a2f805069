/**
 * The thread between the main thread, which waits for every answer, and the child that evaluates the functions. It keeps the child's
 * pipes moving and ends the child that takes too long or too much; the next call starts another.
 *
 * Bundled on its own (dist/function-broker.js).
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { dirname } from "node:path";
import { workerData } from "node:worker_threads";
import { languageEnvironment } from "../../../../fence/environment.js";
import { canIsolate, startFenced, watchMemory } from "../../../../fence/fenced-process.js";
import { READY } from "../../../../fence/handshake.js";
import type { BrokerData, CallAnswer, CallRequest } from "./protocol.js";

const { childPath, port, signal, memoryMb } = workerData as BrokerData;
const MAX_LOG = 64 << 10;
/** Undefined: it was never tried. */
let isolated: boolean | undefined = canIsolate() ? undefined : false;
let running: { readonly child: ChildProcessWithoutNullStreams; readonly ask: Ask } | undefined;

type Ask = (request: CallRequest) => Promise<CallAnswer>;

port.on("message", async (request: CallRequest) => {
  let answer: CallAnswer;
  try {
    answer = await (await started()).ask(request);
  } catch {
    answer = { failed: "death" };
  }
  port.postMessage(answer);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});

async function started(): Promise<NonNullable<typeof running>> {
  if (running !== undefined) return running;
  if (isolated !== false) {
    running = await start(true);
    isolated = running !== undefined;
  }
  running ??= await start(false);
  if (running !== undefined) return running;
  throw new Error("the process for JavaScript functions does not start");
}

/** Undefined: it ended before its fence stood. */
async function start(isolate: boolean): Promise<typeof running> {
  const options = { script: childPath, cwd: dirname(childPath), readable: [], env: languageEnvironment(), memoryMb };
  const child = startFenced(options, isolate);
  let log = "";
  let parts: string[] = [];
  let settle: ((answer: CallAnswer) => void) | undefined;
  let stopped: "time" | "memory" | undefined;
  let ended = false;
  const stop = (reason: "time" | "memory") => {
    stopped ??= reason;
    child.kill("SIGKILL");
  };
  const unwatch = watchMemory(child.pid, memoryMb, () => stop("memory"));
  child.stdin.on("error", () => undefined);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (log.length < MAX_LOG) log += text;
  });
  const ready = new Promise<boolean>((resolve) => {
    child.on("error", () => resolve(false));
    child.on("close", () => {
      unwatch();
      ended = true;
      if (running?.child === child) running = undefined;
      const memory = /heap out of memory|Array buffer allocation failed/.test(log);
      settle?.({ failed: stopped ?? (memory ? "memory" : "death") });
      resolve(false);
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      parts.push(text);
      if (!text.endsWith(READY)) return;
      const line = parts.join("");
      parts = [];
      if (line === READY) resolve(true);
      else settle?.(JSON.parse(line) as CallAnswer);
    });
  });
  const ask: Ask = ({ definition, rows, timeLimitMs }) => {
    if (ended) return Promise.resolve({ failed: "death" });
    const timer = setTimeout(() => stop("time"), timeLimitMs);
    child.stdin.write(`${definition}\n${rows}\n`);
    return new Promise<CallAnswer>((resolve) => {
      settle = resolve;
    }).finally(() => {
      clearTimeout(timer);
      settle = undefined;
    });
  };
  return (await ready) ? { child, ask } : undefined;
}
