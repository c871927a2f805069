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
  home: "home",
};

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "fastbreak-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function write(folder: string, file: string): void {
  mkdirSync(dirname(join(dir, folder, file)), { recursive: true });
  writeFileSync(join(dir, folder, file), "");
}

function tables(folder: string, ...files: readonly string[]): string[] {
  for (const file of files) write(folder, file);
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

  it("may be of another project", () => {
    const declared = [
      ...TARGETS.declared,
      { dataset: "other.raw", name: "orders" },
      { dataset: "far.geo", name: "roads" },
    ];
    const of = (folder: string, file: string) => {
      write(folder, file);
      const [found] = seedFiles([join(dir, folder)], { ...TARGETS, declared });
      return `${found?.table.dataset}.${found?.table.name}`;
    };
    expect(of("p1", "other.raw.orders.csv")).toBe("other.raw.orders");
    expect(of("p2", "other/raw/orders.csv")).toBe("other.raw.orders");
    expect(of("p3", "raw/orders.csv")).toBe("raw.orders");
    expect(of("p4", "home.raw.orders.csv")).toBe("raw.orders");
    expect(of("p5", "geo/roads.csv")).toBe("far.geo.roads");
    expect(of("p6", "roads.csv")).toBe("far.geo.roads");
    expect(of("p7", "far.geo.new.csv")).toBe("far.geo.new");
    expect(() => of("p8", "orders.csv")).toThrow(/can be for raw\.orders and other\.raw\.orders/);
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
