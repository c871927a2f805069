import { render } from "preact";
import type { PageData } from "../page-data.js";
import { App } from "./app.js";
import { LiveApp } from "./live-app.js";
import { Server } from "./server.js";

/** The data stand in the page as compressed JSON in base64, of which no character means anything to HTML. */
async function dataOf(island: HTMLElement): Promise<PageData> {
  const text = atob(island.textContent ?? "");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text()) as PageData;
}

/** A report holds its data; live pages ask for them. */
async function start(): Promise<void> {
  const [root, island] = [document.getElementById("app"), document.getElementById("data")];
  if (root === null) return;
  if (island !== null) {
    const data = await dataOf(island);
    root.textContent = "";
    render(<App data={data} />, root);
    return;
  }
  const server = new Server();
  render(<Waiting message="Reading the project…" />, root);
  try {
    const first = await server.page(null);
    render(<LiveApp server={server} first={first} />, root);
  } catch (cause) {
    render(<Waiting message={cause instanceof Error ? cause.message : String(cause)} />, root);
  }
}

function Waiting({ message }: { readonly message: string }) {
  return (
    <main>
      <h1>fastbreak</h1>
      <p class="lead">{message}</p>
    </main>
  );
}

void start();
