import type { DuckDBConnection } from "@duckdb/node-api";

/** How often a statement is interrupted that has not noticed yet, in milliseconds. */
const AGAIN_MS = 50;

/** Does work on a connection; while it goes on, the signal interrupts whatever the connection runs. */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  let again: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    // A statement that still waits for a thread does not notice.
    again ??= setInterval(() => connection.interrupt(), AGAIN_MS);
  };
  if (signal.aborted) interrupt();
  signal.addEventListener("abort", interrupt);
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearInterval(again);
  }
}
