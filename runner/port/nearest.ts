import { closest, distance } from "fastest-levenshtein";

/** Letters that a name needs before a part of another one tells anything. */
const PART = 3;

/** The known name that was probably meant; undefined: none is like it. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = name.toLowerCase();
  const byText = new Map(known.map((other) => [other.toLowerCase(), other]));
  if (written === "" || byText.size === 0) return undefined;
  const near = closest(written, [...byText.keys()]);
  if (isNear(written, near)) return byText.get(near);
  if (written.length < PART) return undefined;
  const [shortest] = [...byText.keys()]
    .filter((other) => other.includes(written))
    .sort((one, other) => one.length - other.length);
  return shortest === undefined ? undefined : byText.get(shortest);
}

/** One letter in three may be another, and two letters may have changed places in the shortest name, too. */
function isNear(one: string, other: string): boolean {
  const letters = (text: string) => [...text].sort().join("");
  const steps = distance(one, other);
  return steps <= Math.max(1, Math.floor(one.length / 3)) || (steps === 2 && letters(one) === letters(other));
}
