// The arithmetic of the rules: sums, means and rounding as docs/features.md has them.

export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** Undefined without values. */
export function mean(values, decimals = 9) {
  return values.length === 0 ? undefined : roundTo(sum(values) / values.length, decimals);
}

/** Sample deviation, two decimals; undefined with fewer than two values. */
export function sampleDeviation(values) {
  if (values.length < 2) return undefined;
  const center = sum(values) / values.length;
  return roundTo(Math.sqrt(sum(values.map((value) => (value - center) ** 2)) / (values.length - 1)), 2);
}

/** Undefined where the denominator is zero or either is not known. */
export function ratio(numerator, denominator, decimals = 9) {
  return numerator === undefined || !denominator ? undefined : roundTo(numerator / denominator, decimals);
}

export function clamp(value, low, high) {
  return value === undefined ? undefined : Math.min(high, Math.max(low, value));
}

/** Half away from zero; a double a hair below a half counts as the half that was meant. */
export function roundTo(value, decimals) {
  const scale = 10 ** decimals;
  return (Math.sign(value) * Math.round(Math.abs(value) * scale * (1 + 4e-15) + 1e-9)) / scale || 0;
}

/** The values that are known. */
export function known(values) {
  return values.filter((value) => value !== undefined);
}
