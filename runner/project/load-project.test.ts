// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { action, load, project, useProjects } from "./test-support/load.js";
import { THREE_MODELS } from "./test-support/three-models.js";

useProjects();

describe("manifest", () => {
  it("describes every kind of action", async () => {
    const { manifest, compiled } = await load(
      project({
        "definitions/raw.sqlx": 'config { type: "declaration", schema: "raw", name: "games" }',
        "definitions/facts.sqlx": `config {
  type: "incremental", tags: ["nightly"], uniqueKey: ["id"], protected: true, description: "Facts", columns: { id: "Key" },
  bigquery: { partitionBy: "game_date", clusterBy: ["id"], labels: {
    lookback_days: "3", lookback_days__games: "10", lookahead_days__games: "1", row_created: "created_at", team: "x" } },
  assertions: { uniqueKey: ["id"] }
}
pre_operations { set x = 1 }
select id, game_date from \${ref("raw", "games")}
post_operations { set x = 2 }`,
        "definitions/summary.sqlx":
          'config { type: "table", bigquery: { partitionBy: "DATE(at)" } }\nselect * from ${ref("facts")}',
        "definitions/check.sqlx": 'config { type: "assertion" }\nselect * from ${ref("facts")} where id is null',
        "definitions/op.sqlx": 'config { type: "operations" }\nselect 1\n---\nselect 2',
        "definitions/unit.sqlx":
          'config { type: "test", dataset: "summary" }\ninput "facts" { select 1 as id }\nselect 1 as id',
      }),
    );
    expect(compiled).toBe(true);
    expect(manifest.homeProject).toBe("proj");
    const facts = action(manifest, "d.facts");
    expect(facts).toMatchObject({
      target: { database: "proj", dataset: "d", name: "facts" },
      type: "incremental",
      fileName: "definitions/facts.sqlx",
      tags: ["nightly"],
      disabled: false,
      description: "Facts",
      columnDescriptions: { id: "Key" },
      query: "select id, game_date from `proj.raw.games`",
      preOps: ["set x = 1"],
      postOps: ["set x = 2"],
      dependencies: ["raw.games"],
      partitionColumn: "game_date",
      clusterBy: ["id"],
      uniqueKey: ["id"],
      protected: true,
      lookback: { defaultDays: 3, byTable: { games: { back: 10, ahead: 1 } } },
      rowColumns: { created: "created_at" },
      reads: [{ key: "raw.games", start: 26, end: 42, implicitAlias: "games" }],
      compileVolatile: false,
    });
    expect(action(manifest, "d.summary")).toMatchObject({
      partitionExpression: "DATE(at)",
      partitionColumn: undefined,
    });
    expect(action(manifest, "checks.d_facts_assertions_uniqueKey_0")).toMatchObject({
      type: "assertion",
      parent: "d.facts",
    });
    expect(action(manifest, "checks.check").dependencies).toEqual(["d.facts"]);
    expect(action(manifest, "d.op").operations).toEqual(["select 1", "select 2"]);
    expect(action(manifest, "raw.games").type).toBe("declaration");
    expect(action(manifest, "test:unit").query).toBe("select * from ( select 1 as id )");
  });

  it("keeps a model whose SQL our parser cannot read", async () => {
    const { manifest } = await load(project({ "definitions/a.sqlx": 'config { type: "table" }\nselect @@broken@@' }));
    expect(action(manifest, "d.a")).toMatchObject({
      unscannable: { message: "Syntax error: @@broken@@", offset: 7 },
      reads: [],
    });
  });

  it("reads workflow_settings.yaml", async () => {
    const { manifest } = await load(
      project({
        "workflow_settings.yaml": "defaultProject: other\ndefaultDataset: e\n",
        "definitions/a.sqlx": 'config { type: "table" }\nselect 1 as x',
      }),
    );
    expect(action(manifest, "e.a").target.database).toBe("other");
  });
});

describe("the cache", () => {
  it("serves an unchanged project and notices every change", async () => {
    const made = project(THREE_MODELS);
    const first = await load(made);
    const second = await load(made);
    expect(second.compiled).toBe(false);
    expect(second.manifest).toEqual(first.manifest);
    made.write({ "definitions/new.sqlx": 'config { type: "view" }\nselect 1 as x' });
    expect((await load(made)).compiled).toBe(true);
    rmSync(join(made.dir, "definitions/new.sqlx"));
    const last = await load(made);
    expect(last.compiled).toBe(true);
    expect(last.manifest).toEqual(first.manifest);
  });

  it("takes the warehouse's manifest when the disk has none, and only when it fits", async () => {
    const made = project(THREE_MODELS);
    const { manifest } = await load(made);
    rmSync(join(made.dir, ".fastbreak"), { recursive: true });
    const warehouseManifest = () => Promise.resolve(manifest);
    expect((await load(made, {}, { warehouseManifest })).compiled).toBe(false);
    expect(existsSync(join(made.dir, ".fastbreak/manifest"))).toBe(true);
    made.write({ "definitions/c.sqlx": 'config { type: "view" }\nselect 2 as x' });
    expect((await load(made, {}, { warehouseManifest })).compiled).toBe(true);
  });

  it.each(["", "{", "[]", "{}\n{}", '{"sha256":"","origin":{}}\n{}'])(
    "compiles when the cached manifest is %j",
    async (text) => {
      const made = project({ "definitions/a.sqlx": 'config { type: "view" }\nselect 1 as x' });
      mkdirSync(join(made.dir, ".fastbreak"));
      writeFileSync(join(made.dir, ".fastbreak/manifest"), text);
      expect((await load(made)).compiled).toBe(true);
      expect((await load(made)).compiled).toBe(false);
    },
  );

  it("compiles when the cached manifest was damaged", async () => {
    const made = project({ "definitions/a.sqlx": 'config { type: "view" }\nselect 1 as x' });
    const { manifest } = await load(made);
    const file = join(made.dir, ".fastbreak/manifest");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("select 1", "select 2"));
    expect(await load(made)).toMatchObject({ compiled: true, manifest });
  });
});
