#!/usr/bin/env node
// Plays a season as it happened. Before each night only what was known then is loaded and the night is run; then its results
// arrive, some of them wrong or a day late, and are corrected later. At the end the warehouse must be what one load and one run
// of everything make, and every night must have had its predictions before its games.
// node tools/season-night-by-night.mjs [FOLDER with a season in public files; default: a synthetic one] [FROM TO] [--minutes=N]
//   [--errors-every=N | --no-errors] [--games=N] [--keep]
// What was played before FROM is there from the beginning; a synthetic season has N games, by default all of them. After N minutes no further night begins, and those played are compared.
// FASTBREAK_TOOL_DIR is where the warehouses lie; --keep leaves them.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { differences } from "./season/differences.mjs";
import { emptyFolder, readSeason, writeRows, writeSample } from "./season/public-files.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const words = process.argv.slice(2);
const isDate = (word) => /^\d{4}-\d{2}-\d{2}$/.test(word);
const [given] = words.filter((word) => !isDate(word) && !word.startsWith("--"));
const [from = "2021-10-19", to = given === undefined ? "2021-11-05" : "2022-04-10"] = words.filter(isDate);
const minutes = numberOf("minutes", Number.POSITIVE_INFINITY);
const hasErrors = !words.includes("--no-errors");
/** Every so many nights a game's box score comes a day late, and a basket is credited to the wrong player for three days. */
const errorsEvery = numberOf("errors-every", 3);
const CORRECTED_AFTER = 3;

const dir = mkdtempSync(join(process.env.FASTBREAK_TOOL_DIR ?? tmpdir(), "fastbreak-season-"));
if (!words.includes("--keep")) process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
for (const name of ["definitions", "includes", "assertions", "dataform.json", "package.json"])
  cpSync(join(root, name), join(dir, name), { recursive: true });
symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
const loaders = { sample: join(root, "dist/ingest/sample.js"), files: join(root, "dist/ingest/files.js") };
writeFileSync(join(dir, "fastbreak.json"), JSON.stringify({ stateDataset: "nba_orchestration", loaders }));

const [season, nights] = [join(dir, "season.duckdb"), join(dir, "nights.duckdb")];
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const folder = given === undefined ? await sampleFiles() : resolve(given);
const layouts = await readSeason(connection, folder);
const schedule = layouts.find(({ name }) => name === "schedule");
if (schedule === undefined) throw new Error(`${folder} has no schedule`);

const scheduled = `played_day BETWEEN '${from}' AND '${to}' OR (played_day < '${from}' AND "st" = '3')`;
const started = performance.now();
let days = daysFrom(from, to);
const made = new Map();
const owed = new Map();
await load(async (target) => {
  await scheduleBefore(target, from);
  await write(target, "known", `played_day <= '${from}'`);
  await write(target, "results", `played_day < '${from}'`);
});
for (const [index, day] of days.entries()) {
  fastbreak("run", "--date", day, "--database", nights);
  made.set(day, await predictionsOf(day));
  if (performance.now() - started > minutes * 60_000) days = days.slice(0, index + 1);
  const next = days[index + 1];
  await load(async (target) => {
    await results(target, day, index);
    if (next !== undefined) await write(target, "known", `played_day = '${next}'`);
  });
  if (index % 10 === 9 || next === undefined)
    console.log(`${day}: ${index + 1} nights, ${seconds(started)}, ${[...made.values()].flat().length} predictions`);
  if (next === undefined) break;
}
const last = days.at(-1);
await load((target) => write(target, "results", anyOf([...owed.keys()])));

const nightly = await activePredictions(nights);
fastbreak("run", "--from", from, "--to", last, "--database", nights);
const whole = performance.now();
await load((target) => everything(target), season);
fastbreak("run", "--from", from, "--to", last, "--database", season);
console.log(`${days.length} nights: ${seconds(started)}; the same in one load and one run: ${seconds(whole)}`);

