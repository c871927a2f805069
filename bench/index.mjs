// npm run bench [-- CASE ...] [--quick] [--write]: every ratio that fastbreak is held to, both sides measured in turns on this machine.
//   CASE     noop, growth, build, season, compile, dialect, peers; default: all
//   --quick  smaller inputs and fewer turns
//   --write  put the table into docs/benchmarks.md

import { cpus, loadavg, totalmem } from "node:os";
import { build } from "./cases/build.mjs";
import { compile } from "./cases/compile.mjs";
import { dialect } from "./cases/dialect.mjs";
import { growth } from "./cases/growth.mjs";
import { noop } from "./cases/noop.mjs";
import { peers } from "./cases/peers.mjs";
import { season } from "./cases/season.mjs";
import { document, ratioOf, seconds } from "./document.mjs";
import { ROOT, timed } from "./measure.mjs";

const CASES = { noop, growth, build, season, compile, dialect, peers };
const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith("--"));
const names = words.filter((word) => !word.startsWith("--"));
const unknown = [
  ...names.filter((name) => !(name in CASES)),
  ...options.filter((o) => !["--quick", "--write"].includes(o)),
];
if (unknown.length > 0) {
  console.error(
    `bench: there is no ${unknown.join(", ")}; cases: ${Object.keys(CASES).join(", ")}; options: --quick, --write`,
  );
  process.exit(2);
}
timed(["npm", "run", "-s", "build"], { cwd: ROOT });
const told = [];
console.log(
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load average ${loadavg()[0].toFixed(1)}, node ${process.version}`,
);
for (const name of names.length > 0 ? names : Object.keys(CASES)) {
  await CASES[name]({
    quick: options.includes("--quick"),
    report: (result) => {
      told.push(result);
      console.log(line(result));
    },
  });
}
if (options.includes("--write")) document(told);

/** One result: whether it is enough, and both times. */
function line(result) {
  const { name, against, must, by = "wall", cpu, ours, theirs } = result;
  const judged = ratioOf(result);
  const times = [ours, theirs].filter((side) => side !== undefined).map((side) => `${seconds(side[by])} s`);
  const other = by === "wall" && cpu !== undefined ? `, cpu ${cpu.toFixed(2)}` : "";
  const verdict = judged <= must ? "kept" : "MISSED";
  return `${verdict.padEnd(6)} ${judged.toFixed(2).padStart(6)} <= ${must}  ${name} / ${against} (${times.join(" / ")}${other})`;
}
