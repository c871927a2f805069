/**
 * The 64-bit fingerprint by which sketches tell values apart, version of 2011; FARM_FINGERPRINT is a later one.
 * Source: Fingerprint2011 of https://github.com/google/zetasketch.
 */
const K0 = 0xa5b85c5e198ed849n;
const K1 = 0x8d58ac26afe12e47n;
const K2 = 0xc47b6e9e3a970ed3n;
const MULTIPLIER = 0xc6a4a7935bd1e995n;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const times = (a: bigint, b: bigint): bigint => u64(a * b);
const mixed = (value: bigint): bigint => value ^ (value >> 47n);
const rotated = (value: bigint, by: bigint): bigint => u64((value >> by) | (value << (64n - by)));

/** @returns 64 bits, unsigned */
export function fingerprint2011(bytes: Uint8Array): bigint {
  const { length } = bytes;
  const read = reader(bytes);
  const first = length >= 8 ? read(0) : K0;
  const last = length >= 9 ? read(length - 8) : K0;
  const inner = length <= 32 ? murmur(bytes, read) : length <= 64 ? medium(length, read) : long(length, read);
  const result = joined(u64(inner + last), first);
  // 0 and 1 are kept for those who store hashes.
  return result <= 1n ? u64(result - 2n) : result;
}

type Read = (at: number) => bigint;

function reader(bytes: Uint8Array): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (at) => view.getBigUint64(at, true);
}

function joined(high: bigint, low: bigint): bigint {
  const a = mixed(times(low ^ high, MULTIPLIER));
  return times(mixed(times(high ^ a, MULTIPLIER)), MULTIPLIER);
}

function murmur(bytes: Uint8Array, read: Read): bigint {
  const whole = bytes.length & ~7;
  let hash = K0 ^ K1 ^ K2 ^ times(BigInt(bytes.length), MULTIPLIER);
  for (let at = 0; at < whole; at += 8)
    hash = times(hash ^ times(mixed(times(read(at), MULTIPLIER)), MULTIPLIER), MULTIPLIER);
  if (whole < bytes.length) {
    let rest = 0n;
    for (let at = bytes.length - 1; at >= whole; at -= 1) rest = (rest << 8n) | BigInt(bytes[at] as number);
    hash = times(hash ^ rest, MULTIPLIER);
  }
  return mixed(times(mixed(hash), MULTIPLIER));
}

/** 33 to 64 bytes: the first 32 and the last 32, which may overlap. */
function medium(length: number, read: Read): bigint {
  const half = (seed: bigint, [second, third, fourth]: readonly [bigint, bigint, bigint]): [bigint, bigint] => {
    const b = rotated(u64(seed + fourth), 52n);
    const c = u64(rotated(seed, 37n) + rotated(u64(seed + second), 7n));
    const a = u64(seed + second + third);
    return [u64(a + fourth), u64(b + rotated(a, 31n) + c)];
  };
  const head = u64(read(0) + times(u64(BigInt(length) + read(length - 16)), K0));
  const tail = u64(read(16) + read(length - 32));
  const [vf, vs] = half(head, [read(8), read(16), read(24)]);
  const [wf, ws] = half(tail, [read(length - 24), read(length - 16), read(length - 8)]);
  const r = mixed(u64(times(u64(vf + ws), K2) + times(u64(wf + vs), K0)));
  return times(mixed(u64(times(r, K0) + vs)), K2);
}

/** More than 64 bytes: the last 64 first, then all in blocks of 64 over 56 bytes of state. */
function long(length: number, read: Read): bigint {
  const size = BigInt(length);
  let x = read(0);
  let y = read(length - 16) ^ K1;
  let z = read(length - 56) ^ K0;
  let v = weak(read, length - 64, size, y);
  let w = weak(read, length - 32, times(size, K1), K0);
  z = u64(z + times(mixed(v[1]), K1));
  x = times(rotated(u64(z + x), 39n), K1);
  y = times(rotated(y, 33n), K1);
  const blocks = (length - 1) & ~63;
  for (let at = 0; at < blocks; at += 64) {
    x = times(rotated(u64(x + y + v[0] + read(at + 16)), 37n), K1) ^ w[1];
    y = times(rotated(u64(y + v[1] + read(at + 48)), 42n), K1) ^ v[0];
    z = rotated(z ^ w[0], 33n);
    v = weak(read, at, times(v[1], K1), u64(x + w[0]));
    w = weak(read, at + 32, u64(z + w[1]), y);
    [x, z] = [z, x];
  }
  return joined(u64(joined(v[0], w[0]) + times(mixed(y), K1) + z), u64(joined(v[1], w[1]) + x));
}

function weak(read: Read, at: number, a: bigint, b: bigint): [bigint, bigint] {
  const [first, second, third, fourth] = [read(at), read(at + 8), read(at + 16), read(at + 24)];
  const c = u64(a + first);
  const d = rotated(u64(b + c + fourth), 51n);
  const e = u64(c + second + third);
  return [u64(e + fourth), u64(d + rotated(e, 23n) + c)];
}
