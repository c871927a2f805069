import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const PROJECT = "fixture-project";

/** A server of ours that cases are replayed against, each in a dataset of its own. */
export interface RestServer {
  readonly project: string;
  /** Sends a request; its body is JSON, or bytes. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Puts the names of this server where a case has placeholders. */
  fill<T>(value: T, names?: Readonly<Record<string, string>>): T;
  /** Makes the dataset of a case, and runs its script in it. */
  prepare(dataset: string, setup: string | null): Promise<void>;
  /** Removes the dataset. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Starts the built command line in memory. */
export async function startRestServer(): Promise<RestServer> {
  const child = spawn(process.execPath, ["bin/fastbreak.cjs", "serve", "--in-memory", "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let url = "";
  for await (const line of createInterface({ input: child.stdout })) {
    url = (JSON.parse(line) as { url: string }).url;
    break;
  }
  if (url === "") throw new Error("the server did not start; build it first");
  const send: RestServer["send"] = async (method, path, body, headers = {}) => {
    const isBytes = body instanceof Uint8Array;
    const type: Record<string, string> = body === undefined || isBytes ? {} : { "content-type": "application/json" };
    const content = body === undefined ? null : isBytes ? Buffer.from(body) : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, { method, body: content, headers: { ...type, ...headers } });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };
  const projects = `/bigquery/v2/projects/${PROJECT}`;
  let dataset = "";
  return {
    project: PROJECT,
    send,
    fill(value, names = {}) {
      if (value === undefined) return value;
      const own = { PROJECT, DATASET_ID: dataset, DATASET: `${PROJECT}.${dataset}` };
      const all: Readonly<Record<string, string>> = { ...own, ...names };
      const text = JSON.stringify(value).replace(/\$\{(\w+)\}/g, (whole, name: string) => all[name] ?? whole);
      return JSON.parse(text) as typeof value;
    },
    async prepare(name, setup) {
      dataset = name;
      await send("POST", `${projects}/datasets`, { datasetReference: { datasetId: dataset }, location: "US" });
      // The project that was recorded had jobs already.
      const query = this.fill(setup ?? "SELECT 1");
      const { status, body } = await send("POST", `${projects}/queries`, { query, useLegacySql: false });
      if (status !== 200) throw new Error(`setup: ${JSON.stringify(body)}`);
    },
    async clear() {
      await send("DELETE", `${projects}/datasets/${dataset}?deleteContents=true`);
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
