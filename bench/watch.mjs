// From saving a file to the mistake in it on the screen: node bench/watch.mjs [MODELS ...]. Each project has ten layers of models, a
// third of them incremental.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROUNDS = 7;
const LAYERS = 10;
const binary = fileURLToPath(new URL("../bin/fastbreak.cjs", import.meta.url));

const sizes = process.argv.slice(2).map(Number);
console.log(`load average ${loadavg()[0].toFixed(1)}; median (least to most) of ${ROUNDS} saves`);
for (const size of sizes.length > 0 ? sizes : [150, 1000]) {
  const { quick, whole } = await measure(size);
  console.log(`${size} models: mistake shown after ${told(quick)}, whole project checked after ${told(whole)}`);
}

async function measure(size) {
  const dir = project(size);
  const child = spawn(process.execPath, [binary, "watch", "--check-only", "--json"], { cwd: dir });
  const events = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (isWanted) => {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error("the watch has ended");
      const event = JSON.parse(value);
      if (isWanted(event)) return event;
    }
  };
  const [quick, whole] = [[], []];
  try {
    await next(({ event }) => event === "watching");
    for (let round = 0; round < ROUNDS; round += 1) {
      const file = join(dir, "definitions", `m${Math.floor((round * size) / ROUNDS)}.sqlx`);
      const text = readFileSync(file, "utf8");
      const started = performance.now();
      writeFileSync(file, text.replace("x.value + y.value", `x.value + y.nothing${round}`));
      const named = ({ findings }) => findings?.some(({ message }) => message.includes(`nothing${round}`));
      await next(named);
      quick.push(performance.now() - started);
      await next((event) => named(event) && !event.quick);
      whole.push(performance.now() - started);
      writeFileSync(file, text);
      await next(({ event, findings }) => event === "checked" && findings.length === 0);
    }
  } finally {
    child.kill("SIGINT");
    rmSync(dir, { recursive: true, force: true });
  }
  return { quick, whole };
}

/** Layers of models, each of which joins two of the layer before; every third adds what is new alone. */
function project(size) {
  const dir = mkdtempSync(join(tmpdir(), "fastbreak-bench-"));
  mkdirSync(join(dir, "definitions"));
  mkdirSync(join(dir, ".fastbreak"));
  const write = (name, text) => writeFileSync(join(dir, name), text);
  write("dataform.json", JSON.stringify({ defaultDatabase: "p", defaultSchema: "d" }));
  write("definitions/source.sqlx", 'config { type: "declaration", schema: "raw", name: "source" }');
  const width = Math.ceil(size / LAYERS);
  for (let index = 0; index < size; index += 1) {
    const below = (shift) => {
      const layer = Math.floor(index / width);
      return layer === 0 ? 'ref("raw", "source")' : `ref("m${(layer - 1) * width + ((index + shift) % width)}")`;
    };
    const isIncremental = index % 3 === 0;
    const added = isIncremental ? `\${when(incremental(), "AND x.id > (SELECT MAX(id) FROM " + self() + ")")}\n` : "";
    write(
      `definitions/m${index}.sqlx`,
      `config { type: "${isIncremental ? "incremental" : "table"}" }\nSELECT\n  x.id,\n  x.value + y.value AS value,\n  CONCAT(x.name, '-${index}') AS name\n` +
        `FROM \${${below(0)}} AS x\nJOIN \${${below(7)}} AS y ON x.id = y.id\nWHERE x.value > ${index % 5}\n${added}`,
    );
  }
  const made = "CREATE SCHEMA raw; CREATE TABLE raw.source AS SELECT 1 AS id, 10 AS value, 'a' AS name";
  const { status, stderr } = spawnSync(process.execPath, [binary, "query", made], { cwd: dir, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return dir;
}

function told(times) {
  const sorted = [...times].sort((a, b) => a - b).map(Math.round);
  return `${sorted[Math.floor(sorted.length / 2)]} ms (${sorted[0]} to ${sorted.at(-1)})`;
}
