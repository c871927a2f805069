import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, openBrowser } from "../browser.js";
import { type Served, served } from "./served.js";

describeInBrowser("the page of a server", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory", "--token", "secret");
    const answer = await fetch(`${server.url}/projects/p/queries`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer secret" },
      body: JSON.stringify({
        query: `CREATE SCHEMA shop;
          CREATE TABLE shop.orders (id INT64, tags ARRAY<STRUCT<k STRING, v INT64>>, seen TIMESTAMP);
          INSERT shop.orders VALUES (7, [STRUCT("<b>" AS k, 1 AS v)], TIMESTAMP "2026-01-02 03:04:05.6");
          CREATE VIEW shop.doubled AS SELECT id * 2 AS twice FROM shop.orders`,
      }),
    });
    expect(answer.status).toBe(200);
  });
  afterAll(() => server.stop());

  it("shows tables, rows, jobs and where a query is wrong, to who has the token", async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(error.message));
      await page.goto(server.url);
      await page.getByText("Expected the token of this server").waitFor();
      await page.goto(`${server.url}/#token=secret`);
      await page.reload();
      expect(page.url()).toBe(`${server.url}/`);
      await page.getByRole("link", { name: "orders" }).click();
      await page.getByRole("cell", { name: '[{"k":"<b>","v":"1"}]' }).waitFor();
      await page.getByRole("cell", { name: "2026-01-02 03:04:05.6 UTC" }).waitFor();
      await page.getByRole("link", { name: "Tables" }).click();
      await page.getByRole("link", { name: "doubled" }).click();
      await page.getByRole("cell", { name: "14", exact: true }).waitFor();
      await page.getByRole("link", { name: "Query", exact: true }).click();
      const box = page.getByRole("textbox");
      await box.fill("SELECT id,\n  idd FROM shop.orders");
      await box.press("Control+Enter");
      await page.getByText("Unrecognized name: idd; Did you mean id? at [2:3]").waitFor();
      expect(await page.locator("mark").textContent()).toBe("idd");
      await page.getByRole("button", { name: "Go to line 2, column 3" }).click();
      const selected =
        "(() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd); })()";
      expect(await page.evaluate(selected)).toBe("idd");
      await box.fill("UPDATE shop.orders SET id = 8 WHERE TRUE");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByText("1 row changed.").waitFor();
      await page.getByRole("link", { name: "Jobs" }).click();
      await page.getByRole("cell", { name: "UPDATE", exact: true }).waitFor();
      await page.getByRole("cell", { name: /Unrecognized name: idd/ }).waitFor();
      // Of another project, as every client names its own.
      await page.getByRole("cell", { name: "SCRIPT", exact: true }).waitFor();
      expect(wrong).toEqual([]);
      const context = await browser.newContext({ bypassCSP: true });
      const audited = await context.newPage();
      await audited.goto(`${server.url}/#token=secret`);
      await audited.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
      for (const [route, heading] of [
        ["#/", "Tables"],
        ["#/table/shop/orders", "orders"],
        ["#/jobs", "Jobs"],
        ["#/query", "Query"],
      ] as const) {
        await audited.evaluate(`location.hash = "${route}"`);
        await audited.getByRole("heading", { name: heading, level: 1 }).waitFor();
        const { violations } = (await audited.evaluate("axe.run()")) as {
          violations: { id: string; impact: string }[];
        };
        expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  });

  it("tells nothing itself, and is heard where other pages are not", async () => {
    const page = await fetch(server.url);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*connect-src 'self'; frame-/);
    expect(await page.text()).not.toContain("orders");
    const ask = async (origin: string) =>
      (await fetch(`${server.url}/projects/p/datasets`, { headers: { authorization: "Bearer secret", origin } }))
        .status;
    expect([await ask(server.url), await ask("http://example.org")]).toEqual([200, 403]);
  });
});
