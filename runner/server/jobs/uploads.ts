import { randomUUID } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Files that clients have uploaded, until the job that loads them is done. */
export class StagedUploads {
  #dir: string | undefined;

  /** Writes what comes to a file of its own; its path. */
  async take(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
    this.#dir ??= mkdtempSync(join(tmpdir(), "fastbreak-uploads-"));
    const path = join(this.#dir, randomUUID());
    await pipeline(Readable.from(chunks), createWriteStream(path, { mode: 0o600 }));
    return path;
  }

  remove(path: string): void {
    rmSync(path, { force: true });
  }

  close(): void {
    if (this.#dir !== undefined) rmSync(this.#dir, { recursive: true, force: true });
  }
}
