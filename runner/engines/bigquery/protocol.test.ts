import { describe, expect, it } from "vitest";
import { readDatasetList, readJobList, readRoutineList, readTableData, readTableList } from "./protocol.js";

describe("lists of the API", () => {
  it.each([
    ["rows", readTableData],
    ["tables", readTableList],
    ["datasets", readDatasetList],
    ["jobs", readJobList],
  ])("of %s are no lists of nothing where the answer was emptied on its way", (_, read) => {
    expect(() => read({ body: {} })).toThrow(/is empty/);
    expect(() => read({ body: { kind: "bigquery#list" } })).not.toThrow();
  });

  it("say of no rows how many there are", () => {
    expect(readTableData({ body: { kind: "bigquery#tableDataList", totalRows: "0" } })).toMatchObject({ rows: [] });
  });

  it("of routines may say nothing at all", () => {
    expect(readRoutineList({ body: {} }).routines).toEqual([]);
  });
});
