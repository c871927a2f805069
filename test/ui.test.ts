import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, openBrowser } from "./browser.js";
import { type Rig, ROOT } from "./rig.js";
import { projectOf } from "./small-project.js";

interface Started {
  readonly url: string;
  readonly port: number;
  readonly token: string;
}

let rig: Rig;
let child: ChildProcess;
let started: Started;

beforeAll(async () => {
  rig = await projectOf({
    doubled: 'config { type: "view" }\nSELECT n * 2 AS twice, day FROM ${ref("raw", "numbers")}',
    totals: 'config { type: "table" }\nSELECT day, SUM(twice) AS total FROM ${ref("doubled")} GROUP BY day',
  });
  child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "ui", "--port", "0", "--json"], {
    cwd: rig.dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((done) => child.stdout?.once("data", (text: Buffer) => done(String(text))));
  started = JSON.parse(line);
});

afterAll(async () => {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  rig.remove();
});

const ask = (path: string, { headers, ...options }: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${started.port}${path}`, {
    ...options,
    headers: { authorization: `Bearer ${started.token}`, "content-type": "application/json", ...headers },
  });

describe("fastbreak ui", () => {
  it("gives the page out to anybody on this machine, and the data to who has the token", async () => {
    const page = await fetch(started.url);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*connect-src 'self'; frame-/);
    expect(await page.text()).not.toContain("doubled");
    expect((await ask("/pages/data", { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    const data = (await (await ask("/pages/data")).json()) as { readonly models: readonly { readonly key: string }[] };
    expect(data.models.map(({ key }) => key)).toEqual(["raw.numbers", "d.doubled", "d.totals"]);
  });

  it("hears no page of anybody else", async () => {
    const origin = "http://example.org";
    expect(
      (await ask("/pages/query", { method: "POST", body: '{"sql":"SELECT 1"}', headers: { origin } })).status,
    ).toBe(403);
    const own = `http://127.0.0.1:${started.port}`;
    const answer = await ask("/pages/query", {
      method: "POST",
      body: '{"sql":"SELECT 1 AS one"}',
      headers: { origin: own },
    });
    expect(await answer.json()).toEqual({
      changed: null,
      rows: { columns: [["one", "INT64"]], rows: [[1]], total: 1 },
    });
  });

  it.each([
    ["/pages/query", '{"sql":"SELECT x FROM nowhere"}', "Table not found: nowhere"],
    ["/pages/query", '{"query":"SELECT 1"}', "Invalid key"],
    [
      "/pages/run",
      '{"select":[],"window":{"from":"today","to":"today"},"fullRefresh":false}',
      "must be a date, YYYY-MM-DD",
    ],
  ])("says what is wrong: %s %s", async (path, body, message) => {
    const answer = await ask(path, { method: "POST", body });
    expect([answer.status, ((await answer.json()) as { readonly error: string }).error]).toEqual([
      400,
      expect.stringContaining(message),
    ]);
  });

  it("tells of a selection that matches nothing to whoever listens", async () => {
    const { body } = await ask("/pages/events");
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await ask("/pages/run", { method: "POST", body: '{"select":["dubbled"],"window":null,"fullRefresh":false}' });
    let text = "";
    while (!text.includes('"changed"')) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    expect(text.trim().split("\n")[0]).toContain("no action is named dubbled");
  });

  it("is named to who finds the warehouse locked", async () => {
    const { code, stderr } = await rig.fastbreak("run");
    expect([code, stderr]).toEqual([4, expect.stringContaining("(fastbreak ui)")]);
  });
});

describeInBrowser("live pages", () => {
  it("run what is selected and follow it", async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(error.message));
      await page.goto(started.url);
      await page.getByText("Nothing has run yet; 2 models would be built.").waitFor();
      // The token does not stay in the address.
      expect(page.url()).toBe(`http://127.0.0.1:${started.port}/`);
      await page.getByLabel("Select").fill("+totals");
      await page.getByText("fastbreak run --select +totals").waitFor();
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByText(/^The run took .*: 2 ran$/).waitFor();
      await page.getByText("Everything is what a full rebuild would make.").waitFor();
      await page.getByRole("link", { name: "Query", exact: true }).click();
      await page.getByRole("textbox").fill("SELECT total FROM d.totals");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByRole("cell", { name: "8", exact: true }).waitFor();
      expect(wrong).toEqual([]);
      const context = await browser.newContext({ bypassCSP: true });
      const audited = await context.newPage();
      await audited.goto(started.url);
      await audited.getByRole("button", { name: "Plan", exact: true }).waitFor();
      await audited.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
      for (const route of ["#/", "#/query"]) {
        await audited.evaluate(`location.hash = "${route}"`);
        const { violations } = (await audited.evaluate("axe.run()")) as {
          violations: { id: string; impact: string }[];
        };
        expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  });
});
