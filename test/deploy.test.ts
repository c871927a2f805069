import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseArguments } from "../runner/commands/arguments/parse.js";
import { commandNamed } from "../runner/commands/registry.js";
import { readAccessPolicy } from "../runner/project/access-policy.js";
import { readRunnerSettings } from "../runner/project/settings.js";
import { ROOT } from "./rig.js";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const yaml = (path: string) => parse(read(path), { strict: true, uniqueKeys: true });
const night = readRunnerSettings(ROOT).orchestrations.phase4;
if (night === undefined) throw new Error("fastbreak.json has no orchestration phase4");

/** Whether our own parser takes a command line; the message of what it refuses. */
async function problemOf(words: readonly string[]): Promise<string | undefined> {
  const [name = "", ...args] = words;
  const entry = commandNamed(name);
  if (entry === undefined) return `there is no command ${name}`;
  try {
    await parseArguments(name, entry.summary, (await entry.load()).command, args);
    return undefined;
  } catch (cause) {
    return (cause as Error).message;
  }
}

/** Words of a shell command without substitutions: quotes are taken off, redirections and what follows a pipe are left out. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replaceAll('\\"', '"') ?? single ?? bare ?? "",
  );
  const end = words.findIndex((word) => ["|", "||", "&&", ">", ">>", "2>", "<", "#", ";"].includes(word));
  return end === -1 ? words : words.slice(0, end);
}

/** Every command line of fastbreak in a text, those of `node bin/fastbreak.cjs` and `npx fastbreak` too. */
function commandLines(text: string): string[][] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) =>
      [...line.matchAll(/(?:^|[\s|(`$])(?:npx fastbreak|node bin\/fastbreak\.cjs|fastbreak) ([a-z][^`]*)/g)].map(
        ([, rest = ""]) => wordsOf(rest),
      ),
    );
}

/** Texts anywhere in parsed YAML. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** Lists of arguments that stand behind the keys that containers and workflows take them with. */
function argumentLists(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === "args" || key === "arguments") && Array.isArray(inner) && inner.every((word) => typeof word === "string")
      ? [inner as string[]]
      : argumentLists(inner),
  );
}

