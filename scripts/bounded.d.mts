import type { SpawnOptions } from "node:child_process";

export function bounded(
  program: string,
  args: readonly string[],
  seconds: number,
  options?: SpawnOptions,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
