/**
 * Functions that BigQuery has and the embedded engine does not: to be refused as such, not as misspelt.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/functions-all
 */
const FAMILIES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^(ST_|S2_)/, "GEOGRAPHY"],
  [/^KLL_QUANTILES\./, "a sketch"],
  [/^(AEAD|KEYS)\.|^(DETERMINISTIC_|DLP_)/, "encryption"],
  [/^(ML|AI|OBJ)\.|^(FORECAST|VECTOR_SEARCH|EXTERNAL_OBJECT_TRANSFORM|EXTERNAL_QUERY)$/, "a remote service"],
  [/^(SEARCH|TEXT_ANALYZE|BAG_OF_WORDS|TF_IDF)$/, "text analysis"],
  [/^(APPENDS|CHANGES)$/, "a table function"],
  [/^FLOAT32$/, ""],
];

/** What an unknown function is, if BigQuery knows it. */
export function unsupportedFunction(name: string): string | undefined {
  const family = FAMILIES.find(([pattern]) => pattern.test(name));
  if (family === undefined) return undefined;
  return family[1] === "" ? `Function ${name}` : `Function ${name} (${family[1]})`;
}
