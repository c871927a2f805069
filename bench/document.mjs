import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { ROOT } from "./measure.mjs";

const FILE = join(ROOT, "docs/benchmarks.md");

/** Puts what was measured, with machine and versions, behind the words of docs/benchmarks.md. */
export function document(results) {
  const [words] = readFileSync(FILE, "utf8").split("\n## Measured\n");
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const machine =
    `${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
    `Node ${process.version}, DuckDB ${dependencies["@duckdb/node-api"]}, Dataform core ${dependencies["@dataform/core"]}.`;
  const rows = results.map(
    (result) => `| ${[result.name, result.against, judged(result), `<= ${result.must}`, times(result)].join(" | ")} |`,
  );
  const head = ["| measure | against | ratio | must | seconds |", "| --- | --- | --- | --- | --- |"];
  writeFileSync(FILE, [words.trimEnd(), "", "## Measured", "", machine, "", ...head, ...rows, ""].join("\n"));
}

/** The ratio by which a measure is judged. */
export function ratioOf({ by = "wall", wall, cpu, ratio }) {
  return ratio ?? (by === "cpu" ? cpu : wall);
}

function judged(result) {
  const text = ratioOf(result).toFixed(2);
  return ratioOf(result) <= result.must ? text : `**${text}**`;
}

function times({ by = "wall", ours, theirs }) {
  return [ours, theirs]
    .filter((side) => side !== undefined)
    .map((side) => seconds(side[by]))
    .join(" / ");
}

/** Seconds, to what a reader can tell apart. */
export function seconds(value) {
  return value < 0.1 ? value.toFixed(3) : value.toFixed(2);
}
