import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const runningSchema = v.object({ pid: v.number(), command: v.string(), startedAt: v.optional(v.string()) });

/** What a command says of itself while it holds the warehouse. */
export type Running = v.InferOutput<typeof runningSchema>;

/** The command that has announced itself as the holder of a project's warehouse; undefined: none. */
export function readRunning(projectDir: string): Running | undefined {
  try {
    const text = readFileSync(join(projectDir, ".fastbreak", "running.json"), "utf8");
    return v.parse(runningSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
