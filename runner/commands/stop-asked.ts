/** Settles when somebody asks this process to end; a second time ends it at once. */
export function stopAsked(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
}
