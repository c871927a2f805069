import { beforeAll, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

interface Target {
  readonly schema: string;
  readonly name: string;
}

interface CompiledTable {
  readonly target: Target;
  readonly dependencyTargets?: readonly Target[];
  readonly bigquery?: { readonly partitionBy?: string; readonly labels?: Readonly<Record<string, string>> };
}

const FAILURES = "precompute_failures";
let tables: ReadonlyMap<string, CompiledTable>;

beforeAll(async () => {
  const rig = Rig.warehouseProject();
  const { stdout } = await rig.fastbreak("compile", "--json");
  rig.remove();
  const compiled = JSON.parse(stdout) as { readonly tables: readonly CompiledTable[] };
  tables = new Map(compiled.tables.map((table) => [table.target.name, table]));
});

it("what a run could not build of a date is told behind every other model of dates, although one failed", () => {
  const before = new Set<string>();
  const visit = (name: string): void => {
    for (const { name: needed } of tables.get(name)?.dependencyTargets ?? []) {
      if (before.has(needed)) continue;
      before.add(needed);
      visit(needed);
    }
  };
  visit(FAILURES);
  const dated = [...tables.values()].filter(({ bigquery }) => bigquery?.labels?.lookback_days !== undefined);
  expect(dated.map(({ target }) => target.name).filter((name) => name !== FAILURES && !before.has(name))).toEqual([]);
  const soft = tables.get(FAILURES)?.bigquery?.labels ?? {};
  const hard = (tables.get(FAILURES)?.dependencyTargets ?? [])
    .map(({ name }) => name)
    .filter(
      (name) => tables.get(name)?.bigquery?.partitionBy !== undefined && soft[`soft_dependency__${name}`] !== "true",
    );
  expect(hard).toEqual([]);
});