let failures = 0;
for (const { table, rows, missing, added, columns } of await differences(connection, season, nights)) {
  const same = missing === 0 && added === 0;
  if (!same) failures += 1;
  const told = same ? "" : `, ${missing} only in one run, ${added} only night by night: ${columns.join(", ")}`;
  console.log(`${same ? "same     " : "DIFFERENT"} ${table}: ${rows} rows${told}`);
}
const empty = [...made].filter(([, rows]) => rows.length === 0).map(([day]) => day);
const corrected = await activePredictions(nights);
const still = [...nightly].filter(([key, points]) => corrected.get(key) === points).length;
console.log(
  `${days.length - empty.length} of ${days.length} nights were predicted before their games; ` +
    `${still} of ${nightly.size} predictions stand after the last correction; without any: ${empty.join(" ") || "none"}`,
);
process.exitCode = failures === 0 ? 0 : 1;

/** The results of a night with what is wrong or late about them, and what was owed of earlier ones. */
async function results(target, day, index) {
  const where = `played_day = '${day}'`;
  const isOdd = hasErrors && index % errorsEvery === errorsEvery - 1;
  const late = isOdd ? await gameOf(day, "max") : undefined;
  const wrong = isOdd ? await gameOf(day, "min") : undefined;
  const due = [...owed].filter(([, since]) => since <= index).map(([game]) => game);
  for (const game of due) owed.delete(game);
  await writeRows(connection, schedule, `${where} AND "st" = '3'`, target);
  const arrived = late === undefined || late === wrong ? where : `${where} AND __game <> '${late}'`;
  await write(target, "results", `(${arrived}) OR ${anyOf(due)}`, await wrongBasket(wrong));
  if (late !== undefined && late !== wrong) owed.set(late, index + 1);
  if (wrong !== undefined) owed.set(wrong, index + CORRECTED_AFTER);
}

function anyOf(games) {
  return `__game IN (${["", ...games].map((game) => `'${game}'`).join(", ")})`;
}

/** A basket of the game's best scorer given to his team's least one. */
async function wrongBasket(game) {
  if (game === undefined) return {};
  const box = layouts.find(({ name }) => name === "player_box");
  if (box === undefined) return {};
  const [row] = await rows(
    `SELECT arg_max("PLAYER_ID", CAST("FGM" AS INTEGER) * 1000 + row_number), arg_min("PLAYER_ID", CAST("PTS" AS INTEGER) * 1000 + row_number) FROM (SELECT *, row_number() OVER (ORDER BY "PLAYER_ID") AS row_number FROM player_box WHERE ${gameIdOf(box)} = '${game}') GROUP BY "TEAM_ABBREVIATION" ORDER BY 1 LIMIT 1`,
  );
  const [giver, taker] = row ?? [];
  if (giver === undefined || giver === taker) return {};
  const moved = (column, points) =>
    `CASE WHEN ${gameIdOf(box)} = '${game}' AND "PLAYER_ID" = '${giver}' THEN CAST("${column}" AS INTEGER) - ${points} WHEN ${gameIdOf(box)} = '${game}' AND "PLAYER_ID" = '${taker}' THEN CAST("${column}" AS INTEGER) + ${points} ELSE CAST("${column}" AS INTEGER) END`;
  return { PTS: moved("PTS", 2), FGM: moved("FGM", 1), FGA: moved("FGA", 1) };
}

async function gameOf(day, which) {
  const [[game] = []] = await rows(
    `SELECT ${which}("gid") FROM schedule WHERE played_day = '${day}' AND "gid" LIKE '002%'`,
  );
  return game ?? undefined;
}

/** The ten digits of a game in the layouts of results. */
function gameIdOf({ name }) {
  return `lpad("${name === "team_box" ? "game_id" : "GAME_ID"}", 10, '0')`;
}

/** Writes every layout that comes at a time; `__game` in a condition is the game's id. */
async function write(target, comes, where, ofPlayers = {}) {
  for (const layout of layouts.filter((one) => one.comes === comes)) {
    const condition = where.replaceAll("__game", gameIdOf(layout));
    await writeRows(connection, layout, condition, target, layout.name === "player_box" ? ofPlayers : {});
  }
}

