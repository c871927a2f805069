import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { textEncoding, textPieces } from "./text-source.js";

const TEXT = "é,€,😀\n";
const swapped = (bytes: Buffer, size: number) =>
  Buffer.concat(
    Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size).reverse()),
  );
const utf32 = Buffer.concat(
  [...TEXT].map((character) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(character.codePointAt(0) ?? 0);
    return bytes;
  }),
);

describe("files of text", () => {
  const dir = mkdtempSync(join(tmpdir(), "texts-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  const read = async (bytes: Buffer, name: string | undefined) => {
    const path = join(dir, "file");
    writeFileSync(path, bytes);
    let text = "";
    for await (const piece of textPieces(path, textEncoding(name))) text += piece;
    return text;
  };

  it.each([
    [undefined, Buffer.from(TEXT)],
    ["UTF-8", Buffer.from(`\ufeff${TEXT}`)],
    ["utf8", gzipSync(TEXT)],
    ["UTF-16LE", Buffer.from(TEXT, "utf16le")],
    ["UTF-16BE", swapped(Buffer.from(`\ufeff${TEXT}`, "utf16le"), 2)],
    ["UTF-32LE", Buffer.from(utf32)],
    ["UTF-32BE", swapped(Buffer.from(utf32), 4)],
  ])("are read in %s", async (name, bytes) => {
    expect(await read(bytes, name)).toBe(TEXT);
    expect(textEncoding(name).bytesOf(TEXT)).toBe(sizeOf(name));
  });

  it("are read in ISO-8859-1, and in nothing else", async () => {
    expect(await read(Buffer.from([0xe9, 0x80]), "ISO-8859-1")).toBe("é\u0080");
    expect(() => textEncoding("KOI8-R")).toThrow(
      "Unsupported encoding KOI8-R: it is one of UTF-8, ISO-8859-1, UTF-16LE",
    );
  });

  it("are refused where they are damaged", async () => {
    await expect(read(gzipSync(TEXT).subarray(0, 20), undefined)).rejects.toThrow("Error while reading data");
  });
});

/** The bytes of the text without a mark. */
function sizeOf(name: string | undefined): number {
  if (name?.startsWith("UTF-16")) return Buffer.from(TEXT, "utf16le").length;
  return name?.startsWith("UTF-32") ? utf32.length : Buffer.from(TEXT).length;
}
