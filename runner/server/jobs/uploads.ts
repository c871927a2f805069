import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files that clients have uploaded, until the job that loads them is done. */
export class StagedUploads {
  #dir: string | undefined;

  /** A file of its own for something that comes piece by piece. */
  begin(): string {
    this.#dir ??= mkdtempSync(join(tmpdir(), "fastbreak-uploads-"));
    const path = join(this.#dir, randomUUID());
    writeFileSync(path, "", { mode: 0o600 });
    return path;
  }

  /** Writes a piece behind those that are there. */
  async append(path: string, piece: Uint8Array): Promise<void> {
    await appendFile(path, piece);
  }

  remove(path: string): void {
    rmSync(path, { force: true });
  }

  close(): void {
    if (this.#dir !== undefined) rmSync(this.#dir, { recursive: true, force: true });
  }
}
