/** A new run id: time of start, then eight random hex digits; ids sort by time. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${crypto.randomUUID().slice(0, 8)}`;
}
