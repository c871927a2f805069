/** Does some work, which is among those under way until it has ended. */
export async function underWay<T>(those: Set<Promise<unknown>>, work: () => Promise<T>): Promise<T> {
  const working = work();
  those.add(working);
  try {
    return await working;
  } finally {
    those.delete(working);
  }
}
