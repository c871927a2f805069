/** Numbers between 0 and 1 that follow from a seed, so that a failing sequence comes again (Park and Miller's generator). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
