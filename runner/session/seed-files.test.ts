import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedFiles } from "./seed-files.js";

const TARGETS = {
  declared: [
    { dataset: "raw", name: "orders" },
    { dataset: "raw", name: "users" },
    { dataset: "crm", name: "users" },
  ],
  made: new Set(["d.model"]),
};

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "fastbreak-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function tables(folder: string, ...files: readonly string[]): string[] {
  for (const file of files) {
    mkdirSync(dirname(join(dir, folder, file)), { recursive: true });
    writeFileSync(join(dir, folder, file), "");
  }
  return seedFiles([join(dir, folder)], TARGETS).map(({ table, format }) => `${table.dataset}.${table.name} ${format}`);
}

describe("the table that a file is for", () => {
  it("is the source of its name, its dataset told by the name or the folder where it must be", () => {
    expect(tables("a", "ORDERS.csv", "crm/users.jsonl", "raw.users.parquet", "notes.md", ".hidden/orders.csv")).toEqual(
      ["raw.orders csv", "crm.users json", "raw.users parquet"],
    );
    expect(tables("b", "new.things.csv", "other/more.csv.gz")).toEqual(["new.things csv", "other.more csv"]);
    expect(tables("raw", "users.csv")).toEqual(["raw.users csv"]);
  });

  it("must be clear", () => {
    expect(() => tables("c", "users.csv")).toThrow(/users\.csv can be for raw\.users and crm\.users; put the dataset/);
    expect(() => tables("e", "nothing.csv")).toThrow(/nothing\.csv is for no declared source/);
    expect(() => tables("f", "d.model.csv")).toThrow(/d\.model, which the project makes itself/);
    expect(() => tables("g", "orders.csv", "raw/orders.jsonl")).toThrow(/are both for raw\.orders/);
    expect(() => tables("h", "readme.md")).toThrow(/has no file that can be loaded/);
    expect(() => seedFiles([join(dir, "none")], TARGETS)).toThrow(/none cannot be read/);
  });
});
