import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../runner/commands/registry.js";
import { inProcess } from "./in-process.js";
import { type Rig, ROOT } from "./rig.js";
import { smallProject } from "./small-project.js";
import { HAS_TERMINAL, inTerminal, settled } from "./terminal.js";

const BINARY = join(ROOT, "bin/fastbreak.cjs");

describe("every command", () => {
  const names = Object.keys(COMMANDS);

  it.each(names)("%s has a help text of 80 columns with an example", async (name) => {
    const { code, stdout, stderr } = await inProcess([name, "--help"], ROOT);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(new RegExp(`^Usage: fastbreak ${name}`));
    expect(stdout).toMatch(/\nExamples?:\n {2}fastbreak /);
  });

  it.each(names)("%s refuses a flag that nobody knows in one line", async (name) => {
    const { code, stdout, stderr } = await inProcess([name, "--no-such-flag"], ROOT);
    // A loader may take flags of its own, but load needs a loader first.
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^fastbreak: [^\n]*\n$/);
  });

  it("is listed in lines of 80 columns, and a name that is none is answered with the nearest", () => {
    const help = spawnSync(process.execPath, [BINARY, "--help"], { encoding: "utf8" });
    expect(help.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const name of names) expect(help.stdout).toContain(`\n  ${name} `);
    const wrong = spawnSync(process.execPath, [BINARY, "dif"], { encoding: "utf8" });
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      "fastbreak: unknown command dif; did you mean diff?; see fastbreak --help\n",
    ]);
  });
});

/** What happens before a command, the command, and how it ends. */
type Step = readonly [before: (rig: Rig) => unknown, args: readonly string[], code: number];

const nothing = () => undefined;
const WRONG =
  'config { type: "table" }\nSELECT day, SUM(no_such_column_anywhere_in_the_warehouse) AS points FROM ${ref("daily")} GROUP BY day';

/** A day with the command line, from the first plan to a model that fails. */
const STORY: readonly Step[] = [
  [nothing, ["plan"], 0],
  [nothing, ["run", "--concurrency", "1"], 0],
  [nothing, ["plan"], 0],
  [nothing, ["plan", "--all"], 0],
  [nothing, ["run"], 0],
  [nothing, ["ls", "--select", "+totals", "--output", "names"], 0],
  [nothing, ["graph", "--select", "+totals", "--up", "--all"], 0],
  [nothing, ["graph", "--output", "dot"], 0],
  [nothing, ["graph", "--output", "mermaid"], 0],
  [nothing, ["run", "--json", "--output", "junit"], 2],
  [nothing, ["run", "--dry-run", "--output", "junit"], 2],
  [(rig) => rig.edit("definitions/daily.sqlx", "SUM(points)", "SUM(points) + IF(team = 'team 3', 1, 0)"), ["plan"], 0],
  [nothing, ["plan", "--output", "markdown"], 0],
  [nothing, ["diff"], 6],
  [nothing, ["diff", "daily", "--date", "2024-01-03", "--output", "markdown"], 6],
  [nothing, ["run", "--concurrency", "1", "--date", "2024-01-03"], 0],
  [(rig) => rig.write("definitions/wrong_model_with_a_long_name.sqlx", WRONG), ["run", "--concurrency", "1"], 1],
  [nothing, ["run", "--quiet"], 1],
  [nothing, ["run", "--output", "github"], 1],
  [nothing, ["run", "--output", "junit"], 1],
  [nothing, ["run", "--output", "markdown"], 1],
  [nothing, ["run", "--output", "jsonl", "--concurrency", "1", "--select", "wrong_model_with_a_long_name"], 1],
];

/** Events by their kind and action alone, in the order of the alphabet: what runs side by side ends in any order. */
function eventsOf(text: string): string {
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  const told = lines.map((line) => {
    const { event, key, result } = JSON.parse(line) as {
      event: string;
      key?: string;
      result?: { key: string; status: string };
    };
    return [event, key ?? result?.key, result?.status].filter((part) => part !== undefined).join(" ");
  });
  return `${told.sort().join("\n")}\n`;
}

