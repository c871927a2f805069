import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isLoaded, loadedFrom, rememberLoaded } from "../scripts/loaded.mjs";

let dir: string;
const at = (name: string) => join(dir, name);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fastbreak-"));
  for (const name of ["loader.js", "warehouse.duckdb"]) writeFileSync(at(name), name);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("npm start loads a season once into a warehouse, and again when files, loader or warehouse are others", () => {
  const files = mkdtempSync(join(tmpdir(), "fastbreak-"));
  writeFileSync(join(files, "schedule.csv"), "a");
  const source = () => loadedFrom(at("loader.js"), files);
  const knows = () => isLoaded(at("note/loaded.json"), at("warehouse.duckdb"), source());
  const remember = () => rememberLoaded(at("note/loaded.json"), at("warehouse.duckdb"), source());
  expect(knows()).toBe(false);
  remember();
  expect(knows()).toBe(true);
  utimesSync(join(files, "schedule.csv"), 1, 1);
  expect(knows()).toBe(false);
  remember();
  writeFileSync(at("loader.js"), "another");
  expect(knows()).toBe(false);
  remember();
  rmSync(at("warehouse.duckdb"));
  expect(knows()).toBe(false);
  writeFileSync(at("note/loaded.json"), "{");
  writeFileSync(at("warehouse.duckdb"), "");
  expect(knows()).toBe(false);
  rmSync(files, { recursive: true });
});
