/**
 * Asks, and when the answer is no, waits and asks once more.
 * @param wait undefined: one answer is enough
 */
export async function askTwice<T>(
  ask: () => Promise<T>,
  isYes: (answer: T) => boolean,
  wait: (() => Promise<void>) | undefined,
): Promise<{ readonly answer: T; readonly isRetried: boolean }> {
  const answer = await ask();
  if (isYes(answer) || wait === undefined) return { answer, isRetried: false };
  await wait();
  return { answer: await ask(), isRetried: true };
}
