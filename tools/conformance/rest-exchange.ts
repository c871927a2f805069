import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { different, EQUAL, type ExchangeCase, type RestScore } from "./rest-case.js";
import type { RestServer } from "./rest-server.js";

/** Sends the requests of a recorded exchange and compares the last answer. */
export async function replayExchange(
  item: ExchangeCase,
  server: RestServer,
  bodies: string | undefined,
): Promise<RestScore> {
  const names: Record<string, string> = {};
  for (const step of item.before) {
    const body = step.body_bin === undefined ? server.fill(step.body, names) : bodyFile(item, server, bodies);
    if (step.body_bin !== undefined && body === undefined)
      return { verdict: "no verdict", detail: "its body is not there; see --bodies" };
    const answer = await server.send(step.method, server.fill(step.path, names), body, step.headers);
    if (answer.status >= 300) return different(`before: ${answer.status} ${JSON.stringify(answer.body)}`);
    for (const [name, path] of Object.entries(step.capture ?? {})) names[name] = String(at(answer.body, path));
    if (step.await_job !== undefined) await ended(server, names[step.await_job] ?? "");
  }
  const { method, path, body, headers } = item.request;
  const answer = await server.send(
    method,
    server.fill(path, names),
    body === undefined ? undefined : server.fill(body, names),
    headers,
  );
  if (answer.status !== item.status)
    return different(`status ${answer.status}, expected ${item.status}: ${JSON.stringify(answer.body)}`);
  const type = item.headers["content-type"];
  if (type !== undefined && !answer.contentType.startsWith(type))
    return different(`content type ${answer.contentType}`);
  const missing = mismatch(server.fill(item.body, names), answer.body, "body");
  return missing === undefined ? EQUAL : different(missing);
}

function bodyFile(item: ExchangeCase, server: RestServer, bodies: string | undefined): Uint8Array | undefined {
  const file = join(bodies ?? "", `${item.id.split("/").at(-1)}.bin`);
  if (bodies === undefined || !existsSync(file)) return undefined;
  return Buffer.from(server.fill(readFileSync(file, "utf8")));
}

async function ended(server: RestServer, job: string): Promise<void> {
  for (;;) {
    const { body } = await server.send("GET", `/bigquery/v2/projects/${server.project}/jobs/${job}`);
    const { state, errorResult } = body.status as { state: string; errorResult?: unknown };
    if (errorResult !== undefined) throw new Error(`job: ${JSON.stringify(errorResult)}`);
    if (state === "DONE") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((part, name) => (part as Record<string, unknown> | undefined)?.[name], value);
}

/** Where an answer lacks something of what was recorded, or has it otherwise; more than that it may hold. */
function mismatch(expected: unknown, actual: unknown, path: string): string | undefined {
  if (expected === "<*>") return actual === undefined ? `${path} is missing` : undefined;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
    return firstOf(expected.map((item, index) => mismatch(item, actual[index], `${path}[${index}]`)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return `${path} is ${JSON.stringify(actual)}`;
    return firstOf(
      Object.entries(expected).map(([name, value]) =>
        mismatch(value, (actual as Record<string, unknown>)[name], `${path}.${name}`),
      ),
    );
  }
  return expected === actual ? undefined : `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}

function firstOf(findings: readonly (string | undefined)[]): string | undefined {
  return findings.find((finding) => finding !== undefined);
}
