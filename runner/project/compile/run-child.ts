import { existsSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import * as v from "valibot";
import { languageEnvironment } from "../../fence/environment.js";
import { canIsolate, startFenced, watchMemory } from "../../fence/fenced-process.js";
import { READY } from "../../fence/handshake.js";
import { projectError } from "../errors.js";
import { compileResponseSchema } from "./graph-shape.js";
import type { CompileRequest } from "./protocol.js";

export interface ChildLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly maxResponseBytes: number;
}

export const DEFAULT_LIMITS: ChildLimits = { timeoutMs: 120_000, memoryMb: 2048, maxResponseBytes: 256 << 20 };

const MAX_LOG_BYTES = 64 << 10;

/**
 * Compiles in a fenced child process, which may read the project and core; ended after `timeoutMs`. Where the kernel refuses to isolate
 * it, it is started without.
 *
 * @param childPath the built child, from `findCompileChild`
 * @returns the child's answer, its shape checked, and what the project's code printed
 * @throws ProjectError when the child is killed, dies or answers with something else
 */
export async function runCompileChild(
  request: CompileRequest,
  childPath: string,
  limits: ChildLimits,
): Promise<{ response: v.InferOutput<typeof compileResponseSchema>; log: string }> {
  let end = canIsolate() ? await runOnce(request, childPath, limits, true) : undefined;
  if (end === undefined || !end.ready) end = await runOnce(request, childPath, limits, false);
  if (end.stopped !== undefined) throw projectError(end.stopped);
  if (end.code !== 0) throw projectError(deathReason(end.log, limits));
  return { response: parseResponse(end.answer), log: end.log };
}

interface ChildEnd {
  /** The fence stood: the child got as far as the project's code. */
  readonly ready: boolean;
  /** Why the child was killed; undefined: it was not. */
  readonly stopped: string | undefined;
  readonly code: number | null;
  readonly answer: string;
  readonly log: string;
}

async function runOnce(
  request: CompileRequest,
  childPath: string,
  limits: ChildLimits,
  isolated: boolean,
): Promise<ChildEnd> {
  const { projectDir } = request;
  const { memoryMb } = limits;
  const readable = [`${projectDir}${sep}`, `${request.coreDir}${sep}`, `${packageFolder(projectDir)}${sep}`];
  const child = startFenced(
    { script: childPath, cwd: projectDir, readable, env: languageEnvironment(), memoryMb },
    isolated,
  );
  let stopped: string | undefined;
  const stop = (reason: string) => {
    stopped ??= reason;
    child.kill("SIGKILL");
  };
  const timer = setTimeout(() => {
    stop(
      `compiling took longer than ${limits.timeoutMs / 1000} s and was stopped; does the project's JavaScript loop?`,
    );
  }, limits.timeoutMs);
  const unwatch = watchMemory(child.pid, memoryMb, () => stop(tooMuchMemory(limits)));

  const output: Buffer[] = [];
  let received = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > limits.maxResponseBytes)
      stop(`the compiled graph is larger than ${limits.maxResponseBytes >> 20} MiB`);
    else output.push(chunk);
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (log.length < MAX_LOG_BYTES) log += chunk.toString("utf8");
  });
  // A child that dies early closes the pipe; its exit tells more.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(request));

  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  }).finally(() => {
    clearTimeout(timer);
    unwatch();
  });
  const answer = Buffer.concat(output).toString("utf8");
  return { ready: stopped !== undefined || answer.startsWith(READY), stopped, code, answer, log };
}

function packageFolder(projectDir: string): string {
  const path = join(projectDir, "node_modules");
  return existsSync(path) ? realpathSync(path) : path;
}

function tooMuchMemory({ memoryMb }: ChildLimits): string {
  return `compiling needs more than ${memoryMb} MiB of memory and was stopped`;
}

function deathReason(log: string, limits: ChildLimits): string {
  if (/heap out of memory|Array buffer allocation failed/.test(log)) {
    return tooMuchMemory(limits);
  }
  const last = log
    .trim()
    .split("\n")
    .find((line) => /Error/.test(line));
  return `the compile process died${last === undefined ? "" : `: ${last.trim()}`}`;
}

function parseResponse(text: string): v.InferOutput<typeof compileResponseSchema> {
  try {
    return v.parse(compileResponseSchema, JSON.parse(text));
  } catch {
    throw projectError("the compile process gave an answer that is not a compiled project");
  }
}
