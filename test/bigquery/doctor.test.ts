import { expect, it } from "vitest";
import { BIGQUERY } from "../../runner/engines/bigquery/engine.js";
import type { EngineFinding, WarehousePlace } from "../../runner/engines/engine.js";
import { World } from "./world.js";

it("doctor looks at what only the service can tell, and changes nothing", async () => {
  const world = await World.open(
    { ".df-credentials.json": '{"projectId": "acme", "credentials": "{}"}' },
    "CREATE SCHEMA fastbreak",
  );
  const place: WarehousePlace = {
    projectDir: world.dir,
    database: undefined,
    memory: undefined,
    threads: undefined,
    bigquery: { endpoint: world.proxy.url, location: "US" },
  };
  const examined = async () => {
    const findings: EngineFinding[] = [];
    for await (const finding of BIGQUERY.examine?.(place) ?? []) findings.push(finding);
    return findings;
  };
  const healthy = await examined();
  expect(healthy.filter(({ status }) => status === "failed")).toEqual([]);
  expect(healthy.filter(({ status }) => status === "warning").map(({ what }) => what)).toEqual([
    "settings",
    ".df-credentials.json",
  ]);
  expect(healthy.length).toBeGreaterThan(8);
  expect(await world.sql("SELECT COUNT(*) FROM fastbreak.INFORMATION_SCHEMA.TABLES")).toEqual([["0"]]);

  await world.sql("CREATE TABLE fastbreak.stage_x AS SELECT 1 AS x");
  world.proxy.fault = ({ path }) => (path.startsWith("/batch") ? "page of a proxy before" : undefined);
  const found = (await examined()).filter(({ status }) => status !== "ok").map(({ what }) => what);
  expect(found).toContain("stages that were left");
  await world.close();
});
