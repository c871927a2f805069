let isSilent = false;

/**
 * The client's library warns where it finds no server that gives credentials; what is missing then, and what to do, our own error says.
 * Everything else that anybody warns of goes on.
 */
export function silenceLookupWarnings(): void {
  if (isSilent) return;
  isSilent = true;
  const emit = process.emitWarning as (...given: unknown[]) => void;
  process.emitWarning = (...given: unknown[]) => {
    const [, said] = given as [unknown, string | { readonly type?: string } | undefined];
    const type = typeof said === "object" ? said.type : said;
    if (type !== "MetadataLookupWarning") emit.apply(process, given);
  };
}
