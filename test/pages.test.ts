import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageHtml } from "../runner/report/page/html.js";
import { describeInBrowser, openBrowser } from "./browser.js";
import { hostile, madeUpProject } from "./page-rig.js";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const MANY_BYTES = 5 * 1024 * 1024;

let rig: Rig;
/** The report of a small project that has run once; `empty` that of one without a warehouse. */
let report: string;
let empty: string;
let made: { readonly bytes: number; readonly models: number; readonly runs: number; readonly reports: number };

beforeAll(async () => {
  rig = await projectOf({
    doubled:
      'config { type: "view", columns: { twice: "n, two times" } }\nSELECT n * 2 AS twice, day FROM ${ref("raw", "numbers")}',
    totals:
      'config { type: "table", description: "By day", assertions: { nonNull: ["total"] } }\nSELECT day, SUM(twice) AS total FROM ${ref("doubled")} GROUP BY day',
    odd: 'config { type: "assertion" }\nSELECT total, \'<b>odd</b>\' AS why FROM ${ref("totals")} WHERE total > 0',
  });
  rig.write(
    "by_day.sql",
    "-- Totals of each day\nSELECT day, n AS total FROM raw.numbers UNION ALL SELECT DATE '2024-01-02', 12",
  );
  rig.write("broken.sql", "SELECT nothing FROM nowhere");
  rig.write("fastbreak.json", JSON.stringify({ reports: { by_day: "by_day.sql", broken: "broken.sql" } }));
  empty = join(rig.dir, "empty.html");
  const before = await rig.fastbreak("report", "--out", empty, "--database", join(rig.dir, "none.duckdb"));
  expect([before.code, before.stderr]).toEqual([0, ""]);
  await rig.fastbreak("run");
  report = join(rig.dir, "report.html");
  const { code, stdout, stderr } = await rig.fastbreak("report", "--out", report, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  made = JSON.parse(stdout);
});

afterAll(() => rig.remove());

describe("fastbreak report", () => {
  it("says what it has written", () => {
    expect(made).toMatchObject({ models: 5, runs: 1, reports: 2 });
    expect(made.bytes).toBe(Buffer.byteLength(rig.read("report.html")));
  });

  it("refuses dates that are none", async () => {
    const { code, stderr } = await rig.fastbreak("report", "--date", "yesterday");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^fastbreak: --date yesterday .*\n$/)]);
  });

  it("lets nothing in or out by its policy", () => {
    const [policy] =
      /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(rig.read("report.html")) ?? [];
    expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'/);
  });

  it("stays small with a thousand models, and holds no name as it is written", async () => {
    const html = pageHtml(madeUpProject(1000, hostile, hostile));
    expect(Buffer.byteLength(html)).toBeLessThan(MANY_BYTES);
    for (const dangerous of ["<img", "</script><script>globalThis", "onload="]) expect(html).not.toContain(dangerous);
  });
});

