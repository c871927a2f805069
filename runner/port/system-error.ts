const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is on a read-only file system",
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder, not a file",
  EEXIST: "something else has its name",
  ELOOP: "its symbolic links go round in a circle",
  ENAMETOOLONG: "its name is too long",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EBUSY: "it is in use",
  ENOTEMPTY: "it is not empty",
  ERR_INVALID_ARG_VALUE: "its name holds a character that no file name may hold",
};

/** Why the operating system refused something, in words for a user; undefined: the error is none of its. */
export function systemReason(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (typeof code !== "string") return undefined;
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return reason ?? (syscall === undefined ? undefined : `the system refuses it (${code})`);
}
