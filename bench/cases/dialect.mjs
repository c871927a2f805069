import { built } from "../built.mjs";
import { timed } from "../measure.mjs";

/** Constructs that are dear to translate exactly, each against DuckDB's own SQL, one thread, in one process. */
export async function dialect({ report, quick }) {
  const program = await built("pace");
  const [rows, turns] = quick ? ["50000", "3"] : ["500000", "5"];
  const { stdout } = timed([process.execPath, program, rows, turns]);
  for (const { name, ours, theirs } of JSON.parse(stdout)) {
    const sides = { ours: { cpu: ours / 1000 }, theirs: { cpu: theirs / 1000 } };
    report({ name, against: "DuckDB by hand", must: 5, aim: 1.5, by: "cpu", ratio: ours / theirs, ...sides });
  }
}
