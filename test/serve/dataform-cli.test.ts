import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, ROOT } from "../rig.js";
import { projectOf } from "../small-project.js";
import { type Served, served } from "./served.js";

const TABLES = ["d.doubled", "d.more", "d.history", "d.seen"];

describe("the unmodified Dataform CLI on a served warehouse", () => {
  let rig: Rig;
  let server: Served;
  beforeAll(async () => {
    rig = await projectOf({
      doubled:
        'config { type: "table", description: "twice", bigquery: { clusterBy: ["n"] } }\nSELECT n * 2 AS n FROM ${ref("raw", "numbers")}',
      more: 'config { type: "table", assertions: { uniqueKey: ["n"] } }\nSELECT n + 1 AS n FROM ${ref("doubled")}',
      history:
        'config { type: "incremental", uniqueKey: ["n"] }\nSELECT n, "x" AS t FROM ${ref("more")} ${when(incremental(), `WHERE n > 3`)}',
      seen: 'config { type: "view" }\nSELECT COUNT(*) AS rows_, SUM(n) AS total FROM ${ref("history")}',
    });
    // The CLI loads packages of the project's own folder only.
    const core = "node_modules/@dataform/core";
    rmSync(join(rig.dir, "node_modules"));
    cpSync(join(ROOT, core), join(rig.dir, core), { recursive: true });
    server = await served("--database", join(rig.dir, "served.duckdb"));
    await server.client.query("CREATE SCHEMA raw; CREATE TABLE raw.numbers AS SELECT 4 AS n, DATE '2024-01-01' AS day");
  });
  afterAll(async () => {
    await server.stop();
    rig.remove();
  });

  const dataform = async (command: string, ...flags: readonly string[]): Promise<{ code: number; output: string }> => {
    writeFileSync(join(rig.dir, ".df-credentials.json"), JSON.stringify({ projectId: "p", location: "US" }));
    const child = spawn(process.execPath, [join(ROOT, "node_modules/.bin/dataform"), command, rig.dir, ...flags], {
      env: { ...process.env, BIGQUERY_EMULATOR_HOST: `${server.url}/bigquery/v2`, METADATA_SERVER_DETECTION: "none" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number];
    return { code, output: Buffer.concat(chunks).toString() };
  };

  it("leaves what a run of ours leaves, table by table", async () => {
    const first = await dataform("run");
    expect([first.code, first.output]).toEqual([0, expect.stringContaining("Assertion passed")]);
    // The table is there now, so that rows are merged into it.
    expect((await dataform("run", "--actions", "history")).code).toBe(0);
    const [table] = await server.client.dataset("d").table("doubled").getMetadata();
    expect(table).toMatchObject({ description: "twice", clustering: { fields: ["n"] } });
    const run = await rig.run([]);
    expect(run.totals.failed).toBe(0);
    for (const name of TABLES) {
      const sql = `SELECT TO_JSON_STRING(t) AS j FROM ${name} AS t ORDER BY j`;
      const [theirs] = await server.client.query(sql);
      const ours = await rig.fastbreak("query", sql, "--json");
      expect([name, JSON.parse(ours.stdout)]).toEqual([name, theirs]);
    }
  });
});
