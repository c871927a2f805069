/**
 * Throughput of farm_fingerprint and the cost of opening the library.
 *
 * Run: npx esbuild bench/farm-fingerprint.ts --bundle --platform=node --format=esm --packages=external | node --input-type=module
 */
import { connectEmbedded } from "../runner/api/embedded.js";

const ROWS = 1_000_000;
const REPEATS = 5;

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function best(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) times.push(await milliseconds(work));
  return Math.min(...times);
}

const first = await milliseconds(() => connectEmbedded(":memory:"));
const again = await best(() => connectEmbedded(":memory:"));
const connection = await connectEmbedded(":memory:");
console.log(`open with the library, first time   ${first.toFixed(1)} ms`);
console.log(`open with the library, again        ${again.toFixed(1)} ms`);

await connection.run(`CREATE TABLE texts AS SELECT i, sha256(i::VARCHAR) AS hash64, sha256(i::VARCHAR)[1:16] AS hash16,
  repeat(chr(97 + (i % 26)::INTEGER), (i % 200)::INTEGER) AS varying FROM range(${ROWS}) AS numbers(i)`);
const expressions = {
  "stored, 64 characters": "farm_fingerprint(hash64)",
  "stored, 16 characters": "farm_fingerprint(hash16)",
  "stored, 0 to 199 characters": "farm_fingerprint(varying)",
  "computed, 80 characters": "farm_fingerprint(concat('game=', hash64, '|', i))",
  "not FARM: DuckDB's hash()": "hash(hash64)",
  "not FARM: md5_number_lower()": "md5_number_lower(hash64)",
};
for (const [name, expression] of Object.entries(expressions)) {
  const time = await best(() => connection.runAndReadAll(`SELECT bit_xor(${expression}) FROM texts`));
  console.log(`${name.padEnd(30)} ${(ROWS / time / 1000).toFixed(1)} M rows/s`);
}
connection.closeSync();
