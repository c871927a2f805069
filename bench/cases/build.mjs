import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fastbreak, inTurns, several } from "../measure.mjs";
import { kept, layered, layeredModel } from "../projects.mjs";
import { straightThrough } from "../straight-through.mjs";

/** A first build of many small models, and an edit of one of them. */
export async function build({ report, quick }) {
  const models = quick ? 200 : 1000;
  const dir = await layered(models, { rows: 100 });
  const restore = kept(dir);
  const straight = await straightThrough(dir);
  report({
    name: `first build of ${models} models`,
    against: "the same SQL in DuckDB",
    must: 2,
    aim: 1.3,
    ...inTurns({ before: restore, ours: () => fastbreak(dir, "run"), theirs: straight, times: quick ? 3 : 5 }),
  });

  restore();
  fastbreak(dir, "run");
  fastbreak(dir, "run");
  let turn = 0;
  // Of the ten layers the seventh: fourteen models rest on it.
  const edited = Math.floor(models * 0.607);
  const ours = several(() => {
    turn += 1;
    writeFileSync(join(dir, `definitions/m${edited}.sqlx`), layeredModel(edited, models / 10, ` + ${turn}`));
    return fastbreak(dir, "run");
  });
  report({
    name: `one edit among ${models} models`,
    against: "seconds",
    must: 3,
    aim: 1,
    ours,
    wall: ours.wall,
    cpu: ours.cpu,
  });
}
