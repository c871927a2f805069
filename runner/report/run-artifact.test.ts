import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { replaceFile } from "./run-artifact.js";

const folder = mkdtempSync(join(tmpdir(), "fastbreak-artifact-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("replaceFile", () => {
  it("makes the folder, and puts a text in the place of another", () => {
    const file = join(folder, "new", "status.json");
    replaceFile(file, "old");
    replaceFile(file, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
  });

  it("names the file that it cannot replace, and leaves nothing behind", () => {
    const file = join(folder, "taken.json");
    mkdirSync(file);
    let failure: unknown;
    try {
      replaceFile(file, "text");
    } catch (cause) {
      failure = cause;
    }
    expect(failure).toMatchObject({ path: file, code: "EISDIR" });
    expect(existsSync(`${file}.tmp`)).toBe(false);
  });
});