describe("the files of deploy/", () => {
  const files = readdirSync(join(ROOT, "deploy")).filter((file) => file.endsWith(".yaml"));

  it("are YAML, and every command line in them is one that fastbreak takes", async () => {
    expect(files.length).toBeGreaterThanOrEqual(6);
    let lines = 0;
    for (const file of files) {
      const document = yaml(`deploy/${file}`);
      const found = [...texts(document).flatMap(commandLines), ...argumentLists(document)];
      for (const words of found) {
        lines++;
        expect(await problemOf(words), `${file}: ${words.join(" ")}`).toBeUndefined();
      }
    }
    expect(lines).toBeGreaterThanOrEqual(12);
  });

  it("start a container that runs what fastbreak takes", async () => {
    const [, command] = /^CMD (.*)$/m.exec(read("deploy/Dockerfile")) ?? [];
    expect(await problemOf(JSON.parse(command ?? "[]"))).toBeUndefined();
    const lines = read("deploy/Dockerfile").split("\n");
    const at = (line: RegExp) => lines.findIndex((each) => line.test(each));
    expect(at(/^USER runner$/)).toBeGreaterThan(0);
    // Whoever is not root writes into the volume, because its folder was there before, and is the runner's.
    const [, volume] = /^VOLUME \["(.*)"\]$/m.exec(read("deploy/Dockerfile")) ?? [];
    const makes = at(new RegExp(`^RUN install -d -o runner -g runner /app ${volume}$`));
    expect(makes).toBeGreaterThan(at(/^RUN useradd/));
    expect(makes).toBeLessThan(at(/^COPY .*--chown=runner:runner/));
    expect(at(/^COPY .*--chown=runner:runner/)).toBeLessThan(at(/^USER/));
  });

  it("keep what a job writes where it outlives the job's container, in an environment that there is", () => {
    const { env } = yaml("deploy/cloud-run-job.yaml").spec.template.spec.template.spec.containers[0] as {
      env: { name: string; value?: string }[];
    };
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(variables.FASTBREAK_TARGET).toBe("bigquery");
    expect(Object.keys(readRunnerSettings(ROOT).environments)).toContain(variables.FASTBREAK_ENVIRONMENT);
  });

  it("name only files that there are", () => {
    for (const file of readdirSync(join(ROOT, "deploy"))) {
      for (const [path] of read(`deploy/${file}`).matchAll(/\bdeploy\/[\w.-]*\w/g))
        expect(existsSync(join(ROOT, path)), `${file} names ${path}`).toBe(true);
    }
  });

  it("know the times, topics and retries of fastbreak.json", () => {
    const { timeZone, jobs } = yaml("deploy/scheduler.yaml") as {
      timeZone: string;
      jobs: { name: string; strategy: string; schedule: string; retries?: { count: number; minBackoff: string } }[];
    };
    expect(timeZone).toBe(night.schedule?.timeZone);
    const times = Object.fromEntries(jobs.map(({ strategy, schedule }) => [strategy, schedule]));
    const { workflow, time, behind } = night.schedule ?? {};
    expect(times).toMatchObject({ workflow, time, behind });
    const byTime = jobs.find(({ strategy }) => strategy === "time");
    expect(byTime?.retries).toEqual({ count: night.retries, minBackoff: `${night.retryAfterSeconds}s` });

    const { topics } = yaml("deploy/topics.yaml") as { topics: object };
    const named = [
      night.start,
      night.success,
      night.target.topic,
      ...night.target.complete,
      ...Object.values(night.steps).map(({ topic }) => topic),
    ];
    expect(Object.keys(topics).sort()).toEqual([...new Set(named)].sort());
    const tracker = yaml("deploy/tracker.yaml") as { subscription: { topic: string }; publishes: { topic: string } };
    expect([tracker.subscription.topic, tracker.publishes.topic]).toEqual([night.success, night.target.topic]);
  });

  it("make the steps in the order of the graph: two parallel sets, the feature store last", () => {
    const { main } = yaml("deploy/workflow.yaml") as { main: { steps: Record<string, unknown>[] } };
    const sets = main.steps.map((step) => texts(step).filter((text) => text in night.steps));
    expect(sets.filter((set) => set.length > 0)).toEqual([
      ["team_defense_zone_analysis", "player_shot_zone_analysis"],
      ["player_composite_factors", "player_daily_cache"],
    ]);
    const last = main.steps.findIndex((step) => "feature_store" in step);
    expect(last).toBeGreaterThan(main.steps.findIndex((step) => "set_2" in step));
  });

  it("give each account no more than its part", () => {
    const { accounts, probes } = readAccessPolicy("deploy/accounts.json", read("deploy/accounts.json"));
    expect(accounts["ml-feature-store"]?.write).toEqual(["nba_predictions"]);
    expect(accounts["phase4-processor"]?.write).toEqual(["nba_precompute"]);
    expect(accounts["fastbreak-runner"]?.write).toEqual(["nba_processing", "nba_orchestration"]);
    expect(accounts["phase5-scheduler"]?.write).toEqual([]);
    expect(probes.map(({ name }) => name.slice(0, 1))).toEqual(["1", "2", "3", "4", "5", "6"]);
    const known = new Set(Object.keys(accounts));
    const { topics } = yaml("deploy/topics.yaml") as { topics: Record<string, Record<string, string[]>> };
    for (const parties of Object.values(topics))
      for (const name of Object.values(parties).flat()) expect(known).toContain(name);
  });
});

describe("the documents on operations", () => {
  const settings = readRunnerSettings(ROOT);

  /** Command lines in blocks of code and in code within sentences. */
  function shown(text: string): string[][] {
    const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```$/gm)].map(([, block = ""]) => block);
    const inline = [...text.matchAll(/`(fastbreak [^`]+)`/g)].map(([, code = ""]) => code);
    return [...blocks, ...inline].flatMap((code) => commandLines(code.replaceAll(/"[^"\n]*\n[^"]*"/g, '"SELECT 1"')));
  }

  it("show only command lines that fastbreak takes, of reports, checks and incident options that there are", async () => {
    const value = (words: readonly string[], flag: string) => words[words.indexOf(flag) + 1] ?? "";
    let lines = 0;
    for (const file of readdirSync(join(ROOT, "docs/operations"))) {
      for (const words of shown(read(`docs/operations/${file}`))) {
        lines++;
        const line = `${file}: ${words.join(" ")}`;
        expect(await problemOf(words), line).toBeUndefined();
        if (words.includes("--report")) expect(Object.keys(settings.reports), line).toContain(value(words, "--report"));
        if (words.includes("--check")) expect(Object.keys(settings.checks), line).toContain(value(words, "--check"));
        const incident = value(words, "--incident");
        if (words.includes("--incident") && incident !== "NAME")
          expect(Object.keys(night?.incidents ?? {}), line).toContain(incident);
      }
    }
    expect(lines).toBeGreaterThanOrEqual(40);
  });
});
