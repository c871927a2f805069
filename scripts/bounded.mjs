// Runs a program with a deadline: it and all that it has started end when the time is over.
import { spawn } from "node:child_process";

/**
 * What a program has written, and how it ended; `status` is null where it could not be started or took longer than it may.
 * @param seconds how long it may take
 */
export async function bounded(program, args, seconds, options = {}) {
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].setEncoding("utf8").on("data", (text) => {
      texts[name] += text;
    });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child.pid);
    // Whoever has left the group may hold them open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, seconds * 1000);
  const status = await new Promise((resolve) => {
    child.on("error", ({ message }) => {
      texts.stderr += message;
      resolve(null);
    });
    child.on("close", (code) => resolve(isLate ? null : code));
  });
  clearTimeout(timer);
  if (isLate) texts.stderr += `\nit took longer than ${seconds} s and was ended`;
  return { status, ...texts };
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
