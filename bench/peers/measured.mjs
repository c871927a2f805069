import { seconds } from "../document.mjs";
import { compared } from "../measure.mjs";
import { duckdb } from "../projects.mjs";
import { ours } from "./ours.mjs";
import { differences, rebuilt } from "./right.mjs";

const MUST = { noop: 0.2, rewrite: 0.2, edit: 0.5, fix: 0.5, append: 0.5 };

/**
 * Measures a project written for every tool, case by case, and tells ours against the best peer that is right.
 * @param project of `./projects.mjs`
 * @param installed the peers: how each is made, and the folder of its programs
 * @param cases which cases; default: all
 */
export async function measured(project, installed, { report, times, cases = Object.keys(MUST) }) {
  await duckdb(project.database, ...project.prepared);
  // The peers first: they copy the sources before ours builds into their file.
  const others = installed.map(({ make, bin }) => make(project, bin));
  const sides = [ours(project), ...others];
  for (const kase of cases) {
    const taken = await inTurns(project, kase, sides, times);
    const expected = await rebuilt(edited(project, kase), sides[0].database);
    const right = [];
    for (const [index, side] of sides.entries()) {
      const { models, rows } = await differences(project.models, expected, side.database);
      const wrong = models > 0 ? `STALE: ${rows} rows of ${models} models` : undefined;
      const ratios = compared(taken[0], taken[index]);
      console.log(told(side.commands[kase].name, ratios, wrong));
      if (wrong === undefined) right.push({ index, name: side.commands[kase].name, ...ratios });
    }
    if (right[0]?.index !== 0) throw new Error(`${project.title}, ${kase}: fastbreak's result is not a rebuild's`);
    const [best] = right.slice(1).sort((one, other) => one.theirs.wall - other.theirs.wall);
    if (best === undefined) console.log(`skipped: ${project.title}, ${kase}: no peer is right`);
    else report({ ...best, name: `${kase}, ${project.title}`, against: best.name, must: MUST[kase] });
  }
}

/** Each turn puts every tool's project and database back, applies the change, and times the tool's command alone. */
async function inTurns(project, kase, sides, times) {
  const taken = sides.map(() => []);
  for (let turn = 0; turn < times; turn += 1)
    for (const [index, side] of sides.entries()) {
      // A run without work leaves everything as it was.
      if (kase !== "noop" || turn === 0) side.putBack(kase);
      for (const { name, text } of edited(project, kase))
        if (text !== project.models.find((model) => model.name === name).text) side.write(name, text);
      if (project.changes[kase] !== undefined) await duckdb(side.database, ...project.changes[kase]);
      taken[index].push(side.commands[kase].run());
    }
  return taken;
}

/** One tool's command, whether it made the tables right, and how much longer than ours it took. */
function told(name, { theirs, wall, cpu }, wrong) {
  const ratio = `ours takes ${wall.toFixed(2)} of it, cpu ${cpu.toFixed(2)}`;
  return `       ${name}: ${seconds(theirs.wall)} s, ${wrong ?? "right"}; ${ratio}`;
}

/** The models as they are in a case. */
function edited({ models, edit }, kase) {
  if (kase !== "edit") return models;
  return models.map((model) =>
    model.name === edit.model ? { ...model, text: model.text.replace(edit.from, edit.to) } : model,
  );
}
