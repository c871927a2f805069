import { fastbreak, several } from "../measure.mjs";
import { layered, partitioned, settle } from "../projects.mjs";

/** How a run with nothing to do grows with the project. */
export async function growth({ report, quick }) {
  const models = new Map();
  const noop = async (dir, times) => {
    settle(dir);
    return several(() => fastbreak(dir, "run"), times);
  };
  for (const size of quick ? [100, 1000] : [100, 1000, 3000])
    models.set(size, await noop(await layered(size, { rows: 100 }), 5));
  const pairs = quick
    ? [[1000, 100]]
    : [
        [1000, 100],
        [3000, 1000],
      ];
  for (const [many, few] of pairs)
    tell(`no-op of ${many} models`, `${few} models`, models.get(many), models.get(few), 4);
  const [many, few] = [await noop(await partitioned(5000), 5), await noop(await partitioned(100), 5)];
  tell("no-op of 5000 partitions", "100 partitions", many, few, 2);

  function tell(name, against, ours, theirs, must) {
    report({ name, against, must, ours, theirs, wall: ours.wall / theirs.wall, cpu: ours.cpu / theirs.cpu });
  }
}
