import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layoutSql } from "../runner/engines/duckdb/catalog.js";
import type { RunEvent } from "../runner/events/events.js";
import { randomFrom } from "./random.js";
import { Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const STEPS = Number(process.env.FASTBREAK_CORRECTIONS ?? 8);
const PLAYERS = 40;
const DAYS = 12;

const dated = (key: string, lookback: number, sql: string) =>
  `config { type: "incremental", uniqueKey: ["day", "${key}"], bigquery: { partitionBy: "day", labels: { lookback_days: "${lookback}" } } }\n${sql}`;

const PROJECT: Readonly<Record<string, string>> = {
  games: 'config { type: "declaration", schema: "raw", name: "games" }',
  people: 'config { type: "declaration", schema: "raw", name: "people" }',
  listed: `config { type: "view" }\nSELECT DISTINCT day, player FROM \${ref("raw", "games")}`,
  // The last five days of a player.
  form: dated(
    "player",
    4,
    `SELECT listed.day, listed.player, SUM(past.points) AS points, COUNT(*) AS games, MAX(past.rank_that_day) AS worst
FROM \${ref("listed")} AS listed
JOIN (
  SELECT *, RANK() OVER (PARTITION BY day, player ORDER BY points DESC) AS rank_that_day FROM \${ref("raw", "games")}
) AS past ON past.player = listed.player AND past.day BETWEEN DATE_SUB(listed.day, INTERVAL 4 DAY) AND listed.day
GROUP BY 1, 2`,
  ),
  // Rows without a player are a group, too.
  daily: dated(
    "player",
    0,
    `SELECT day, player, SUM(points) AS points, MIN(team) AS team FROM \${ref("raw", "games")} GROUP BY day, player`,
  ),
  // How many players there are is of no key, and a name is of a source without dates.
  rated: dated(
    "player",
    0,
    `WITH players AS (SELECT day, COUNT(*) AS number FROM \${ref("form")} GROUP BY day)
SELECT form.day, form.player, form.points, players.number, people.name, daily.team
FROM \${ref("form")} AS form
JOIN players ON players.day = form.day
LEFT JOIN \${ref("daily")} AS daily ON daily.day = form.day AND daily.player = form.player
LEFT JOIN \${ref("raw", "people")} AS people ON people.player = form.player`,
  ),
  // Rows of a team are made of rows of any player.
  teams: dated(
    "team",
    1,
    `SELECT day, team, SUM(points) AS points FROM \${ref("rated")} WHERE team IS NOT NULL GROUP BY day, team`,
  ),
  totals: `config { type: "table" }\nSELECT player, SUM(points) AS points FROM \${ref("rated")} GROUP BY player`,
};

/** The same as plain SQL over the sources, by a hand that knows nothing of the runner. */
const TRUTH: Readonly<Record<string, string>> = {
  form: `SELECT l.day, l.player, sum(p.points)::BIGINT AS points, count(*) AS games, max(p.r) AS worst FROM (SELECT DISTINCT day, player FROM raw.games) l
    JOIN (SELECT *, rank() OVER (PARTITION BY day, player ORDER BY points DESC NULLS LAST) AS r FROM raw.games) p
    ON p.player = l.player AND p.day BETWEEN l.day - 4 AND l.day GROUP BY ALL`,
  daily: "SELECT day, player, sum(points)::BIGINT AS points, min(team) AS team FROM raw.games GROUP BY ALL",
  rated: `SELECT f.day, f.player, f.points, (SELECT count(*) FROM form o WHERE o.day = f.day) AS number, pe.name, d.team
    FROM form f LEFT JOIN daily d ON d.day = f.day AND d.player = f.player LEFT JOIN raw.people pe ON pe.player = f.player`,
  teams: "SELECT day, team, sum(points)::BIGINT AS points FROM rated WHERE team IS NOT NULL GROUP BY ALL",
  totals: "SELECT player, sum(points)::BIGINT AS points FROM rated GROUP BY ALL",
};

describe("a correction of some keys", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    rig.bringLibrary();
    mkdirSync(join(rig.dir, "definitions"));
    for (const [name, text] of Object.entries(PROJECT)) rig.write(`definitions/${name}.sqlx`, text);
    const layout = { partitionColumn: "day", clusterBy: [], primaryKey: [] };
    await rig.sql(`CREATE SCHEMA raw;
      CREATE TABLE raw.games AS SELECT DATE '2024-01-01' + (i % ${DAYS})::INTEGER AS day, 'p' || (i * 7 % ${PLAYERS}) AS player,
        't' || (i * 7 % ${PLAYERS} % 5) AS team, (i % 13)::BIGINT AS points FROM range(${DAYS * 20}) AS r(i);
      ${layoutSql({ dataset: "raw", name: "games" }, layout)};
      CREATE TABLE raw.people AS SELECT 'p' || i AS player, 'name ' || i AS name FROM range(${PLAYERS}) AS r(i)`);
  });
  afterEach(() => rig.remove());

  /** The models of which only rows of some keys were computed in the last run. */
  const slicedModels = () =>
    rig
      .read(".fastbreak/last-run.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent)
      .flatMap((event) => (event.event === "keys_computed" ? [event.key] : []))
      .sort();

  async function expectTruth(step: string): Promise<void> {
    const known = Object.entries(TRUTH).map(([name, sql]) => `${name} AS (${sql})`);
    for (const name of Object.keys(TRUTH)) {
      const [row] = await rig.sql(`WITH ${known.join(", ")}, live AS (SELECT * FROM d.${name})
        SELECT (SELECT count(*) FROM (FROM live EXCEPT ALL FROM ${name})) + (SELECT count(*) FROM (FROM ${name} EXCEPT ALL FROM live))`);
      expect([step, name, row]).toEqual([step, name, ["0"]]);
    }
  }

  it("computes their rows alone, as long as nothing else has moved", async () => {
    await rig.run([]);
    await expectTruth("first");
    await rig.sql("UPDATE raw.games SET points = points + 1 WHERE player = 'p7' AND day = '2024-01-06'");
    const corrected = await rig.run([]);
    await expectTruth("a corrected value");
    expect(slicedModels()).toEqual(["d.daily", "d.form", "d.rated", "d.teams"]);
    expect(corrected.actions.find(({ name }) => name === "d.form")?.rows_written).toBeLessThanOrEqual(5);
    await rig.sql("DELETE FROM raw.games WHERE player = 'p7' AND day = '2024-01-06'");
    await rig.run([]);
    await expectTruth("a player less");
    expect(slicedModels()).toEqual(["d.daily", "d.form", "d.teams"]);
    await rig.sql("INSERT INTO raw.games SELECT DATE '2024-01-03', 'more ' || i, 't1', i FROM range(200) AS r(i)");
    await rig.run([]);
    await expectTruth("more of them than are worth telling apart");
    expect(slicedModels()).toEqual(["d.teams"]);
    rig.edit("definitions/form.sqlx", "COUNT(*) AS games", "COUNT(*) + 0 AS games");
    await rig.sql("UPDATE raw.games SET points = points + 1 WHERE player = 'p9' AND day = '2024-01-04'");
    await rig.run([]);
    await expectTruth("other code");
    expect(slicedModels()).toEqual(["d.daily", "d.rated", "d.teams"]);
  });

  it("computes them alone, too, where a content has come back and older records are gone", async () => {
    const add = async (points: number) => {
      await rig.sql(`UPDATE raw.games SET points = points + ${points} WHERE player = 'p7' AND day = '2024-01-06'`);
      await rig.run([]);
    };
    await rig.run([]);
    await add(1);
    await add(-1);
    await rig.sql(`DELETE FROM fastbreak.slice_state WHERE rowid NOT IN (SELECT rowid FROM fastbreak.slice_state
      QUALIFY row_number() OVER (PARTITION BY question, "partition" ORDER BY recorded_at DESC, run_id DESC) = 1)`);
    await add(2);
    await expectTruth("corrected once more");
    expect(slicedModels()).toEqual(["d.daily", "d.form", "d.rated", "d.teams"]);
  });

  it.each([1, 2, 3])("leaves what a full rebuild would, whatever is corrected and whoever runs (%i)", async (seed) => {
    const random = randomFrom(seed * 15_485_863);
    const number = (below: number) => Math.floor(random() * below);
    const one = <T>(items: readonly T[]) => items[number(items.length)] as T;
    const changes = [
      () =>
        `UPDATE raw.games SET points = points + 1 WHERE player = 'p${number(PLAYERS)}' AND day >= '2024-01-0${1 + number(9)}'`,
      () =>
        `UPDATE raw.games SET points = NULL WHERE player = 'p${number(PLAYERS)}' AND day = '2024-01-0${1 + number(9)}'`,
      () => `DELETE FROM raw.games WHERE player = 'p${number(PLAYERS)}' AND day = '2024-01-0${1 + number(9)}'`,
      () =>
        `INSERT INTO raw.games VALUES (DATE '2024-01-0${1 + number(9)}', 'p${number(PLAYERS + 3)}', 't1', ${number(9)})`,
      () =>
        `UPDATE raw.games SET player = ${one(["NULL", "'p1'", "'new'"])} WHERE player = 'p${number(PLAYERS)}' AND day = '2024-01-05'`,
      () => `UPDATE raw.games SET team = 't${number(5)}' WHERE player = 'p${number(PLAYERS)}'`,
      () => `UPDATE raw.games SET day = day + 1 WHERE player = 'p${number(PLAYERS)}' AND day = '2024-01-06'`,
      () => `UPDATE raw.people SET name = 'n${number(99)}' WHERE player = 'p${number(PLAYERS)}'`,
      () => `DELETE FROM raw.people WHERE player = 'p${number(PLAYERS)}'`,
      () => `UPDATE d.form SET points = 0 WHERE player = 'p${number(PLAYERS)}'`,
      // What a run leaves that was killed behind its builds.
      () => `DELETE FROM fastbreak.slice_state WHERE hash(question, partition) % 3 = ${number(3)}`,
    ];
    const requests: readonly (readonly string[])[] = [
      ["--select", "form"],
      ["--select", "rated", "--no-upstream"],
      ["--date", "2024-01-05"],
      ["--select", "daily", "--from", "2024-01-03", "--to", "2024-01-06"],
    ];
    await rig.run([]);
    let sliced = 0;
    for (let step = 0; step < STEPS; step++) {
      const changed = Array.from({ length: 1 + number(2) }, () => one(changes)());
      for (const sql of changed) await rig.sql(sql);
      if (random() < 0.35) await rig.fastbreak("run", ...one(requests));
      if (random() < 0.3) await rig.sql(one(changes)());
      await rig.run([]);
      await expectTruth(`${step}: ${changed.join("; ")}`);
      sliced += slicedModels().length;
    }
    expect(sliced).toBeGreaterThan(STEPS / 2);
  });
});

