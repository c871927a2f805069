import { type JsFunction, lenient } from "./js-function.js";

type Places = readonly (string | null)[];
type Values = readonly (number | null)[];

/** The elements of a sparse vector by their places. */
function elementsOf(places: Places, values: Values): Map<string, number> {
  const elements = new Map<string, number>();
  for (const [i, place] of places.entries()) {
    const value = values[i] ?? null;
    if (place === null && value === null) throw new Error("NULL array element");
    if (place === null || value === null) throw new Error("NULL struct field");
    if (elements.has(place)) throw new Error(`Duplicate index ${place} found in the input array.`);
    elements.set(place, value);
  }
  return elements;
}

/** Two vectors, each given by places and values, as plain ones: first one whole vector, then the other. */
function plainVectors(
  places: Places | null,
  values: Values | null,
  otherPlaces: Places | null,
  otherValues: Values | null,
): readonly number[] | null {
  if (places === null || values === null || otherPlaces === null || otherValues === null) return null;
  const vectors = [elementsOf(places, values), elementsOf(otherPlaces, otherValues)];
  const all = [...new Set(vectors.flatMap((vector) => [...vector.keys()]))];
  return vectors.flatMap((vector) => all.map((place) => vector.get(place) ?? 0));
}

/** Sparse vectors of COSINE_DISTANCE and EUCLIDEAN_DISTANCE. */
export const SPARSE_VECTOR_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_plain_vectors", ["STRINGS", "FLOATS", "STRINGS", "FLOATS"], "FLOATS", plainVectors),
];
