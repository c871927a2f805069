/**
 * `npm run conformance:rest -- FILE.jsonl [--bodies DIR] [--id ID] [--json]`: replays exchanges and jobs that were recorded from the
 * real service against a server of ours, and says which of them differ. Exit code 1 where one does.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { RestCase, RestScore } from "./rest-case.js";
import { replayExchange } from "./rest-exchange.js";
import { replayJob } from "./rest-job.js";
import { type RestServer, startRestServer } from "./rest-server.js";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bodies: { type: "string" },
    id: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (positionals.length === 0)
    throw new Error("usage: npm run conformance:rest -- FILE.jsonl [--bodies DIR] [--id ID] [--json]");
  const cases = positionals
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as RestCase)
    .filter(({ id }) => flags.id === undefined || flags.id === id);
  const scores: { readonly item: RestCase; readonly score: RestScore }[] = [];
  const server = await startRestServer();
  try {
    for (const [index, item] of cases.entries()) {
      scores.push({ item, score: await scored(item, server, `case_${index}`) });
      // Nothing of another case is in the lists of the next one.
      await server.clear();
    }
  } finally {
    await server.stop();
  }
  const decided = scores.filter(({ score }) => score.verdict !== "no verdict");
  const equal = decided.filter(({ score }) => score.verdict === "equal").length;
  const different = scores.filter(({ score }) => score.verdict !== "equal");
  const share = decided.length === 0 ? 1 : equal / decided.length;
  if (flags.json)
    console.log(
      JSON.stringify(
        {
          equal,
          decided: decided.length,
          share,
          different: different.map(({ item, score }) => ({ id: item.id, ...score })),
        },
        null,
        2,
      ),
    );
  else {
    for (const { item, score } of different) console.log(`${item.id}: ${score.verdict}: ${score.detail}`);
    console.log(
      `${equal} of ${decided.length} equal, ${(100 * share).toFixed(1)} %; ${scores.length - decided.length} without a verdict`,
    );
  }
  if (equal < decided.length) process.exitCode = 1;
}

async function scored(item: RestCase, server: RestServer, dataset: string): Promise<RestScore> {
  try {
    await server.prepare(dataset, item.setup);
    return item.kind === "http" ? await replayExchange(item, server, flags.bodies) : await replayJob(item, server);
  } catch (cause) {
    return { verdict: "different", detail: (cause as Error).message };
  }
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 2;
});
