import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { decompress as unpackZstd } from "fzstd";
import { compress, uncompress } from "snappyjs";

/** How the blocks of an Avro file are packed. https://avro.apache.org/docs/1.12.0/specification/#required-codecs */
interface AvroCodec {
  /** Undefined: files of it are only read. */
  readonly pack?: (block: Uint8Array) => Uint8Array;
  /** @throws Error for bytes that are damaged */
  readonly unpack: (packed: Uint8Array) => Uint8Array;
}

const CHECKSUM_BYTES = 4;

export const AVRO_CODECS: Readonly<Record<string, AvroCodec>> = {
  null: { pack: (block) => block, unpack: (packed) => packed },
  deflate: { pack: (block) => deflateRawSync(block), unpack: (packed) => inflateRawSync(packed) },
  snappy: {
    pack: (block) => {
      const checksum = Buffer.alloc(CHECKSUM_BYTES);
      checksum.writeUInt32BE(crc32(block));
      return Buffer.concat([compress(plain(block)), checksum]);
    },
    unpack: (packed) => {
      const block = uncompress(plain(packed.subarray(0, packed.length - CHECKSUM_BYTES)));
      const checksum = Buffer.from(packed.subarray(-CHECKSUM_BYTES)).readUInt32BE();
      if (crc32(block) !== checksum) throw new Error("the checksum of a block is wrong");
      return block;
    },
  },
  zstandard: { unpack: (packed) => unpackZstd(packed) },
};

/** The library tells buffers from other bytes, and answers in kind. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
