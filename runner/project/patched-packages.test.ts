import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { codeChange } from "./code-change.js";
import { action, load, moved, useProjects } from "./test-support/load.js";
import { type TempProject, tempProject } from "./test-support/temp-project.js";

useProjects();
let copied: TempProject | undefined;
afterEach(() => copied?.remove());

const FILES = {
  "definitions/a.sqlx": 'config { type: "table", assertions: { uniqueKey: ["x"] } }\nselect 1 as x',
  "definitions/b.js": 'publish("b", { type: "table" }).query(() => "select " + require("pkg").one());',
  "node_modules/pkg/package.json": '{"version":"1.0.0","main":"index.js"}',
  "node_modules/pkg/index.js": 'exports.one = () => require("./lib").one;',
  "node_modules/pkg/lib.js": "exports.one = 1;",
};

it("a patched compiler of the same version compiles again and moves every code hash", async () => {
  copied = tempProject(FILES, "copy");
  const { manifest: before } = await load(copied);
  expect((await load(copied)).compiled).toBe(false);
  const bundle = "node_modules/@dataform/core/bundle.js";
  const text = readFileSync(join(copied.dir, bundle), "utf8");
  copied.write({ [bundle]: text.replace("COUNT(1) AS index_row_count", "COUNT(2) AS index_row_count") });

  const { manifest: after, compiled } = await load(copied);
  expect(compiled).toBe(true);
  expect(moved(before, after, "codeHash")).toEqual(after.actions.map(({ key }) => key));
  expect(moved(before, after, "compiledHash")).toEqual(["checks.d_a_assertions_uniqueKey_0"]);
  const { codeHash } = action(before, "d.a");
  expect(codeChange("d.a", codeHash, [before], after)?.files).toEqual(["@dataform/core (changed)"]);
});

it("a patched file deep in a package of the same version moves the models that load it", async () => {
  copied = tempProject(FILES, "copy");
  const { manifest: before } = await load(copied);
  copied.write({ "node_modules/pkg/lib.js": "exports.one = 2;" });
  const { manifest: after, compiled } = await load(copied);
  expect(compiled).toBe(true);
  expect(moved(before, after, "compiledHash")).toEqual(["d.b"]);
  expect(moved(before, after, "codeHash")).toEqual(["d.b"]);
});
