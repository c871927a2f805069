import { expect, it } from "vitest";
import type { Manifest, ManifestAction } from "./manifest.js";
import { runnableProject } from "./runnable.js";

/** An action of nothing but what is given. */
function action(key: string, type: string, given: object): ManifestAction {
  const [dataset = "", name = ""] = key.split(".");
  const nothing = {
    fileName: `definitions/${name}.sqlx`,
    sources: { files: [] },
    labels: {},
    rowColumns: {},
    lookback: { byTable: {}, defaultDays: undefined },
  };
  const lists = [
    "dependencies",
    "reads",
    "hiddenReads",
    "writes",
    "tags",
    "names",
    "listed",
    "volatileCalls",
    "operations",
  ];
  const empty = Object.fromEntries(
    [...lists, "preOps", "postOps", "createdRoutines", "softTables"].map((k) => [k, []]),
  );
  const target = { database: "home", dataset, name };
  return { key, type, target, ...nothing, ...empty, ...given } as unknown as ManifestAction;
}

it("says at which line of whose query a value changes by itself", () => {
  const actions = [
    action("d.ages", "view", { volatileCalls: [{ functionName: "CURRENT_DATE", line: 3 }] }),
    action("d.report", "table", { reads: [{ key: "d.ages", start: 0, end: 1 }] }),
    action("d.apart", "table", {}),
  ];
  const project = runnableProject({ actions, homeProject: "home" } as unknown as Manifest);
  expect(project.actions.map(({ node }) => node.volatile)).toEqual([
    "it calls CURRENT_DATE() at line 3 of its query",
    "through d.ages: it calls CURRENT_DATE() at line 3 of its query",
    undefined,
  ]);
});
