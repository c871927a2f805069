/** Where no number of cases is asked for, the same ones are tried every time: who changed nothing breaks nothing. */
const SAME = 20_240_229;

/**
 * How many cases of a property are tried, and which: others every time where a number is asked for.
 * @param asked the number; undefined: `usual`
 */
export function manyOf(asked: string | undefined, usual: number): { numRuns: number; seed?: number } {
  const seed = process.env.SEED ?? (asked === undefined ? SAME : undefined);
  return { numRuns: Number(asked ?? usual), ...(seed === undefined ? {} : { seed: Number(seed) }) };
}
