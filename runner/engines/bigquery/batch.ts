import type { Rest } from "./rest.js";
import { answeredError, RestError } from "./rest-error.js";

/** The service takes more; answers of so many stay small. */
const MOST_PARTS = 100;
/** Calls at a time where the service has no batches. */
const MOST_AT_ONCE = 8;

/** One thing that is asked for; `path` as in a RestCall. */
export interface BatchGet {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * Many GETs in one call, as the API's batch endpoint takes them; where there is none, one by one.
 * https://cloud.google.com/bigquery/batch
 */
export class BatchReader {
  #isBatched = true;

  constructor(readonly rest: Rest) {}

  /** Bodies in the order of the calls; undefined: not found. The second: the server's clock, where it says. */
  async get(
    gets: readonly BatchGet[],
  ): Promise<{ readonly bodies: readonly unknown[]; readonly servedAt: number | undefined }> {
    const bodies: unknown[] = [];
    let servedAt: number | undefined;
    for (let first = 0; first < gets.length; first += MOST_PARTS) {
      const some = gets.slice(first, first + MOST_PARTS);
      const answer = (await this.#batch(some)) ?? (await this.#singly(some));
      bodies.push(...answer.bodies);
      servedAt = Math.min(servedAt ?? Number.POSITIVE_INFINITY, answer.servedAt ?? Number.NEGATIVE_INFINITY);
    }
    return { bodies, servedAt: servedAt !== undefined && Number.isFinite(servedAt) ? servedAt : undefined };
  }

  async #batch(gets: readonly BatchGet[]) {
    if (!this.#isBatched || gets.length < 2) return undefined;
    const boundary = "fastbreak_batch";
    const parts = gets.map(
      (get, index) =>
        `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: <${index}>\r\n\r\nGET ${target(get)} HTTP/1.1\r\n\r\n\r\n`,
    );
    const raw = { type: `multipart/mixed; boundary=${boundary}`, text: `${parts.join("")}--${boundary}--\r\n` };
    try {
      const { text, servedAt } = await this.rest.repeat({ method: "POST", path: "//batch/bigquery/v2", raw });
      const answers = readParts(text, gets.length);
      const bodies = await Promise.all(
        answers.map(async (answer, index) => answer ?? (await this.#single(gets[index] as BatchGet))?.body),
      );
      return { bodies: bodies.map((body) => (body === NOT_FOUND ? undefined : body)), servedAt };
    } catch (cause) {
      if (!(cause instanceof RestError) || cause.status === 401) throw cause;
      this.#isBatched = false;
      return undefined;
    }
  }

  async #singly(gets: readonly BatchGet[]) {
    const bodies: unknown[] = new Array(gets.length).fill(undefined);
    let servedAt: number | undefined;
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < gets.length; index = next++) {
        const answer = await this.#single(gets[index] as BatchGet);
        bodies[index] = answer?.body;
        servedAt ??= answer?.servedAt;
      }
    };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker));
    return { bodies, servedAt };
  }

  #single({ path, query = {} }: BatchGet) {
    return this.rest.find({ method: "GET", path, query });
  }
}

const NOT_FOUND = Symbol("not found");

function target({ path, query = {} }: BatchGet): string {
  const words = new URLSearchParams(query).toString();
  return `/bigquery/v2${path}${words === "" ? "" : `?${words}`}`;
}

/**
 * The bodies of a multipart answer, each by the id of its call; undefined: it must be asked for again.
 * @throws RestError where it is no such answer, or where a call was refused
 */
function readParts(text: string, count: number): readonly unknown[] {
  const boundary = /^\s*--(\S+)/.exec(text)?.[1];
  if (boundary === undefined) throw new RestError("refused", 200, "malformed", "the answer to a batch has no parts");
  const answers: unknown[] = new Array(count).fill(undefined);
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const id = /content-id:\s*<?response-<?(\d+)>?/i.exec(part)?.[1];
    const [, status, rest = ""] = /HTTP\/[\d.]+ (\d{3})[^\r\n]*([\s\S]*)/.exec(part) ?? [];
    if (id === undefined || status === undefined) continue;
    const body = bodyOf(rest);
    const code = Number(status);
    if (code === 404) answers[Number(id)] = NOT_FOUND;
    else if (code >= 200 && code < 300) answers[Number(id)] = body;
    else {
      const error = answeredError(code, body, rest);
      if (error.trouble === "refused") throw error;
    }
  }
  return answers;
}

function bodyOf(text: string): unknown {
  const start = text.indexOf("{");
  try {
    return start < 0 ? undefined : JSON.parse(text.slice(start, text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}
