import { distance } from "fastest-levenshtein";

/** `; Did you mean x?` for the nearest of the candidates, or nothing where none is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const wanted = name.toLowerCase();
  let best: { name: string; distance: number } | undefined;
  if (wanted.length < 2) return "";
  for (const candidate of candidates) {
    const d = distance(wanted, candidate.toLowerCase());
    if (d > 0 && d <= Math.max(1, Math.floor(wanted.length / 3)) && (best === undefined || d < best.distance)) {
      best = { name: candidate, distance: d };
    }
  }
  return best === undefined ? "" : `; Did you mean ${best.name}?`;
}
