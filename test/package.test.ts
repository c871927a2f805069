import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, ROOT, runProcess } from "./rig.js";

const TSC = join(ROOT, "node_modules/@typescript/native/bin/tsc");
const PACKED = ["package.json", "README.md", "bin", "dist", "schemas"];

/** A Dataform project of somebody else, which knows fastbreak only as an installed package. */
const PROJECT: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ name: "shop", private: true, dependencies: { "@dataform/core": "3.0.62" } }),
  "dataform.json": JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "shop" }),
  "fastbreak.json": JSON.stringify({
    $schema: "./node_modules/fastbreak/schemas/fastbreak.schema.json",
    loaders: { shops: "load-shops.mjs" },
  }),
  "definitions/shops.sqlx": 'config { type: "declaration", schema: "raw", name: "shops" }',
  "definitions/cities.sqlx":
    'config { type: "table" }\nSELECT city, COUNT(*) AS shops FROM ${ref("raw", "shops")} GROUP BY city',
  "load-shops.mjs": `import { LoadError } from "fastbreak/loader";
export async function load(args) {
  if (args.length > 0) throw new LoadError("shops", undefined, undefined, "takes no argument");
  const table = {
    id: { dataset: "raw", name: "shops" },
    columns: [{ name: "id", type: "INT64" }, { name: "city", type: "STRING" }],
    primaryKey: ["id"], partitionColumn: undefined, clusterBy: [],
  };
  return { batches: [{ table, rows: [{ id: 1n, city: "Oslo" }, { id: 2n, city: "Oslo" }] }], notes: [] };
}`,
  "nightly.mts": `import { FastbreakError, openProject, type RunDocument, translateSql } from "fastbreak";
import type { LoaderResult } from "fastbreak/loader";

const project = await openProject();
const { totals }: RunDocument = await project.run({ select: ["cities"] });
const rows = await project.transaction("count", async (transaction) => {
  return (await transaction.query("SELECT shops FROM shop.cities")).rows;
});
const different = (await project.verify()).filter(({ differences }) => differences.length > 0);
const code = await project.run({ select: ["citis"] }).catch((cause: unknown) =>
  cause instanceof FastbreakError ? cause.code : "other");
const { columns } = await translateSql("SELECT 1 AS n");
export const none: LoaderResult = { batches: [], notes: [] };
console.log(JSON.stringify({ failed: totals.failed, shops: rows.map(String), different, code, columns }));
`,
  "served.mts": `import { type Server, startServer } from "fastbreak/server";

const server: Server = await startServer();
const answer = await fetch(\`\${server.url}/bigquery/v2/projects/p/queries\`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ query: "SELECT 1 + 1 AS n", useLegacySql: false }),
});
const { rows } = (await answer.json()) as { rows: [{ f: [{ v: string }] }] };
console.log(JSON.stringify({ n: rows[0].f[0].v }));
await server.close();
`,
};

describe("the package", () => {
  const dir = mkdtempSync(join(tmpdir(), "fastbreak-package-"));
  const project = join(dir, "shop");
  const fastbreak = (...args: string[]): Promise<Finished> =>
    runProcess(process.execPath, [join(project, "node_modules/fastbreak/bin/fastbreak.cjs"), ...args], project);
  const npm = async (cwd: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProcess("npm", args, cwd);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };

  beforeAll(async () => {
    // Packed from a copy: the declarations must not appear in the dist/ that other tests run.
    const source = join(dir, "source");
    for (const name of PACKED) cpSync(join(ROOT, name), join(source, name), { recursive: true });
    const types = join(source, "dist/types");
    const compiled = await runProcess(process.execPath, [TSC, "-p", "tsconfig.types.json", "--outDir", types], ROOT);
    expect(compiled.stdout).toBe("");
    const tarball = (await npm(source, "pack", "--ignore-scripts", "--silent")).trim();
    for (const [path, text] of Object.entries(PROJECT)) {
      mkdirSync(join(project, path, ".."), { recursive: true });
      writeFileSync(join(project, path), text);
    }
    await npm(project, "install", join(source, tarball), ...["--prefer-offline", "--no-audit", "--no-fund"]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("brings what a user needs and nothing of the warehouse it was made for", () => {
    const installed = join(project, "node_modules/fastbreak");
    for (const path of [
      "README.md",
      "dist/migrations/0001_state.sql",
      "schemas/fastbreak.schema.json",
      "dist/types/api/index.d.ts",
      "dist/types/api/server.d.ts",
    ])
      expect(existsSync(join(installed, path)), path).toBe(true);
    for (const path of ["definitions", "dist/ingest", "dist/training", "runner"])
      expect(existsSync(join(installed, path)), path).toBe(false);
  });

  it("loads, runs and verifies a project of somebody else", async () => {
    const loaded = await fastbreak("load", "shops");
    expect([loaded.stderr, loaded.code]).toEqual(["", 0]);
    const run = await fastbreak("run", "--json");
    expect([run.stderr, run.code]).toEqual(["", 0]);
    expect(JSON.parse(run.stdout)).toMatchObject({ totals: { run: 1, failed: 0 } });
    expect(await fastbreak("verify")).toMatchObject({ code: 0 });
    expect(await fastbreak("load", "shops", "all")).toMatchObject({
      code: 2,
      stderr: "fastbreak: shops: takes no argument\n",
    });
  });

  it("is a library with types", async () => {
    const options = ["--strict", "--module", "NodeNext", "--target", "ES2023", "--types", "node", "--typeRoots"];
    const types = join(ROOT, "node_modules/@types");
    const compiled = await runProcess(process.execPath, [TSC, ...options, types, "nightly.mts", "served.mts"], project);
    expect([compiled.stdout, compiled.code]).toEqual(["", 0]);
    const { stdout, stderr } = await runProcess(process.execPath, ["nightly.mjs"], project);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      failed: 0,
      shops: ["2"],
      different: [],
      code: "selection",
      columns: [{ name: "n", type: "INT64" }],
    });
  });

  it("serves a warehouse within somebody else's process", async () => {
    const { stdout, stderr } = await runProcess(process.execPath, ["served.mjs"], project);
    expect([stderr, JSON.parse(stdout)]).toEqual(["", { n: "2" }]);
  });

  it("has the version that it tells", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    expect((await fastbreak("--version")).stdout).toBe(`${version}\n`);
  });
});
