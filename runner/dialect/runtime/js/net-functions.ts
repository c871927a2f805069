import { type JsFunction, strict } from "./js-function.js";

/** The bytes of an address, 4 or 16; undefined: it is none. */
function parseAddress(text: string): Uint8Array | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (four !== null) {
    const bytes = four.slice(1).map(Number);
    return bytes.some((byte, i) => byte > 255 || (four[i + 1] as string) !== String(byte))
      ? undefined
      : new Uint8Array(bytes);
  }
  return text.includes(":") ? parseSix(text) : undefined;
}

function parseSix(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string): number[] | undefined => {
    if (half === "") return [];
    const result: number[] = [];
    const parts = half.split(":");
    for (const [i, part] of parts.entries()) {
      const tail = i === parts.length - 1 && part.includes(".") ? parseAddress(part) : undefined;
      if (tail !== undefined)
        result.push(((tail[0] as number) << 8) | (tail[1] as number), ((tail[2] as number) << 8) | (tail[3] as number));
      else if (/^[0-9a-fA-F]{1,4}$/.test(part)) result.push(Number.parseInt(part, 16));
      else return undefined;
    }
    return result;
  };
  const head = groups(halves[0] as string);
  const tail = halves.length === 2 ? groups(halves[1] as string) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return new Uint8Array(all.flatMap((group) => [group >> 8, group & 255]));
}

function printAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16)
    throw new Error(
      `NET.IP_TO_STRING() encountered an invalid bytes value; Expected 4 or 16 bytes but got ${bytes.length}`,
    );
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (best.at === -1) return hex(groups);
  return `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.length))}`;
}

function netMask(width: bigint, prefix: bigint): Uint8Array {
  if (width !== 4n && width !== 16n)
    throw new Error(`The first argument of NET.IP_NET_MASK() must be either 4 or 16; got ${width}`);
  if (prefix < 0n || prefix > width * 8n)
    throw new Error(
      `The second argument of NET.IP_NET_MASK() must be between 0 and 8 times the first argument; got ${prefix}`,
    );
  return Uint8Array.from({ length: Number(width) }, (_, i) => {
    const bits = Math.min(8, Math.max(0, Number(prefix) - i * 8));
    return (0xff << (8 - bits)) & 0xff;
  });
}

function truncate(bytes: Uint8Array, prefix: bigint): Uint8Array {
  if (bytes.length !== 4 && bytes.length !== 16)
    throw new Error(
      `NET.IP_TRUNC() encountered an invalid bytes value; Expected 4 or 16 bytes but got ${bytes.length}`,
    );
  if (prefix < 0n || prefix > BigInt(bytes.length * 8))
    throw new Error(
      `The second argument of NET.IP_TRUNC() must be between 0 and 8 times the length of the first; got ${prefix}`,
    );
  const mask = netMask(BigInt(bytes.length), prefix);
  return bytes.map((byte, i) => byte & (mask[i] as number));
}

/**
 * The host of a URL, scheme and user optional; null where there is none. A scheme without slashes is none: `mailto:a@b.c` has a user and a
 * password, `mailto:?to=` a host. Source: GoogleSQL's net.cc.
 */
function hostOf(url: string): string | null {
  const [scheme] = /^(?:[^:/\\?#]*:)?[/\\]{2}/.exec(trimmed(url)) ?? [""];
  const [authority] = /^[^/\\?#]*/.exec(trimmed(url).slice(scheme.length)) as RegExpExecArray;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [address] = /^\[[^[\]]*[[\]]?/.exec(host) ?? [""];
  const name = address + host.slice(address.length).replace(/:.*$/s, "");
  return name.replace(/^\.+/, "").replace(/\.+$/, ".") || null;
}

const trimmed = (text: string): string => text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, "");

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/net_functions */
export const NET_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_ip_from_string", ["STRING"], "BYTES", (text) => {
    const bytes = parseAddress(text);
    if (bytes === undefined) throw new Error(`NET.IP_FROM_STRING() encountered an unparseable IP-address: ${text}`);
    return bytes;
  }),
  strict("bq_safe_ip_from_string", ["STRING"], "BYTES", (text) => parseAddress(text) ?? null),
  strict("bq_ip_to_string", ["BYTES"], "STRING", printAddress),
  strict("bq_ip_net_mask", ["INT64", "INT64"], "BYTES", netMask),
  strict("bq_ip_trunc", ["BYTES", "INT64"], "BYTES", truncate),
  strict("bq_ipv4_to_int64", ["BYTES"], "INT64", (bytes) => {
    if (bytes.length !== 4)
      throw new Error(
        `NET.IPV4_TO_INT64() encountered an invalid bytes value; Expected 4 bytes but got ${bytes.length}`,
      );
    return BigInt(Buffer.from(bytes).readUInt32BE());
  }),
  strict("bq_ipv4_from_int64", ["INT64"], "BYTES", (value) => {
    if (value < -0x80000000n || value > 0xffffffffn)
      throw new Error(`NET.IPV4_FROM_INT64() encountered an integer out of range: ${value}`);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)));
    return bytes;
  }),
  strict("bq_net_host", ["STRING"], "STRING", hostOf),
];
