/**
 * `npm run conformance -- FILE.jsonl [--show equal|refused|failed|wrong|types] [--source own] [--id ID] [--limit N] [--json]`:
 * scores the dialect on GoogleSQL queries with reference results, class by class. Exit code 1 where anything is wrong.
 */
import { parseArgs } from "node:util";
import { type Case, readCases } from "./cases.js";
import { openEngine, type Score, scoreCase, type Verdict } from "./scorer.js";
import { openScriptEngine } from "./script-scorer.js";

const VERDICTS: readonly Verdict[] = ["equal", "refused", "failed", "wrong"];
const USAGE =
  "usage: npm run conformance -- FILE.jsonl [--show equal|refused|failed|wrong|types] [--source NAME] [--id ID] [--limit N] [--json]";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: "string" },
    source: { type: "string" },
    id: { type: "string" },
    limit: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
  },
});

interface Scored {
  readonly item: Case;
  readonly score: Score;
}

async function main(): Promise<void> {
  if (positionals.length === 0) throw new Error(USAGE);
  const cases = positionals
    .flatMap(readCases)
    .filter((item) => (flags.source ?? item.source) === item.source && (flags.id ?? item.id) === item.id);
  const engine = await openEngine();
  const scripts = await openScriptEngine();
  const scored: Scored[] = [];
  for (const item of cases) {
    const score = item.source === "bigquery" ? await scripts.score(item) : await scoreCase(engine.connection, item);
    scored.push({ item, score });
  }
  engine.close();
  await scripts.close();
  if (flags.json) console.log(JSON.stringify(report(scored), null, 2));
  else {
    for (const entry of scored.filter(isShown).slice(0, Number(flags.limit))) console.log(describe(entry));
    printTable(scored);
  }
  if (scored.some(({ score }) => score.verdict === "wrong")) process.exitCode = 1;
}

function isShown({ score }: Scored): boolean {
  if (flags.id !== undefined) return true;
  return flags.show === "types" ? score.types !== undefined : score.verdict === flags.show;
}

function describe({ item, score }: Scored): string {
  const text = item.sql.replace(/\s+/g, " ").slice(0, flags.id === undefined ? 300 : undefined);
  const lines = [`${item.id}: ${score.verdict}: ${flags.show === "types" ? score.types : score.detail}`, `    ${text}`];
  if (score.sql !== "" && score.verdict !== "equal") lines.push(`    duckdb ${score.sql.slice(0, 600)}`);
  return lines.join("\n");
}

function tally(scored: readonly Scored[]): Record<Verdict, number> & { share: number } {
  const count = (verdict: Verdict): number => scored.filter(({ score }) => score.verdict === verdict).length;
  const decided = VERDICTS.reduce((sum, verdict) => sum + count(verdict), 0);
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, count(verdict)])) as Record<Verdict, number>;
  return { ...counts, "no verdict": count("no verdict"), share: decided === 0 ? 1 : counts.equal / decided };
}

/** Groups in order: every class, every source, all. */
function groups(scored: readonly Scored[]): [name: string, members: readonly Scored[]][] {
  const by = (key: (item: Case) => string): [string, Scored[]][] =>
    [...new Set(scored.map(({ item }) => key(item)))]
      .sort()
      .map((name) => [name, scored.filter(({ item }) => key(item) === name)]);
  return [...by((item) => item.class), ...by((item) => `source ${item.source}`), ["all", scored]];
}

function printTable(scored: readonly Scored[]): void {
  const rows = groups(scored).map(([name, members]) => {
    const { equal, refused, failed, wrong, share } = tally(members);
    return [name, ...[equal, refused, failed, wrong].map(String), `${(100 * share).toFixed(1)} %`];
  });
  const all = [["class", ...VERDICTS, "share equal"], ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of all) {
    console.log(
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "),
    );
  }
}

function report(scored: readonly Scored[]) {
  return {
    groups: Object.fromEntries(groups(scored).map(([name, members]) => [name, tally(members)])),
    cases: scored
      .filter(({ score }) => score.verdict !== "equal" && score.verdict !== "no verdict")
      .map(({ item, score }) => ({ id: item.id, class: item.class, verdict: score.verdict, detail: score.detail })),
  };
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 2;
});
