import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { COMMANDS } from "../../runner/commands/registry.js";
import { inProcess } from "../in-process.js";
import { type Finished, type Rig, ROOT } from "../rig.js";
import { HAS_TERMINAL, inTerminal, type Shown as Screen, screenOf, settled } from "../terminal.js";
import { jsonText } from "./json-text.js";
import { builtShop, CLOUD } from "./shop.js";
import { EVERY_COMMAND, type Step } from "./steps.js";

interface Shown {
  readonly code: number | null;
  readonly text: string;
}
type Way = (rig: Rig, step: Step, isFirst: boolean) => Promise<Shown>;

/** Commands that print what a program reads, whatever reads it: nobody breaks its lines. */
const TEXTS_OF_PROGRAMS = new Set(["completion", "compile", "test"]);

/**
 * The lines of a terminal, which breaks none of them. The first step has a real one, with the colours that go with it; what follows has
 * this process, which takes its outputs for one.
 */
const terminal =
  (columns: number, variables: Readonly<Record<string, string>> = {}): Way =>
  async (rig, { args, until }, isFirst) => {
    const isReal = isFirst || until !== undefined;
    const { code, lines, raw } = isReal
      ? await inTerminal(columns, args, rig.dir, variables, until)
      : await asTerminal(columns, args, rig.dir);
    if (variables.NO_COLOR !== undefined) expect(raw).not.toContain("\u001b");
    if (!TEXTS_OF_PROGRAMS.has(args[0] ?? "")) expect(lines.filter((line) => line.length > columns)).toEqual([]);
    return { code, text: settle(lines.map((line) => `${line.trimEnd()}\n`).join(""), rig) };
  };

async function asTerminal(columns: number, args: readonly string[], dir: string): Promise<Screen> {
  const { code, both } = await inProcess(args, dir, { columns });
  return { code, lines: screenOf(both), raw: both };
}

/** Standard output and error of the binary, or of the same `main` in this process; what nobody ends is a process of its own. */
function finished(rig: Rig, { args, until }: Step, more: readonly string[] = []): Promise<Finished> {
  const words = [...args, ...more];
  return until === undefined ? inProcess(words, rig.dir) : rig.fastbreakUntil(/\n/, ...words);
}

const pipe: Way = async (rig, step) => {
  const { code, stdout, stderr } = await finished(rig, step);
  expect(`${stdout}${stderr}`).not.toContain("\u001b");
  return { code, text: settle(`${stdout}${stderr.replace(/^(?=.)/gm, "2> ")}`, rig) };
};

const json: Way = async (rig, step) => {
  const { code, stdout, stderr } = await finished(rig, step, ["--json"]);
  const text = stdout === "" ? "" : `${jsonText(stdout, (part) => settle(part, rig))}\n`;
  return { code, text: `${text}${settle(stderr.replace(/^(?=.)/gm, "2> "), rig)}` };
};

/** A message of a terminal of 80 columns: one line that says what is wrong, and nothing on standard output. */
const refused: Way = async (rig, { args }) => {
  const { code, lines } = await asTerminal(80, args, rig.dir);
  return { code, text: settle(lines.map((line) => `${line}\n`).join(""), rig) };
};

/** What is told of every step in the surroundings. */
const WAYS: readonly {
  readonly title: string;
  readonly way: Way;
  readonly isOfStep: (index: number, step: Step) => boolean;
}[] = [
  { title: "80 columns", way: terminal(80), isOfStep: () => true },
  // What follows the first step is as wide as that.
  { title: "200 columns, NO_COLOR", way: terminal(200, { NO_COLOR: "1" }), isOfStep: (index) => index === 0 },
  { title: "in a pipe", way: pipe, isOfStep: (index) => index === 0 },
  { title: "--json", way: json, isOfStep: (_, { hasJson = true }) => hasJson },
];

let built: Rig;
/** What stands for BigQuery. */
let service: ChildProcess;
let url: string;
beforeAll(async () => {
  // The shop's own settings choose.
  vi.stubEnv("FASTBREAK_THREADS", undefined);
  built = await builtShop();
  const args = ["serve", "--in-memory", "--seed", CLOUD, "--port", "0", "--project", "acme", "--json"];
  service = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), ...args], { cwd: built.dir });
  const [line] = (await once(service.stdout as NodeJS.EventEmitter, "data")) as [Buffer];
  ({ url } = JSON.parse(String(line)) as { url: string });
  const settings = JSON.parse(built.read("fastbreak.json")) as object;
  built.write("fastbreak.json", JSON.stringify({ ...settings, bigquery: { endpoint: url } }, undefined, 2));
});
afterAll(async () => {
  const ended = once(service, "exit");
  service.kill("SIGTERM");
  await ended;
  built.remove();
  vi.unstubAllEnvs();
});

function settle(text: string, rig: Rig): string {
  return settled(text.replace(/(127\.0\.0\.1:|\bport )\d{4,5}\b/g, "$1PORT"), rig.dir);
}

/** What the steps show in a copy of the built project, one after the other; undefined: what is not asked for. */
async function told(
  steps: readonly Step[],
  way: Way,
  isOfStep: (index: number, step: Step) => boolean = () => true,
): Promise<(string | undefined)[]> {
  const rig = built.copy();
  try {
    const texts: (string | undefined)[] = [];
    for (const [index, step] of steps.entries()) {
      if (!isOfStep(index, step)) {
        texts.push(undefined);
        continue;
      }
      await step.before?.(rig);
      const { code, text } = await way(rig, step, index === 0);
      expect(text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
      expect(`exit code ${code}: ${step.args.join(" ")}\n${text}`).toMatch(`exit code ${step.code ?? 0}: `);
      texts.push(text);
    }
    return texts;
  } finally {
    rig.remove();
  }
}

describe.skipIf(!HAS_TERMINAL)("what a command shows, and what it says of mistakes", () => {
  it.each(Object.keys(COMMANDS))("%s", async (name) => {
    const { shown, wrong } = EVERY_COMMAND[name] ?? { shown: [], wrong: [] };
    expect([shown.length, wrong.length]).not.toContain(0);
    const ways: (string | undefined)[][] = [];
    for (const { way, isOfStep } of WAYS) ways.push(await told(shown, way, isOfStep));
    const mistakes = await told(wrong, refused);
    const parts = shown.map((step, index) => {
      const texts = WAYS.flatMap(({ title }, place) => {
        const text = ways[place]?.[index];
        if (text === undefined) return [];
        const first = ways.slice(0, place).findIndex((others) => others?.[index] === text);
        return `--- ${title}\n${first === -1 ? text : `(as ${WAYS[first]?.title})\n`}`;
      });
      return `${headOf(step)}${texts.join("")}`;
    });
    const refusals = wrong.map((step, index) => `${headOf(step)}${mistakes[index]}`);
    await expect([...parts, ...refusals].join("\n")).toMatchFileSnapshot(`../goldens/commands/${name}.txt`);
  });
});

it("no text is kept of a command that is none", () => {
  const kept = readdirSync(join(ROOT, "test/goldens/commands")).map((file) => file.replace(/\.txt$/, ""));
  expect(kept.filter((name) => COMMANDS[name] === undefined)).toEqual([]);
});

/** `$ fastbreak ls`, and how it ends. */
function headOf({ args, code = 0 }: Step): string {
  return `$ fastbreak ${args.map((word) => (/[\s']/.test(word) ? `"${word}"` : word)).join(" ")}${code === 0 ? "" : `    # exit code ${code}`}\n`;
}