describe("a model that is given partitions later", () => {
  let rig: Rig;
  afterEach(() => rig.remove());

  it("is corrected by date, and its input is told by date, as it was one whole before", async () => {
    const key = 'type: "incremental", uniqueKey: ["day", "id"]';
    const rows = 'SELECT day, n AS id, n * 2 AS twice FROM ${ref("numbers")}';
    rig = await projectOf({ daily: `config { ${key} }\n${rows}` });
    await rig.sql("INSERT INTO raw.numbers SELECT i, DATE '2024-01-02' + (i % 3)::INTEGER FROM range(5, 20) AS r(i)");
    await rig.run([]);
    rig.write(
      "definitions/daily.sqlx",
      `config { ${key}, bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }\n${rows}`,
    );
    await rig.run([]);
    for (const n of [100, 200]) {
      await rig.sql(`UPDATE raw.numbers SET n = ${n} WHERE day = '2024-01-01'`);
      const { stdout } = await rig.fastbreak("run", "--date", "2024-01-01");
      expect(stdout).toContain("inputs changed in raw.numbers 2024-01-01");
      expect(await rig.sql("SELECT id, twice FROM d.daily WHERE day = '2024-01-01'")).toEqual([[`${n}`, `${2 * n}`]]);
    }
    await rig.fastbreak("run");
    expect(await rig.fastbreak("verify")).toMatchObject({ code: 0 });
  });
});

