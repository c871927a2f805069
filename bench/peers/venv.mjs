import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../measure.mjs";

const CACHE = join(ROOT, "node_modules/.cache/bench-peers");
const LONGEST = 15 * 60_000;

/**
 * A virtual environment of its own with these packages, made once and kept.
 * @returns the folder of its programs, or why there is none
 */
export function venv(name, packages) {
  const dir = join(CACHE, name);
  const bin = join(dir, "bin");
  const stamp = join(dir, "packages.txt");
  const wanted = packages.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { bin };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const why =
    failure("python3", ["-m", "venv", dir]) ??
    failure(join(bin, "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  if (why !== undefined) return { why };
  writeFileSync(stamp, wanted);
  return { bin };
}

function failure(file, args) {
  const { status, stderr, error } = spawnSync(file, args, { encoding: "utf8", timeout: LONGEST });
  if (error !== undefined) return `${file} does not start: ${error.message}`;
  if (status === 0) return undefined;
  return `${file} ${args.slice(0, 3).join(" ")} ended with ${status}: ${stderr.trim().split("\n").at(-1)}`;
}
