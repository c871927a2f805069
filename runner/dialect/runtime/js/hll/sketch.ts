import { emptyRegisters, estimateOf, lowered, type Registers, raise } from "./registers.js";

/**
 * Sketches of HLL_COUNT in the form of BigQuery, byte for byte: a sorted list of the places that hashes fall on, and where that is no
 * shorter any more, registers. Source: https://github.com/google/zetasketch and the messages of its proto/ folder.
 */
export interface Sketch {
  /** Values that were added, repeated ones too. */
  readonly count: number;
  /** DefaultOpsType of the values. */
  readonly valueType: number;
  /** Bits of a hash that tell registers apart; 5 more tell apart the places that are listed. */
  readonly precision: number;
  /** Encoded places, sorted, each place once; or registers. */
  readonly content: Content;
}

export type Content = { readonly places: readonly number[] } | { readonly registers: Registers };

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
  const high = Number(hash >> 32n);
  const rest = (high << sparse) >>> 0;
  const low = Number(hash & 0xffff_ffffn);
  const bits = 32 - sparse;
  // The first word has some bits left behind the place.
  const zeros = rest !== 0 ? Math.clz32(rest) : bits + Math.clz32(low);
  return encoded(high >>> bits, zeros + 1, precision);
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

/** The register of a place of the same precision, and what it must at least be. */
function registerOf(place: number, precision: number): readonly [index: number, rho: number] {
  const flag = flagOf(precision);
  const spare = sparseOf(precision) - precision;
  if ((place & flag) !== 0) return [(place ^ flag) >> RHO_BITS, (place & ((1 << RHO_BITS) - 1)) + spare];
  const rest = place & ((1 << spare) - 1);
  return [place >> spare, Math.clz32(rest) - (32 - spare) + 1];
}

/** Gathers places of one precision; as a list, until registers are shorter. */
export class Gathered {
  #places = new Set<number>();
  #registers: Registers | undefined;

  constructor(readonly precision: number) {}

  add(place: number): void {
    if (this.#registers !== undefined) {
      raise(this.#registers, ...registerOf(place, this.precision));
      return;
    }
    this.#places.add(place);
    // Each place takes a byte at least.
    if (this.#places.size > 2 ** this.precision) this.#condense();
  }

  /** Registers of the same precision or a higher one. */
  addRegisters(registers: Registers, precision: number): void {
    const own = this.#condense();
    const same = lowered(registers, precision, this.precision);
    for (let index = 0; index < same.length; index += 1) raise(own, index, same[index] as number);
  }

  content(): Content {
    if (this.#registers !== undefined) return { registers: this.#registers };
    const places = distinctPlaces(this.#places, this.precision);
    return differences(places).length > 0.75 * 2 ** this.precision ? { registers: this.#condense() } : { places };
  }

  #condense(): Registers {
    this.#registers ??= emptyRegisters(this.precision);
    for (const place of this.#places) raise(this.#registers, ...registerOf(place, this.precision));
    this.#places.clear();
    return this.#registers;
  }
}

/** How many different values there were: of a list by linear counting over the places that stayed empty. */
export function estimate({ precision, content }: Sketch): bigint {
  if ("registers" in content) return estimateOf(content.registers, precision);
  const all = 2 ** sparseOf(precision);
  return BigInt(Math.round(all * Math.log(all / (all - content.places.length))));
}

/** Places by their distances, as a sketch lists them. */
function differences(places: readonly number[]): readonly number[] {
  const data: number[] = [];
  let before = 0;
  for (const place of places) {
    writeVarint(data, place - before);
    before = place;
  }
  return data;
}

export function serialized({ count, valueType, precision, content }: Sketch): Uint8Array {
  const state: number[] = [];
  if ("places" in content && content.places.length > 0) writeField(state, 2, content.places.length);
  writeField(state, 3, precision);
  writeField(state, 4, sparseOf(precision));
  const isDense = "registers" in content;
  const data = isDense ? content.registers : Uint8Array.from(differences(content.places));
  writeVarint(state, (isDense ? 5 : 6) * 8 + 2);
  writeVarint(state, data.length);
  const message: number[] = [];
  writeField(message, 1, TYPE);
  writeField(message, 2, count);
  writeField(message, 3, 2);
  writeField(message, 4, valueType);
  writeVarint(message, STATE * 8 + 2);
  writeVarint(message, state.length + data.length);
  const bytes = new Uint8Array(message.length + state.length + data.length);
  bytes.set(message);
  bytes.set(state, message.length);
  bytes.set(data, message.length + state.length);
  return bytes;
}

const TYPE = 112;
const STATE = 112;

/** @throws Error for bytes that are no sketch */
export function parsed(bytes: Uint8Array): Sketch {
  const message = fieldsOf(bytes);
  const state = message.get(STATE);
  if (message.get(1) !== TYPE || !(state instanceof Uint8Array)) throw invalid();
  const inner = fieldsOf(state);
  const precision = Number(inner.get(3));
  if (!(precision >= LEAST_PRECISION && precision <= MOST_PRECISION)) throw invalid();
  const head = { count: Number(message.get(2) ?? 0), valueType: Number(message.get(4) ?? 0), precision };
  const registers = inner.get(5);
  if (registers !== undefined) {
    const isWhole = registers instanceof Uint8Array && registers.length === 2 ** precision;
    if (!isWhole || registers.some((rho) => rho > 65 - precision)) throw invalid();
    return { ...head, content: { registers } };
  }
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
  return { ...head, content: { places } };
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
