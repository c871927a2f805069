import { createHmac } from "node:crypto";
import pRetry, { AbortError } from "p-retry";

/** Milliseconds that a receiver has to answer. */
const TIMEOUT_MS = 10_000;

export interface Webhook {
  readonly url: string;
  /** Undefined: notices are not signed. */
  readonly secret: string | undefined;
  /** How often a notice is sent again, and the milliseconds before the first time; they double. */
  readonly retries?: number;
  readonly firstPauseMs?: number;
}

/**
 * Sends one notice and waits until it is taken (an answer of 2xx). It is sent again after a fault of the network, 408, 429 and 5xx.
 * @throws Error in one line that does not show the address, which may hold a key
 */
export async function postNotice(hook: Webhook, event: object): Promise<void> {
  const body = JSON.stringify(event);
  const { retries = 3, firstPauseMs = 500 } = hook;
  await pRetry(() => send(hook, body), { retries, minTimeout: firstPauseMs, factor: 2, randomize: true });
}

async function send({ url, secret }: Webhook, body: string): Promise<void> {
  const headers: Record<string, string> = { "content-type": "application/cloudevents+json", "user-agent": "fastbreak" };
  if (secret !== undefined) headers["fastbreak-signature"] = signature(secret, Math.floor(Date.now() / 1000), body);
  let status: number;
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    throw new Error("the receiver cannot be reached");
  }
  if (status >= 200 && status < 300) return;
  const message = `the receiver answers ${status}`;
  if (status === 408 || status === 429 || status >= 500) throw new Error(message);
  throw new AbortError(message);
}

/**
 * `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY` with the key. Who checks it also refuses an old time, so that nobody can send a
 * notice again.
 */
export function signature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

/**
 * The address of a receiver.
 * @throws Error for one that is none, or that is not encrypted on its way to another machine
 */
export function webhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLocal)) return text;
  throw new Error("the address must begin with https:// (http:// on this machine alone)");
}
