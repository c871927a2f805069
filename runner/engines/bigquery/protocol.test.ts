import { describe, expect, it } from "vitest";
import { readDatasetList, readJobList, readRoutineList, readTableData, readTableList } from "./protocol.js";

describe("lists of the API", () => {
  it.each([
    ["rows", readTableData(1)],
    ["tables", readTableList],
    ["datasets", readDatasetList],
    ["jobs", readJobList],
  ])("of %s are no lists of nothing where the answer was emptied on its way", (_, read) => {
    expect(() => read({ body: {} })).toThrow(/is empty/);
    expect(() => read({ body: { kind: "bigquery#list" } })).not.toThrow();
  });

  it("say of no rows how many there are", () => {
    expect(readTableData(1)({ body: { kind: "bigquery#tableDataList", totalRows: "0" } })).toMatchObject({ rows: [] });
  });

  it("are no lists of rows that were asked for where the rows are of another width", () => {
    const rows = [{ f: [{ v: "1" }, { v: null }] }];
    expect(readTableData(2)({ body: { rows } }).rows).toEqual(rows);
    expect(() => readTableData(3)({ body: { rows } })).toThrow(/no list of rows: .*not of 3 columns/);
  });

  it("of routines may say nothing at all", () => {
    expect(readRoutineList({ body: {} }).routines).toEqual([]);
  });
});
