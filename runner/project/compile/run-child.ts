import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import * as v from "valibot";
import { projectError } from "../errors.js";
import { compileEnvironment } from "../files.js";
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
 * Compiles in a child process: no environment but time zone and language, no write access, no child processes, reading only
 * the project and core; killed after `timeoutMs`.
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
  const { projectDir } = request;
  const permission = process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";
  const readable = [`${projectDir}${sep}`, `${request.coreDir}${sep}`, `${packageFolder(projectDir)}${sep}`, childPath];
  const child = spawn(
    process.execPath,
    [
      permission,
      ...readable.map((path) => `--allow-fs-read=${path}`),
      "--no-warnings",
      `--max-old-space-size=${limits.memoryMb}`,
      childPath,
    ],
    { cwd: projectDir, env: compileEnvironment(), stdio: ["pipe", "pipe", "pipe"] },
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
  }).finally(() => clearTimeout(timer));
  if (stopped !== undefined) throw projectError(stopped);
  if (code !== 0) throw projectError(deathReason(log, limits));
  return { response: parseResponse(Buffer.concat(output).toString("utf8")), log };
}

function packageFolder(projectDir: string): string {
  const path = join(projectDir, "node_modules");
  return existsSync(path) ? realpathSync(path) : path;
}

function deathReason(log: string, limits: ChildLimits): string {
  if (/heap out of memory|Array buffer allocation failed/.test(log)) {
    return `compiling needs more than ${limits.memoryMb} MiB of memory and was stopped`;
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
