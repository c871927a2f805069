const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** https://datatracker.ietf.org/doc/html/rfc4648#section-6 */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >> bits) & 31];
    }
  }
  if (bits > 0) text += BASE32[(value << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

/** What `toBase32` gives, as bytes again. */
export function fromBase32(text: string): Uint8Array {
  const digits = text.replace(/=+$/, "");
  if (text.length % 8 !== 0 || /[^A-Z2-7]/.test(digits)) throw new Error("Failed to decode invalid base32 string");
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const digit of digits) {
    value = ((value << 5) | BASE32.indexOf(digit)) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  return new Uint8Array(bytes);
}