describe("a date of an input that has lost all its rows", () => {
  let rig: Rig;
  afterEach(() => rig.remove());

  it("is not told of again, and other dates are still corrected by key", async () => {
    const config =
      'type: "incremental", uniqueKey: ["day", "id"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } }';
    const rows = 'SELECT day, n AS id, COUNT(*) AS many FROM ${ref("numbers")} GROUP BY day, n';
    rig = await projectOf({ daily: `config { ${config} }\n${rows}` });
    await rig.sql("INSERT INTO raw.numbers SELECT i, DATE '2024-01-02' + (i % 3)::INTEGER FROM range(5, 50) AS r(i)");
    await rig.run([]);
    await rig.sql("DELETE FROM raw.numbers WHERE day = '2024-01-02'");
    expect((await rig.fastbreak("run")).stdout).toContain("inputs changed in raw.numbers 2024-01-02 ");
    await rig.sql("INSERT INTO raw.numbers VALUES (6, '2024-01-03')");
    expect((await rig.fastbreak("run")).stdout).toMatch(/inputs changed in raw.numbers 2024-01-03 /);
    await rig.sql("INSERT INTO raw.numbers SELECT i, DATE '2024-01-02' FROM range(6, 50, 3) AS r(i)");
    expect((await rig.fastbreak("run")).stdout).toMatch(/inputs changed in raw.numbers 2024-01-02 /);
    expect(await rig.fastbreak("verify")).toMatchObject({ code: 0 });
  });
});

describe("two readers of the same columns, of which one names another one besides", () => {
  let rig: Rig;
  afterEach(() => rig.remove());

  it("are both told which date has moved, and not that columns have", async () => {
    const config = 'config { type: "incremental", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }\n';
    rig = await projectOf({
      seen: 'config { type: "view" }\nSELECT day, n, extra AS more FROM ${ref("numbers")}',
      direct: `${config}SELECT day, SUM(n) AS total FROM \${ref("numbers")} GROUP BY day`,
      through: `${config}SELECT day, SUM(n) AS total FROM \${ref("seen")} GROUP BY day`,
    });
    await rig.sql("ALTER TABLE raw.numbers ADD COLUMN extra VARCHAR");
    await rig.sql(
      "INSERT INTO raw.numbers SELECT i, DATE '2024-01-02' + (i % 3)::INTEGER, 'x' FROM range(5, 20) AS r(i)",
    );
    await rig.run([]);
    await rig.sql("UPDATE raw.numbers SET n = n + 1 WHERE day = '2024-01-03'");
    const { stdout } = await rig.fastbreak("run");
    expect(stdout.match(/inputs changed in [^(\n]*/g)).toEqual(
      Array(2).fill("inputs changed in raw.numbers 2024-01-03 "),
    );
  });
});
