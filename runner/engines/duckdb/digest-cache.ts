import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { version as duckdbVersion } from "@duckdb/node-api";
import * as v from "valibot";
import { digestText } from "../../port/digest-text.js";
import type { Fingerprint, Partition } from "../../port/identity.js";
import type { PartitionDigests } from "../../port/port.js";
import { CLOCK_DOUBT_MS, fileState } from "./file-state.js";

/** What is kept is less than what reading it would cost: beyond this many partitions nothing is. */
const MOST_PARTITIONS = 300_000;

/** The first line of the file; the second holds the answers. */
const headShape = v.object({ format: v.literal(1), engine: v.string(), state: v.string(), check: v.string() });

/** By digest of the request: partition, rows, digest. */
type Answers = Record<string, readonly (readonly [partition: string, rows: number, digest: string])[]>;

/**
 * Digests that an earlier process read of a database file, kept beside it: they hold as long as nobody has written to the file. Who
 * finds none, or a file that is not as it was, reads the rows; nothing is ever decided by this file's absence.
 */
export class DigestCache {
  readonly #path: string;
  readonly #clockDoubtMs: number;
  readonly #opened: string | undefined;
  #stored: Answers | undefined;
  readonly #used: Answers = {};
  #isNew = false;

  /** To be made before the database is opened, and used while it is open, and thereby locked. */
  constructor(path: string, clockDoubtMs: number = CLOCK_DOUBT_MS) {
    this.#path = path;
    this.#clockDoubtMs = clockDoubtMs;
    this.#opened = this.#now();
  }

  /** Whether the file is what it was when this was made: nobody has committed anything, in this process or another. */
  get holds(): boolean {
    return this.#opened !== undefined && this.#opened === this.#now();
  }

  #now(): string | undefined {
    return fileState(this.#path, this.#clockDoubtMs);
  }

  /** The answer to a request; undefined: nobody has kept it. To be asked for only while the cache holds. */
  find(request: string): PartitionDigests | undefined {
    this.#stored ??= this.#read();
    const key = digestText(request);
    const answer = this.#stored[key];
    if (answer === undefined) return undefined;
    this.#used[key] = answer;
    return new Map(
      answer.map(([partition, rows, digest]) => [partition as Partition, { rows, digest: digest as Fingerprint }]),
    );
  }

  keep(request: string, answer: PartitionDigests): void {
    this.#isNew = true;
    this.#used[digestText(request)] = [...answer].map(([partition, { rows, digest }]) => [partition, rows, digest]);
  }

  /** Writes what was used, if there is anything new; to be called while the file is still locked. */
  save(): void {
    if (!this.#isNew || !this.holds) return;
    const answers = { ...this.#stored, ...this.#used };
    const partitions = Object.values(answers).reduce((count, answer) => count + answer.length, 0);
    if (partitions > MOST_PARTITIONS) return;
    const text = JSON.stringify(answers);
    const head = { format: 1, engine: duckdbVersion(), state: this.#opened, check: digestText(text) };
    const temporary = `${this.#file}.${process.pid}`;
    try {
      writeFileSync(temporary, `${JSON.stringify(head)}\n${text}\n`);
      renameSync(temporary, this.#file);
    } catch {
      // A folder that nobody may write to: the rows are read again.
    }
  }

  get #file(): string {
    return `${this.#path}.digests`;
  }

  #read(): Answers {
    try {
      const [first = "", text = ""] = readFileSync(this.#file, "utf8").split("\n");
      const { engine, state, check } = v.parse(headShape, JSON.parse(first));
      const isOurs = engine === duckdbVersion() && state === this.#opened && check === digestText(text);
      // Its check says that this is what was written.
      return isOurs ? (JSON.parse(text) as Answers) : {};
    } catch {
      return {};
    }
  }
}
