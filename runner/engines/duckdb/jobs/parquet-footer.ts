import { open } from "node:fs/promises";

/** A decimal of more digits than the engine has: its values are numbers of so many bytes that nobody here reads as such. */
export interface WideDecimal {
  /** Which of the columns and fields that hold values it is. */
  readonly leaf: number;
  readonly scale: number;
  /** The byte of the file that begins what is said of its type, and the one that has readers pass over all of that. */
  readonly patch: { readonly at: number; readonly byte: number };
}

const MOST_DIGITS = 38;
/** Behind a footer: its length, and `PAR1`. */
const TAIL = 8;

/**
 * The wide decimals of a Parquet file. https://parquet.apache.org/docs/file-format/metadata/
 * @throws Error for a file that is none
 */
export async function wideDecimals(path: string): Promise<readonly WideDecimal[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(TAIL);
    await file.read(tail, 0, TAIL, Math.max(0, size - TAIL));
    const length = tail.readUInt32LE(0);
    const start = size - TAIL - length;
    // What is none is told by the engine.
    if (tail.toString("latin1", 4) !== "PAR1" || start < 0) return [];
    const footer = Buffer.alloc(length);
    await file.read(footer, 0, length, start);
    return schemaOf(footer).map((wide) => ({ ...wide, patch: { ...wide.patch, at: wide.patch.at + start } }));
  } finally {
    await file.close();
  }
}

/** Fields of a footer by their numbers. https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
const FOOTER_SCHEMA = 2;
const ELEMENT = { children: 5, firstOfType: 6, scale: 7, precision: 8, logicalType: 10 };
const LOGICAL_DECIMAL = { itself: 5, scale: 1, precision: 2 };
/** A field that no reader knows, and that all which follow it lie behind. */
const UNKNOWN_FIELD = 12;

function schemaOf(footer: Buffer): readonly WideDecimal[] {
  const reader = new CompactReader(footer);
  const found: WideDecimal[] = [];
  reader.struct((field, type) => {
    if (field !== FOOTER_SCHEMA) return reader.skip(type);
    let leaf = 0;
    for (let count = reader.listHead().count; count > 0; count -= 1) {
      const { isGroup, wide } = elementOf(reader);
      if (wide !== undefined) found.push({ leaf, ...wide });
      if (!isGroup) leaf += 1;
    }
  });
  return found;
}

function elementOf(reader: CompactReader): { isGroup: boolean; wide: Omit<WideDecimal, "leaf"> | undefined } {
  let children = 0;
  let scale = 0;
  let precision = 0;
  let patch: WideDecimal["patch"] | undefined;
  let last = 0;
  reader.struct((field, type, at) => {
    if (field >= ELEMENT.firstOfType && patch === undefined) patch = { at, byte: ((UNKNOWN_FIELD - last) << 4) | type };
    last = field;
    if (field === ELEMENT.children) children = reader.integer();
    else if (field === ELEMENT.scale) scale = reader.integer();
    else if (field === ELEMENT.precision) precision = reader.integer();
    else if (field === ELEMENT.logicalType)
      reader.struct((member, memberType) => {
        if (member !== LOGICAL_DECIMAL.itself) return reader.skip(memberType);
        reader.struct((part, partType) => {
          if (part === LOGICAL_DECIMAL.scale) scale = reader.integer();
          else if (part === LOGICAL_DECIMAL.precision) precision = reader.integer();
          else reader.skip(partType);
        });
      });
    else reader.skip(type);
  });
  const isWide = precision > MOST_DIGITS && patch !== undefined;
  return { isGroup: children > 0, wide: isWide ? { scale, patch: patch as WideDecimal["patch"] } : undefined };
}

/** Thrift's compact protocol. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
class CompactReader {
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  /** @param visit must read or skip each field; it is told where the field begins */
  struct(visit: (field: number, type: number, at: number) => void): void {
    let field = 0;
    for (;;) {
      const at = this.#at;
      const head = this.#byte();
      if (head === 0) return;
      field = head >> 4 === 0 ? this.integer() : field + (head >> 4);
      visit(field, head & 15, at);
    }
  }

  listHead(): { readonly count: number; readonly type: number } {
    const head = this.#byte();
    return { count: head >> 4 === 15 ? Number(this.#varint()) : head >> 4, type: head & 15 };
  }

  integer(): number {
    const value = this.#varint();
    return Number((value >> 1n) ^ -(value & 1n));
  }

  skip(type: number): void {
    switch (type) {
      // Yes and no, which the head of the field says.
      case 1:
      case 2:
        return;
      case 3:
        this.#at += 1;
        return;
      case 4:
      case 5:
      case 6:
        this.#varint();
        return;
      case 7:
        this.#at += 8;
        return;
      case 8: {
        const length = Number(this.#varint());
        this.#at += length;
        return;
      }
      case 9:
      case 10: {
        const { count, type: inner } = this.listHead();
        for (let item = 0; item < count; item += 1) this.#skipItem(inner);
        return;
      }
      case 11:
        this.#skipMap();
        return;
      case 12:
        this.struct((_field, inner) => this.skip(inner));
        return;
      default:
        throw new Error("its footer is damaged");
    }
  }

  #skipMap(): void {
    const count = Number(this.#varint());
    if (count === 0) return;
    const types = this.#byte();
    for (let item = 0; item < count; item += 1) {
      this.#skipItem(types >> 4);
      this.#skipItem(types & 15);
    }
  }

  /** In lists a yes or no is a byte. */
  #skipItem(type: number): void {
    if (type === 1 || type === 2) this.#at += 1;
    else this.skip(type);
  }

  #byte(): number {
    const byte = this.bytes[this.#at];
    if (byte === undefined) throw new Error("its footer is damaged");
    this.#at += 1;
    return byte;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
