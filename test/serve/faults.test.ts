import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, startServer } from "../../runner/api/server.js";
import { FAULTS, STALLS } from "../../runner/server/faults/faults.js";
import type { FaultRules } from "../../runner/server/faults/rules.js";

describe("faults on request", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ faults: { rules: [] } });
  });
  afterAll(() => server.close());

  const rules = async (given: unknown) => {
    const answer = await fetch(`${server.url}/faults`, { method: "PUT", body: JSON.stringify(given) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const query = async (text: string, ms = 10_000) => {
    const answer = await fetch(`${server.url}/projects/p/queries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: text }),
      signal: AbortSignal.timeout(ms),
    });
    const body = await answer.text();
    return { status: answer.status, type: answer.headers.get("content-type") ?? "", body };
  };
  const count = async () => {
    const { body } = await query("SELECT COUNT(*) AS n FROM d.t");
    return Number((JSON.parse(body) as { rows: { f: { v: string }[] }[] }).rows[0]?.f[0]?.v);
  };

  it("happen before the call is carried out, or after it", async () => {
    await query("CREATE SCHEMA d; CREATE TABLE d.t (x INT64)");
    const only = { body: "INSERT", times: 1 };
    const seen: Record<string, unknown> = {};
    for (const fault of [...FAULTS, ...STALLS]) {
      await rules({ rules: [{ fault, ...only, ...(fault === "delay" ? { ms: 1 } : {}) }] });
      const before = await count();
      const answer = await query("INSERT d.t VALUES (1)", 400).then(
        ({ status, type, body }) => (type === "text/html" ? "page" : body === "{}" ? "nothing" : status),
        (cause: Error) => (cause.name === "TimeoutError" ? "none in time" : "broken"),
      );
      await expect.poll(async () => (await count()) - before).toBe(/before/.test(fault) ? 0 : 1);
      seen[fault] = answer;
    }
    expect(seen).toEqual({
      "reset before": "broken",
      "reset after": "broken",
      "half an answer": "broken",
      "500 before": 500,
      "500 after": 500,
      "503 before": 503,
      "429 before": 429,
      "403 rateLimitExceeded before": 403,
      "page of a proxy before": "page",
      "page of a proxy after": "page",
      "empty object after": "nothing",
      "stall before": "none in time",
      "stall after": "none in time",
      delay: 200,
    });
  });

  it("end jobs with errors of the service, and are counted", async () => {
    await rules({ rules: [{ jobError: "rateLimitExceeded", job: "SELECT 7", times: 2 }] });
    const failed = await query("SELECT 7");
    expect([failed.status, JSON.parse(failed.body).error.errors[0].reason]).toEqual([403, "rateLimitExceeded"]);
    expect((await query("SELECT 8")).status).toBe(200);
    expect((await query("SELECT 7")).status).toBe(403);
    expect((await query("SELECT 7")).status).toBe(200);
    expect(await (await fetch(`${server.url}/faults`)).json()).toEqual({
      rules: [{ jobError: "rateLimitExceeded", job: "SELECT 7", times: 2, share: 1, count: 2 }],
    });
  });

  it("come as often as they are asked for, the same for the same seed", async () => {
    const given: FaultRules = { seed: 7, rules: [{ fault: "503 before", share: 0.3, path: "queries" }] };
    const round = async () => {
      await rules(given);
      const codes = [];
      for (let n = 0; n < 30; n += 1) codes.push((await query("SELECT 1")).status);
      return codes.join(" ");
    };
    const first = await round();
    expect(first.split("503").length - 1).toBeGreaterThan(3);
    expect(first.split("200").length - 1).toBeGreaterThan(10);
    expect(await round()).toBe(first);
  });

  it("are refused where nobody can tell what is meant", async () => {
    for (const [wrong, message] of [
      [{ rules: [{ fault: "flood" }] }, "rules.0"],
      [{ rules: [{ fault: "delay", path: "(" }] }, "Invalid regular expression"],
      [{}, "rules"],
    ] as const) {
      const { status, body } = await rules(wrong);
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(message)]);
    }
  });
});
