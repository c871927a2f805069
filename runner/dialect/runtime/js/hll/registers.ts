import { meansOf } from "./raw-means.js";

/**
 * The dense form of a sketch: one register for each of the 2^precision places that the first bits of a hash name, with the leading zeros
 * behind them, counted from 1; 0 where no hash has come. Source: https://github.com/google/zetasketch and the paper on HLL++.
 */
export type Registers = Uint8Array;

export function emptyRegisters(precision: number): Registers {
  return new Uint8Array(2 ** precision);
}

export function raise(registers: Registers, index: number, rho: number): void {
  if ((registers[index] as number) < rho) registers[index] = rho;
}

/** Registers of a lower precision: the bits that name no place any more count as zeros, or end them. */
export function lowered(registers: Registers, from: number, to: number): Registers {
  if (from === to) return registers;
  const result = emptyRegisters(to);
  const lost = from - to;
  const mask = 2 ** lost - 1;
  for (let index = 0; index < registers.length; index += 1) {
    const rho = registers[index] as number;
    if (rho === 0) continue;
    const rest = index & mask;
    raise(result, index >> lost, rest === 0 ? rho + lost : Math.clz32(rest) - (32 - lost) + 1);
  }
  return result;
}

/** Up to so many values the places that stayed empty tell more. */
const LINEAR = [900, 1800, 3100, 6500, 11_500, 20_000, 50_000, 120_000, 350_000];
const LEAST_PRECISION = 10;
const NEIGHBOURS = 6;

/** How many different values there were. */
export function estimateOf(registers: Registers, precision: number): bigint {
  const m = 2 ** precision;
  let empty = 0;
  let sum = 0;
  for (const rho of registers) {
    if (rho === 0) empty += 1;
    sum += 2 ** -rho;
  }
  if (empty > 0) {
    const linear = m * Math.log(m / empty);
    if (linear <= (LINEAR[precision - LEAST_PRECISION] ?? 2.5 * m)) return BigInt(Math.round(linear));
  }
  const raw = ((0.7213 / (1 + 1.079 / m)) * m * m) / sum;
  return BigInt(Math.round(raw - biasOf(raw, precision)));
}

/** By how much a raw estimate is too high: that of the nearest means, weighted by their distance. None is known outside of them. */
export function biasOf(raw: number, precision: number): number {
  const means = meansOf(precision);
  const [least, most] = [means[0]?.mean, means.at(-1)?.mean];
  if (least === undefined || most === undefined || raw < least || raw > most) return 0;
  const nearest = means
    .map(({ mean, count }) => ({ distance: Math.abs(mean - raw), bias: mean - count }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEIGHBOURS);
  const [first] = nearest;
  if (first?.distance === 0) return first.bias;
  const weights = nearest.map(({ distance }) => 1 / distance ** 2);
  const total = weights.reduce((all, weight) => all + weight, 0);
  return nearest.reduce((all, { bias }, i) => all + bias * (weights[i] as number), 0) / total;
}
