import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { version as duckdbVersion } from "@duckdb/node-api";
import * as v from "valibot";
import { digestText } from "../../port/digest-text.js";
import type { DateRange } from "../../port/port.js";
import { fileState, isTouchedLater } from "./file-state.js";

/** What is kept is less than what reading it would cost: beyond this many partitions nothing is. */
const MOST_PARTITIONS = 300_000;

/** How often, and after how many milliseconds each, the file system's clock is looked at again: it moves every few milliseconds. */
const LOOKS = 25;
const LOOK_AGAIN_MS = 2;

/** The first line of the file; the second holds the answers. */
const headShape = v.object({ format: v.literal(3), engine: v.string(), state: v.string(), check: v.string() });

/** The digests that answer one question about a table. */
export interface KeptAnswer {
  /** Lower-case key of the relation that was read. */
  readonly relation: string;
  /** How many commands since have kept it without asking for it. */
  readonly unused: number;
  /** The partitions that were asked for; absent: all. */
  readonly range?: DateRange | undefined;
  readonly digests: readonly (readonly [partition: string, rows: number, digest: string])[];
  /** Partitions that were written to since. */
  readonly stale: readonly string[];
}

/** Answers by digest of the question. */
export type KeptAnswers = ReadonlyMap<string, readonly KeptAnswer[]>;

/** The file beside a database file that holds digests of its tables, of one state of it. */
export class DigestFile {
  readonly #database: string;

  constructor(database: string) {
    this.#database = database;
  }

  /** What was kept of the database file in this state; nothing where nothing was, or where the file is damaged. */
  read(state: string | undefined): KeptAnswers {
    try {
      const [first = "", text = ""] = readFileSync(this.#path, "utf8").split("\n");
      const head = v.parse(headShape, JSON.parse(first));
      const isOurs = head.engine === duckdbVersion() && head.state === state && head.check === digestText(text);
      // Its check says that this is what was written.
      return new Map(isOurs ? (JSON.parse(text) as [string, KeptAnswer[]][]) : []);
    } catch {
      return new Map();
    }
  }

  /**
   * Keeps answers of the database file as it is now. To be called while the file is locked, with nothing left that its engine has to write
   * to it. Nothing is kept where another writer could give the file the very times that it has now.
   * @param identity of the file that the answers are of; another one may have taken its place
   */
  async write(answers: KeptAnswers, identity: string | undefined): Promise<void> {
    const state = fileState(this.#database, 0);
    const partitions = [...answers.values()].flat().reduce((count, { digests }) => count + digests.length, 0);
    if (!state?.startsWith(`${identity}:`) || partitions > MOST_PARTITIONS) return;
    const text = JSON.stringify([...answers]);
    const head = { format: 3, engine: duckdbVersion(), state, check: digestText(text) };
    const temporary = `${this.#path}.${process.pid}`;
    try {
      writeFileSync(temporary, `${JSON.stringify(head)}\n${text}\n`, { mode: 0o644 });
      if (await this.#isPast(temporary)) renameSync(temporary, this.#path);
      else rmSync(temporary);
    } catch {
      // A folder that nobody may write to: the rows are read again.
    }
  }

  async #isPast(temporary: string): Promise<boolean> {
    for (let look = 0; look < LOOKS; look++) {
      if (isTouchedLater(temporary, this.#database)) return true;
      await sleep(LOOK_AGAIN_MS);
      chmodSync(temporary, 0o644);
    }
    return false;
  }

  get #path(): string {
    return `${this.#database}.digests`;
  }
}
