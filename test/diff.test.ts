import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { smallProject } from "./small-project.js";

runWithin();

interface Model {
  readonly name: string;
  readonly status: string;
  readonly key: readonly string[];
  readonly key_from: string;
  readonly notes: readonly string[];
  readonly columns: { readonly added: readonly unknown[]; readonly removed: readonly unknown[] };
  readonly rows: Readonly<Record<string, number>>;
  readonly changes: readonly { readonly column: string; readonly rows: number }[];
  readonly samples: { readonly changed: readonly unknown[]; readonly added: readonly unknown[] };
}

let rig: Rig;
beforeAll(async () => {
  rig = await smallProject(360);
  rig.write("definitions/best.sqlx", 'config { type: "view" }\nSELECT * FROM ${ref("totals")} WHERE points > 0');
  await rig.run([]);
  git("init", "-q");
  rig.write(".gitignore", "node_modules\n.fastbreak\n");
  git("add", ".");
  git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "first");
});
afterAll(() => rig.remove());

function git(...args: string[]): void {
  const { status, stderr } = spawnSync("git", args, { cwd: rig.dir, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

async function diff(code: number, ...args: string[]): Promise<readonly Model[]> {
  const finished = await rig.fastbreak("diff", "--json", ...args);
  expect([finished.code, finished.stderr]).toEqual([code, ""]);
  return (JSON.parse(finished.stdout) as { models: Model[] }).models;
}

const rowsOf = (models: readonly Model[]) => Object.fromEntries(models.map(({ name, rows }) => [name, rows]));

describe("fastbreak diff", () => {
  it("finds nothing where a run would change nothing, and a comment changes nothing", async () => {
    expect(await diff(0)).toEqual([]);
    rig.edit("definitions/daily.sqlx", "SELECT day", "-- every day\nSELECT day");
    expect(await diff(0, "daily")).toMatchObject([{ name: "d.daily", status: "equal", rows: { unchanged: 360 } }]);
  });

  it("shows what an edit changes by key and column, in the model and in all that reads it, and leaves nothing behind", async () => {
    const before = await rig.sql("SELECT * FROM d.daily ORDER BY ALL");
    rig.edit("definitions/daily.sqlx", "SUM(points) AS points", "SUM(points) + IF(team = 'team 3', 1, 0) AS points");
    expect((await diff(6)).map(({ name }) => name)).toEqual(["d.daily", "d.form", "d.totals"]);
    // A view is compared where it is asked for.
    const models = await diff(6, "--select", "daily+");
    expect(rowsOf(models)).toMatchObject({
      "d.daily": { before: 360, after: 360, added: 0, removed: 0, changed: 12, unchanged: 348 },
      "d.form": { before: 360, after: 360, added: 0, removed: 0, changed: 12, unchanged: 348 },
      // A table without a key: its row goes and another one comes.
      "d.totals": { before: 30, after: 30, added: 1, removed: 1, changed: 0, unchanged: 29 },
      "d.best": { added: 1, removed: 1 },
    });
    expect(models[0]).toMatchObject({
      key: ["day", "team"],
      key_from: "uniqueKey",
      changes: [{ column: "points", rows: 12 }],
    });
    expect(models[0]?.samples.changed[0]).toEqual({
      key: { day: "2024-01-01", team: "team 3" },
      before: { points: expect.any(String) },
      after: { points: expect.any(String) },
    });
    expect(await rig.sql("SELECT * FROM d.daily ORDER BY ALL")).toEqual(before);
    expect(
      await rig.sql("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '%diff%'"),
    ).toEqual([]);
    // The state does not know of it either: the run does what the plan said before.
    expect((await rig.run([])).totals).toMatchObject({ run: 4, rows_written: 84 });
    expect((await rig.fastbreak("verify")).code).toBe(0);
  });

  it("compares the partitions of a window alone", async () => {
    rig.edit("definitions/daily.sqlx", "'team 3', 1, 0", "'team 3', 2, 0");
    expect(rowsOf(await diff(6, "daily", "--date", "2024-01-03"))).toMatchObject({
      "d.daily": { before: 30, after: 30, changed: 1 },
    });
  });

  it("tells added and removed columns, and compares whole rows where a key does not tell them apart", async () => {
    rig.edit("definitions/daily.sqlx", "COUNT(*) AS events", "MAX(points) AS top");
    const [model] = await diff(6, "daily", "--key", "team", "--samples", "1");
    expect(model).toMatchObject({
      columns: { added: [{ name: "top", type: "INT64" }], removed: [{ name: "events", type: "INT64" }] },
      notes: ["team does not tell the rows apart, so that whole rows are compared"],
      rows: { added: 12, removed: 12 },
    });
    expect(model?.samples.added).toHaveLength(1);
  });

  it("takes what was edited since a git reference", async () => {
    expect((await diff(6, "--git", "HEAD")).map(({ name }) => name)).toEqual(["d.daily"]);
    expect((await rig.fastbreak("diff", "--git", "nowhere")).stderr).toBe(
      "fastbreak: git knows no reference nowhere\n",
    );
  });

  it("is a comment on a pull request", async () => {
    const { code, stdout } = await rig.fastbreak("diff", "totals", "--output", "markdown");
    expect(code).toBe(6);
    expect(stdout).toContain("### fastbreak diff: 1 of 1 relation differ");
    expect(stdout).toContain("| `d.totals` | 30 | 30 | 1 | 1 | 0 |  |");
  });

  it("names the place of SQL that cannot be built", async () => {
    rig.edit("definitions/totals.sqlx", "SUM(points)", "SUM(nothing)");
    const { code, stderr } = await rig.fastbreak("diff", "totals");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fastbreak: definitions\/totals\.sqlx:2:\d+: /);
    rig.edit("definitions/totals.sqlx", "SUM(nothing)", "SUM(points)");
  });

  it("compares two environments as they stand", async () => {
    await rig.run(["--schema-suffix", "dev"]);
    const models = await diff(6, "--schema-suffix", "dev", "--against", "none");
    expect(models.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "d_dev.daily different",
      "d_dev.form different",
      "d_dev.totals different",
    ]);
    expect(rowsOf(models)["d_dev.daily"]).toMatchObject({ before: 360, after: 360, changed: 12 });
    await rig.run([]);
    expect(await diff(0, "--schema-suffix", "dev", "--against", "none")).toHaveLength(3);
    expect((await rig.fastbreak("diff", "--against", "none")).stderr).toMatch(/names the environment itself/);
    const unknown = await rig.fastbreak("diff", "--against", "deb");
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringMatching(/no environment stands under the suffix deb; did you mean "?dev/),
    ]);
  });
});
