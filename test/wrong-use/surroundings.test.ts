import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, ROOT } from "../rig.js";
import { expectRefusal } from "./expect-refusal.js";
import { Fixture } from "./fixture.js";
import { lock } from "./places.js";

const BINARY = join(ROOT, "bin/fastbreak.cjs");

let fixture: Fixture;
let before: string;
beforeAll(async () => {
  fixture = await Fixture.made();
  before = fixture.digest();
});
afterAll(() => fixture.remove());

interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: "ignore" | "empty" | string;
  /** Closes what the binary prints to before it prints. */
  readonly closed?: readonly ("stdout" | "stderr")[];
  /** A file that standard output goes to. */
  readonly stdout?: string;
  readonly dir?: string;
}

/** Runs the real binary in odd surroundings, on a project of its own. */
function runIn(args: readonly string[], { env, stdin, closed = [], stdout, dir }: Surroundings): Promise<Finished> {
  const cwd = dir ?? fixture.variant({});
  const variables = { ...process.env, NO_COLOR: "1", ...env };
  const out = stdout === undefined ? undefined : openSync(stdout, "w");
  const child = spawn(process.execPath, [BINARY, ...args], {
    cwd,
    env: Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv,
    stdio: [stdin === undefined || stdin === "ignore" ? "ignore" : "pipe", out ?? "pipe", "pipe"],
  });
  if (out !== undefined) closeSync(out);
  for (const name of closed) child[name]?.destroy();
  child.stdin?.end(stdin === "empty" ? "" : stdin);
  return new Promise((resolve, reject) => {
    const caught = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        caught[name] += text;
      });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...caught }));
  });
}

describe.concurrent("variables", () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ FASTBREAK_TARGET: "snowflake" }, /snowflake is not known/],
    [{ FASTBREAK_THREADS: "many" }, /FASTBREAK_THREADS many is not possible; give a whole number from 1 to 256/],
    [{ FASTBREAK_CONCURRENCY: "0" }, /FASTBREAK_CONCURRENCY 0 is not possible/],
    [{ FASTBREAK_MEMORY: "lots" }, /FASTBREAK_MEMORY lots is not possible; give an amount/],
    [{ FASTBREAK_ENVIRONMENT: "dve" }, /FASTBREAK_ENVIRONMENT dve is not known; did you mean "dev"\?/],
    [{ FASTBREAK_ENVIRONMENT: "__proto__" }, /FASTBREAK_ENVIRONMENT __proto__ is not known/],
    [{ FASTBREAK_PROJECT_DIR: "nowhere" }, /project directory .*nowhere does not exist/],
    [{ FASTBREAK_DATABASE: "reports" }, /reports is a folder/],
  ])("%j", async (env, says) => {
    expectRefusal(await runIn(["run"], { env }), { says });
  });

  it.each<[string, Record<string, string | undefined>]>([
    ["no HOME", { HOME: undefined, USERPROFILE: undefined }],
    ["no PATH", { PATH: undefined }],
    ["a HOME that is not there", { HOME: "/nowhere" }],
    ["no SHELL", { SHELL: undefined }],
    ["a language that nobody has", { LANG: "xx_XX.UTF-8", LC_ALL: "xx" }],
    ["an empty NO_COLOR", { NO_COLOR: "" }],
    ["a forced colour", { FORCE_COLOR: "3", NO_COLOR: "1" }],
    ["empty settings", { FASTBREAK_TARGET: "", FASTBREAK_THREADS: "", FASTBREAK_DATABASE: "" }],
    ["a dumb terminal", { TERM: "dumb", COLUMNS: "3" }],
    ["no folder for temporary files", { TMPDIR: "/nowhere" }],
  ])("%s changes nothing", async (_what, env) => {
    const { code, stdout, stderr } = await runIn(["run", "--full-refresh"], { env });
    expect([stderr, code]).toEqual(["", 0]);
    expect(stdout).toMatch(/\d actions: /);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    expect(stdout).not.toMatch(/\u001b/);
  });
});

describe.concurrent("input and output", () => {
  it.each<[string, string[], Surroundings]>([
    ["the rows", ["query", `SELECT * FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS n`], { closed: ["stdout"] }],
    ["a run", ["run", "--full-refresh"], { closed: ["stdout"] }],
    ["a run's notes", ["run", "--select", "total", "--full-refresh"], { closed: ["stdout", "stderr"] }],
    ["help", ["run", "--help"], { closed: ["stdout"] }],
    ["the graph", ["compile", "--json"], { closed: ["stdout"] }],
    ["completions", ["completion", "bash"], { closed: ["stdout"] }],
  ])("nobody reads %s", async (_what, args, surroundings) => {
    expect(await runIn(args, surroundings)).toMatchObject({ code: 0, stderr: "" });
  });

  it("nobody reads a refusal", async () => {
    expect(await runIn(["run", "--nope"], { closed: ["stderr"] })).toMatchObject({ code: 2, stdout: "" });
  });

  it.runIf(process.platform === "linux")("the disk of the output is full", async () => {
    const finished = await runIn(["query", "SELECT 1"], { stdout: "/dev/full" });
    expectRefusal(finished, { says: /standard output cannot be written: the disk is full/, code: 1 });
  });

  it.each<[string, string, RegExp]>([
    ["nothing", "empty", /the query is empty/],
    ["blanks", " \n ", /the query is empty/],
    ["no SQL", "hello", /Syntax error/],
    ["a binary file", "\u0000\u0001\u0002", /Syntax error/],
  ])("the query on standard input is %s", async (_what, stdin, says) => {
    expectRefusal(await runIn(["query", "-"], { stdin }), { says });
  });

  it("standard input is closed", async () => {
    expectRefusal(await runIn(["query", "-"], { stdin: "ignore" }), { says: /the query is empty/ });
  });

  it("the working folder has gone", async () => {
    const dir = mkdtempSync(join(fixture.root, "gone-"));
    const args = ["-c", `rmdir '${dir}'; exec '${process.execPath}' '${BINARY}' run`];
    const child = spawn("sh", args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
    const finished = await new Promise<Finished>((resolve) => {
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.on("close", (code) => resolve({ code, stdout: "", stderr }));
    });
    expectRefusal(finished, { says: /the working folder does not exist any more/ });
    rmSync(dir, { recursive: true, force: true });
  });
});

describe.concurrent("rights", () => {
  it.each<[string, string, number, string[], RegExp]>([
    ["the settings cannot be read", "fastbreak.json", 0, ["run"], /fastbreak\.json: cannot be read: permission denied/],
    ["the sources cannot be read", "definitions", 0, ["run"], /definitions: permission denied/],
    ["the warehouse cannot be read", ".fastbreak/warehouse.duckdb", 0, ["plan"], /cannot be opened: permission denied/],
    ["the warehouse cannot be written", ".fastbreak/warehouse.duckdb", 0o400, ["load", "good"], /permission denied/],
  ])("%s", async (_what, path, mode, args, says) => {
    const dir = fixture.variant({});
    if (!lock(join(dir, path), mode)) return;
    const finished = await runIn(args, { dir });
    lock(join(dir, path), 0o700);
    expectRefusal(finished, { says, ...(path === "definitions" ? { code: 1 } : {}) });
  });
});

describe("afterwards", () => {
  it("the warehouse and the project are as they were", () => {
    expect(fixture.digest()).toBe(before);
  });
});
