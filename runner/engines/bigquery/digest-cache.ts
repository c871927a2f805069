import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import { digestText } from "../../port/digest-text.js";
import type { Fingerprint, Partition } from "../../port/identity.js";
import type { PartitionDigests } from "../../port/port.js";

const entry = v.object({
  token: v.string(),
  partitions: v.array(v.tuple([v.string(), v.number(), v.string()])),
});
const file = v.object({ format: v.literal(1), answers: v.record(v.string(), entry) });

/**
 * Digests that were read of tables, each with the token that its table had before: they hold as long as the table has it. Who finds
 * none reads the rows; nothing is ever decided by this file's absence.
 */
export class DigestCache {
  #answers: Record<string, v.InferOutput<typeof entry>> | undefined;
  #isNew = false;

  constructor(readonly path: string) {}

  find(request: string, token: string): PartitionDigests | undefined {
    this.#answers ??= this.#read();
    const found = this.#answers[digestText(request)];
    if (found?.token !== token) return undefined;
    return new Map(
      found.partitions.map(([partition, rows, digest]) => [
        partition as Partition,
        { rows, digest: digest as Fingerprint },
      ]),
    );
  }

  keep(request: string, token: string, digests: PartitionDigests): void {
    this.#answers ??= this.#read();
    this.#isNew = true;
    const partitions = [...digests].map(([partition, { rows, digest }]): [string, number, string] => [
      partition,
      rows,
      digest,
    ]);
    this.#answers[digestText(request)] = { token, partitions };
  }

  save(): void {
    if (!this.#isNew) return;
    const temporary = `${this.path}.${process.pid}`;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(temporary, JSON.stringify({ format: 1, answers: this.#answers ?? {} }));
      renameSync(temporary, this.path);
    } catch {
      // A folder that nobody may write to: the rows are read again.
    }
  }

  #read(): Record<string, v.InferOutput<typeof entry>> {
    try {
      return v.parse(file, JSON.parse(readFileSync(this.path, "utf8"))).answers;
    } catch {
      return {};
    }
  }
}
