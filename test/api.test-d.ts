// Types of the library as its users see them; tsc checks this file, nothing runs it.
import { expectTypeOf } from "vitest";
import { type FailureCode, FastbreakError, openProject, type RunDocument, translateSql } from "../runner/api/index.js";
import { LoadError, type LoaderModule, type LoaderResult, type TableBatch } from "../runner/api/loader.js";

const project = await openProject({ environment: "dev", threads: 2, overrides: { vars: { factor: "2" } } });
expectTypeOf(project.run).returns.resolves.toEqualTypeOf<RunDocument>();
expectTypeOf(project.plan).returns.resolves.toEqualTypeOf<RunDocument>();
expectTypeOf((await project.plan()).totals.rows_written).toBeNumber();
expectTypeOf((await project.verify())[0]?.problem).toEqualTypeOf<string | null | undefined>();
expectTypeOf(await project.transaction("count", async () => 1)).toBeNumber();
await project.run({ window: { from: "2024-01-01", to: "2024-01-02" }, upstream: false, onEvent: ({ event }) => event });

// @ts-expect-error a window has two ends
await project.run({ window: { from: "2024-01-01" } });
// @ts-expect-error variables of a project are texts
await openProject({ overrides: { vars: { factor: 2 } } });
// @ts-expect-error results are read-only
(await project.plan()).target = "bigquery";

expectTypeOf(new FastbreakError("locked", 4, "", { cause: undefined }).code).toEqualTypeOf<FailureCode>();
expectTypeOf<"locked" | "project" | "sql">().toExtend<FailureCode>();

const { sql, columns } = await translateSql("SELECT 1 AS n", [{ dataset: "d", name: "t", columns: [] }]);
expectTypeOf(sql).toBeString();
expectTypeOf(columns[0]?.name).toEqualTypeOf<string | undefined>();

const table: TableBatch["table"] = {
  id: { dataset: "raw", name: "shops" },
  columns: [{ name: "id", type: "INT64", required: true }],
  primaryKey: ["id"],
  partitionColumn: undefined,
  clusterBy: [],
};
const loader: LoaderModule = {
  load: async ([folder], { season }): Promise<LoaderResult> => {
    if (folder === undefined) throw new LoadError("load shops", undefined, undefined, "takes a folder");
    expectTypeOf(season).toEqualTypeOf<string | undefined>();
    return { batches: [{ table, rows: [{ id: 1n, tags: ["a"], at: null }] }], notes: [] };
  },
};
// @ts-expect-error a row holds values, no functions
const wrong: LoaderResult = { batches: [{ table, rows: [{ id: () => 1 }] }], notes: [] };
expectTypeOf(loader.load).returns.resolves.toEqualTypeOf<typeof wrong>();
