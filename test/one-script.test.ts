import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "./rig.js";

/** Prints whether the command line came from the one script, and how much text V8 was given. */
const ASK = `
const vm = require("node:vm");
const { Script } = vm;
let given = 0;
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options);
    given += text.length;
  }
};
const loaded = require(process.argv[1]).loadCompiled();
process.stdout.write((loaded === undefined ? "modules" : "script") + (given > 1000 ? ", read" : ""));
`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fastbreak-"));
  mkdirSync(join(dir, "dist"));
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
  cpSync(join(ROOT, "bin"), join(dir, "bin"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "dist")))
    if (/^main\..*(cjs|code)$/.test(name)) cpSync(join(ROOT, "dist", name), join(dir, "dist", name));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function loaded(...flags: readonly string[]): string {
  const { NODE_OPTIONS: _own, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", ASK, join(dir, "bin/one-script.cjs")], {
    encoding: "utf8",
    env,
  });
  return stdout + stderr;
}

describe.runIf(process.versions.node.startsWith("20."))("the compiled code of the command line", () => {
  const script = () => join(dir, "dist/main.cjs");

  it("is taken, but not with flags of which V8 would compile all of it again", () => {
    expect(loaded()).toBe("script, read");
    expect(loaded("--max-old-space-size=4096")).toBe("modules");
  });

  it("is not taken for another text of the same length, nor for a part or none of its own", () => {
    const text = readFileSync(script(), "utf8");
    const other = text.replace(/.{64}$/, (digest) => digest.replace(/./, digest.startsWith("0") ? "1" : "0"));
    for (const found of [other, text.slice(0, 1_000_000)]) {
      writeFileSync(script(), found);
      expect(loaded()).toBe("modules");
    }
    rmSync(script());
    expect(loaded()).toBe("modules");
  });

  it("is made in a warehouse of its own, whatever the settings of whoever builds name", () => {
    cpSync(join(ROOT, "dist"), join(dir, "dist"), { recursive: true });
    cpSync(join(ROOT, "scripts/keep-code.cjs"), join(dir, "scripts/keep-code.cjs"));
    const database = join(dir, "own.duckdb");
    const env = { ...process.env, FASTBREAK_DATABASE: database };
    const { stdout } = spawnSync(process.execPath, [join(dir, "scripts/keep-code.cjs")], { encoding: "utf8", env });
    expect(stdout).toContain("4 actions: 3 ran");
    expect(existsSync(database)).toBe(false);
  });
});
