/**
 * Sketches of HLL_COUNT in the form of BigQuery, byte for byte, as long as they are sparse: a sorted list of the places that hashes fall
 * on. Source: https://github.com/google/zetasketch and the messages of its proto/ folder.
 */
export interface Sketch {
  /** Values that were added, repeated ones too. */
  readonly count: number;
  /** DefaultOpsType of the values. */
  readonly valueType: number;
  /** Bits of a hash that would tell registers apart; 5 more tell apart the places that are listed. */
  readonly precision: number;
  /** Encoded places, sorted, each place once. */
  readonly places: readonly number[];
}

const MOST_PRECISION = 24;
export const LEAST_PRECISION = 10;
export const DEFAULT_PRECISION = 15;
const RHO_BITS = 6;

/** Bits that tell places apart. */
function sparseOf(precision: number): number {
  return Math.min(precision + 5, 25);
}

function flagOf(precision: number): number {
  return 1 << Math.max(sparseOf(precision), precision + RHO_BITS);
}

export function isPrecision(value: bigint): boolean {
  return value >= BigInt(LEAST_PRECISION) && value <= BigInt(MOST_PRECISION);
}

/** The place of a hash, and the leading zeros behind it (counted from 1) where the place itself does not tell them. */
export function placeOf(hash: bigint, precision: number): number {
  const sparse = sparseOf(precision);
  const rest = BigInt.asUintN(64, hash << BigInt(sparse));
  const bits = 64 - sparse;
  const zeros = rest === 0n ? bits : 64 - rest.toString(2).length;
  return encoded(Number(hash >> BigInt(64 - sparse)), Math.min(zeros, bits) + 1, precision);
}

function encoded(index: number, rho: number, precision: number): number {
  const spare = sparseOf(precision) - precision;
  if ((index & ((1 << spare) - 1)) !== 0) return index;
  return flagOf(precision) | ((index >> spare) << RHO_BITS) | rho;
}

/** Places as sketches list them: of those that differ in their leading zeros only, the one with the most. */
export function distinctPlaces(places: Iterable<number>, precision: number): readonly number[] {
  const sorted = [...new Set(places)].sort((a, b) => a - b);
  return sorted.filter((place, i) => {
    const next = sorted[i + 1];
    const flag = flagOf(precision);
    return next === undefined || (place & flag) === 0 || place >> RHO_BITS !== next >> RHO_BITS;
  });
}

/** The same places for a lower precision. */
export function downgraded(place: number, from: number, to: number): number {
  if (from === to) return place;
  const flag = flagOf(from);
  const isFlagged = (place & flag) !== 0;
  const index = isFlagged ? ((place ^ flag) >> RHO_BITS) << (sparseOf(from) - from) : place;
  const rho = isFlagged ? place & ((1 << RHO_BITS) - 1) : 0;
  const lost = sparseOf(from) - sparseOf(to);
  const suffix = index & ((1 << lost) - 1);
  const zeros = suffix === 0 ? rho + lost : lost - suffix.toString(2).length + 1;
  return encoded(index >> lost, lost === 0 ? rho : zeros, to);
}

/** How many different values there were: linear counting over the places that stayed empty. */
export function estimate({ precision, places }: Sketch): bigint {
  const all = 2 ** sparseOf(precision);
  return BigInt(Math.round(all * Math.log(all / (all - places.length))));
}

/** @throws Error for a list that the service would turn into registers, whose counts are estimated by tables of their own */
export function serialized(sketch: Sketch): Uint8Array {
  const { count, valueType, precision, places } = sketch;
  const data: number[] = [];
  let before = 0;
  for (const place of places) {
    writeVarint(data, place - before);
    before = place;
  }
  if (data.length > 0.75 * 2 ** precision) throw tooLarge();
  const state: number[] = [];
  if (places.length > 0) writeField(state, 2, places.length);
  writeField(state, 3, precision);
  writeField(state, 4, sparseOf(precision));
  writeBytes(state, 6, data);
  const message: number[] = [];
  writeField(message, 1, TYPE);
  writeField(message, 2, count);
  writeField(message, 3, 2);
  writeField(message, 4, valueType);
  writeBytes(message, STATE, state);
  return Uint8Array.from(message);
}

const TYPE = 112;
const STATE = 112;

function tooLarge(): Error {
  return new Error("HLL_COUNT of so many different values is not supported by the embedded engine");
}

/** @throws Error for bytes that are no sketch */
export function parsed(bytes: Uint8Array): Sketch {
  const message = fieldsOf(bytes);
  const state = message.get(STATE);
  if (message.get(1) !== TYPE || !(state instanceof Uint8Array)) throw invalid();
  const inner = fieldsOf(state);
  const precision = Number(inner.get(3));
  if (inner.has(5)) throw tooLarge();
  if (!(precision >= LEAST_PRECISION && precision <= MOST_PRECISION)) throw invalid();
  const data = inner.get(6) ?? new Uint8Array();
  if (!(data instanceof Uint8Array)) throw invalid();
  const places: number[] = [];
  let at = 0;
  let place = 0;
  while (at < data.length) {
    const [difference, next] = readVarint(data, at);
    place += difference;
    places.push(place);
    at = next;
  }
  return { count: Number(message.get(2) ?? 0), valueType: Number(message.get(4) ?? 0), precision, places };
}

function invalid(): Error {
  return new Error("Invalid or incompatible sketch in HLL_COUNT");
}

function fieldsOf(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const [tag, valueAt] = readVarint(bytes, at);
    const [value, end] = readVarint(bytes, valueAt);
    if ((tag & 7) === 0) {
      fields.set(tag >> 3, value);
      at = end;
    } else if ((tag & 7) === 2 && end + value <= bytes.length) {
      fields.set(tag >> 3, bytes.subarray(end, end + value));
      at = end + value;
    } else throw invalid();
  }
  return fields;
}

function readVarint(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length; at += 1, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at + 1];
  }
  throw invalid();
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
}

function writeField(bytes: number[], field: number, value: number): void {
  writeVarint(bytes, field * 8);
  writeVarint(bytes, value);
}

function writeBytes(bytes: number[], field: number, value: readonly number[]): void {
  writeVarint(bytes, field * 8 + 2);
  writeVarint(bytes, value.length);
  for (const byte of value) bytes.push(byte);
}
