// How large the report of 1,000 models is, and how long a browser takes to open it and to show each page.
// Usage: node bench/pages.mjs [MODELS]; FASTBREAK_CHROMIUM names the browser, /usr/bin/chromium without it.
import { rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const models = Number(process.argv[2] ?? 1000);
// Beside dist/page, where the code finds what the build has made of the pages.
const built = join(root, "dist/pages-bench.mjs");
await build({
  absWorkingDir: root,
  stdin: {
    contents:
      'export { pageHtml } from "./runner/report/page/html.js"; export { madeUpProject } from "./test/page-rig.js";',
    resolveDir: root,
  },
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: built,
});
const { pageHtml, madeUpProject } = await import(built);
rmSync(built);
const file = join(tmpdir(), `fastbreak-pages-${models}.html`);
writeFileSync(file, pageHtml(madeUpProject(models)));
const megabytes = (statSync(file).size / 1024 / 1024).toFixed(2);
console.log(`${models} models: ${megabytes} MB`);

const browser = await chromium.launch({
  executablePath: process.env.FASTBREAK_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const drawn = () => page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))");
const timed = async (what, work, before = async () => undefined) => {
  const times = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await before();
    const started = performance.now();
    await work();
    await drawn();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(`${what.padEnd(10)} ${times.map((time) => Math.round(time)).join(", ")} ms`);
};
const open = async () => {
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("nav");
};
await timed("open", open, () => page.goto("about:blank"));
for (const route of ["graph", "models", "runs", "reports"])
  await timed(route, () => page.evaluate(`location.hash = "#/" + ${JSON.stringify(route)}`));
await browser.close();
