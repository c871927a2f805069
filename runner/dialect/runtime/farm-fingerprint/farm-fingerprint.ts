import { FINGERPRINT64_WASM } from "./fingerprint64-wasm.js";

interface Fingerprint64Module {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  fingerprint64(address: number, length: number): bigint;
  fingerprintMany(headers: number, offsets: number, output: number, count: number): void;
}

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE = 65_536;

/** Rows of one DuckDB vector. */
export const VECTOR_ROWS = 2048;
/** 16 bytes a row: the string headers of a DuckDB vector. Low addresses stay unused, so that offset 0 means "no value". */
export const HEADERS = 1024;
/** 4 bytes a row: where each string's bytes lie. */
export const OFFSETS = HEADERS + VECTOR_ROWS * 16;
/** 8 bytes a row: the fingerprints. */
export const OUTPUT = OFFSETS + VECTOR_ROWS * 4;
/** From here on: bytes to hash. */
export const TEXT = PAGE;

/** The compiled hash function and its memory. `bytes` and the other views change when the memory grows: read them anew after `reserve`. */
export interface Hasher {
  readonly module: Fingerprint64Module;
  bytes: Uint8Array;
  words: Uint32Array;
  /** Makes sure that the memory reaches up to `end`. */
  reserve(end: number): void;
}

function createHasher(): Hasher {
  // Node has WebAssembly as a global; the ES library of the compiler does not declare it.
  const api = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const instance = new api.Instance(new api.Module(Buffer.from(FINGERPRINT64_WASM, "base64")));
  const module = instance.exports as Fingerprint64Module;
  const hasher: Hasher = {
    module,
    bytes: new Uint8Array(module.memory.buffer),
    words: new Uint32Array(module.memory.buffer),
    reserve(end) {
      const missing = end - hasher.bytes.length;
      if (missing <= 0) return;
      module.memory.grow(Math.ceil(missing / PAGE));
      hasher.bytes = new Uint8Array(module.memory.buffer);
      hasher.words = new Uint32Array(module.memory.buffer);
    },
  };
  hasher.reserve(TEXT + PAGE);
  return hasher;
}

let shared: Hasher | undefined;

/** The one hasher of this process, compiled at first use (under a millisecond). */
export function sharedHasher(): Hasher {
  shared ??= createHasher();
  return shared;
}

const encoder = new TextEncoder();

/** FARM_FINGERPRINT of a STRING or BYTES value: FarmHash Fingerprint64 as a signed 64-bit integer. */
export function farmFingerprint(value: string | Uint8Array): bigint {
  const hasher = sharedHasher();
  if (typeof value === "string") {
    // At most three UTF-8 bytes for one UTF-16 unit.
    hasher.reserve(TEXT + value.length * 3);
    const { written } = encoder.encodeInto(value, hasher.bytes.subarray(TEXT));
    return hasher.module.fingerprint64(TEXT, written);
  }
  hasher.reserve(TEXT + value.length);
  hasher.bytes.set(value, TEXT);
  return hasher.module.fingerprint64(TEXT, value.length);
}