async function everything(target) {
  await scheduleBefore(target, nextDay(last));
  await write(target, "known", `played_day <= '${last}'`);
  await write(target, "results", `played_day <= '${last}'`);
}

/** The season's games as they are told before a day: of those to come only when and between whom. */
async function scheduleBefore(target, day) {
  const toCome = (column, value) => `CASE WHEN played_day < '${day}' THEN "${column}" ELSE ${value} END`;
  const unplayed = Object.entries({ st: "'1'", stt: "''", "h.s": "NULL", "v.s": "NULL" });
  const values = Object.fromEntries(unplayed.map(([column, value]) => [column, toCome(column, value)]));
  await writeRows(connection, schedule, scheduled, target, values);
}

/** Loads what a function writes into a folder; nothing where it writes nothing. */
async function load(fill, database = nights) {
  const target = emptyFolder(dir, "arrivals");
  await fill(target);
  const [[count]] = await rows(`SELECT count(*) FROM glob('${target}/*')`);
  if (count > 0n) fastbreak("load", "files", target, "--database", database);
}

/** The day's predictions, made while nothing of the day's games or of later ones was there. */
async function predictionsOf(day) {
  const told = await queried(nights, (name) => [
    `SELECT count(*) FROM ${name}.nba_raw.nbac_schedule WHERE game_date >= '${day}' AND game_status = 3`,
    ...["nbac_gamebook_player_stats", "nbac_team_boxscore", "nbac_play_by_play"].map(
      (table) => `SELECT count(*) FROM ${name}.nba_raw.${table} WHERE game_date >= '${day}'`,
    ),
    `SELECT prediction_id FROM ${name}.nba_predictions.player_prop_predictions WHERE game_date = '${day}' AND is_active`,
  ]);
  const leaked = told.slice(0, -1).reduce((sum, [[count]]) => sum + Number(count), 0);
  if (leaked > 0) throw new Error(`${day} was run with ${leaked} rows of games that were not played yet`);
  return told.at(-1).map(([id]) => id);
}

async function activePredictions(database) {
  const [found] = await queried(database, (name) => [
    `SELECT game_date || ' ' || player_lookup || ' ' || system_id, CAST(predicted_points AS VARCHAR) FROM ${name}.nba_predictions.player_prop_predictions WHERE is_active`,
  ]);
  return new Map(found);
}

async function queried(database, queriesOf) {
  await connection.run(`ATTACH '${database}' AS told (READ_ONLY)`);
  try {
    const answers = [];
    for (const query of queriesOf("told")) answers.push(await rows(query));
    return answers;
  } finally {
    await connection.run("DETACH told");
  }
}

async function sampleFiles() {
  const warehouse = join(dir, "sample.duckdb");
  const games = numberOf("games");
  fastbreak("load", "sample", "--database", warehouse, ...(games === undefined ? [] : ["--games", String(games)]));
  const target = emptyFolder(dir, "sample");
  await writeSample(connection, warehouse, target);
  return target;
}

async function rows(sql) {
  return (await connection.runAndReadAll(sql)).getRows();
}

/** The number that a word such as `--minutes=30` says. */
function numberOf(name, otherwise) {
  const said = words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (said === undefined) return otherwise;
  if (!(Number(said) > 0)) throw new Error(`--${name} is a number above 0, as --${name}=30`);
  return Number(said);
}

function nextDay(day) {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function daysFrom(first, last) {
  const found = [];
  for (const day = new Date(first); day <= new Date(last); day.setUTCDate(day.getUTCDate() + 1))
    found.push(day.toISOString().slice(0, 10));
  return found;
}

function fastbreak(...args) {
  const command = [join(root, "bin/fastbreak.cjs"), ...args, "--project-dir", dir];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`fastbreak ${args.join(" ")} ended with ${status}: ${stderr}${stdout}`);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