// biome-ignore-start lint/performance/useDomNodeTextContent: what a person sees is meant, in the order in which it is seen
describeInBrowser("the pages", () => {
  let browser: Browser;
  const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  /** Opens a file; fails on errors, and on requests for anything else. */
  async function open(file: string, colorScheme: "light" | "dark" = "light", bypassCSP = false): Promise<Opened> {
    const context = await browser.newContext({ colorScheme, bypassCSP, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => wrong.push(message.text()));
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== pathToFileURL(file).href && !request.url().startsWith("blob:"))
        wrong.push(`request for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("h1");
    const go = async (route: string) => {
      await page.evaluate(`location.hash = ${JSON.stringify(route)}`);
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))");
    };
    return { page, wrong, go };
  }

  interface Opened {
    readonly page: Page;
    readonly wrong: string[];
    readonly go: (route: string) => Promise<void>;
  }

  const main = (page: Page) => page.locator("main").innerText();

  /** A page is drawn once the browser has told of the new address, a little after the click. */
  const shows = (page: Page, text: string) => expect.poll(() => main(page)).toContain(text);

  it("show a project from its overview to one column", async () => {
    const { page, wrong, go } = await open(report);
    expect(await main(page)).toContain("3 actions failed or could not run");
    await page.getByRole("link", { name: "Models", exact: true }).click();
    await page.getByRole("searchbox").fill("two times");
    await page.getByRole("link", { name: /^doubled/ }).click();
    await shows(page, "n, two times");
    await page.getByRole("link", { name: "twice", exact: true }).click();
    await expect.poll(() => page.title()).toContain("twice");
    const column = await main(page);
    expect(column).toContain("numbers.n");
    expect(column).toContain("totals.total");
    await go("#/model/d.totals");
    const model = await main(page);
    for (const told of ["By day", "blocked", "never built", "SUM(twice)", "odd"]) expect(model).toContain(told);
    await go("#/model/checks.odd");
    expect(await main(page)).toContain("<b>odd</b>");
    await go("#/reports/by_day");
    expect(await page.getByRole("img", { name: /^total from 2024-01-01 to 2024-01-02/ }).count()).toBe(1);
    await go("#/reports/broken");
    expect(await main(page)).toContain("nowhere");
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.locator("tbody a").first().click();
    await shows(page, "Timeline");
    await go("#/model/nobody");
    expect(await main(page)).toContain("Nothing in this project is called nobody");
    expect(wrong).toEqual([]);
  });

  it("tell of a project that has never run", async () => {
    const { page, wrong } = await open(empty);
    expect(await main(page)).toContain("Nothing has run yet");
    expect(wrong).toEqual([]);
  });

  it("can be gone through without a mouse", async () => {
    const { page, go } = await open(report);
    await go("#/graph");
    await page.locator("#node-0").focus();
    const focused = (label: string) => page.locator(`[aria-label="${label}"]:focus`).waitFor();
    await focused("numbers raw, source");
    await page.keyboard.press("ArrowRight");
    await focused("doubled d, view, up to date");
    await page.keyboard.press("Enter");
    await page.locator("main:focus").waitFor();
    expect(page.url()).toMatch(/#\/model\/d\.doubled$/);
    expect(await page.locator("h1").innerText()).toBe("doubled");
  });

  it.each(["light", "dark"] as const)("have no serious finding of axe in %s", async (scheme) => {
    const { page, go } = await open(report, scheme, true);
    await page.addScriptTag({ path: axe });
    const findings: string[] = [];
    for (const route of [
      "",
      "#/graph",
      "#/models",
      "#/model/d.totals",
      "#/model/d.totals/total",
      "#/runs",
      "#/reports",
      "#/reports/by_day",
    ]) {
      await go(route);
      const { violations } = (await page.evaluate("axe.run()")) as AxeResult;
      for (const { id, impact, nodes } of violations)
        if (impact === "serious" || impact === "critical") findings.push(`${route} ${id}: ${nodes[0]?.html}`);
    }
    expect(findings).toEqual([]);
  });

  it("survive names and values that would rather be something else", async () => {
    const file = join(rig.dir, "hostile.html");
    writeFileSync(file, pageHtml(madeUpProject(1000, hostile, hostile)));
    const { page, wrong, go } = await open(file);
    const seen: string[] = [];
    const look = async (...parts: string[]) => {
      await go(`#/${parts.map(encodeURIComponent).join("/")}`);
      seen.push(await page.locator("h1").first().innerText());
    };
    for (const parts of [
      ["graph"],
      ["models"],
      ["runs"],
      ["runs", hostile(100)],
      ["reports"],
      ["reports", hostile(3)],
      ["reports", hostile(7)],
    ])
      await look(...parts);
    for (let number = 0; number < 20; number += 1) {
      const key = wellFormed(hostile(number));
      await look("model", key);
      await look("model", key, wellFormed(hostile(number)));
      await look("graph", key);
    }
    expect(await page.evaluate(`"harm" in globalThis`)).toBe(false);
    expect(wrong).toEqual([]);
    expect(seen.filter((title) => title === "Not here")).toEqual([]);
  });

  it("draw only what is in sight of a thousand models", async () => {
    const file = join(rig.dir, "large.html");
    writeFileSync(file, pageHtml(madeUpProject(1000)));
    const { page, wrong, go } = await open(file);
    await go("#/models");
    expect(await page.locator("tbody tr").count()).toBeLessThan(120);
    await page.mouse.wheel(0, 20_000);
    await page
      .getByRole("link", { name: /^model_[56]\d\d / })
      .first()
      .waitFor();
    await go("#/graph/analytics.model_500");
    const drawn = await page.locator(".node").count();
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).toBeLessThan(300);
    expect(wrong).toEqual([]);
  });
});

// biome-ignore-end lint/performance/useDomNodeTextContent: see above

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** A lone surrogate cannot stand in an address. */
function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/g, "\uFFFD");
}
