import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as googlesql from "../googlesql/index.js";
import type { SqlScanner } from "./build-manifest.js";
import { rememberingScanner } from "./scan-cache.js";
import { type TempProject, tempProject } from "./test-support/temp-project.js";

let made: TempProject;
let asked: string[];
beforeEach(() => {
  made = tempProject({});
  asked = [];
});
afterEach(() => made.remove());

const QUERY = "select a.x, rand() as r from p.d.t as a, d.u -- why";
const SCRIPT = "create table d.x as select f(1) as y from d.t";

const noting =
  <T>(work: (sql: string) => T) =>
  (sql: string): T => {
    asked.push(sql);
    return work(sql);
  };
const plain: SqlScanner = {
  scanQuery: noting((sql) => googlesql.scanQuery(sql)),
  scanScript: noting((sql) => googlesql.scanScript(sql)),
  canonicalText: noting((sql) => googlesql.canonicalText(sql)),
};

/** Asks for everything, keeps it and gives what was found. */
function findings(sql = QUERY, runner = "1"): unknown {
  const scanner = rememberingScanner(plain, made.dir, runner);
  const found = [scanner.scanQuery(sql), scanner.scanScript(SCRIPT), scanner.canonicalText(sql)];
  scanner.keep();
  return found;
}

describe("what was found in a text", () => {
  it("is what would be found again, which nobody does", () => {
    const first = findings();
    expect(asked).toEqual([QUERY, SCRIPT, QUERY]);
    expect(findings()).toEqual(first);
    expect(first).toEqual([googlesql.scanQuery(QUERY), googlesql.scanScript(SCRIPT), googlesql.canonicalText(QUERY)]);
    expect(asked).toHaveLength(3);
  });

  it("is looked for once within a compile", () => {
    const scanner = rememberingScanner(plain, made.dir, "1");
    expect(scanner.scanQuery(QUERY)).toEqual(scanner.scanQuery(QUERY));
    expect(asked).toEqual([QUERY]);
  });

  it("is found by the code that looks now", () => {
    findings();
    findings(QUERY, "2");
    expect(asked).toHaveLength(6);
    findings(QUERY, "2");
    expect(asked).toHaveLength(6);
  });

  it("is kept as long as the text stands in the project", () => {
    findings();
    findings("select 1");
    asked = [];
    findings();
    expect(asked).toEqual([QUERY, QUERY]);
  });

  it("counts for nothing where it was damaged", () => {
    const first = findings();
    const file = join(made.dir, ".fastbreak/scans");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("rand", "land").replaceAll("RAND", "LAND"));
    expect(findings()).toEqual(first);
    expect(asked).toHaveLength(6);
  });

  it("may be an error, each time", () => {
    for (let turn = 1; turn <= 2; turn += 1) {
      const scanner = rememberingScanner(plain, made.dir, "1");
      expect(() => scanner.scanQuery("select from")).toThrow(/Syntax error/);
      scanner.keep();
    }
  });
});
