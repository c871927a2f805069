import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { describe } from "vitest";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** A Chromium of this machine, or the one that `FASTBREAK_CHROMIUM` names; undefined: there is none. */
function browserFile(): string | undefined {
  const named = process.env.FASTBREAK_CHROMIUM;
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new Error(`FASTBREAK_CHROMIUM names ${named}, which is not there`);
    return named;
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** A `describe` that needs a browser, and says by name that it is skipped where there is none. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (browserFile() === undefined)
    describe.skip(`${title} (skipped: no Chromium here, FASTBREAK_CHROMIUM names none)`, tests);
  else describe(title, tests);
}

/** A headless browser that asks nobody for anything by itself. */
export function openBrowser(): Promise<Browser> {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
  return chromium.launch({
    executablePath: browserFile() ?? "",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet],
  });
}
