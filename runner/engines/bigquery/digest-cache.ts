import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import { digestText } from "../../port/digest-text.js";

const text = v.string();
const file = v.object({
  format: v.literal(4),
  tables: v.record(
    text,
    v.object({
      columns: text,
      token: v.nullable(text),
      seen: v.nullable(text),
      covered: v.nullable(v.union([v.literal("all"), v.tuple([text, text])])),
      partitions: v.record(text, v.tuple([v.number(), text, v.nullable(text)])),
    }),
  ),
});

/** Digests of some columns of a table, by partition. */
export interface KnownDigests {
  /** Tells the table's columns, all of them in order: one that is renamed moves no partition. */
  readonly columns: string;
  /** The token that the table had when all that is covered was as it stands here. */
  readonly token: string | null;
  /** The token that it had at the last look, be it one that says too little. */
  readonly seen: string | null;
  /** The dates that the token speaks for; `all`: every row. */
  readonly covered: "all" | readonly [from: string, to: string] | null;
  /** Rows, digest, and the token of the partition; null: it had none. */
  readonly partitions: Readonly<Record<string, readonly [rows: number, digest: string, token: string | null]>>;
}

const NONE: Omit<KnownDigests, "columns"> = { token: null, seen: null, covered: null, partitions: {} };

/**
 * Digests that were read of tables, each with the token that its table, and its partition, had before: they hold as long as these have
 * it. Who finds none reads the rows; nothing is ever decided by this file's absence.
 */
export class DigestCache {
  #tables: Record<string, KnownDigests> | undefined;
  #isNew = false;

  constructor(readonly path: string) {}

  /** @param columns those that the table has now */
  find(request: string, columns: string): KnownDigests {
    this.#tables ??= this.#read();
    const known = this.#tables[digestText(request)];
    return known?.columns === columns ? known : { ...NONE, columns };
  }

  keep(request: string, known: KnownDigests): void {
    this.#tables ??= this.#read();
    this.#isNew = true;
    this.#tables[digestText(request)] = known;
  }

  save(): void {
    if (!this.#isNew) return;
    const temporary = `${this.path}.${process.pid}`;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(temporary, JSON.stringify({ format: 4, tables: this.#tables ?? {} }));
      renameSync(temporary, this.path);
    } catch {
      // A folder that nobody may write to: the rows are read again.
    }
  }

  #read(): Record<string, KnownDigests> {
    try {
      return v.parse(file, JSON.parse(readFileSync(this.path, "utf8"))).tables;
    } catch {
      return {};
    }
  }
}
