// FarmHash Fingerprint64 (farmhashna::Hash64 of Google's FarmHash, MIT), which is GoogleSQL's FARM_FINGERPRINT.
// AssemblyScript; `node build.mjs` compiles it into fingerprint64-wasm.ts.

const K0: u64 = 0xc3a5c85c97cb3127;
const K1: u64 = 0xb492b66fbe98f273;
const K2: u64 = 0x9ae16a3b2f90404f;

// @ts-ignore: decorator
@inline function shiftMix(value: u64): u64 {
  return value ^ (value >> 47);
}

// @ts-ignore: decorator
@inline function hashLength16(u: u64, v: u64, mul: u64): u64 {
  const a = shiftMix((u ^ v) * mul);
  return shiftMix((v ^ a) * mul) * mul;
}

function hash0To16(s: usize, length: u64): u64 {
  if (length >= 8) {
    const mul = K2 + length * 2;
    const a = load<u64>(s) + K2;
    const b = load<u64>(s + <usize>length - 8);
    const c = rotr<u64>(b, 37) * mul + a;
    const d = (rotr<u64>(a, 25) + b) * mul;
    return hashLength16(c, d, mul);
  }
  if (length >= 4) {
    const mul = K2 + length * 2;
    const a = <u64>load<u32>(s);
    return hashLength16(length + (a << 3), <u64>load<u32>(s + <usize>length - 4), mul);
  }
  if (length > 0) {
    const a = <u64>load<u8>(s);
    const b = <u64>load<u8>(s + <usize>(length >> 1));
    const c = <u64>load<u8>(s + <usize>length - 1);
    return shiftMix(((a + (b << 8)) * K2) ^ ((length + (c << 2)) * K0)) * K2;
  }
  return K2;
}

function hash17To32(s: usize, length: u64): u64 {
  const end = s + <usize>length;
  const mul = K2 + length * 2;
  const a = load<u64>(s) * K1;
  const b = load<u64>(s + 8);
  const c = load<u64>(end - 8) * mul;
  const d = load<u64>(end - 16) * K2;
  return hashLength16(rotr<u64>(a + b, 43) + rotr<u64>(c, 30) + d, a + rotr<u64>(b + K2, 18) + c, mul);
}

function hash33To64(s: usize, length: u64): u64 {
  const end = s + <usize>length;
  const mul = K2 + length * 2;
  const a = load<u64>(s) * K2;
  const b = load<u64>(s + 8);
  const c = load<u64>(end - 8) * mul;
  const d = load<u64>(end - 16) * K2;
  const y = rotr<u64>(a + b, 43) + rotr<u64>(c, 30) + d;
  const z = hashLength16(y, a + rotr<u64>(b + K2, 18) + c, mul);
  const e = load<u64>(s + 16) * mul;
  const f = load<u64>(s + 24);
  const g = (y + load<u64>(end - 32)) * mul;
  const h = (z + load<u64>(end - 24)) * mul;
  return hashLength16(rotr<u64>(e + f, 43) + rotr<u64>(g, 30) + h, e + rotr<u64>(f + a, 18) + g, mul);
}

// The pair that weakHash answers; a global pair costs no allocation.
let weakFirst: u64 = 0;
let weakSecond: u64 = 0;

// @ts-ignore: decorator
@inline function weakHash(s: usize, seedA: u64, seedB: u64): void {
  const z = load<u64>(s + 24);
  const a = seedA + load<u64>(s);
  const sum = a + load<u64>(s + 8) + load<u64>(s + 16);
  weakFirst = sum + z;
  weakSecond = rotr<u64>(seedB + a + z, 21) + rotr<u64>(sum, 44) + a;
}

/** Fingerprint of `length` bytes at `s`. */
export function fingerprint64(s: usize, size: u32): u64 {
  const length = <u64>size;
  if (length <= 16) return hash0To16(s, length);
  if (length <= 32) return hash17To32(s, length);
  if (length <= 64) return hash33To64(s, length);
  const seed: u64 = 81;
  const remainder = (length - 1) & 63;
  const end = s + <usize>(length - 1 - remainder);
  const last64 = end + <usize>remainder - 63;
  let x = seed * K2 + load<u64>(s);
  let y = seed * K1 + 113;
  let z = shiftMix(y * K2 + 113) * K2;
  let v1: u64 = 0, v2: u64 = 0, w1: u64 = 0, w2: u64 = 0;
  let t: u64 = 0;
  do {
    x = rotr<u64>(x + y + v1 + load<u64>(s + 8), 37) * K1;
    y = rotr<u64>(y + v2 + load<u64>(s + 48), 42) * K1;
    x ^= w2;
    y += v1 + load<u64>(s + 40);
    z = rotr<u64>(z + w1, 33) * K1;
    weakHash(s, v2 * K1, x + w1);
    v1 = weakFirst; v2 = weakSecond;
    weakHash(s + 32, z + w2, y + load<u64>(s + 16));
    w1 = weakFirst; w2 = weakSecond;
    t = z; z = x; x = t;
    s += 64;
  } while (s != end);
  const mul = K1 + ((z & 0xff) << 1);
  s = last64;
  w1 += remainder;
  v1 += w1;
  w1 += v1;
  x = rotr<u64>(x + y + v1 + load<u64>(s + 8), 37) * mul;
  y = rotr<u64>(y + v2 + load<u64>(s + 48), 42) * mul;
  x ^= w2 * 9;
  y += v1 * 9 + load<u64>(s + 40);
  z = rotr<u64>(z + w1, 33) * mul;
  weakHash(s, v2 * mul, x + w1);
  v1 = weakFirst; v2 = weakSecond;
  weakHash(s + 32, z + w2, y + load<u64>(s + 16));
  w1 = weakFirst; w2 = weakSecond;
  t = z; z = x; x = t;
  return hashLength16(
    hashLength16(v1, w1, mul) + shiftMix(y) * K0 + z,
    hashLength16(v2, w2, mul) + x,
    mul,
  );
}

/**
 * Fingerprints of `count` byte strings: offsets (u32) at `offsets`, lengths as the first u32 of each 16-byte DuckDB string header at
 * `headers`, results (u64) at `output`. An offset of 0 marks a row to pass over.
 */
export function fingerprintMany(headers: usize, offsets: usize, output: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const offset = load<u32>(offsets + (i << 2));
    if (offset != 0) store<u64>(output + (i << 3), fingerprint64(offset, load<u32>(headers + (i << 4))));
  }
}
