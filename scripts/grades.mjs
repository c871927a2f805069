// npm run grades [-- [DIR] [--from DATE] [--to DATE] [--no-run]]: loads public files, or the sample season, into a warehouse of its
// own, runs them, trains walking forward, runs again, and prints how good each system was: error, calibration and, where there are
// lines, hits and winnings. Intervals are 95 %, dates taken for independent. --no-run: the warehouse as it is.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const { folder, dates, isRun } = understood(process.argv.slice(2));
const environment = {
  ...process.env,
  FASTBREAK_DATABASE: process.env.FASTBREAK_DATABASE || resolve(root, ".fastbreak/grades.duckdb"),
};

// What start says goes to standard error: the grades alone are the answer.
if (isRun) run(["scripts/start.mjs", ...folder], 2);
const grades = report("grades");
table("Error: mean absolute error in points, and how it differs from the season average in the same games", grades, {
  system: text("system_id"),
  games: text("games"),
  error: fixed("mean_absolute_error", 3),
  "95 % interval": interval("error", 3),
  "than the season average": fixed("than_season_average", 3),
  " 95 % interval": interval("season", 3),
});
table(
  "Calibration: predicted less scored, by what was predicted, and the slope of scored on predicted",
  report("points"),
  {
    system: text("system_id"),
    "too high": fixed("too_high", 3),
    "95 % interval": interval("too_high", 3),
    "below 10": fixed("below_10", 2),
    "10 to 20": fixed("from_10", 2),
    "from 20": fixed("from_20", 2),
    "more was scored, %": fixed("scored_more_pct", 1),
    slope: fixed("slope", 3),
    " 95 % interval": interval("slope", 3),
  },
);
const picked = grades.filter(({ picks }) => Number(picks) > 0);
if (picked.length === 0)
  console.log("\nWithout points lines there are no recommendations, whose hits could be counted.");
else {
  table("Hits: recommendations that were right, and what 1 staked on each at the quoted price won, percent", picked, {
    system: text("system_id"),
    picks: text("picks"),
    "hit rate": fixed("hit_rate_pct", 1),
    "95 % interval": interval("hit", 1),
    profit: fixed("profit_pct", 1),
    " 95 % interval": interval("profit", 1),
  });
  table("Calibration of confidence: how often recommendations were right, by confidence", report("calibration"), {
    system: text("system_id"),
    "confidence from": text("confidence_from"),
    picks: text("picks"),
    claimed: fixed("claimed_pct", 1),
    "hit rate": fixed("hit_rate_pct", 1),
  });
}

/** @returns the words for start, and those for the reports */
function understood(words) {
  const usage = "npm run grades [-- [DIR] [--from DATE] [--to DATE] [--no-run]]";
  const [folder, dates] = [[], []];
  let isRun = true;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const isDate = word === "--from" || word === "--to";
    const isWrong = isDate
      ? !/^\d{4}-\d{2}-\d{2}$/.test(words[index + 1] ?? "")
      : word !== "--no-run" && (word.startsWith("-") || folder.length === 1);
    if (isWrong) {
      console.error(
        `grades: ${isDate ? `${word} needs a date, as 2022-01-31` : `${word} is not understood`}; ${usage}`,
      );
      process.exit(2);
    }
    if (word === "--no-run") isRun = false;
    else if (isDate) dates.push(word, words[++index]);
    else folder.push(word);
  }
  if (dates.length === 2) {
    console.error(`grades: --from and --to go together; ${usage}`);
    process.exit(2);
  }
  return { folder, dates, isRun };
}

function run(words, stdout) {
  const { status } = spawnSync(process.execPath, words, {
    cwd: root,
    env: environment,
    stdio: ["ignore", stdout, "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
}

function report(name) {
  const words = ["bin/fastbreak.cjs", "query", "--json", "--report", name, ...dates, "--project-dir", root];
  const options = {
    cwd: root,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 26,
  };
  const { status, stdout } = spawnSync(process.execPath, words, options);
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout);
}

function text(column) {
  return (row) => String(row[column] ?? "");
}

function fixed(column, decimals) {
  return (row) => (row[column] === null ? "" : Number(row[column]).toFixed(decimals));
}

/** The bounds of a value, as one text. */
function interval(column, decimals) {
  const [low, high] = ["low", "high"].map((bound) => fixed(`${column}_${bound}`, decimals));
  return (row) => (row[`${column}_low`] === null ? "" : `${low(row)} to ${high(row)}`);
}

/** Prints a Markdown table: what each column says of each row, by heading. */
function table(title, rows, columns) {
  const cells = rows.map((row) => Object.values(columns).map((column) => column(row)));
  const heads = Object.keys(columns).map((head) => head.trim());
  const widths = heads.map((head, index) => Math.max(head.length, ...cells.map((line) => line[index].length)));
  const line = (texts) => `| ${texts.map((one, index) => one.padEnd(widths[index])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  console.log(`\n${title}:\n\n${[line(heads), rule, ...cells.map(line)].join("\n")}`);
}
