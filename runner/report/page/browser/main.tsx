import { render } from "preact";
import type { PageData } from "../page-data.js";
import { App } from "./app.js";

/** The data stand in the page as compressed JSON in base64, of which no character means anything to HTML. */
async function dataOf(island: HTMLElement): Promise<PageData> {
  const text = atob(island.textContent ?? "");
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text()) as PageData;
}

async function start(): Promise<void> {
  const [root, island] = [document.getElementById("app"), document.getElementById("data")];
  if (root === null || island === null) return;
  const data = await dataOf(island);
  root.textContent = "";
  render(<App data={data} />, root);
}

void start();
