import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { PageData } from "./page-data.js";

/**
 * One HTML file that holds everything it shows: it asks nobody for anything, and runs no other script and style than its own. The data
 * are compressed and in base64, so that no name and no value of a project can be read as HTML.
 */
export function pageHtml(data: PageData): string {
  const island = gzipSync(pageJson(data), { level: 9 }).toString("base64");
  const { script, style } = assets();
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">`;
  return documentOf(data.project, [meta], [`<script id="data" type="text/plain">${island}</script>`]);
}

/** The page that asks its server for the data, and the policy that the server sends with it. */
export function livePageHtml(): { readonly html: string; readonly policy: string } {
  const { script, style } = assets();
  const own = ["connect-src 'self'", "frame-ancestors 'none'"];
  return { html: documentOf("fastbreak", [], []), policy: `${policy(script, style)}; ${own.join("; ")}` };
}

/**
 * The page of `fastbreak serve`.
 * @param project that it asks for
 */
export function servedPageHtml(project: string): { readonly html: string; readonly policy: string } {
  const { script, style } = assets("served.js");
  const own = ["connect-src 'self'", "frame-ancestors 'none'"];
  const html = documentOf("fastbreak serve", [], [], { script, style }, ` data-project="${escaped(project)}"`);
  return { html, policy: `${policy(script, style)}; ${own.join("; ")}` };
}

function documentOf(
  title: string,
  meta: readonly string[],
  islands: readonly string[],
  { script, style } = assets(),
  attributes = "",
): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    ...meta,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)} · fastbreak</title>`,
    `<style>${style}</style>`,
    "</head>",
    `<body${attributes}>`,
    '<div id="app"><main><h1>fastbreak</h1><p>This page needs JavaScript, which it holds itself.</p></main></div>',
    ...islands,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** The data as JSON. Half of a character cannot stand in an address, and names become addresses. */
export function pageJson(data: PageData): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === "string" ? value.replace(HALF_CHARACTER, "\uFFFD") : value,
  );
}

const HALF_CHARACTER = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Nothing is loaded from anywhere; only the page's own script and style count. */
function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What the build has made of `browser/`. */
export function assets(entry = "main.js"): { readonly script: string; readonly style: string } {
  const folder = ["./page/", "../../../dist/page/"]
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((place) => existsSync(`${place}main.js`));
  if (folder === undefined) throw new Error("the package lacks its pages; install it again");
  const read = (name: string) => readFileSync(`${folder}${name}`, "utf8").trim();
  return { script: read(entry), style: read("main.css") };
}
