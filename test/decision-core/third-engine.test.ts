import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../../runner/events/events.js";
import { executePlan } from "../../runner/execute/execute-plan.js";
import { EVERYTHING } from "../../runner/plan/select.js";
import { findPlace } from "../../runner/session/place.js";
import { planSession } from "../../runner/session/plan-request.js";
import { type ProjectSession, withProject } from "../../runner/session/session.js";
import { day } from "./content.js";
import { KEY_COLUMNS } from "./evaluate.js";
import { plainSpec } from "./plain-spec.js";
import { specSql } from "./spec-sql.js";
import { TOY, warehouse } from "./toy-engine.js";

// One entry more in the registry; nothing else of the runner knows the engine.
vi.mock("../../runner/engines/registry.js", async (original) => {
  const real = await original<typeof import("../../runner/engines/registry.js")>();
  const { TOY: toy } = await import("./toy-engine.js");
  return { ...real, engineNamed: (name: string) => real.engineNamed(name, [toy]) };
});

// The runner is not built here: its compile child is built from the sources.
vi.mock("../../runner/project/compile/find-child.js", async () => {
  const { buildCompileChild } = await import("../../runner/project/test-support/compile-child.js");
  return { findCompileChild: buildCompileChild };
});

const dir = mkdtempSync(join(tmpdir(), "fastbreak-engine-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The project's own SQLX: what its model gives the toy engine can evaluate. */
function writeProject(): void {
  mkdirSync(join(dir, "definitions"));
  writeFileSync(join(dir, "dataform.json"), JSON.stringify({ defaultDatabase: "p", defaultSchema: "world" }));
  writeFileSync(join(dir, "package.json"), "{}");
  writeFileSync(join(dir, "definitions", "s0.sqlx"), 'config { type: "declaration", schema: "world", name: "s0" }');
  const config = 'config { type: "incremental", bigquery: { partitionBy: "d", labels: { lookback_days: "0" } } }';
  writeFileSync(join(dir, "definitions", "m1.sqlx"), `${config}\n${specSql(plainSpec("m1", "s0")).sql}`);
}

async function run(session: ProjectSession): Promise<string[]> {
  const request = { window: undefined, selection: EVERYTHING, force: false, upstream: true };
  const plan = await planSession(session, request);
  const told: RunEvent[] = [];
  await executePlan(session.warehouse, plan, {
    stateDataset: session.settings.stateDataset,
    runId: "run",
    startedAt: new Date(0),
    compiledManifest: undefined,
    command: "run",
    concurrency: 2,
    failFast: false,
    history: [],
    force: false,
    emit: (event) => told.push(event),
    locate: (action) => action.fileName,
  });
  return told.flatMap((event) =>
    event.event === "action_finished" ? event.result.partitions.map(({ reason }) => reason) : [],
  );
}

describe("a third engine", () => {
  it("is one module that implements Engine and one entry of the registry", async () => {
    writeProject();
    const columns = [...KEY_COLUMNS, { name: "v", type: "INT64" as const }];
    const rows = [{ d: day(0), k: "a", j: "b", v: 3 }];
    warehouse.write("world.s0", { columns, rows }, { partitionColumn: "d", primaryKey: [] });
    const options = { projectDir: dir, target: TOY.name };
    expect(findPlace(options).engine.summary).toBe(TOY.summary);

    const reasons = await withProject(options, async (session) => [await run(session), await run(session)]);
    expect(reasons).toEqual([
      ["never_built", "never_built"],
      ["unchanged", "unchanged"],
    ]);
    expect(warehouse.tables().get("world.m1")?.rows).toEqual(rows);
  });
});