/** The story on one kind of output, as a text that can be compared. */
async function told(
  isShown: (args: readonly string[]) => boolean,
  show: (args: readonly string[], rig: Rig) => Promise<{ code: number | null; text: string }>,
): Promise<string> {
  const rig = await smallProject(360);
  try {
    mkdirSync(join(rig.dir, "definitions"), { recursive: true });
    rig.write(
      "definitions/few_points.sqlx",
      'config { type: "assertion", tags: ["warn"] }\nSELECT day, points FROM ${ref("daily")} WHERE points = 0 AND day = "2024-01-02"',
    );
    // Rows that look the same, so that any of them can be the example.
    await rig.sql("UPDATE raw.events SET points = 0 WHERE day = DATE '2024-01-02'");
    const parts: string[] = [];
    for (const [before, args, code] of STORY) {
      await before(rig);
      if (!isShown(args)) continue;
      const shown = await show(args, rig);
      expect([args.join(" "), shown.code]).toEqual([args.join(" "), code]);
      const text = args.includes("jsonl") ? eventsOf(shown.text) : shown.text;
      parts.push(`$ fastbreak ${args.join(" ")}\n${settled(text, rig.dir)}`);
    }
    return parts.join("\n");
  } finally {
    rig.remove();
  }
}

describe("the command line tells the same story", () => {
  it("in a pipe, where no line has an end", async () => {
    const text = await told(
      () => true,
      async (args, rig) => {
        const { code, stdout, stderr } = await rig.fastbreak(...args);
        expect(`${stdout}${stderr}`).not.toContain("\u001b");
        return { code, text: `${stdout}${stderr.replace(/^(?=.)/gm, "2> ")}` };
      },
    );
    await expect(text).toMatchFileSnapshot("goldens/terminal/pipe.txt");
  });

  it.skipIf(!HAS_TERMINAL)(
    "in a terminal of 80 columns, in colours, in which no line is broken by the terminal",
    async () => {
      let coloured = 0;
      const text = await told(isForPeople, async (args, rig) => {
        const { code, lines, raw } = await inTerminal(80, args, rig.dir);
        if (raw.includes("\u001b[3")) coloured += 1;
        expect(lines.filter((line) => line.length > 80)).toEqual([]);
        return { code, text: lines.map((line) => `${line}\n`).join("") };
      });
      expect(coloured).toBeGreaterThan(5);
      await expect(text).toMatchFileSnapshot("goldens/terminal/80.txt");
    },
  );

  it.skipIf(!HAS_TERMINAL)("in a terminal of 200 columns with NO_COLOR, which nothing moves or colours", async () => {
    const text = await told(isWide, async (args, rig) => {
      const { code, lines, raw } = await inTerminal(200, args, rig.dir, { NO_COLOR: "1" });
      expect(raw).not.toContain("\u001b");
      expect(lines.filter((line) => line.length > 200)).toEqual([]);
      return { code, text: lines.map((line) => `${line}\n`).join("") };
    });
    await expect(text).toMatchFileSnapshot("goldens/terminal/200.txt");
  });
});

describe.skipIf(!HAS_TERMINAL)("a terminal of 80 columns breaks no line", () => {
  it("of an answer to an option before the command", async () => {
    const { code, lines } = await inTerminal(80, ["--no-such-option"], ROOT);
    expect([code, lines.slice(0, 2)]).toEqual([
      2,
      [
        "fastbreak: unknown option '--no-such-option' before the command; options stand",
        "  behind it; see fastbreak --help",
      ],
    ]);
  });

  it("of the note whom a run waits for", async () => {
    const rig = await smallProject(10);
    const holder = await (await DuckDBInstance.create(join(rig.dir, ".fastbreak/warehouse.duckdb"))).connect();
    try {
      const { code, lines } = await inTerminal(80, ["run", "--wait", "1"], rig.dir);
      expect(lines.join("\n")).toMatch(/^note: .*waiting for it, 1 s at most/s);
      expect([code, lines.filter((line) => line.length > 80)]).toEqual([4, []]);
    } finally {
      holder.disconnectSync();
      rig.remove();
    }
  });
});

/** Whether the output is for people; a program gets lines that nothing breaks. */
function isForPeople(args: readonly string[]): boolean {
  return !args.includes("--output");
}

/** What has so much to tell that the width of the terminal matters; the first run, which the rest of the story needs, is among it. */
function isWide(args: readonly string[]): boolean {
  const [command = "", ...flags] = args;
  return ["run", "diff"].includes(command) && isForPeople(args) && !flags.includes("--quiet");
}
