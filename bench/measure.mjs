// Measures whole processes in turns, so that the machine's mood hits both sides alike.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** The command under measurement. */
export const FASTBREAK = [process.execPath, fileURLToPath(new URL("../bin/fastbreak.cjs", import.meta.url))];

/** The shell's own clock counts the processor time of grandchildren, too. */
const CLOCK = 'TIMEFORMAT="clock %R %U %S"; time "$@"';

/**
 * Runs a program to its end.
 * @returns its wall clock and processor time in seconds, and what it printed
 * @throws when it ends with another exit code than 0
 */
export function timed([file, ...args], { cwd = ROOT, env = {} } = {}) {
  const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 1 << 30 };
  const { status, stdout, stderr, error } = spawnSync("bash", ["-c", CLOCK, "bash", file, ...args], options);
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${[file, ...args].join(" ")} ended with ${status}: ${stderr}${stdout}`.slice(0, 4000));
  const [, wall, user, system] = stderr.match(/clock ([\d.]+) ([\d.]+) ([\d.]+)\s*$/);
  return { wall: Number(wall), cpu: Number(user) + Number(system), stdout };
}

/** `fastbreak ARGS` in a project. */
export function fastbreak(cwd, ...args) {
  return timed([...FASTBREAK, ...args], { cwd });
}

/**
 * Two programs in turns.
 * @param sides what each turn calls; `before` of a side puts things back and is not measured
 * @returns medians of both in seconds, and the medians of the ratios of the turns
 */
export function inTurns({ ours, theirs, before = () => {}, times = 5 }) {
  const turns = [];
  for (let turn = 0; turn < times; turn += 1) {
    before();
    const one = ours();
    before();
    const other = theirs();
    turns.push({ one, other });
  }
  return compared(
    turns.map(({ one }) => one),
    turns.map(({ other }) => other),
  );
}

/** The medians of what two programs took in the same turns, and the medians of the turns' ratios. */
export function compared(ours, theirs) {
  const of = (runs) => ({ wall: median(runs.map(({ wall }) => wall)), cpu: median(runs.map(({ cpu }) => cpu)) });
  const ratio = (by) => median(ours.map((one, turn) => one[by] / theirs[turn][by]));
  return { ours: of(ours), theirs: of(theirs), wall: ratio("wall"), cpu: ratio("cpu"), times: ours.length };
}

/** The median of several runs of one program. */
export function several(run, times = 5) {
  const taken = Array.from({ length: times }, run);
  return { wall: median(taken.map(({ wall }) => wall)), cpu: median(taken.map(({ cpu }) => cpu)), times };
}

/** The value in the middle. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
