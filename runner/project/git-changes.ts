import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectError } from "./errors.js";

/**
 * Files of the project that differ from a git reference: changed, deleted, or new and not ignored; relative to the project.
 * @throws ProjectError where there is no git, no repository or no such reference
 */
export async function filesChangedSince(projectDir: string, reference: string): Promise<ReadonlySet<string>> {
  if (reference === "" || reference.startsWith("-")) throw projectError(`git:${reference} names no git reference`);
  // First what fails only outside a repository, so that the reason is the true one.
  const untracked = await git(projectDir, reference, ["ls-files", "--others", "--exclude-standard", "-z", "--", "."]);
  const changed = await git(projectDir, reference, ["diff", "--name-only", "--relative", "-z", reference, "--", "."]);
  return new Set([...changed, ...untracked]);
}

async function git(projectDir: string, reference: string, args: readonly string[]): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)("git", [...args], { cwd: projectDir, maxBuffer: 1 << 26 });
    return stdout.split("\0").filter((path) => path !== "");
  } catch (cause) {
    const { code, stderr } = cause as { code?: string | number; stderr?: string };
    if (code === "ENOENT") throw projectError(`git:${reference} needs git, which is not installed`);
    if (/not a git repository/i.test(stderr ?? ""))
      throw projectError(`git:${reference} needs the project to lie in a git repository, and it does not`);
    throw projectError(`git knows no reference ${reference}`);
  }
}
