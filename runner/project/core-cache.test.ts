import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { coreCacheDir } from "./core-cache.js";
import { findCore } from "./core-package.js";

let root: string;
let notes: string[];
beforeEach(() => {
  notes = [];
  root = mkdtempSync(join(tmpdir(), "fastbreak-core-"));
  mkdirSync(join(root, "project"));
  mkdirSync(join(root, "bin"));
  vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
  vi.stubEnv("PATH", `${join(root, "bin")}${delimiter}${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** Stands in for npm: notes its arguments, then does as the lines say, in the folder that it is to install to. */
function npmThat(...lines: string[]): void {
  const path = join(root, "bin/npm");
  writeFileSync(path, `#!/bin/sh\necho "$@" >> "${join(root, "calls")}"\n${lines.join("\n")}\n`);
  chmodSync(path, 0o755);
}

const INSTALLS = [
  "d=node_modules/@dataform/core; mkdir -p $d; sleep 0.2",
  'echo "exports.x = 1" > $d/bundle.js; echo "{\\"version\\":\\"3.0.7\\"}" > $d/package.json',
];
const calls = () =>
  existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim().split("\n") : [];

function core(settings: string, packages?: object) {
  const dir = join(root, "project");
  writeFileSync(join(dir, "workflow_settings.yaml"), settings);
  if (packages !== undefined) writeFileSync(join(dir, "package.json"), JSON.stringify(packages));
  return findCore(dir, (line) => notes.push(line));
}

function install(version: string): void {
  const dir = join(root, "project/node_modules/@dataform/core");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), JSON.stringify({ version }));
  writeFileSync(join(dir, "bundle.js"), "exports.y = 1");
}

const PINNED = 'defaultProject: p\ndataformCoreVersion: "3.0.7" # as hosted\n';

describe.skipIf(process.platform === "win32")("a pinned core", () => {
  it("is fetched once, alone and without running its scripts, however many ask", async () => {
    npmThat(...INSTALLS);
    const found = await Promise.all([core(PINNED), core(PINNED), core(PINNED)]);
    expect(found.map(({ version }) => version)).toEqual(["3.0.7", "3.0.7", "3.0.7"]);
    const asked = calls().length;
    expect(calls()[0]).toMatch(/^install .*--ignore-scripts .*--no-save .*@dataform\/core@3\.0\.7$/);
    expect((await core(PINNED)).dir).toBe(found[0]?.dir);
    expect(calls()).toHaveLength(asked);
    expect(readdirSync(coreCacheDir())).toEqual(["3.0.7"]);
    // Each of those that fetch says so, and nobody does once it is there.
    expect(notes).toHaveLength(asked);
    expect(notes[0]).toBe(`fetching @dataform/core 3.0.7 with npm; it is kept in ${coreCacheDir()}`);
  });

  it("takes what is installed only where that is the release asked for", async () => {
    npmThat(...INSTALLS);
    install("3.0.7");
    expect((await core(PINNED)).dir).toContain("node_modules");
    expect(calls()).toEqual([]);
    install("3.0.8");
    expect((await core(PINNED)).version).toBe("3.0.7");
  });

  it("can be said in package.json, where an installed release is npm's choice", async () => {
    npmThat(...INSTALLS);
    const packages = { dependencies: { "@dataform/core": "3.0.7" } };
    expect((await core("defaultProject: p\n", packages)).version).toBe("3.0.7");
    install("3.0.9");
    expect((await core("defaultProject: p\n", packages)).version).toBe("3.0.9");
  });

  it("is read through an anchor, and is not read out of other text", async () => {
    npmThat(...INSTALLS);
    expect((await core("vars:\n  v: &v 3.0.7\ndataformCoreVersion: *v\n")).version).toBe("3.0.7");
    const own = (await core("vars:\n  text: |\n    dataformCoreVersion: 3.0.7\n")).version;
    expect(own).not.toBe("3.0.7");
  });

  it.each([
    [["echo npm error code ECONNREFUSED >&2; exit 1"], /cannot fetch it \(ECONNREFUSED\); run the command once where/],
    [["echo npm ERR! code ENOTFOUND >&2; exit 1"], /cannot fetch it \(ENOTFOUND\); run the command once where/],
    [["echo npm error code ETARGET >&2; exit 1"], /npm finds no such release; name another one/],
  ])("that npm does not bring is told in one line and leaves nothing behind: %s", async (script, message) => {
    npmThat(...script);
    const failure = await core(PINNED).catch((error: Error) => error.message);
    expect(failure).toMatch(/^workflow_settings\.yaml:2: @dataform\/core 3\.0\.7 is asked for here[^\n]*$/);
    expect(failure).toMatch(message);
    expect(readdirSync(coreCacheDir())).toEqual([]);
  });

  it("tells that npm is missing", async () => {
    vi.stubEnv("PATH", join(root, "bin"));
    await expect(core(PINNED)).rejects.toThrow(/npm, which fetches it, is not on the PATH; install npm$/);
  });

  it.each(["latest", "^3.0.0", "3.0", "", "3.0.7 --registry=x"])(
    "must be one exact version, not %j",
    async (version) => {
      npmThat(...INSTALLS);
      await expect(core(`dataformCoreVersion: ${JSON.stringify(version)}\n`)).rejects.toThrow(
        /^workflow_settings\.yaml:1: dataformCoreVersion must be one exact version such as 3\.0\.62, not /,
      );
      expect(calls()).toEqual([]);
    },
  );
});
