declare module "snappyjs" {
  export function compress(bytes: Uint8Array): Uint8Array;
  /** @throws for bytes that are none of Snappy's */
  export function uncompress(bytes: Uint8Array): Uint8Array;
}
