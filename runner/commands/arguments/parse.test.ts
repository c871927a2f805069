import { describe, expect, it } from "vitest";
import { COMMANDS } from "../registry.js";
import { completions } from "./completions.js";
import { parseArguments } from "./parse.js";

async function parse(name: string, ...args: string[]) {
  const entry = COMMANDS[name];
  if (entry === undefined) throw new Error(`no command ${name}`);
  const { command } = await entry.load();
  const parsed = await parseArguments(name, entry.summary, command, args);
  if (parsed.help !== undefined) throw new Error("help");
  return parsed;
}

describe("parseArguments", () => {
  it("reads the flags of the Dataform CLI as it does", async () => {
    const { flags } = await parse(
      "run",
      ...["--actions", "a,b", "c", "--tags=x", "--include-deps", "--vars", "k=1,m=2", "--schemaSuffix", "dev"],
      ...["--timeout", "1m30s", "--disable-assertions", "--action-retry-limit", "3", "--no-json"],
    );
    expect(flags).toMatchObject({
      actions: ["a", "b", "c"],
      tags: ["x"],
      includeDeps: true,
      vars: ["k=1", "m=2"],
      schemaSuffix: "dev",
      timeout: 90_000,
      disableAssertions: true,
      actionRetryLimit: 3,
      json: false,
      noUpstream: false,
      database: undefined,
    });
  });

  it("takes --analysis-date for --date, and one of both", async () => {
    expect((await parse("run", "--analysis-date", "2021-11-15")).flags).toMatchObject({ date: "2021-11-15" });
    expect((await parse("plan", "--analysisDate=2021-11-15")).flags).toMatchObject({ date: "2021-11-15" });
    await expect(parse("run", "--date", "2021-11-15", "--analysis-date", "2021-11-16")).rejects.toThrow(
      "--date is given twice; give it once",
    );
    await expect(parse("compile", "--analysis-date", "2021-11-15")).rejects.toThrow("unknown option");
  });

  it("takes the project folder as a word, and words behind --", async () => {
    expect((await parse("run", "folder", "--no-upstream")).words).toEqual(["folder"]);
    expect((await parse("query", "--", "--1")).words).toEqual(["--1"]);
  });

  it("leaves numbers and dots as they are written", async () => {
    const { flags, words } = await parse("query", "1e3", "--param", "a.b=007", "--param", "c=-1");
    expect([words, flags.param]).toEqual([["1e3"], ["a.b=007", "c=-1"]]);
  });

  it("hands flags that a loader alone knows on", async () => {
    expect((await parse("load", "files", "DIR", "--games=2", "--seed", "5", "--json")).words).toEqual([
      ...["files", "DIR", "--games=2", "--seed", "5"],
    ]);
  });

  it.each<[string, string[], string]>([
    ["run", ["--dat", "x"], "unknown option '--dat'; did you mean --date?"],
    ["run", ["-x"], "unknown option '-x'; see --help"],
    ["run", ["--date"], "--date needs a value"],
    ["run", ["--date", "--json"], "--date needs a value; --json is a flag"],
    ["run", ["--date="], "--date needs a value"],
    ["run", ["--date", "a", "--date", "b"], "--date is given twice; give it once"],
    ["run", ["--json=maybe"], "--json takes no value; leave out =maybe"],
    ["run", ["--json", "--no-json"], "--json is switched on and off; give one of both"],
    ["run", ["--no-date"], "unknown option '--no-date'"],
    ["run", ["a", "b"], "run takes only project-dir, but here is b too"],
    ["explain", [], "explain needs a model; see fastbreak explain --help"],
    ["breaker", ["--", "-x"], ""],
    ["gate", ["now"], "gate takes no argument, but here is now"],
    ["query", ["--1\nSELECT 2"], "a text that begins with - goes behind --"],
    ["run", ["--timeout", "soon"], "--timeout soon is not possible; give a time such as 90s, 10m or 2h"],
    ["run", ["--schema-suffix", "a b"], "--schema-suffix a b is not possible; give letters, digits and _"],
  ])("%s %j: %s", async (name, args, message) => {
    if (message === "") await expect(parse(name, ...args)).resolves.toBeDefined();
    else await expect(parse(name, ...args)).rejects.toThrow(message);
  });
});

describe("help", () => {
  it.each(Object.entries(COMMANDS))("of %s fits 80 columns and has an example", async (name, { summary, load }) => {
    const { help } = await parseArguments(name, summary, (await load()).command, ["--help"]);
    for (const line of (help ?? "").split("\n")) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).not.toMatch(/\S\[(string|boolean|array)\]$/);
    }
    expect(help).toMatch(new RegExp(`^Usage: fastbreak ${name}`));
    expect(help).toMatch(new RegExp(`Examples?:\n {2}fastbreak ${name}`));
  });
});

describe("completions", () => {
  it("are the commands first, then the flags of the command", async () => {
    expect(await completions(["fastbreak", ""])).toEqual(expect.arrayContaining(Object.keys(COMMANDS)));
    const flags = await completions(["fastbreak", "run", "--"]);
    expect(flags).toEqual(expect.arrayContaining(["--date", "--no-upstream", "--project-dir"]));
    expect(await completions(["fastbreak", "compile", "--"])).not.toContain("--date");
  });
});
