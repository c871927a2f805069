import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fastbreak, inTurns, ROOT, timed } from "../measure.mjs";
import { layered, write } from "../projects.mjs";

const STOCK = join(ROOT, "node_modules/@dataform/cli/bundle.js");

/** Whole processes that compile, against the stock CLI. */
export async function compile({ report, quick }) {
  for (const models of quick ? [100] : [100, 1000]) {
    const dir = await layered(models, { rows: 1 });
    // The stock CLI wants the core in the project itself, and finds none behind a symbolic link.
    cpSync(join(ROOT, "node_modules/@dataform/core"), join(dir, "node_modules/@dataform/core"), { recursive: true });
    const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules/@dataform/core/package.json"), "utf8"));
    write(dir, "package.json", JSON.stringify({ dependencies: { "@dataform/core": version } }));
    const theirs = () => timed([process.execPath, STOCK, "compile", "--json", dir], { cwd: dir });
    const ours = () => fastbreak(dir, "compile", "--json");
    const forget = () => rmSync(join(dir, ".fastbreak/graph"), { force: true });
    const held = { against: "dataform compile", must: 0.12, aim: 0.08 };
    const cold = inTurns({ before: forget, ours, theirs });
    report({ name: `compile ${models} models, never compiled`, ...held, ...cold });
    ours();
    report({ name: `compile ${models} models, unchanged`, ...held, ...inTurns({ ours, theirs }) });
  }
}
