import { readFileSync } from "node:fs";
import { isConflictMessage, runtimeMessage } from "../../dialect/runtime-error.js";
import { EngineError, type EngineErrorDetails } from "../../port/engine-error.js";

/** A process has no program any more while it ends, and for those who may not look at it. */
const HOLDER = /held in (?:(.+?) \(PID (\d+)\)|PID (\d+))/;

/** Whether the file was locked by a process that may be gone by now. */
export function wasLockedByLeaving(cause: unknown): boolean {
  const [isHeld, program] = HOLDER.exec(messageOf(cause)) ?? [];
  return isHeld !== undefined && program === undefined;
}

/** Whether a process was stopped and not ended: it keeps what it holds. Only Linux tells; elsewhere none is. */
function isSuspended(pid: string): boolean {
  try {
    return /\) [Tt] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Turns what DuckDB says when a database file cannot be opened into one line that says what to do. */
export function openError(path: string, cause: unknown): EngineError {
  const message = messageOf(cause);
  const [, program = "another process", named, unnamed] = HOLDER.exec(message) ?? [];
  const pid = named ?? unnamed;
  if (pid !== undefined) {
    const advice = isSuspended(pid)
      ? `which is suspended; let it go on with 'kill -CONT ${pid}', or end it with 'kill -KILL ${pid}'`
      : "wait for it to end or stop it";
    return new EngineError("locked", `${path} is in use by ${program} (PID ${pid}); ${advice}`, {
      holder: Number(pid),
    });
  }
  if (/could not set lock/i.test(message))
    return new EngineError("locked", `${path} is in use by another process; wait for it to end`);
  if (/version number|newer version|storage version|serialization version/i.test(message)) {
    return new EngineError(
      "newer_version",
      `${path} was written by a newer version of DuckDB than this fastbreak embeds; upgrade fastbreak, or give another file with --database`,
    );
  }
  if (
    /No such file or directory|Cannot open file|Permission denied|Read-only|too long|symbolic links|Is a directory|Input\/output error/i.test(
      message,
    )
  ) {
    return new EngineError("missing", `${path} cannot be opened: ${reasonOf(message)}`);
  }
  // Whoever lacks room or memory must not be told to remove what is whole.
  if (NO_ROOM.test(message))
    return new EngineError("full", `${path} cannot be opened: ${roomProblem(message)}; make room and try again`);
  if (NO_MEMORY.test(message))
    return new EngineError("memory", `${path} cannot be opened: there is not enough memory; free some and try again`);
  return new EngineError(
    "corrupt",
    `${path} is damaged or not a DuckDB database; restore a backup, or remove it and load again`,
  );
}

const NO_ROOM = /No space left|Disk quota exceeded|File too large/i;
const NO_MEMORY =
  /Out of Memory|bad[ _]alloc|Allocation failure|Cannot allocate memory|Resource temporarily unavailable/i;

/** What the system has refused to write for. */
function roomProblem(message: string): string {
  if (/File too large/i.test(message)) return "a file would be larger than the system allows";
  return /Disk quota exceeded/i.test(message) ? "the disk quota is used up" : "the disk is full";
}

/** Turns an engine error while running a query into a `EngineError`; errors that already say their own pass through. */
export function queryError(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause.name !== "Error") return cause;
  const message = firstLine(cause.message);
  const [, unwritten] = /Could not write file "([^"]+)"/.exec(message) ?? [];
  if (unwritten !== undefined && NO_ROOM.test(message))
    return new EngineError("full", `${unwritten} cannot be written: ${roomProblem(message)}; make room and run again`);
  if (/No space left|File too large|Failed to create checkpoint|Could not write file/i.test(message))
    return new EngineError("full", `the warehouse cannot be written: ${message}`);
  if (/Corrupt|checksum|Could not read enough bytes/i.test(message))
    return new EngineError("corrupt", `the warehouse file is damaged: ${message}`);
  const [, needed] = /^Out of Memory Error: (.*)$/.exec(message) ?? [];
  if (needed !== undefined)
    return new EngineError(
      "memory",
      `more memory is needed than the engine may take: ${needed}; allow more with --memory`,
    );
  if (isConflictMessage(message)) return new EngineError("conflict", message);
  return new EngineError("query", runtimeMessage(cause.message), { frame: frameOf(cause.message) });
}

/** Whether something calls a function of the runtime library, which is not installed before it is needed: a view does, for one. */
export function lacksLibrary(cause: unknown): boolean {
  return cause instanceof EngineError && /Function with name bq_\w+ does not exist/.test(cause.message);
}

/** Does something with a connection; what DuckDB throws becomes a `EngineError` where it happens, to be located there. */
export async function tellingErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw queryError(cause);
  }
}

const FAILED_FUNCTION = /JavaScript function (\S+) (?:failed(?: in line (\d+))?|took)/;

function frameOf(message: string): EngineErrorDetails["frame"] {
  const [, functionName, line] = FAILED_FUNCTION.exec(message) ?? [];
  return functionName === undefined ? undefined : { functionName, line: line === undefined ? undefined : Number(line) };
}

/** What the system says, which DuckDB prints behind the file's name. */
function reasonOf(message: string): string {
  const reason = /": ([^:]+)$/.exec(firstLine(message))?.[1] ?? "the system refuses it";
  return reason.toLowerCase();
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
