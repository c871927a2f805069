import { join } from "node:path";
import { fastbreak } from "../measure.mjs";
import { settle, warehouseOf, write } from "../projects.mjs";
import { aside } from "./folder.mjs";

/** This runner on a project of `bench/projects.mjs`, built and settled. */
export function ours({ dir }) {
  settle(dir);
  const putBack = aside(dir);
  const command = { name: "fastbreak run", run: () => fastbreak(dir, "run") };
  return {
    database: warehouseOf(dir),
    write: (name, text) => write(join(dir, "definitions"), `${name}.sqlx`, text),
    putBack: (kase) => {
      putBack();
      // The copy is another file than the one that the last run saw: where nobody else writes, a run has to see it first.
      if (kase === "noop" || kase === "edit") settle(dir);
    },
    commands: { noop: command, rewrite: command, edit: command, fix: command, append: command },
  };
}
