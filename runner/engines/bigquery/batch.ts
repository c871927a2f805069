import type { RestAnswer, RestCall } from "./client.js";
import type { Rest } from "./rest.js";
import { RestError } from "./rest-error.js";

/** The service takes more; answers of so many stay small. */
const MOST_PARTS = 300;
/** Calls at a time where the service has no batches. */
const MOST_AT_ONCE = 8;

/** One thing that is asked for; `path` as in a RestCall. */
export interface BatchGet {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** What was found, in the order of the calls; undefined: not there. The other: the server's clock, where it says. */
export interface Found<T> {
  readonly found: readonly (T | undefined)[];
  readonly servedAt: number | undefined;
}

/**
 * Many GETs in one call, as the API's batch endpoint takes them; where there is none, one by one.
 * https://cloud.google.com/bigquery/batch
 */
export class BatchReader {
  #isBatched = true;

  constructor(readonly rest: Rest) {}

  /** As far as anybody has seen. */
  get isBatched(): boolean {
    return this.#isBatched;
  }

  /** @param read what an answer says */
  async get<T>(gets: readonly BatchGet[], read: (answer: { readonly body: unknown }) => T): Promise<Found<T>> {
    const found: (T | undefined)[] = [];
    let servedAt: number | undefined;
    for (let first = 0; first < gets.length; first += MOST_PARTS) {
      const some = gets.slice(first, first + MOST_PARTS);
      const answer = (await this.#batch(some, read)) ?? (await this.#singly(some, read));
      found.push(...answer.found);
      // The earliest: what was written after it may not have been seen.
      servedAt = Math.min(servedAt ?? Number.POSITIVE_INFINITY, answer.servedAt ?? Number.NEGATIVE_INFINITY);
    }
    return { found, servedAt: servedAt !== undefined && Number.isFinite(servedAt) ? servedAt : undefined };
  }

  async #batch<T>(
    gets: readonly BatchGet[],
    read: (answer: { readonly body: unknown }) => T,
  ): Promise<Found<T> | undefined> {
    if (!this.#isBatched || gets.length < 2) return undefined;
    const boundary = "fastbreak_batch";
    const parts = gets.map(
      (get, index) =>
        `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: <${index}>\r\n\r\nGET ${target(get)} HTTP/1.1\r\n\r\n\r\n`,
    );
    const raw = { type: `multipart/mixed; boundary=${boundary}`, text: `${parts.join("")}--${boundary}--\r\n` };
    try {
      const { answers, servedAt } = await this.#answers(raw, gets.length, read);
      // Parts that were lost, or told to come again, are asked for by themselves.
      const found = await Promise.all(
        answers.map((answer, index) => answer ?? this.#single(gets[index] as BatchGet, read)),
      );
      return { found: found.map((answer) => (answer === NOT_FOUND ? undefined : (answer as T))), servedAt };
    } catch (cause) {
      if (!(cause instanceof RestError) || !NO_BATCHES.has(cause.status)) throw cause;
      this.#isBatched = false;
      return undefined;
    }
  }

  /** Something between here and the service may answer with pages of its own; who does it again and again has no batches. */
  async #answers<T>(raw: RestCall["raw"] & object, count: number, read: (answer: { readonly body: unknown }) => T) {
    for (let attempt = 1; ; attempt += 1) {
      const { text, servedAt } = await this.rest.repeat(
        { method: "POST", path: "//batch/bigquery/v2", raw },
        (answer) => answer,
      );
      const answers = readParts(text, count, read);
      if (answers !== undefined) return { answers, servedAt };
      if (attempt === MOST_ATTEMPTS) throw new RestError("refused", NO_ANSWER, "malformed", "batches are not answered");
    }
  }

  async #singly<T>(gets: readonly BatchGet[], read: (answer: { readonly body: unknown }) => T): Promise<Found<T>> {
    const found: (T | undefined)[] = new Array(gets.length).fill(undefined);
    let servedAt: number | undefined;
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < gets.length; index = next++)
        found[index] = await this.#single(gets[index] as BatchGet, (answer) => {
          servedAt ??= answer.servedAt;
          return read(answer);
        });
    };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker));
    return { found, servedAt };
  }

  #single<T>({ path, query = {} }: BatchGet, read: (answer: RestAnswer) => T): Promise<T | undefined> {
    return this.rest.find({ method: "GET", path, query }, read);
  }
}

const MOST_ATTEMPTS = 5;
const NO_ANSWER = 501;

/** What a server answers that has no such endpoint. */
const NO_BATCHES: ReadonlySet<number> = new Set([400, 404, 405, 410, 415, 501]);
const NOT_FOUND = Symbol("not found");

function target({ path, query = {} }: BatchGet): string {
  const words = new URLSearchParams(query).toString();
  return `/bigquery/v2${path}${words === "" ? "" : `?${words}`}`;
}

/**
 * What a multipart answer says, each by the id of its call; undefined: it must be asked for again.
 * @returns undefined where it is no such answer
 */
function readParts<T>(
  text: string,
  count: number,
  read: (answer: { readonly body: unknown }) => T,
): readonly (T | typeof NOT_FOUND | undefined)[] | undefined {
  const boundary = /^\s*--(\S+)/.exec(text)?.[1];
  if (boundary === undefined) return undefined;
  const answers: (T | typeof NOT_FOUND | undefined)[] = new Array(count).fill(undefined);
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const id = /content-id:\s*<?response-<?(\d+)>?/i.exec(part)?.[1];
    const [, status, rest = ""] = /HTTP\/[\d.]+ (\d{3})[^\r\n]*([\s\S]*)/.exec(part) ?? [];
    if (id === undefined || status === undefined) continue;
    // Whatever is neither found nor missing is asked for again, by itself.
    if (status === "404") answers[Number(id)] = NOT_FOUND;
    else if (status === "200") answers[Number(id)] = readOrUndefined(() => read({ body: bodyOf(rest) }));
  }
  return answers;
}

function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function bodyOf(text: string): unknown {
  const start = text.indexOf("{");
  try {
    return start < 0 ? undefined : JSON.parse(text.slice(start, text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}
