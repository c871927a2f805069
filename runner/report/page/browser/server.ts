import type { PageData, PageRows } from "../page-data.js";
import { takeToken } from "./token.js";

/** A line of `/pages/events`, as far as pages look at it. */
export type Message =
  | { readonly kind: "event"; readonly event: RunEvent }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "changed" };

export type RunEvent =
  | { readonly event: "run_started"; readonly actions: number; readonly startedAt: string }
  | { readonly event: "action_started"; readonly key: string }
  | { readonly event: "action_finished"; readonly result: FinishedAction }
  | { readonly event: "run_finished"; readonly durationMs: number }
  | { readonly event: "other" };

export interface FinishedAction {
  readonly key: string;
  readonly status: string;
  readonly error?: string;
}

export interface RunRequest {
  readonly select: readonly string[];
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly fullRefresh: boolean;
}

export interface Answer {
  readonly rows: PageRows | null;
  readonly changed: number | null;
}

/** What the process behind live pages is asked for. */
export class Server {
  readonly #token = takeToken();

  page(window: { readonly from: string; readonly to: string } | null): Promise<PageData> {
    const dates = window === null ? "" : `?from=${window.from}&to=${window.to}`;
    return this.#ask<PageData>(`/pages/data${dates}`);
  }

  query(sql: string): Promise<Answer> {
    return this.#ask<Answer>("/pages/query", { sql });
  }

  async run(request: RunRequest): Promise<void> {
    await this.#ask("/pages/run", request);
  }

  /** Tells what happens until `stopped`; begins again when the connection is lost. */
  async follow(listener: (message: Message) => void, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      try {
        const { body } = await this.#fetch("/pages/events", { signal: stopped });
        if (body !== null) await eachLine(body, (line) => listener(JSON.parse(line) as Message));
      } catch {
        // The process may have ended; it is asked again.
      }
      await new Promise((done) => setTimeout(done, 2000));
    }
  }

  async #ask<T>(path: string, body?: object): Promise<T> {
    const answer = await this.#fetch(
      path,
      body === undefined
        ? {}
        : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } },
    );
    const json: unknown = await answer.json();
    if (!answer.ok) throw new Error(messageOf(json));
    return json as T;
  }

  #fetch(path: string, { headers, ...options }: RequestInit): Promise<Response> {
    return fetch(path, { ...options, headers: { ...(headers as object), authorization: `Bearer ${this.#token}` } });
  }
}

function messageOf(json: unknown): string {
  const { error } = json as { readonly error?: string | { readonly message?: string } };
  return (typeof error === "string" ? error : error?.message) ?? "the server answered with an error";
}

async function eachLine(body: ReadableStream<Uint8Array>, listener: (line: string) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") listener(line);
  }
}
